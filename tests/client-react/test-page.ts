/** A page in a real browser, served by a fake server, so that both have one origin. */
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { onTestFinished } from 'vitest';
import { FakeServer } from '../../packages/client/test/fake/fake-server.ts';

const ROOT = join(import.meta.dirname, '../..');

/** The page and all that it imports, as one script. */
export async function buildPage(): Promise<string> {
  const built = await build({
    configFile: false,
    root: ROOT,
    logLevel: 'error',
    mode: 'development',
    define: { 'process.env.NODE_ENV': '"development"' },
    resolve: { conditions: ['source', 'browser', 'import', 'default'] },
    oxc: { jsx: { runtime: 'automatic', development: false } },
    build: {
      write: false,
      minify: false,
      rolldownOptions: {
        input: join(import.meta.dirname, 'page.tsx'),
        output: { format: 'esm', codeSplitting: false },
      },
    },
  });
  const [chunk] = 'output' in built ? built.output : [];
  if (chunk?.type !== 'chunk') throw new Error('Nothing was built.');
  return chunk.code;
}

export interface OpenPage {
  readonly page: Page;
  readonly server: FakeServer;
  /** What went wrong in the page. */
  readonly problems: string[];
  /** How often prompts were accepted. */
  readonly submissions: () => number;
}

/** @param html what the server rendered */
export async function openPage(browser: Browser, code: string, html = ''): Promise<OpenPage> {
  const server = await FakeServer.start({ stepMs: 5 });
  onTestFinished(() => server.stop());
  const text = (type: string, body: string) => ({ status: 200, body, headers: { 'content-type': type } });
  const markup = `<!doctype html><link rel="icon" href="data:,"><div id="root">${html}</div><script type="module" src="/page.js"></script>`;
  server.faults.request = ({ url }) => {
    if (url === '/') return text('text/html', markup);
    return url === '/page.js' ? text('text/javascript', code) : undefined;
  };
  const page = await browser.newPage();
  onTestFinished(() => page.close());
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  await page.goto(server.url);
  await page.waitForFunction(() => 'testPage' in window);
  const submissions = (): number => [...server.comfy.accepted.values()].reduce((sum, count) => sum + count, 0);
  return { page, server, problems, submissions };
}
