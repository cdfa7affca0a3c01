const IMAGE = /\.(?:jpe?g|png|ppm|bmp|pgm|tiff?|webp)$/i;

/** `Cache-Control` for our own files, by their name; undefined leaves it to the browser. */
export function cacheControl(path: string, status = 200): string | undefined {
  if (/\.(?:m?js|css|html)$/i.test(path)) return 'no-store';
  if (/(?:^|\/)index[^/]*\.json$/i.test(path)) return 'no-cache';
  if (!IMAGE.test(path)) return undefined;
  return status === 404 ? 'public, max-age=3600' : 'public, max-age=86400';
}
