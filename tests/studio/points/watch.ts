/** Point 5: queue, gallery, server and the messages of the wire. */
import { readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { drop, run, sharedStudio, strip, workflowFile } from '../studio.ts';
import type { Studio } from '../studio.ts';

let studio: Studio | string;
beforeAll(async () => {
  studio = await sharedStudio();
}, 120_000);

const held = (gate: string) => ({
  1: { class_type: 'Hold', inputs: { gate }, _meta: { title: 'The gate' } },
});
const coloured = (color: number, name: string) => ({
  1: { class_type: 'EmptyImage', inputs: { width: 60, height: 40, batch_size: 1, color } },
  2: { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix: name }, _meta: { title: name } },
});

test('the queue shows places and what the run waits for; one is canceled, the rest is cleared', async (context) => {
  if (typeof studio === 'string') return context.skip(studio);
  const gate = studio.data.file('gate');
  const { page, problems, node, panel, close } = await studio.open();
  await node('Save').waitFor();
  await drop(page, workflowFile('held.json', held(gate)));
  await node('The gate').waitFor();
  await page.getByLabel('How many times').fill('4');
  await run(page);
  const queue = await panel('Queue');
  await queue.getByText('Waiting for The gate').waitFor();
  await queue.getByText('3 waiting').waitFor();
  expect(await queue.getByText(/^Place \d/).allTextContents()).toEqual([
    expect.stringContaining('Place 1'),
    expect.stringContaining('Place 2'),
    expect.stringContaining('Place 3'),
  ]);
  await queue
    .getByRole('listitem')
    .filter({ hasText: 'Place 2' })
    .getByRole('button', { name: 'Cancel this run' })
    .click();
  await queue.getByText('2 waiting').waitFor();
  await queue.getByRole('button', { name: 'Clear the waiting' }).click();
  await queue.getByText(/\d waiting/).waitFor({ state: 'detached' });
  await queue.getByText('Waiting for The gate').waitFor();
  await page.getByRole('button', { name: 'Stop' }).click();
  await strip(page, 'canceled').waitFor();
  await queue.getByText('Nothing is waiting').waitFor();
  expect(problems).toEqual([]);
  await close();
});

test('the gallery filters, enlarges, compares, and opens the workflow of a picture', async (context) => {
  if (typeof studio === 'string') return context.skip(studio);
  const { page, problems, node, panel, close } = await studio.open();
  await node('Save').waitFor();
  for (const [color, name] of [
    [0xbb4422, 'crimson'],
    [0x2244bb, 'azure'],
  ] as const) {
    await drop(page, workflowFile(`${name}.json`, coloured(color, name)));
    await node(name).waitFor();
    await run(page);
    await node(name).locator('img').first().waitFor();
  }
  const gallery = await panel('Gallery');
  const pictures = gallery.getByRole('button', { name: /^Open (?:crimson|azure)/ });
  // a node shows its picture before its run is on record
  for (const name of ['crimson', 'azure']) await gallery.getByRole('button', { name: `Open ${name}` }).waitFor();
  expect(await pictures.count()).toBe(2);
  await gallery.getByRole('searchbox').fill('crim');
  await gallery.getByRole('button', { name: /^Open azure/ }).waitFor({ state: 'detached' });
  expect(await pictures.count()).toBe(1);
  await gallery.getByRole('searchbox').fill('');

  await gallery.getByRole('button', { name: /^Open crimson/ }).click();
  const viewer = page.getByRole('dialog');
  await viewer.getByText('60 × 40').waitFor();
  await viewer.getByText('batch_size').waitFor();
  await viewer.getByText('100 %').waitFor();
  await viewer.getByRole('button', { name: 'Larger' }).click();
  await viewer.getByText('125 %').waitFor();
  await viewer.getByRole('button', { name: 'Previous picture' }).click();
  await viewer.getByRole('heading', { name: /^azure/ }).waitFor();
  await viewer.getByRole('button', { name: 'Next picture' }).click();
  await viewer.getByRole('button', { name: 'Open this workflow' }).click();
  await viewer.waitFor({ state: 'detached' });
  await node('crimson').waitFor();

  await gallery.getByRole('button', { name: 'Compare' }).click();
  await gallery.getByRole('button', { name: /^Choose azure/ }).click();
  await gallery.getByRole('button', { name: /^Choose crimson/ }).click();
  const slider = viewer.getByRole('slider');
  await slider.focus();
  await page.keyboard.press('Home');
  expect(await slider.inputValue()).toBe('0');
  const left = viewer.getByRole('img', { name: /^azure/ });
  expect(await left.evaluate((image) => getComputedStyle(image).clipPath)).toBe('inset(0px 100% 0px 0px)');
  await page.keyboard.press('End');
  expect(await left.evaluate((image) => getComputedStyle(image).clipPath)).toMatch(/^inset\(0px(?: 0%)?/);
  await page.keyboard.press('Escape');
  await viewer.waitFor({ state: 'detached' });
  expect(problems).toEqual([]);
  await close();
});

test('the inspector shows every message as it comes, filters, pauses and exports', async (context) => {
  if (typeof studio === 'string') return context.skip(studio);
  const gate = studio.data.file('gate-2');
  const { page, problems, node, panel, close } = await studio.open();
  await node('Save').waitFor();
  await drop(page, workflowFile('held.json', held(gate)));
  await node('The gate').waitFor();
  const inspector = await panel('Inspector');
  await run(page);
  const list = inspector.getByRole('listbox', { name: 'Messages' });
  await list.getByRole('option', { name: /execution_start/ }).waitFor();
  await list.getByRole('option', { name: /sent.*feature_flags/ }).waitFor();
  await inspector.getByRole('button', { name: 'Pause' }).click();
  const counted = await inspector.getByText(/^\d+ messages$/).textContent();
  writeFileSync(gate, '');
  await strip(page, 'succeeded').waitFor();
  expect(await inspector.getByText(/^\d+ messages$/).textContent()).toBe(counted);
  await inspector.getByRole('button', { name: 'Resume' }).click();
  await list.getByRole('option', { name: /execution_success/ }).waitFor();

  await inspector.getByRole('searchbox').fill('execution_');
  await list.getByRole('option', { name: /status/ }).waitFor({ state: 'detached' });
  const shown = await list.getByRole('option').allTextContents();
  expect(shown.length).toBeGreaterThanOrEqual(3);
  expect(shown.every((text) => text.includes('execution_'))).toBe(true);
  // each but the first says how long after the one before it came
  expect(shown.slice(1).every((text) => /\+[\d.]+ m?s$/.test(text))).toBe(true);
  await list.getByRole('option', { name: /execution_success/ }).click();
  await inspector.getByText('"type": "execution_success"').waitFor();

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    inspector.getByRole('button', { name: 'Export' }).click(),
  ]);
  const lines = readFileSync(await download.path(), 'utf8').split('\n');
  const exported = lines.map((line) => JSON.parse(line) as { type: string; text: string; at: number });
  expect(exported.map(({ type }) => type)).toContain('execution_start');
  expect(exported.every(({ text }) => (JSON.parse(text) as { type: string }).type.startsWith('execution_'))).toBe(true);
  expect(problems).toEqual([]);
  await close();
});

test('the server panel tells connection, memory, queue and nodes', async (context) => {
  if (typeof studio === 'string') return context.skip(studio);
  const { node, panel, close } = await studio.open();
  await node('Save').waitFor();
  const server = await panel('Server');
  await server.getByText('Connected').waitFor();
  await server.getByText('0 running, 0 waiting').waitFor();
  await server.getByText(/[\d.]+ GB of [\d.]+ GB used/).waitFor();
  expect(Number(await server.getByRole('progressbar').getAttribute('value'))).toBeGreaterThan(0);
  await close();
});
