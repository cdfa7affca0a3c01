/** What the tests of the reference's catalogue share: the nodes, the three caches, pixels, and time that the test moves. */
import { createGraphBuilder } from '@snug/node-kit';
import type { BuilderNode, GraphBuilder, SavedFile } from '@snug/node-kit';
import { createClassicCache, createLruCache, createNullCache } from '@snug/executor';
import type { OutputCache } from '@snug/executor';
import { pack as conformance } from '@snug/pack-conformance';
import { pack as image } from '@snug/pack-image';
import { createGraphHarness, createMemoryFiles } from '@snug/testkit';
import type { GraphHarness, GraphRun } from '@snug/testkit';
import sharp from 'sharp';
import { vi } from 'vitest';

export const CACHES = ['classic', 'lru', 'none'] as const;
export type CacheName = (typeof CACHES)[number];

const MAKE_CACHE: Record<CacheName, () => OutputCache> = {
  classic: createClassicCache,
  lru: () => createLruCache(100),
  none: createNullCache,
};

export interface Suite extends GraphHarness {
  /** Mean level, 0 to 255, of each picture that a node saved, in order. */
  levels(run: GraphRun, id: string): Promise<number[]>;
}

export async function createSuite(cache: CacheName): Promise<Suite> {
  const files = createMemoryFiles();
  const harness = await createGraphHarness({ packs: [conformance, image], cache: MAKE_CACHE[cache](), files });
  return {
    ...harness,
    async levels(run, id) {
      const { images = [] } = (run.shown(id) ?? {}) as { images?: SavedFile[] };
      return Promise.all(images.map((file) => meanLevel(files.saved(file))));
    },
  };
}

async function meanLevel(png: Uint8Array): Promise<number> {
  const { data } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  let sum = 0;
  for (const value of data) sum += value;
  return sum / data.length;
}

/** The sizes that nodes without inputs for them use, so that all pictures fit together. */
const SIZE = { height: 512, width: 512, batch_size: 1 };

export interface TestGraph extends GraphBuilder {
  image(content: 'BLACK' | 'WHITE' | 'NOISE', id?: string): BuilderNode;
  mask(value: number, id?: string): BuilderNode;
  save(images: unknown, id?: string): BuilderNode;
  preview(images: unknown, id?: string): BuilderNode;
}

export function graph(): TestGraph {
  const builder = createGraphBuilder('');
  return {
    ...builder,
    image: (content, id) => builder.node('StubImage', { content, ...SIZE }, id),
    mask: (value, id) => builder.node('StubMask', { value, ...SIZE }, id),
    save: (images, id) => builder.node('SaveImage', { images, filename_prefix: 'test' }, id),
    preview: (images, id) => builder.node('PreviewImage', { images }, id),
  };
}

/** Black and white, mixed by half a mask, saved. The ids are input1, input2, mask, mix and output. */
export function mixGraph(
  mask: number,
  contents: readonly ['BLACK', 'WHITE' | 'NOISE'] = ['BLACK', 'WHITE'],
): TestGraph {
  const g = graph();
  const image1 = g.image(contents[0], 'input1').out(0);
  const image2 = g.image(contents[1], 'input2').out(0);
  const mix = g.node('TestLazyMixImages', { image1, image2, mask: g.mask(mask, 'mask').out(0) }, 'mix');
  g.save(mix.out(0), 'output');
  return g;
}

/** Whether all of the nodes had started before the first of them finished. */
export function overlapped({ events }: GraphRun, ids: readonly string[]): boolean {
  const starts = ids.map((id) => events.findIndex((event) => event.type === 'node-started' && event.node === id));
  const ends = ids.map((id) => events.findIndex((event) => event.type === 'node-finished' && event.node === id));
  if (starts.includes(-1)) return false;
  return Math.max(...starts) < Math.min(...ends.map((end) => (end < 0 ? Infinity : end)));
}

/** The ids of the nodes of one class that expansion added. */
export function addedIds({ events }: GraphRun, classType: string): string[] {
  return events.flatMap((event) =>
    event.type === 'nodes-added' ? event.nodes.filter((node) => node.classType === classType).map(({ id }) => id) : [],
  );
}

/** Timers and the clock stand still while nodes work, and run as fast as they can while nothing else happens. */
export async function inVirtualTime<T>(work: () => Promise<T>): Promise<T> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  try {
    const state = { isDone: false };
    const result = work().finally(() => (state.isDone = true));
    result.catch(() => {});
    while (!state.isDone) {
      await new Promise((resolve) => setImmediate(resolve));
      await vi.advanceTimersByTimeAsync(20);
    }
    return await result;
  } finally {
    vi.useRealTimers();
  }
}
