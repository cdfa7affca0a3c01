import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig } from 'vite';

const SERVER = 'http://127.0.0.1:8188';

export default defineConfig({
  // relative: the page may be shown under any path
  base: './',
  plugins: [react()],
  // inside of this repository packages are taken from their sources; a project of its own does not need the line
  resolve: { conditions: ['source', ...defaultClientConditions] },
  // `vite` shows the page at another address than the server has: what is the server's goes there
  server: { proxy: { '/api': SERVER, '/ws': { target: SERVER, ws: true } } },
});
