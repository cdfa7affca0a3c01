/** What is in view: the graph stays where a person put it, and what is asked for comes into view. */
import { afterEach, beforeAll, expect, test } from 'vitest';
import type { Locator, Page } from 'playwright-core';
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

const viewport = (page: Page): Locator => page.locator('.react-flow__viewport');
const placeOf = (page: Page): Promise<string> => viewport(page).evaluate((element) => element.style.transform);
/** A canvas that is made anew forgets this. */
const mark = (page: Page): Promise<void> =>
  page.locator('.canvas').evaluate((element) => element.setAttribute('data-marked', ''));
const isMarked = async (page: Page): Promise<boolean> => (await page.locator('.canvas[data-marked]').count()) === 1;

/** Whether all of it is in what can be seen of the graph. */
async function isInStage(page: Page, node: Locator): Promise<boolean> {
  const [inner, outer] = [await node.boundingBox(), await page.locator('.stage').boundingBox()];
  if (!inner || !outer) return false;
  return (
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height
  );
}

test('a panel makes room by showing the graph smaller, unless a person moved it; the canvas stays', async (context) => {
  if (typeof studio === 'string') return context.skip(studio);
  opened = await studio.open();
  const { page, node, panel } = opened;
  await node('Save').waitFor();
  await expect.poll(() => isInStage(page, node('Save'))).toBe(true);
  await mark(page);
  await panel('Server');
  await expect.poll(() => isInStage(page, node('Save'))).toBe(true);
  await page.getByRole('complementary').getByRole('button', { name: 'Close' }).click();
  await expect.poll(() => isInStage(page, node('Save'))).toBe(true);

  await page.getByRole('button', { name: 'Zoom in' }).click();
  const before = await placeOf(page);
  await panel('Queue');
  expect(await placeOf(page)).toBe(before);
  expect(await isMarked(page)).toBe(true);
});

const REFUSED = {
  '1': { class_type: 'EmptyImage', inputs: { width: 64, height: 64, batch_size: 1, color: 0 } },
  '2': {
    class_type: 'ImageBlur',
    inputs: { image: ['1', 0], blur_radius: 999, sigma: 99 },
    _meta: { title: 'Too much' },
  },
  '3': { class_type: 'PreviewImage', inputs: { images: ['2', 0] }, _meta: { title: 'Show' } },
};

test('from a problem to its node: it is selected and in the middle, and its mark vanishes with the value', async (context) => {
  if (typeof studio === 'string') return context.skip(studio);
  opened = await studio.open();
  const { page, node, panel } = opened;
  await node('Save').waitFor();
  await drop(page, workflowFile('test.json', REFUSED));
  await node('Too much').waitFor();
  await run(page);
  const problems = await panel('Problems');
  await mark(page);
  await page.getByRole('button', { name: 'Zoom out' }).click();
  await problems.getByRole('button', { name: 'Show the node' }).first().click();
  await expect.poll(() => placeOf(page)).toContain('scale(1)');
  expect(await node('Too much').getAttribute('data-selected')).toBe('true');
  expect(await isMarked(page)).toBe(true);

  const [radius, sigma] = ['blur_radius', 'sigma'].map((name) =>
    node('Too much').getByLabel(new RegExp(`^${name}, `)),
  ) as [Locator, Locator];
  await expect.poll(() => radius.getAttribute('aria-invalid')).toBe('true');
  await radius.click();
  await page.keyboard.type('5');
  await page.keyboard.press('Enter');
  await expect.poll(() => radius.getAttribute('aria-invalid')).not.toBe('true');
  // the other one is as wrong as before
  expect(await sigma.getAttribute('aria-invalid')).toBe('true');
});

test('a node is as large as a person drags it, in one step that is undone', async (context) => {
  if (typeof studio === 'string') return context.skip(studio);
  opened = await studio.open();
  const { page, node } = opened;
  await node('Save').locator('.node-header').click();
  const before = await node('Save').boundingBox();
  const corner = await node('Save').locator('.corner').boundingBox();
  if (!before || !corner) throw new Error('There is no corner to drag.');
  const from = { x: corner.x + corner.width / 2, y: corner.y + corner.height / 2 };
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x + 60, from.y + 80, { steps: 6 });
  await page.mouse.up();
  await expect.poll(async () => (await node('Save').boundingBox())?.width).toBeGreaterThan(before.width + 40);
  await expect.poll(async () => (await node('Save').boundingBox())?.height).toBeGreaterThan(before.height + 60);
  await page.keyboard.press('Control+z');
  await expect.poll(async () => (await node('Save').boundingBox())?.height).toBeCloseTo(before.height, 0);
  // by keys too
  for (let press = 0; press < 5; press++) await page.keyboard.press('Control+ArrowRight');
  for (let press = 0; press < 5; press++) await page.keyboard.press('Control+ArrowDown');
  await expect.poll(async () => (await node('Save').boundingBox())?.width).toBeGreaterThan(before.width + 20);
  await expect.poll(async () => (await node('Save').boundingBox())?.height).toBeGreaterThan(before.height + 20);
});

const CHAIN = {
  '1': { class_type: 'EmptyImage', inputs: { width: 40, height: 30, batch_size: 1, color: 0x227755 } },
  '2': { class_type: 'ImageInvert', inputs: { image: ['1', 0] } },
  '3': { class_type: 'ImageInvert', inputs: { image: ['2', 0] } },
  '4': { class_type: 'PreviewImage', inputs: { images: ['3', 0] }, _meta: { title: 'Show' } },
};

test('on a narrow screen the result comes into view by itself', async (context) => {
  if (typeof studio === 'string') return context.skip(studio);
  opened = await studio.open({ viewport: { width: 360, height: 740 } });
  const { page, node } = opened;
  await node('Save').waitFor({ state: 'attached' });
  await drop(page, workflowFile('test.json', CHAIN));
  await node('Show').waitFor({ state: 'attached' });
  await run(page);
  await strip(page, 'succeeded').waitFor();
  await node('Show').locator('img').waitFor();
  await expect.poll(() => isInStage(page, node('Show'))).toBe(true);
});

test('what is pressed has the colours of the theme, also of one that is chosen later', async (context) => {
  if (typeof studio === 'string') return context.skip(studio);
  opened = await studio.open({ colorScheme: 'dark' });
  const { page, node, panel } = opened;
  await node('Save').waitFor();
  await drop(page, workflowFile('test.json', CHAIN));
  await node('Show').waitFor();
  await panel('Gallery');
  await page.getByRole('button', { name: 'Live', exact: true }).click();
  const buttons = [
    page.getByRole('button', { name: 'Live', exact: true, pressed: true }),
    page.getByRole('navigation').getByRole('button', { name: 'Gallery', expanded: true }),
  ];
  await page.emulateMedia({ colorScheme: 'light' });
  for (const button of buttons) await expect.poll(() => lightnessOf(button)).toBeGreaterThan(0.75);
  await page.emulateMedia({ colorScheme: 'dark' });
  for (const button of buttons) await expect.poll(() => lightnessOf(button)).toBeLessThan(0.35);
});

/** Of what is behind its text, 0 to 1. */
async function lightnessOf(button: Locator): Promise<number> {
  const colour = await button.evaluate((element) => getComputedStyle(element).backgroundColor);
  const parts =
    colour
      .match(/[\d.]+/g)
      ?.slice(0, 3)
      .map(Number) ?? [];
  return Math.max(...parts) / 255;
}
