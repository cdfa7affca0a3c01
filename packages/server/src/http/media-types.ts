/** Media types by file name, and which of them a browser may show when the file came from a user. */
import { extname } from 'node:path';

const TYPES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'image/png': 'png apng',
    'image/jpeg': 'jpg jpeg jpe jfif',
    'image/webp': 'webp',
    'image/gif': 'gif',
    'image/avif': 'avif',
    'image/bmp': 'bmp',
    'image/tiff': 'tif tiff',
    'image/x-icon': 'ico',
    'image/heic': 'heic heif',
    'image/svg+xml': 'svg svgz',
    'video/mp4': 'mp4 m4v',
    'video/webm': 'webm',
    'video/quicktime': 'mov',
    'video/x-matroska': 'mkv',
    'video/x-msvideo': 'avi',
    'video/mpeg': 'mpeg mpg',
    'video/ogg': 'ogv',
    'audio/mpeg': 'mp3',
    'audio/wav': 'wav',
    'audio/ogg': 'ogg oga',
    'audio/opus': 'opus',
    'audio/flac': 'flac',
    'audio/mp4': 'm4a',
    'audio/aac': 'aac',
    'audio/aiff': 'aif aiff',
    'text/plain': 'txt text log md yaml yml toml ini srt',
    'text/csv': 'csv',
    'text/css': 'css',
    'text/html': 'html htm',
    'text/javascript': 'js mjs cjs',
    'text/xml': 'xml xsl xslt xsd rdf',
    'text/vtt': 'vtt',
    'application/json': 'json map',
    'application/xhtml+xml': 'xhtml xht',
    'application/atom+xml': 'atom',
    'application/rss+xml': 'rss',
    'application/mathml+xml': 'mml',
    'application/wasm': 'wasm',
    'application/manifest+json': 'webmanifest',
    'application/pdf': 'pdf',
    'application/zip': 'zip',
    'message/rfc822': 'mht mhtml eml',
    'model/gltf-binary': 'glb',
    'model/gltf+json': 'gltf',
    'font/woff': 'woff',
    'font/woff2': 'woff2',
    'font/ttf': 'ttf',
    'font/otf': 'otf',
  }).flatMap(([type, extensions]) => extensions.split(' ').map((extension) => [`.${extension}`, type])),
);

export const UNKNOWN_TYPE = 'application/octet-stream';

/** The type that a file's name stands for, without parameters. */
export function mediaType(name: string): string {
  return TYPES.get(extname(name).toLowerCase()) ?? UNKNOWN_TYPE;
}

/** The value of `Content-Type` for our own files. */
export function contentType(type: string): string {
  return type.startsWith('text/') || type === 'application/json' ? `${type}; charset=utf-8` : type;
}

const ACTIVE = new Set(['text/html', 'text/css', 'text/javascript', 'message/rfc822']);

/** Whether a browser may run something that is in a file of this type. */
export function isActive(type: string): boolean {
  return ACTIVE.has(type) || type.endsWith('/xml') || type.endsWith('+xml');
}

/** Whether a browser may show a user's file of this type. An allow-list: what is not known is downloaded. */
export function isShown(type: string): boolean {
  if (isActive(type)) return false;
  return /^(?:image|video|audio)\//.test(type) || ['text/plain', 'text/csv', 'application/json'].includes(type);
}

/** What the first bytes of a file say it is. */
export type ImageKind = 'png' | 'jpeg' | 'webp' | 'gif' | 'tiff' | 'heif' | 'bmp' | 'ico';

/** Bytes that {@link imageKind} wants to see. */
export const HEAD_BYTES = 16;

/** The kind of picture by its first bytes, or undefined. Never SVG: that is text. */
export function imageKind(head: Uint8Array): ImageKind | undefined {
  const latin1 = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, HEAD_BYTES)).toString('latin1');
  if (latin1.startsWith('\x89PNG\r\n\x1a\n')) return 'png';
  if (latin1.startsWith('\xff\xd8\xff')) return 'jpeg';
  if (latin1.startsWith('RIFF') && latin1.slice(8, 12) === 'WEBP') return 'webp';
  if (/^GIF8[79]a/.test(latin1)) return 'gif';
  if (latin1.startsWith('II*\0') || latin1.startsWith('MM\0*')) return 'tiff';
  if (latin1.slice(4, 8) === 'ftyp' && /^(?:avif|avis|heic|heix|hevc|mif1|msf1)/.test(latin1.slice(8))) return 'heif';
  if (latin1.startsWith('BM')) return 'bmp';
  return latin1.startsWith('\0\0\x01\0') ? 'ico' : undefined;
}

/**
 * The value of `Content-Disposition`; without a kind only the name, as the reference has it. Names are quoted and
 * escaped; what is not ASCII goes into a second, encoded form.
 */
export function contentDisposition(name: string, kind?: 'attachment' | 'inline'): string {
  const ascii = name.replace(/[^\x20-\x7e]/g, '_').replace(/["\\]/g, '\\$&');
  const encoded = encodeURIComponent(name.replace(/\p{Surrogate}/gu, '_')).replace(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16)}`,
  );
  const second = /[^\x20-\x7e]/.test(name) ? `; filename*=UTF-8''${encoded}` : '';
  return `${kind ? `${kind}; ` : ''}filename="${ascii}"${second}`;
}
