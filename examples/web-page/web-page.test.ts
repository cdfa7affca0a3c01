/** The page as a person uses it, in a real browser. Needs the build. */
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DataFolder } from '../../packages/server/test/fixtures/snug-process.ts';
import { launchBrowser } from '../../tests/browser/browser.ts';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

const data = new DataFolder();
let url: string;
let browser: Browser | string;
beforeAll(async () => {
  [{ url }, browser] = await Promise.all([data.start('--front-end-root', REPOSITORY), launchBrowser()]);
}, 120_000);
afterAll(async () => {
  if (typeof browser !== 'string') await browser?.close();
  await data.remove();
});

test('a text is typed, Run is pressed, and the picture shows', { timeout: 60_000 }, async (context) => {
  if (typeof browser === 'string') return context.skip(browser);
  const page = await browser.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  await page.goto(`${url}/examples/web-page/index.html`);
  await page.getByLabel('Text').fill('a red fox & a wall');
  await page.getByRole('button', { name: 'Run' }).click();
  await page.getByText('succeeded').waitFor();

  expect(await page.getByRole('progressbar').evaluate((bar: HTMLProgressElement) => bar.value)).toBe(1);
  const size = await page.getByRole('img', { name: 'The picture' }).evaluate(async (image: HTMLImageElement) => {
    await image.decode();
    return [image.naturalWidth, image.naturalHeight];
  });
  expect(size).toEqual([640, 360]);
  const [record] = Object.values((await (await fetch(`${url}/history`)).json()) as Record<string, { prompt: unknown }>);
  expect(JSON.stringify(record?.prompt)).toContain('"a red fox & a wall"');
  expect(await page.getByRole('button', { name: 'Stop' }).isDisabled()).toBe(true);
  expect(problems).toEqual([]);
});
