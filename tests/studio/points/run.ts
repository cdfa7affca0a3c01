/** Point 4: runs are asked for in every way there is, and stopped. */
import { afterEach, beforeAll, expect, test } from 'vitest';
import { drop, run, sharedStudio, strip, workflowFile } from '../studio.ts';
import type { Studio, StudioPage } from '../studio.ts';

let studio: Studio | string;
let opened: StudioPage | undefined;
beforeAll(async () => {
  studio = await sharedStudio();
}, 120_000);
afterEach(async () => {
  await opened?.close();
  opened = undefined;
});

const SUM = {
  '1': { class_type: 'PrimitiveInt', inputs: { value: 1 }, _meta: { title: 'Number' } },
  '2': { class_type: 'PreviewAny', inputs: { source: ['1', 0] }, _meta: { title: 'First' } },
  '3': { class_type: 'PreviewAny', inputs: { source: ['1', 0] }, _meta: { title: 'Second' } },
};

async function open(of: Studio, prompt: object): Promise<StudioPage> {
  opened = await of.open();
  await opened.node('Save').waitFor();
  await drop(opened.page, workflowFile('test.json', prompt));
  await opened.node('Number').waitFor();
  return opened;
}

test('a run goes only as far as the node that was asked for', async (context) => {
  if (typeof studio === 'string') return context.skip(studio);
  const { page, node } = await open(studio, SUM);
  await node('First').locator('.node-header').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Run up to here' }).click();
  await strip(page, 'succeeded').waitFor();
  await node('First').locator('.node-text').getByText('1').waitFor();
  expect(await node('Second').locator('.node-text').count()).toBe(0);
});

test('a workflow runs once for each of a list of values', async (context) => {
  if (typeof studio === 'string') return context.skip(studio);
  const { page, node, panel } = await open(studio, SUM);
  await node('Number').locator('.node-header').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Run with a list of values' }).click();
  const dialog = page.getByRole('dialog', { name: 'Run with a list of values' });
  await dialog.getByRole('textbox', { name: 'Values' }).fill('not a number');
  await dialog.getByText('These values cannot be read.').waitFor();
  await dialog.getByRole('textbox', { name: 'Values' }).fill('5, 10..12');
  await dialog.getByText('4 runs').waitFor();
  await dialog.getByRole('button', { name: 'Run' }).click();
  await node('First').locator('.node-text').getByText('12', { exact: true }).waitFor();
  await panel('Queue');
  expect(
    await node('Number')
      .getByLabel(/^value, /)
      .inputValue(),
  ).toBe('1');
});

test('in live mode an edit runs what it changed', async (context) => {
  if (typeof studio === 'string') return context.skip(studio);
  const { page, node } = await open(studio, SUM);
  await page.getByRole('button', { name: 'Live' }).click();
  const value = node('Number').getByLabel(/^value, /);
  await value.click();
  await page.keyboard.type('41');
  await page.keyboard.press('Enter');
  await node('First').locator('.node-text').getByText('41', { exact: true }).waitFor();
  await page.keyboard.press('ArrowUp');
  expect(await value.inputValue()).toBe('42');
  await node('Second').locator('.node-text').getByText('42', { exact: true }).waitFor();
});

test('a run is started by keys, and from inside a widget', async (context) => {
  if (typeof studio === 'string') return context.skip(studio);
  const { page, node } = await open(studio, SUM);
  await node('Number')
    .getByLabel(/^value, /)
    .click();
  await page.keyboard.type('8');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Control+Enter');
  await node('Second').locator('.node-text').getByText('8', { exact: true }).waitFor();
  await run(page);
  await expect.poll(() => node('Number').getAttribute('data-state')).toBe('cached');
});
