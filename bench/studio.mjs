// Studio in Chromium: from the address to the finished picture of the example (bar: 5,000 ms). With a workflow of 1,000
// nodes: until it can be seen (bar: 2,000 ms), and panning (bar: 50 frames/s), where it opens and with all of it in view.
// Prints one JSON line a figure. Chromium draws in software here.
import { loadavg } from 'node:os';
import { createServer } from 'vite';
import { root } from '../tools/setup.mjs';

const NODES = 1000;
const FRAMES = 240;

// the page is driven as by the tests, which are TypeScript
const loader = await createServer({
  root,
  configFile: false,
  appType: 'custom',
  logLevel: 'error',
  optimizeDeps: { noDiscovery: true },
  server: { middlewareMode: true, watch: null, ws: false },
});
const round = (value) => Math.round(value * 10) / 10;
// what else the machine does counts: a core for the page and one for the server is what the bars are for
const tell = (figure, value, bar) =>
  console.log(JSON.stringify({ bench: 'studio', figure, value: round(value), bar, load: round(loadavg()[0]) }));

try {
  const { startStudio } = await loader.ssrLoadModule('/tests/studio/studio.ts');
  const { firstRun, openLarge, pan } = await loader.ssrLoadModule('/tests/studio/performance.ts');
  const studio = await startStudio();
  if (typeof studio === 'string') console.log(`studio: ${studio}`);
  else {
    try {
      const first = await firstRun(studio);
      tell('first_open_ms', first.openMs, 1000);
      tell('first_picture_ms', first.openMs + first.pictureMs, 5000);
      const opened = await studio.open();
      tell('open_ms', await openLarge(opened, NODES), 2000);
      // what is compiled on the way is not what a pan costs
      await pan(opened.page, FRAMES / 4);
      const near = await pan(opened.page, FRAMES);
      tell('pan_fps', near.fps, 50);
      tell('pan_p95_ms', near.slowestMs);
      await opened.page.getByRole('button', { name: 'Show all' }).click();
      await opened.page.waitForFunction((all) => document.querySelectorAll('.node[data-far]').length === all, NODES);
      await pan(opened.page, FRAMES / 4);
      const far = await pan(opened.page, FRAMES);
      tell('pan_all_fps', far.fps, 50);
      tell('pan_all_p95_ms', far.slowestMs);
      await opened.close();
    } finally {
      await studio.close();
    }
  }
} finally {
  await loader.close();
}
