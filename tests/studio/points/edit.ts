/** Point 3: a person builds and changes a workflow, with the mouse and without it. */
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

const CANVAS = '.react-flow__pane';
const nodes = (page: Page): Locator => page.locator('.node:not(.end)');
const links = (page: Page): Locator => page.locator('.react-flow__edge');
const dialog = (page: Page): Locator => page.getByRole('dialog');

/** @param prompt a workflow in API form; the example when there is none */
async function open(of: Studio, prompt?: object): Promise<StudioPage> {
  opened = await of.open({ permissions: ['clipboard-read', 'clipboard-write'] });
  const { page, node } = opened;
  await node('Save').waitFor();
  if (prompt) {
    await drop(page, workflowFile('test.json', prompt));
    await page.waitForFunction(
      (count) => document.querySelectorAll('.node').length === count,
      Object.keys(prompt).length,
    );
  }
  return opened;
}

/** Somewhere on the canvas where nothing is. */
const EMPTY = { x: 300, y: 40 };

/** Drags as a hand does. */
async function drag(page: Page, from: Locator, to: Locator | { x: number; y: number }): Promise<void> {
  await from.hover();
  await page.mouse.down();
  const box = 'x' in to ? { ...to, width: 0, height: 0 } : await to.boundingBox();
  if (!box) throw new Error('There is nothing to drag to.');
  const end = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  await page.mouse.move(end.x - 30, end.y - 12, { steps: 4 });
  await page.mouse.move(end.x, end.y, { steps: 3 });
}

const dot = (node: Locator, handle: string): Locator => node.locator(`.slot-dot[data-handleid="${handle}"]`);
const widget = (node: Locator, name: string): Locator => node.getByLabel(new RegExp(`^${name}, `));

const TWO = {
  '1': {
    class_type: 'EmptyImage',
    inputs: { width: 64, height: 64, batch_size: 1, color: 0 },
    _meta: { title: 'Source' },
  },
  '2': { class_type: 'ImageInvert', inputs: {}, _meta: { title: 'Target' } },
};

test('a node is found by its alias or category, and added where the person pressed', async (context) => {
  if (typeof studio === 'string') return context.skip(studio);
  const { page } = await open(studio);
  await page.locator(CANVAS).dblclick({ position: EMPTY });
  await dialog(page).getByRole('combobox').fill('feather');
  await dialog(page)
    .getByRole('option', { name: /Feather Mask/i })
    .waitFor();
  await page.keyboard.press('Enter');
  await expect.poll(() => nodes(page).count()).toBe(9);

  await page.keyboard.press('Space');
  await dialog(page).getByRole('combobox').fill('latent');
  await expect.poll(() => dialog(page).getByRole('option').count()).toBeGreaterThan(5);
  await page.keyboard.press('Escape');
  await expect.poll(() => dialog(page).count()).toBe(0);
  expect(await nodes(page).count()).toBe(9);
});

test('a link goes only where types fit; what does not fit is dimmed while it is dragged', async (context) => {
  if (typeof studio === 'string') return context.skip(studio);
  const { page, node } = await open(studio, TWO);
  const output = dot(node('Source'), 'out 0');
  await drag(page, output, dot(node('Target'), 'in image'));
  expect(await dot(node('Target'), 'in image').getAttribute('data-fit')).toBe('yes');
  expect(await dot(node('Source'), 'in width').getAttribute('data-fit')).toBe('no');
  await page.mouse.up();
  await expect.poll(() => links(page).count()).toBe(1);

  // an image is no number
  await drag(page, dot(node('Target'), 'out 0'), dot(node('Source'), 'in width'));
  await page.mouse.up();
  expect(await links(page).count()).toBe(1);
  expect(await page.locator('.slot-dot[data-fit]').count()).toBe(0);
});

test('a link that is dropped on the empty canvas adds a node that fits it', async (context) => {
  if (typeof studio === 'string') return context.skip(studio);
  const { page, node } = await open(studio, TWO);
  const box = await node('Target').boundingBox();
  await drag(page, dot(node('Source'), 'out 0'), {
    x: (box?.x ?? 0) + 60,
    y: (box?.y ?? 0) + (box?.height ?? 0) + 160,
  });
  await page.mouse.up();
  await dialog(page)
    .getByText(/Only what fits IMAGE/)
    .waitFor();
  await dialog(page).getByRole('combobox').fill('preview image');
  await page.keyboard.press('Enter');
  await expect.poll(() => nodes(page).count()).toBe(3);
  await expect.poll(() => links(page).count()).toBe(1);
});

test('links are made without a mouse: a slot lists what it can be linked with', async (context) => {
  if (typeof studio === 'string') return context.skip(studio);
  const { page, node } = await open(studio, TWO);
  await node('Target').getByRole('button', { name: 'Input image, IMAGE' }).focus();
  await page.keyboard.press('Enter');
  await dialog(page)
    .getByRole('option', { name: /Source/ })
    .waitFor();
  await page.keyboard.press('Enter');
  await expect.poll(() => links(page).count()).toBe(1);

  await node('Target').getByRole('button', { name: 'Input image, IMAGE, linked' }).focus();
  await page.keyboard.press('Enter');
  await dialog(page).getByRole('option', { name: 'Remove the link' }).click();
  await expect.poll(() => links(page).count()).toBe(0);
});

test('numbers are typed, stepped and dragged, and stay within their limits', async (context) => {
  if (typeof studio === 'string') return context.skip(studio);
  const { page, node } = await open(studio);
  const sigma = widget(node('Blur what is around it'), 'sigma');
  await sigma.click();
  await page.keyboard.type('99');
  await page.keyboard.press('Enter');
  expect(await sigma.inputValue()).toBe('10.0');
  await page.keyboard.press('ArrowDown');
  expect(await sigma.inputValue()).toBe('9.9');
  await page.keyboard.press('Shift+ArrowDown');
  expect(await sigma.inputValue()).toBe('8.9');
  await sigma.blur();
  const box = await sigma.boundingBox();
  await page.mouse.move((box?.x ?? 0) + 40, (box?.y ?? 0) + 8);
  await page.mouse.down();
  await page.mouse.move((box?.x ?? 0) + 10, (box?.y ?? 0) + 8, { steps: 5 });
  await page.mouse.up();
  expect(Number(await sigma.inputValue())).toBeLessThan(8.9);
  await page.keyboard.press('Control+z');
  expect(await sigma.inputValue()).toBe('8.9');
});

test('a seed keeps all its digits, is drawn anew, and goes on after a run as its control says', async (context) => {
  if (typeof studio === 'string') return context.skip(studio);
  const { page, node } = await open(studio, {
    '1': { class_type: 'SeedNode', inputs: { seed: 7 }, _meta: { title: 'Seed' } },
    '2': { class_type: 'PreviewAny', inputs: { source: ['1', 0] }, _meta: { title: 'Show' } },
  });
  const seed = widget(node('Seed'), 'seed');
  await seed.click();
  await page.keyboard.type('9223372036854775805');
  await page.keyboard.press('Enter');
  expect(await seed.inputValue()).toBe('9223372036854775805');
  await node('Seed')
    .getByRole('combobox', { name: /^After each run/ })
    .selectOption('increment');
  await run(page);
  await expect.poll(() => seed.inputValue()).toBe('9223372036854775806');
  await node('Show').getByText('9223372036854775805').waitFor();
  await node('Seed')
    .getByRole('button', { name: /^Draw a new seed/ })
    .click();
  await expect.poll(() => seed.inputValue()).not.toBe('9223372036854775806');
});

test('texts, choices, toggles and colours are set, and every one can be undone', async (context) => {
  if (typeof studio === 'string') return context.skip(studio);
  const { page, node } = await open(studio, {
    '1': { class_type: 'PrimitiveStringMultiline', inputs: { value: 'one' }, _meta: { title: 'Text' } },
    '2': {
      class_type: 'StringCompare',
      inputs: { string_a: 'a', string_b: 'b', mode: 'Equal' },
      _meta: { title: 'Compare' },
    },
    '3': { class_type: 'PrimitiveBoolean', inputs: { value: false }, _meta: { title: 'Truth' } },
    '4': { class_type: 'ColorToRGBInt', inputs: { color: '#ffffff' }, _meta: { title: 'Paint' } },
  });
  const text = widget(node('Text'), 'value');
  await text.fill('two\nlines');
  await node('Compare')
    .getByRole('button', { name: /^mode, Compare: Equal/ })
    .click();
  await page.getByRole('option', { name: 'Starts With' }).click();
  await node('Compare')
    .getByRole('button', { name: /^mode, Compare: Starts With/ })
    .waitFor();
  const toggle = node('Truth').getByRole('switch');
  await toggle.click();
  expect(await toggle.getAttribute('aria-checked')).toBe('true');
  const colour = node('Paint').getByRole('textbox', { name: 'color, Paint #' });
  await colour.fill('abc');
  await page.keyboard.press('Enter');
  expect(await colour.inputValue()).toBe('#aabbcc');

  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => colour.inputValue()).toBe('#ffffff');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => toggle.getAttribute('aria-checked')).toBe('false');
  await page.getByRole('button', { name: 'Redo' }).click();
  await expect.poll(() => toggle.getAttribute('aria-checked')).toBe('true');
});

test('nodes are moved, muted, collapsed, copied, grouped and deleted by keys alone', async (context) => {
  if (typeof studio === 'string') return context.skip(studio);
  const { page, node, problems } = await open(studio, TWO);
  const source = page.locator('.react-flow__node', { has: page.locator('.node-title', { hasText: 'Source' }) });
  await source.focus();
  await page.keyboard.press('Enter');
  const before = await source.boundingBox();
  await page.keyboard.press('Shift+ArrowDown');
  await expect.poll(async () => (await source.boundingBox())?.y).toBeGreaterThan(before?.y ?? 0);
  await page.keyboard.press('m');
  expect(await node('Source').getAttribute('data-mode')).toBe('muted');
  await page.keyboard.press('b');
  expect(await node('Source').getAttribute('data-mode')).toBe('bypassed');
  await page.keyboard.press('c');
  expect(await node('Source').getAttribute('data-collapsed')).toBe('true');
  await page.keyboard.press('Control+c');
  await page.keyboard.press('Control+v');
  await expect.poll(() => nodes(page).count()).toBe(3);
  await page.keyboard.press('Control+d');
  await expect.poll(() => nodes(page).count()).toBe(4);
  await page.keyboard.press('Delete');
  await expect.poll(() => nodes(page).count()).toBe(3);
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Control+g');
  await page.locator('.group').waitFor();
  await page.keyboard.press('Control+z');
  await expect.poll(() => page.locator('.group').count()).toBe(0);
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Shortcuts' }).waitFor();
  await page.keyboard.press('Escape');
  expect(problems).toEqual([]);
});

test('a selection becomes a subgraph that opens in place, and the breadcrumb leads out', async (context) => {
  if (typeof studio === 'string') return context.skip(studio);
  const { page, node } = await open(studio, {
    ...TWO,
    '2': { ...TWO['2'], inputs: { image: ['1', 0] } },
    '3': { class_type: 'PreviewImage', inputs: { images: ['2', 0] }, _meta: { title: 'Show' } },
  });
  await node('Target').locator('.node-header').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Make a subgraph' }).click();
  await node('Subgraph').waitFor();
  await node('Subgraph').locator('.node-header').dblclick();
  await node('Target').waitFor();
  expect(await page.locator('.node.end').count()).toBe(2);
  await page.getByRole('navigation', { name: 'Where you are' }).getByRole('button', { name: 'Workflow' }).click();
  await node('Subgraph').waitFor();
  await run(page);
  await strip(page, 'succeeded').waitFor();
  await expect.poll(() => node('Subgraph').getAttribute('data-state')).toBe('done');
});

test('a picture is sent by choice, and a mask is painted on it', async (context) => {
  if (typeof studio === 'string') return context.skip(studio);
  const { page, node, problems } = await open(studio);
  const image = node('The photograph');
  const picture = await page.screenshot({ clip: { x: 0, y: 0, width: 120, height: 80 } });
  await image.locator('input[type=file]').setInputFiles({ name: 'small.png', mimeType: 'image/png', buffer: picture });
  await image.getByRole('button', { name: /^image, The photograph: small/ }).waitFor();
  await image.getByRole('button', { name: /^Paint a mask/ }).click();
  const painter = page.getByRole('dialog', { name: 'Paint a mask' });
  const canvas = painter.getByRole('application');
  await expect.poll(() => painter.getByRole('button', { name: 'Save' }).isEnabled()).toBe(true);
  await canvas.hover();
  await page.mouse.down();
  await page.mouse.move(700, 420, { steps: 4 });
  await page.mouse.up();
  await painter.getByRole('button', { name: 'Save' }).click();
  await image.getByRole('button', { name: /^image, The photograph: clipspace\// }).waitFor();
  expect(problems.filter((problem) => !problem.includes('404'))).toEqual([]);
});
