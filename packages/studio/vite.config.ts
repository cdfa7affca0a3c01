/** The page that the server sends at `/`: what it loads lies in `studio/`, where no route of the protocol is. */
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  // a server may be reached under a path
  base: './',
  plugins: [react()],
  // our packages are read as sources, so that nothing has to be built before
  resolve: { conditions: ['source', 'module', 'browser', 'production'] },
  build: {
    outDir: 'dist/page',
    assetsDir: 'studio',
    target: 'es2022',
    // what the styles use as it is: `light-dark()`, nesting
    cssTarget: ['chrome123', 'firefox128', 'safari17.5'],
    // a policy that forbids `data:` scripts and fonts needs no exceptions then
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});
