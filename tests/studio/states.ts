/** The states that pictures are made of and that are checked for accessibility, one after the other on one page. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { drop, run, strip } from './studio.ts';
import type { Studio, StudioPage } from './studio.ts';

export const STATES = [
  'first-open',
  'running',
  'finished',
  'refused',
  'failed',
  'gallery',
  'compare',
  'inspector',
  'narrow',
] as const;
export type StateName = (typeof STATES)[number];

export interface ShownState {
  readonly name: StateName;
  readonly page: Page;
}

interface SavedNode {
  readonly id: number;
  readonly type: string;
  title?: string;
  widgets_values: unknown[];
}

const example = readFileSync(new URL('../../examples/photo-ui.json', import.meta.url), 'utf8');

/** The example with other values in its widgets. */
function photo(name: string, values: Readonly<Record<number, unknown[]>>): Parameters<typeof drop>[1] {
  const workflow = JSON.parse(example) as { nodes: SavedNode[] };
  for (const node of workflow.nodes) {
    node.widgets_values = values[node.id] ?? node.widgets_values;
    if (node.type === 'ImageScale') node.title = `Scale to ${node.widgets_values.slice(1, 3).join(' × ')}`;
  }
  return { name: `${name}.json`, type: 'application/json', bytes: Buffer.from(JSON.stringify(workflow)) };
}

/** Pictures to look through need not take long. */
const SMALL = { 2: ['lanczos', 640, 480, 'center'], 5: [1, 640, 480] };

async function openPhoto(
  { page }: StudioPage,
  name: string,
  values: Readonly<Record<number, unknown[]>>,
): Promise<void> {
  await drop(page, photo(name, values));
  await page.getByText(`Opened ${name}`).waitFor();
}

async function* onWidePage(studio: Studio): AsyncGenerator<ShownState> {
  const opened = await studio.open({
    viewport: { width: 1440, height: 900 },
    colorScheme: 'dark',
    reducedMotion: 'reduce',
  });
  const { page, node, panel } = opened;
  const shutPanel = (): Promise<void> => page.getByRole('complementary').getByRole('button', { name: 'Close' }).click();
  await node('Save').waitFor();
  yield { name: 'first-open', page };

  await run(page);
  await page.locator('.node[data-state="running"]', { hasText: 'Blur what is around it' }).waitFor();
  yield { name: 'running', page };

  await strip(page, 'succeeded').waitFor();
  await node('Save').locator('img').first().waitFor();
  yield { name: 'finished', page };

  await openPhoto(opened, 'Too much blur', { 2: ['lanczos', 1280, 960, 'middle'], 4: [400, 1] });
  await run(page);
  const problems = await panel('Problems');
  await problems.getByText('Not taken').waitFor();
  yield { name: 'refused', page };

  writeFileSync(join(studio.data.path, 'input', 'broken.png'), 'this is no picture');
  await problems.getByRole('button', { name: 'Dismiss' }).click();
  await openPhoto(opened, 'Broken picture', { 1: ['broken.png', 'image'] });
  await run(page);
  await problems.getByText('A node failed').waitFor();
  yield { name: 'failed', page };

  await problems.getByRole('button', { name: 'Dismiss' }).click();
  await openPhoto(opened, 'Hardly any blur', { ...SMALL, 4: [2, 1], 3: [1, 1, 0.3], 6: [10, 10, 10, 10] });
  await run(page);
  await strip(page, 'succeeded').waitFor();
  await openPhoto(opened, 'More blur', { ...SMALL, 4: [12, 6], 3: [1, 1, 0], 6: [240, 80, 160, 200] });
  await run(page);
  await strip(page, 'running').waitFor();
  await strip(page, 'succeeded').waitFor();
  const gallery = await panel('Gallery');
  const items = gallery.getByRole('button', { name: /^Open photo/ });
  await items.nth(2).waitFor();
  await page.emulateMedia({ colorScheme: 'light' });
  yield { name: 'gallery', page };

  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  await gallery.getByRole('button', { name: 'Compare' }).click();
  await gallery
    .getByRole('button', { name: /^Choose photo/ })
    .nth(0)
    .click();
  await gallery
    .getByRole('button', { name: /^Choose photo/ })
    .nth(1)
    .click();
  await page.getByRole('dialog').getByRole('slider').waitFor();
  yield { name: 'compare', page };

  await page.keyboard.press('Escape');
  await shutPanel();
  const inspector = await panel('Inspector');
  await inspector.getByRole('searchbox').fill('exec');
  await inspector
    .getByRole('option', { name: /execution_success/ })
    .last()
    .click();
  yield { name: 'inspector', page };
  await opened.close();
}

async function* onNarrowPage(studio: Studio): AsyncGenerator<ShownState> {
  const opened = await studio.open({
    viewport: { width: 360, height: 740 },
    colorScheme: 'dark',
    reducedMotion: 'reduce',
  });
  const { page, node, close } = opened;
  await node('Save').waitFor({ state: 'attached' });
  await openPhoto(opened, 'Photo', { ...SMALL, 6: [240, 80, 160, 200] });
  await run(page);
  await node('Save').locator('img').first().waitFor();
  await strip(page, 'succeeded').waitFor();
  yield { name: 'narrow', page };
  await close();
}

/** Whoever iterates has the page to himself until he asks for the next one. */
export async function* showStates(studio: Studio): AsyncGenerator<ShownState> {
  yield* onWidePage(studio);
  yield* onNarrowPage(studio);
}
