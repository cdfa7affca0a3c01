/** Point 8: a reload, a browser that is closed, a server that is started again. */
import { writeFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { drop, run, sharedStudio, strip, workflowFile } from '../studio.ts';
import type { Studio } from '../studio.ts';

let studio: Studio | string;
beforeAll(async () => {
  studio = await sharedStudio();
}, 120_000);

/** A picture that is made only after the gate was opened. */
const gated = (gate: string) => ({
  1: { class_type: 'Hold', inputs: { gate }, _meta: { title: 'The gate' } },
  2: { class_type: 'EmptyImage', inputs: { width: 30, height: 20, batch_size: 1, color: 0x337755 } },
  3: { class_type: 'SaveImage', inputs: { images: ['2', 0], filename_prefix: 'later' }, _meta: { title: 'Later' } },
});

test('a reload brings the graph, the running job and its result back', async (context) => {
  if (typeof studio === 'string') return context.skip(studio);
  const gate = studio.data.file('gate-reload');
  const { page, node, close } = await studio.open();
  await node('Save').waitFor();
  await drop(page, workflowFile('gated.json', gated(gate)));
  await node('The gate').waitFor();
  await run(page);
  await strip(page, 'running').waitFor();

  await page.reload();
  await node('The gate').waitFor();
  expect(await page.getByLabel('Name of the workflow').inputValue()).toBe('gated');
  await strip(page, 'running').waitFor();
  writeFileSync(gate, '');
  await strip(page, 'succeeded').waitFor();
  await node('Later').locator('img').first().waitFor();

  // what ended before a reload is there, too
  await page.reload();
  await node('Later').locator('img').first().waitFor();
  await close();
});

test('the laptop is closed: the browser comes back without its session, and finds what was done meanwhile', async (context) => {
  if (typeof studio === 'string') return context.skip(studio);
  const gate = studio.data.file('gate-laptop');
  const { page, node, close } = await studio.open();
  await node('Save').waitFor();
  await drop(page, workflowFile('gated.json', gated(gate)));
  await node('The gate').waitFor();
  await run(page);
  await strip(page, 'running').waitFor();
  // another tab of the same profile knows what every tab knows, and nothing of this one's session
  const later = await page.context().newPage();
  await page.close();
  writeFileSync(gate, '');
  await later.goto(studio.url);
  await strip(later, 'succeeded').waitFor();
  const picture = later.locator('.node').filter({ hasText: 'Later' }).locator('img').first();
  await picture.waitFor();
  expect(await picture.getAttribute('src')).toContain('later_');
  await close();
});

test('the server is started again while a job runs: the job runs again and its result is seen', async (context) => {
  if (typeof studio === 'string') return context.skip(studio);
  const gate = studio.data.file('gate-restart');
  const { page, node, panel, close } = await studio.open();
  await node('Save').waitFor();
  await drop(page, workflowFile('gated.json', gated(gate)));
  await node('The gate').waitFor();
  await run(page);
  await strip(page, 'running').waitFor();
  await studio.restart();
  writeFileSync(gate, '');
  await strip(page, 'succeeded').waitFor();
  await node('Later').locator('img').first().waitFor();
  expect(await node('Later').locator('img').first().getAttribute('src')).toContain('later_');
  const server = await panel('Server');
  await server.getByText('Connected').waitFor();
  await close();
}, 60_000);
