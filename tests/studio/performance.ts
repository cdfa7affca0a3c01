/** How long a person waits for the first picture, and how smoothly a large workflow opens and moves. */
import type { Page } from 'playwright-core';
import { drop, run } from './studio.ts';
import type { Studio, StudioPage } from './studio.ts';

const COLUMNS = 40;
const STEPS = ['ImageScale', 'ImageBlur', 'ImageSharpen', 'ImageInvert'] as const;
const VALUES: Readonly<Record<string, readonly unknown[]>> = {
  EmptyImage: [512, 512, 1, 0],
  ImageScale: ['lanczos', 512, 512, 'disabled'],
  ImageBlur: [2, 1],
  ImageSharpen: [1, 1, 1],
};

/** Chains of images, side by side, as a front end saves them. */
export function largeWorkflow(count: number): { name: string; type: string; bytes: Uint8Array } {
  const links: unknown[] = [];
  const nodes = Array.from({ length: count }, (_, at) => {
    const column = at % COLUMNS;
    const isFirst = column === 0;
    const isLast = column === COLUMNS - 1 || at === count - 1;
    const type = isFirst ? 'EmptyImage' : isLast ? 'PreviewImage' : STEPS[at % STEPS.length];
    if (!isFirst) links.push([at, at, 0, at + 1, 0, 'IMAGE']);
    return {
      id: at + 1,
      type,
      pos: [column * 360, Math.floor(at / COLUMNS) * 340],
      size: [288, 160],
      flags: {},
      order: at,
      mode: 0,
      inputs: isFirst ? [] : [{ name: isLast ? 'images' : 'image', type: 'IMAGE', link: at }],
      outputs: isLast ? [] : [{ name: 'IMAGE', type: 'IMAGE', links: [at + 1] }],
      properties: {},
      widgets_values: VALUES[type ?? ''] ?? [],
    };
  });
  const workflow = { last_node_id: count, last_link_id: count, nodes, links, groups: [], extra: {}, version: 0.4 };
  return { name: 'large.json', type: 'application/json', bytes: Buffer.from(JSON.stringify(workflow)) };
}

/** Drops the workflow on the page. @returns milliseconds until all of it is on the map and what is in view is drawn */
export async function openLarge({ page, node }: StudioPage, count: number): Promise<number> {
  await node('Save').waitFor();
  const file = largeWorkflow(count);
  await page.evaluate(() => {
    addEventListener('drop', () => performance.mark('dropped'), { capture: true, once: true });
  });
  await drop(page, file);
  await page.waitForFunction((all) => document.querySelectorAll('.react-flow__minimap-node').length === all, count, {
    polling: 'raf',
  });
  return page.evaluate(async () => {
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    return performance.now() - (performance.getEntriesByName('dropped')[0]?.startTime ?? Number.NaN);
  });
}

export interface FirstRun {
  readonly openMs: number;
  /** From the press on Run. */
  readonly pictureMs: number;
}

/** What a person who presses Run as soon as there is something to run waits for. */
export async function firstRun(studio: Studio): Promise<FirstRun> {
  const start = performance.now();
  const { page, node, close } = await studio.open();
  await node('The photograph').locator('img').waitFor();
  await node('Save').waitFor();
  const opened = performance.now();
  await run(page);
  const picture = node('Save').locator('img');
  await picture.waitFor();
  await picture.evaluate((image: HTMLImageElement) => image.decode());
  const finished = performance.now();
  await close();
  return { openMs: opened - start, pictureMs: finished - opened };
}

export interface Pan {
  /** Frames a second that the page drew. */
  readonly fps: number;
  /** Milliseconds of the slowest twentieth of the frames. */
  readonly slowestMs: number;
}

/** Pans as a hand does, from somewhere between the nodes. @param steps moves of the pointer, one a frame */
export async function pan(page: Page, steps: number): Promise<Pan> {
  const from = await page.evaluate(() => {
    for (let y = 240; y < innerHeight - 160; y += 7) {
      for (let x = 400; x < innerWidth - 300; x += 7) {
        if (document.elementFromPoint(x, y)?.classList.contains('react-flow__pane')) return { x, y };
      }
    }
    return undefined;
  });
  if (!from) throw new Error('There is no place between the nodes.');
  const frames = page.evaluate(
    (count) =>
      new Promise<number[]>((resolve) => {
        const times: number[] = [];
        const next = (time: number): void => {
          times.push(time);
          if (times.length > count) resolve(times);
          else requestAnimationFrame(next);
        };
        requestAnimationFrame(next);
      }),
    steps,
  );
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  const hand = { isDown: true };
  const told = frames.finally(() => (hand.isDown = false));
  // there and back, so that the pointer stays in the window
  for (let step = 1; hand.isDown; step++) {
    const angle = step / 12;
    await page.mouse.move(from.x + Math.sin(angle) * 280, from.y + Math.sin(angle * 0.7) * 140);
  }
  await page.mouse.up();
  const times = await told;
  const lengths = times.slice(1).map((time, at) => time - (times[at] ?? time));
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const slowest = [...lengths].sort((one, other) => one - other)[Math.floor(lengths.length * 0.95)];
  return { fps: (lengths.length / total) * 1000, slowestMs: slowest ?? 0 };
}
