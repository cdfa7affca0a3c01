/** For servers: where the built page lies. The page itself begins in app/main.tsx. */

/** Folder of the page, ending with a slash: `index.html` and what it loads. It is there after `npm run build:page`. */
export const pageUrl: URL = new URL('../dist/page/', import.meta.url);
