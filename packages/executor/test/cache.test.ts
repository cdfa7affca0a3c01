import { describe, expect, it } from 'vitest';
import { createNullCache } from '../src/cache/cache.ts';
import type { OutputCache } from '../src/cache/cache.ts';
import { createClassicCache } from '../src/cache/classic.ts';
import { createLruCache } from '../src/cache/lru.ts';
import {
  availableMemory,
  createMemoryPressureCache,
  defaultKeepFree,
  entrySize,
} from '../src/cache/memory-pressure.ts';
import { RunNode } from '../src/run-node.ts';
import type { CacheEntry } from '../src/run-node.ts';
import { registryOf, testNode } from './graph-fixtures.ts';

const type = registryOf(testNode('A')).get('A')!;
const entry = (value: unknown): CacheEntry => ({ outputs: [[value]], ui: undefined });

/** A node whose fingerprint is its text. */
function node(fingerprint: string, id = fingerprint, parent?: RunNode): RunNode {
  const made = new RunNode(id, type, new Map(), parent);
  made.fingerprint = fingerprint;
  return made;
}
const begin = (cache: OutputCache, ...nodes: RunNode[]): void =>
  cache.begin(new Map(nodes.map((one) => [one.id, one])));
const keeps = (cache: OutputCache, ...fingerprints: string[]): boolean[] =>
  fingerprints.map((fingerprint) => cache.get(node(fingerprint)) !== undefined);

describe.each([
  ['classic', createClassicCache],
  ['lru', () => createLruCache(100)],
  ['memory pressure', () => createMemoryPressureCache({ available: () => Infinity })],
])('the %s cache', (_, create) => {
  it('finds a result by fingerprint, whatever the node is called', () => {
    const cache = create();
    begin(cache, node('a'));
    cache.set(node('a', 'one'), entry(1));
    expect(cache.get(node('a', 'two'))).toEqual(entry(1));
    expect(cache.get(node('b', 'one'))).toBeUndefined();
    expect(cache.keepsResults).toBe(true);
  });

  it('keeps over the next prompt what that prompt uses', () => {
    const cache = create();
    begin(cache, node('a'));
    cache.set(node('a'), entry(1));
    begin(cache, node('a', 'renamed'), node('b'));
    expect(keeps(cache, 'a', 'b')).toEqual([true, false]);
  });

  it('forgets everything when it is cleared', () => {
    const cache = create();
    begin(cache, node('a'));
    cache.set(node('a'), entry(1));
    cache.clear();
    expect(keeps(cache, 'a')).toEqual([false]);
  });
});

describe('the null cache', () => {
  it('keeps nothing', () => {
    const cache = createNullCache();
    begin(cache, node('a'));
    cache.set(node('a'), entry(1));
    expect([cache.get(node('a')), cache.keepsResults]).toEqual([undefined, false]);
  });
});

describe('the classic cache between prompts', () => {
  it('forgets what the new prompt cannot use', () => {
    const cache = createClassicCache();
    begin(cache, node('a'), node('b'));
    for (const name of ['a', 'b']) cache.set(node(name), entry(name));
    begin(cache, node('b'));
    begin(cache, node('a'), node('b'));
    expect(keeps(cache, 'a', 'b')).toEqual([false, true]);
  });

  it("keeps the results of an expansion apart, and for the parent's next expansion", () => {
    const cache = createClassicCache();
    const parent = node('p');
    const child = node('c', 'p.0.0.1', parent);
    begin(cache, parent);
    cache.expanded(parent, [child]);
    cache.set(child, entry('inner'));
    expect(keeps(cache, 'c')).toEqual([false]);
    begin(cache, node('changed', 'p'));
    cache.expanded(parent, [node('c', 'p.0.0.1', parent), node('new', 'p.0.0.2', parent)]);
    expect(cache.get(node('c', 'elsewhere', parent))).toEqual(entry('inner'));
    cache.expanded(parent, [node('other', 'p.0.0.1', parent)]);
    expect(cache.get(child)).toBeUndefined();
  });

  it('forgets expansions, also inner ones, when their submitted node leaves the prompt', () => {
    const cache = createClassicCache();
    const parent = node('p');
    const child = node('c', 'p.1', parent);
    const grandchild = node('g', 'p.1.1', child);
    begin(cache, parent);
    cache.expanded(parent, [child]);
    cache.expanded(child, [grandchild]);
    cache.set(grandchild, entry('inner'));
    begin(cache, node('p2', 'p'));
    expect(cache.get(grandchild)).toEqual(entry('inner'));
    begin(cache, node('p', 'renamed'));
    expect(cache.get(grandchild)).toBeUndefined();
  });
});

describe('the lru cache between prompts', () => {
  const run = (cache: OutputCache, ...names: string[]): void => {
    begin(cache, ...names.map((name) => node(name)));
    for (const name of names) if (!cache.get(node(name))) cache.set(node(name), entry(name));
  };

  it('keeps prompts that went by, up to its size', () => {
    const cache = createLruCache(3);
    run(cache, 'a');
    run(cache, 'b');
    run(cache, 'c');
    expect(keeps(cache, 'a', 'b', 'c')).toEqual([true, true, true]);
  });

  it('drops the whole oldest generation at the start of a prompt, and never what that prompt uses', () => {
    const cache = createLruCache(3);
    run(cache, 'a', 'b');
    run(cache, 'c', 'd');
    // four are kept now; of the oldest generation this prompt uses one
    begin(cache, node('a'));
    expect(keeps(cache, 'b', 'c', 'd', 'a')).toEqual([false, true, true, true]);
  });

  it('grows past its size within one prompt', () => {
    const cache = createLruCache(2);
    run(cache, 'a', 'b', 'c', 'd');
    expect(keeps(cache, 'a', 'b', 'c', 'd')).toEqual([true, true, true, true]);
    run(cache, 'e');
    expect(keeps(cache, 'a', 'b', 'c', 'd', 'e')).toEqual([false, false, false, false, true]);
  });

  it('counts a lookup in mid-run as a use', () => {
    const cache = createLruCache(2);
    run(cache, 'a');
    run(cache, 'b');
    begin(cache, node('c'));
    cache.get(node('a'));
    cache.set(node('c'), entry('c'));
    begin(cache, node('x'));
    expect(keeps(cache, 'b', 'a', 'c')).toEqual([false, true, true]);
  });
});

describe('memory pressure', () => {
  const floats = (count: number): Float32Array => new Float32Array(count);

  it('drops the largest results first, as much as is missing', () => {
    let available = 1000;
    let time = 0;
    const cache = createMemoryPressureCache({ keepFree: 500, available: () => available, now: () => (time += 1000) });
    begin(cache, node('a'), node('b'), node('c'));
    cache.set(node('a'), entry(floats(10)));
    cache.set(node('b'), entry(floats(100)));
    available = 300;
    cache.set(node('c'), entry('no bytes'));
    expect(keeps(cache, 'a', 'b', 'c')).toEqual([true, false, true]);
    available = 499;
    cache.set(node('c'), entry('no bytes'));
    expect(keeps(cache, 'a', 'c')).toEqual([false, true]);
  });

  it('looks at the memory at most every 100 ms', () => {
    let looks = 0;
    let time = 0;
    const cache = createMemoryPressureCache({
      available: () => {
        looks++;
        return Infinity;
      },
      now: () => time,
    });
    begin(cache);
    for (time = 0; time < 1000; time += 10) cache.set(node(`n${time}`), entry(1));
    expect(looks).toBe(10);
  });

  it('sees binary data through lists, maps and objects, once each', () => {
    const shared = floats(4);
    const loop: { self?: unknown; data: Float32Array } = { data: floats(1) };
    loop.self = loop;
    expect(
      entrySize({ outputs: [[shared, [shared]], [new Map([['k', { data: shared }]])], [loop]], ui: undefined }),
    ).toBe(20);
    expect(entrySize(entry(new ArrayBuffer(7)))).toBe(7);
  });

  it('measures a list of a million values', () => {
    const list: unknown[] = Array.from({ length: 1_000_000 }, () => 1);
    list[0] = floats(2);
    expect(entrySize({ outputs: [list], ui: undefined })).toBe(8);
  });

  it('wants a tenth of the memory free, within limits', () => {
    const GIB = 1024 ** 3;
    expect([4, 16, 40, 400].map((total) => defaultKeepFree(total * GIB) / GIB)).toEqual([1, 2, 4, 10]);
    expect(availableMemory()).toBeGreaterThan(0);
  });
});
