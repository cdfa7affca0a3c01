/** Point 7: the same page on another server, once the person has agreed. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DataFolder } from '../../packages/server/test/fixtures/snug-process.ts';
import { run, startStudio, strip } from './studio.ts';
import type { Studio } from './studio.ts';

let studio: Studio | string;
const data = new DataFolder();
const closed = new DataFolder();
let other = '';
let closedUrl = '';
beforeAll(async () => {
  studio = await startStudio();
  if (typeof studio === 'string') return;
  [{ url: other }, { url: closedUrl }] = await Promise.all([
    data.start('--enable-cors-header', new URL(studio.url).origin),
    closed.start(),
  ]);
}, 120_000);
afterAll(async () => {
  if (typeof studio !== 'string') await studio?.close();
  await Promise.all([data.remove(), closed.remove()]);
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
  await run(page);
  await strip(page, 'succeeded').waitFor();
  const source = await node('Save').locator('img').first().getAttribute('src');
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
