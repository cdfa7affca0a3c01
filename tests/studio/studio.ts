/** Studio as a person has it: the server's command, the built page, a real browser. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { DataFolder, faultPackFile } from '../../packages/server/test/fixtures/snug-process.ts';
import { launchBrowser } from '../browser/browser.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

export interface Studio {
  readonly url: string;
  readonly data: DataFolder;
  readonly browser: Browser;
  /** A page in a profile of its own. What goes wrong in it is in `problems`. */
  readonly open: (options?: OpenOptions) => Promise<StudioPage>;
  /** Kills the server, and starts it again at the same address with the same data. */
  readonly restart: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface OpenOptions extends BrowserContextOptions {
  /** After the address: `?server=...`. */
  readonly query?: string;
}

export interface StudioPage {
  readonly page: Page;
  readonly problems: readonly string[];
  /** Hosts that were asked for anything. */
  readonly hosts: ReadonlySet<string>;
  /** A node by its title. */
  readonly node: (title: string) => Locator;
  readonly panel: (name: string) => Promise<Locator>;
  readonly close: () => Promise<void>;
}

/** @returns the reason when there is no browser */
export async function startStudio(...flags: string[]): Promise<Studio | string> {
  const built = spawnSync(process.execPath, ['tools/build-page.mjs'], { cwd: root, encoding: 'utf8' });
  if (built.status !== 0) throw new Error(`The page was not built:\n${built.stderr}`);
  const browser = await launchBrowser();
  if (typeof browser === 'string') return browser;
  const data = new DataFolder();
  let server = await data.start('--pack', faultPackFile, ...flags);
  const { url } = server;
  return {
    url,
    data,
    browser,
    async open({ query = '', ...options } = {}) {
      const context = await browser.newContext({ viewport: { width: 1360, height: 860 }, ...options });
      return watchPage(await context.newPage(), url + query);
    },
    async restart() {
      await server.end('SIGKILL');
      server = await data.start('--pack', faultPackFile, '--port', new URL(url).port, ...flags);
    },
    async close() {
      await browser.close();
      await data.remove();
    },
  };
}

let shared: Promise<Studio | string> | undefined;

/** One server and one browser for all that a test file brings together; pages have profiles of their own. */
export function sharedStudio(): Promise<Studio | string> {
  return (shared ??= startStudio());
}

export async function closeShared(): Promise<void> {
  const studio = await shared;
  if (typeof studio === 'object') await studio.close();
}

async function watchPage(page: Page, url: string): Promise<StudioPage> {
  const problems: string[] = [];
  const hosts = new Set<string>();
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    // whether the server still has a job is asked, and no is an answer
    if (message.type() === 'error' && !message.location().url.includes('/api/jobs/')) problems.push(message.text());
  });
  // shorter than a test, so that it is known what was waited for
  page.setDefaultTimeout(15_000);
  page.on('request', (request) => {
    const { protocol, host } = new URL(request.url());
    if (protocol.startsWith('http')) hosts.add(host);
  });
  await page.goto(url);
  return {
    page,
    problems,
    hosts,
    node: (title) => page.locator('.node').filter({ has: page.locator('.node-title', { hasText: title }) }),
    async panel(name) {
      const button = page.getByRole('navigation').getByRole('button', { name });
      if ((await button.getAttribute('aria-expanded')) !== 'true') await button.click();
      const panel = page.getByRole('complementary', { name });
      await panel.waitFor();
      return panel;
    },
    close: () => page.context().close(),
  };
}

/** Presses Run. */
export const run = (page: Page): Promise<void> => page.getByRole('button', { name: 'Run', exact: true }).click();

/** The line that tells how the run stands. */
export const strip = (page: Page, state: string): Locator => page.locator(`.run-strip[data-state="${state}"]`);

/** Drops a file on the page, as from a folder. */
export async function drop(page: Page, file: { name: string; type: string; bytes: Uint8Array }): Promise<void> {
  const transfer = await page.evaluateHandle(
    ({ name, type, text }) => {
      const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
      const data = new DataTransfer();
      data.items.add(new File([bytes], name, { type }));
      return data;
    },
    { name: file.name, type: file.type, text: Buffer.from(file.bytes).toString('base64') },
  );
  for (const type of ['dragenter', 'dragover', 'drop'])
    await page.dispatchEvent('.stage', type, { dataTransfer: transfer });
}

/** A workflow in API form, as a file to drop. */
export const workflowFile = (name: string, prompt: object): { name: string; type: string; bytes: Uint8Array } => ({
  name,
  type: 'application/json',
  bytes: Buffer.from(JSON.stringify(prompt)),
});
