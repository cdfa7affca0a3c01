/** Point 2: workflows from files, from pictures, from the server, and back to them. */
import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { drop, run, sharedStudio, strip, workflowFile } from '../studio.ts';
import type { Studio } from '../studio.ts';

const RED = {
  1: { class_type: 'EmptyImage', inputs: { width: 24, height: 16, batch_size: 1, color: 0xcc3322 } },
  2: {
    class_type: 'SaveImage',
    inputs: { images: ['1', 0], filename_prefix: 'brought/red' },
    _meta: { title: 'Keep it' },
  },
};
const STRANGE = {
  1: { class_type: 'EmptyImage', inputs: { width: 24, height: 16, batch_size: 1, color: 0 } },
  2: { class_type: 'NodeOfNobody', inputs: { image: ['1', 0], strength: 0.5 } },
};

let studio: Studio | string;
beforeAll(async () => {
  studio = await sharedStudio();
}, 120_000);

test('a workflow in API form is dropped and runs; its picture, dropped, brings the workflow back', async (context) => {
  if (typeof studio === 'string') return context.skip(studio);
  const { page, problems, node, panel, close } = await studio.open();
  await node('Save').waitFor();
  await drop(page, workflowFile('red picture.json', RED));
  await node('Keep it').waitFor();
  expect(await page.locator('.node').count()).toBe(2);
  expect(await page.getByLabel('Name of the workflow').inputValue()).toBe('red picture');
  await run(page);
  await strip(page, 'succeeded').waitFor();
  const source = await node('Keep it').locator('img').first().getAttribute('src');
  const address = new URL(source ?? '', studio.url);
  address.searchParams.delete('preview');
  const bytes = new Uint8Array(await (await fetch(address)).arrayBuffer());

  await page.getByRole('button', { name: 'Menu' }).click();
  await page.getByRole('button', { name: 'New workflow' }).click();
  await node('Keep it').waitFor({ state: 'detached' });
  await drop(page, { name: 'picture.png', type: 'image/png', bytes });
  await node('Keep it').waitFor();

  await drop(page, { name: 'notes.txt', type: 'text/plain', bytes: Buffer.from('nothing') });
  await page.getByText('notes.txt is neither a workflow nor a picture.').waitFor();
  await drop(page, workflowFile('broken.json', []));
  const trouble = await panel('Problems');
  await trouble.getByText(/broken cannot be opened/).waitFor();
  // what is open stays open
  expect(await node('Keep it').count()).toBe(1);
  expect(problems).toEqual([]);
  await close();
});

test('an unknown node is shown with its class and what could provide it', async (context) => {
  if (typeof studio === 'string') return context.skip(studio);
  const { page, node, close } = await studio.open();
  await node('Save').waitFor();
  await drop(page, workflowFile('strange.json', STRANGE));
  const stranger = node('NodeOfNobody');
  await stranger.waitFor();
  expect(await stranger.getAttribute('data-role')).toBe('unknown');
  await stranger
    .getByText(/NodeOfNobody/)
    .first()
    .waitFor();
  await stranger.locator('.node-unknown').waitFor();
  await close();
});

test('a workflow is saved to the server, opened again by another page, and downloaded', async (context) => {
  if (typeof studio === 'string') return context.skip(studio);
  const first = await studio.open();
  await first.node('Save').waitFor();
  await drop(first.page, workflowFile('red.json', RED));
  await first.node('Keep it').waitFor();
  await first.page.getByRole('button', { name: 'Menu' }).click();
  await first.page.getByRole('button', { name: 'Save to the server' }).click();
  await first.page.getByLabel('Save as').fill('my: red/one');
  await first.page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click();
  await first.page.getByText('Saved my red one.json to the server').waitFor();
  await first.close();

  const second = await studio.open();
  await second.node('Sharpen the raccoon').waitFor();
  await second.page.getByRole('button', { name: 'Menu' }).click();
  await second.page.getByRole('button', { name: 'Open from the server' }).click();
  await second.page
    .getByRole('dialog')
    .getByRole('button', { name: /my red one/ })
    .click();
  await second.node('Keep it').waitFor();
  expect(await second.page.getByLabel('Name of the workflow').inputValue()).toBe('my red one');

  const [download] = await Promise.all([
    second.page.waitForEvent('download'),
    (async () => {
      await second.page.getByRole('button', { name: 'Menu' }).click();
      await second.page.getByRole('button', { name: 'Download' }).click();
    })(),
  ]);
  expect(download.suggestedFilename()).toBe('my red one.json');
  const saved = JSON.parse(readFileSync(await download.path(), 'utf8')) as { nodes: { type: string }[] };
  expect(saved.nodes.map(({ type }) => type).toSorted()).toEqual(['EmptyImage', 'SaveImage']);
  expect(second.problems).toEqual([]);
  await second.close();
});
