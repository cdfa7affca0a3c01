// `npm run screenshots`: Studio in nine states, as a person sees it, into docs/images/.
import { join } from 'node:path';
import { root, run } from './setup.mjs';

// what is installed stays as it is; the page is built with the first state
run(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-b']);
// the states are those of the tests, which are TypeScript
const { createServer } = await import('vite');
const loader = await createServer({
  root,
  configFile: false,
  appType: 'custom',
  logLevel: 'error',
  optimizeDeps: { noDiscovery: true },
  server: { middlewareMode: true, watch: null, ws: false },
});
try {
  const { makeScreenshots } = await loader.ssrLoadModule('/tests/studio/screenshots.ts');
  const made = await makeScreenshots(join(root, 'docs', 'images'));
  if (typeof made === 'string') {
    console.error(made);
    process.exitCode = 1;
  } else console.log(`docs/images: ${made.join(', ')}`);
} finally {
  await loader.close();
}
