/** What keeps a large workflow fast: only what is in view is drawn, and a pan draws no node anew. Figures are in the bench. */
import { beforeAll, expect, test } from 'vitest';
import { openLarge, pan } from '../performance.ts';
import { sharedStudio } from '../studio.ts';
import type { Studio } from '../studio.ts';

let studio: Studio | string;
beforeAll(async () => {
  studio = await sharedStudio();
}, 120_000);

/** Nodes that a screen shows at the zoom that a large workflow opens with, and some. */
const MOST_DRAWN = 160;

test('of 1,000 nodes only those in view are drawn, and those that stay in view are not drawn anew', async (context) => {
  if (typeof studio === 'string') return context.skip(studio);
  const opened = await studio.open();
  const { page, problems } = opened;
  await openLarge(opened, 1000);
  const drawn = await page.locator('.node').count();
  expect(drawn).toBeGreaterThan(5);
  expect(drawn).toBeLessThan(MOST_DRAWN);

  // a change inside of a node that is there before and after would be one that was drawn for nothing
  await page.evaluate(() => {
    const counted = Object.assign(globalThis, { changesInside: 0 });
    const observer = new MutationObserver((changes) => {
      for (const { target } of changes)
        if (target instanceof Element && target.closest('.node')) counted.changesInside++;
    });
    observer.observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
  });
  await pan(page, 30);
  expect(await page.evaluate(() => (globalThis as { changesInside?: number }).changesInside)).toBe(0);
  expect(await page.locator('.node').count()).toBeLessThan(MOST_DRAWN);
  expect(problems).toEqual([]);
  await opened.close();
});

test('from far away all links are there, and when the person comes near again', async (context) => {
  if (typeof studio === 'string') return context.skip(studio);
  const opened = await studio.open();
  const { page, problems } = opened;
  const count = 300;
  await openLarge(opened, count);
  await page.getByRole('button', { name: 'Show all' }).click();
  await page.waitForFunction((all) => document.querySelectorAll('.node[data-far]').length === all, count);
  const drawn = await page.locator('.far-links path').getAttribute('d');
  // chains of 40
  expect(drawn?.match(/M/g)).toHaveLength(count - Math.ceil(count / 40));
  const from = await page
    .locator('.node[data-far]')
    .nth(count / 2)
    .boundingBox();
  await page.mouse.move(from!.x, from!.y);
  await page.mouse.wheel(0, -1500);
  await page.waitForFunction(() => document.querySelectorAll('.node:not([data-far])').length > 2);
  // every node in view but the first and the last of a chain has two
  await expect.poll(() => page.locator('.react-flow__edge').count()).toBeGreaterThan(2);
  expect(await page.locator('.far-links').count()).toBe(0);
  expect(problems).toEqual([]);
  await opened.close();
});
