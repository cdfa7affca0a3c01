/** The app as a person uses it, built, in a real browser, against a real server. */
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { TestContext } from 'vitest';
import { DataFolder } from '../../packages/server/test/fixtures/snug-process.ts';
import { launchBrowser } from '../../tests/browser/browser.ts';

const APP = fileURLToPath(new URL('.', import.meta.url));
const LIMIT = { timeout: 60_000 };

const data = new DataFolder();
let url: string;
let browser: Browser | string;
beforeAll(async () => {
  const page = data.file('page');
  [browser] = await Promise.all([
    launchBrowser(),
    build({ root: APP, logLevel: 'error', build: { outDir: page, emptyOutDir: true } }),
  ]);
  ({ url } = await data.start('--front-end-root', page, '--pack', 'conformance'));
}, 120_000);
afterAll(async () => {
  if (typeof browser !== 'string') await browser?.close();
  await data.remove();
});

/** The page; nothing may go wrong in it. */
async function open(context: TestContext): Promise<Page> {
  if (typeof browser === 'string') return context.skip(browser);
  const page = await browser.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  onTestFinished(async () => {
    await page.close();
    expect(problems).toEqual([]);
  });
  await page.goto(url);
  return page;
}

/** As a person opens a file. */
async function openWorkflow(page: Page, nodes: object): Promise<void> {
  const buffer = Buffer.from(JSON.stringify(nodes));
  await page.getByLabel('Workflow').setInputFiles({ name: 'workflow.json', mimeType: 'application/json', buffer });
}

const press = (page: Page, name: string): Promise<void> => page.getByRole('button', { name }).click();
const shown = (from: unknown): object => ({ class_type: 'ConformUi', inputs: { text: from } });

describe('the app', () => {
  test('writes on the wall and shows it', LIMIT, async (context) => {
    const page = await open(context);
    await page.getByText('Connection: open').waitFor();
    await page.getByLabel('Text').fill('two foxes');
    await press(page, 'Run');
    await page.getByText('succeeded').waitFor();
    const size = await page.getByRole('img', { name: 'wall_' }).evaluate(async (image: HTMLImageElement) => {
      await image.decode();
      return [image.naturalWidth, image.naturalHeight];
    });
    expect(size).toEqual([640, 360]);
    expect(await page.getByRole('progressbar').evaluate((bar: HTMLProgressElement) => bar.value)).toBe(1);
    const history = await (await fetch(`${url}/history`)).text();
    expect(history).toContain('two foxes');
    // it is found again
    await page.reload();
    await page.getByText('succeeded').waitFor();
    await page.getByRole('img', { name: 'wall_' }).waitFor();
  });

  test('shows previews while it runs, and stops when it is told to', LIMIT, async (context) => {
    const page = await open(context);
    const inputs = { text: 'p', steps: 3, format: 'PNG', width: 64, height: 32, max_size: 512 };
    await openWorkflow(page, {
      5: { class_type: 'ConformPreview', inputs },
      6: { class_type: 'TestSleep', inputs: { value: ['5', 0], seconds: 30 } },
      7: shown(['6', 0]),
    });
    await press(page, 'Run');
    const preview = page.getByRole('img', { name: 'Preview' });
    await preview.waitFor();
    const width = await preview.evaluate(async (image: HTMLImageElement) => {
      await image.decode();
      return image.naturalWidth;
    });
    // the server enlarges it, as far as it was asked to
    expect(width).toBe(512);
    await page.getByText('1 running, 0 waiting').waitFor();
    await page.getByText('running: TestSleep').waitFor();
    await press(page, 'Stop');
    await page.getByText('canceled').waitFor();
    expect(await preview.count()).toBe(0);
    await page.getByText('0 running, 0 waiting').waitFor();
  });

  test('says what is wrong with a workflow', LIMIT, async (context) => {
    const page = await open(context);
    await openWorkflow(page, { 1: { class_type: 'ConformFail', inputs: { text: 'x', count: 7 } }, 2: shown(['1', 0]) });
    await press(page, 'Run');
    await page.getByRole('alert').getByText('ConformFail').waitFor();
    await openWorkflow(page, { 1: shown('at last') });
    await press(page, 'Run');
    await page.getByText('at last').waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });
});
