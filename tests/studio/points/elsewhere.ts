/** Point 7: the same page on another server, once the person has agreed. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DataFolder } from '../../../packages/server/test/fixtures/snug-process.ts';
import { drop, run, sharedStudio, strip, workflowFile } from '../studio.ts';
import type { Studio } from '../studio.ts';

const BLUE = {
  1: { class_type: 'EmptyImage', inputs: { width: 24, height: 16, batch_size: 1, color: 0x2244bb } },
  2: { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix: 'blue' }, _meta: { title: 'Keep it' } },
};

let studio: Studio | string;
const data = new DataFolder();
/** It answers, and says nothing of other origins. */
const closed = createServer((_request, response) => response.end('{}'));
let other = '';
let closedUrl = '';
beforeAll(async () => {
  studio = await sharedStudio();
  if (typeof studio === 'string') return;
  ({ url: other } = await data.start('--enable-cors-header', new URL(studio.url).origin));
  closed.listen(0, '127.0.0.1');
  await once(closed, 'listening');
  closedUrl = `http://127.0.0.1:${(closed.address() as AddressInfo).port}`;
}, 120_000);
afterAll(async () => {
  closed.close();
  await data.remove();
});

test('the person is asked, the policy names the origin, and the workflow runs there', async (context) => {
  if (typeof studio === 'string') return context.skip(studio);
  const { page, hosts, node, panel, close } = await studio.open({ query: `/?server=${other}` });
  const question = page.getByRole('alertdialog', { name: 'Talk to another server?' });
  await question.waitFor();
  await question
    .getByText(new RegExp(new URL(other).host))
    .first()
    .waitFor();
  expect([...hosts]).toEqual([new URL(studio.url).host]);

  const [answer] = await Promise.all([
    page.waitForResponse((response) => response.request().resourceType() === 'document'),
    question.getByRole('button', { name: 'Connect' }).click(),
  ]);
  expect(answer.headers()['content-security-policy']).toContain(`connect-src 'self' ${new URL(other).origin} `);
  await node('Sharpen the raccoon').waitFor();
  await node('Save').waitFor();
  await drop(page, workflowFile('blue.json', BLUE));
  await node('Keep it').waitFor();
  await run(page);
  await strip(page, 'succeeded').waitFor();
  const source = await node('Keep it').locator('img').first().getAttribute('src');
  expect(source).toContain(new URL(other).origin);
  const server = await panel('Server');
  await server.getByText(other).waitFor();
  await close();
});

test('a link that says it was confirmed is not believed', async (context) => {
  if (typeof studio === 'string') return context.skip(studio);
  const { page, hosts, close } = await studio.open({ query: `/?server=${other}&confirmed=1` });
  const question = page.getByRole('alertdialog', { name: 'Talk to another server?' });
  await question.waitFor();
  expect([...hosts]).toEqual([new URL(studio.url).host]);
  await question.getByRole('button', { name: 'Stay here' }).click();
  await page.locator('.node').first().waitFor();
  expect([...hosts]).toEqual([new URL(studio.url).host]);
  await close();
});

test('a server that does not let the page in: it is said what is missing', async (context) => {
  if (typeof studio === 'string') return context.skip(studio);
  const { page, close } = await studio.open({ query: `/?server=${closedUrl}` });
  await page.getByRole('button', { name: 'Connect' }).click();
  await page.getByText('The server does not answer. Trying again.').waitFor();
  await page.getByText(/--enable-cors-header/).waitFor();
  expect(await page.locator('.node').count()).toBe(0);
  await close();
});
