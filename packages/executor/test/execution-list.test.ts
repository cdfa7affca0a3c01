import { describe, expect, it } from 'vitest';
import { ExecutionList } from '../src/execution-list.ts';
import type { RunNode } from '../src/run-node.ts';
import { lazyInput, link, nodeAt, registryOf, runNodes, testNode } from './graph-fixtures.ts';
import type { NodeTable } from './graph-fixtures.ts';

const registry = registryOf(
  testNode('Plain'),
  testNode('Lazy', { inputs: { later: lazyInput } }),
  testNode('Output', { outputNode: true }),
  testNode('Concurrent', { concurrent: true }),
);

interface Listed {
  readonly nodes: Map<string, RunNode>;
  readonly list: ExecutionList;
}

function listed(table: NodeTable, roots: readonly string[], cached: readonly string[] = []): Listed {
  const nodes = runNodes(registry, table);
  const list = new ExecutionList(nodes, (node) => cached.includes(node.id));
  for (const root of roots) list.add(nodeAt(nodes, root));
  return { nodes, list };
}

/** Runs everything at once, in the order of picking; a concurrent node ends when nothing else is ready. */
function order({ list }: Listed): string[] {
  const picked: string[] = [];
  const parked: { node: RunNode; letGo: () => void }[] = [];
  const done = new Set<RunNode>();
  while (!list.isEmpty) {
    const node = list.pick();
    if (!node) {
      const next = parked.shift();
      if (!next) break;
      done.add(next.node);
      next.letGo();
      continue;
    }
    if (done.has(node) || !node.type.isConcurrent) {
      if (!done.has(node)) picked.push(node.id);
      list.complete(node);
      continue;
    }
    picked.push(node.id);
    parked.push({ node, letGo: list.park(node) });
  }
  return picked;
}

describe('the order of picking', () => {
  it("is the reference's in its worked example: f, g, d, e, a, b, c, h", () => {
    const table: NodeTable = {
      a: ['Plain'],
      b: ['Plain', { in: link('a') }],
      c: ['Output', { in: link('b') }],
      d: ['Plain'],
      e: ['Output', { in: link('d') }],
      f: ['Output'],
      g: ['Concurrent'],
      h: ['Output', { in: link('g') }],
    };
    expect(order(listed(table, ['c', 'e', 'f', 'h']))).toEqual(['f', 'g', 'd', 'e', 'a', 'b', 'c', 'h']);
  });

  it('goes depth first, so the source of the last input joins first', () => {
    const table: NodeTable = {
      one: ['Plain'],
      two: ['Plain'],
      both: ['Plain', { a: link('one'), b: link('two') }],
      end: ['Output', { in: link('both') }],
    };
    expect(order(listed(table, ['end']))).toEqual(['two', 'one', 'both', 'end']);
  });

  it('prefers what feeds an output, then what feeds that, over everything else', () => {
    const table: NodeTable = {
      far: ['Plain'],
      middle: ['Plain', { in: link('far') }],
      near: ['Plain', { in: link('middle') }],
      end: ['Output', { in: link('near') }],
      source: ['Plain'],
      feeder: ['Plain', { in: link('source') }],
      other: ['Output', { in: link('feeder') }],
    };
    // source blocks a node that blocks an output, far is one further away
    expect(order(listed(table, ['end', 'other']))).toEqual([
      'source',
      'feeder',
      'other',
      'far',
      'middle',
      'near',
      'end',
    ]);
  });

  it('raises a node that is ready already when an output comes to wait for it', () => {
    const { nodes, list } = listed({ first: ['Plain'], late: ['Plain'], end: ['Output', { in: link('late') }] }, [
      'first',
      'late',
    ]);
    list.add(nodeAt(nodes, 'end'));
    expect(list.pick()?.id).toBe('late');
  });
});

describe('what joins', () => {
  it('leaves out cached sources and everything before them', () => {
    const table: NodeTable = { a: ['Plain'], b: ['Plain', { in: link('a') }], c: ['Output', { in: link('b') }] };
    expect(order(listed(table, ['c'], ['b']))).toEqual(['c']);
  });

  it('lists a cached root alone', () => {
    const table: NodeTable = { a: ['Plain'], b: ['Output', { in: link('a') }] };
    expect(order(listed(table, ['b'], ['b']))).toEqual(['b']);
  });

  it('leaves out lazy sources until they are required', () => {
    const listing = listed({ a: ['Plain'], b: ['Lazy', { later: link('a') }], c: ['Output', { in: link('b') }] }, [
      'c',
    ]);
    const [a, b] = [nodeAt(listing.nodes, 'a'), nodeAt(listing.nodes, 'b')];
    expect(listing.list.pick()).toBe(b);
    listing.list.require(a, b);
    listing.list.unstage(b);
    expect(order(listing)).toEqual(['a', 'b', 'c']);
  });

  it('makes a node ready again at once when what it requires is known', () => {
    const { nodes, list } = listed({ a: ['Plain'], b: ['Lazy', { later: link('a') }] }, ['b'], ['a']);
    const b = nodeAt(nodes, 'b');
    expect(list.pick()).toBe(b);
    list.require(nodeAt(nodes, 'a'), b);
    list.unstage(b);
    expect(list.pick()).toBe(b);
  });

  it('takes a node once, however many links and roots name it, and ignores links to nowhere', () => {
    const table: NodeTable = {
      a: ['Plain', { gone: link('gone') }],
      b: ['Output', { p: link('a'), q: link('a', 1) }],
      c: ['Output', { p: link('a'), q: link('b') }],
    };
    expect(order(listed(table, ['b', 'c', 'b']))).toEqual(['a', 'b', 'c']);
  });

  it('lets a node that was finished and forgotten run again', () => {
    const listing = listed({ a: ['Plain'], b: ['Lazy', { later: link('a') }] }, ['a', 'b']);
    const [a, b] = [nodeAt(listing.nodes, 'a'), nodeAt(listing.nodes, 'b')];
    expect(listing.list.pick()).toBe(a);
    listing.list.complete(a);
    expect(listing.list.pick()).toBe(b);
    listing.list.require(a, b);
    listing.list.unstage(b);
    expect(order(listing)).toEqual(['a', 'b']);
  });
});

describe('waiting', () => {
  it('picks nothing while a node is parked, and wakes up when it may go on', async () => {
    const { nodes, list } = listed({ a: ['Concurrent'], b: ['Output', { in: link('a') }] }, ['b']);
    const a = list.pick();
    expect(a?.id).toBe('a');
    const letGo = list.park(nodeAt(nodes, 'a'));
    expect([list.pick(), list.hasParked, list.isEmpty]).toEqual([undefined, true, false]);
    const awake = list.unparked();
    letGo();
    await awake;
    expect([list.pick(), list.hasParked]).toEqual([a, false]);
  });
});

describe('cycles', () => {
  it('tells the nodes on a cycle and between cycles, and no bystanders', () => {
    const table: NodeTable = {
      x: ['Plain', { in: link('y') }],
      y: ['Plain', { in: link('x') }],
      behind: ['Output', { in: link('x') }],
      self: ['Output', { in: link('self') }],
      free: ['Output'],
    };
    const listing = listed(table, ['behind', 'self', 'free']);
    expect(order(listing)).toEqual(['free']);
    expect(
      listing.list
        .cycle()
        .map(({ id }) => id)
        .sort(),
    ).toEqual(['self', 'x', 'y']);
  });
});

describe('size', () => {
  it('takes a chain of 100,000 and a fan of 100,000', () => {
    const chain: Record<string, [string, Record<string, unknown>]> = { n0: ['Plain', {}] };
    for (let at = 1; at < 100_000; at++) chain[`n${at}`] = ['Plain', { in: link(`n${at - 1}`) }];
    const picked = order(listed(chain, ['n99999']));
    expect([picked.length, picked[0], picked.at(-1)]).toEqual([100_000, 'n0', 'n99999']);

    const fan: Record<string, [string, Record<string, unknown>]> = { source: ['Plain', {}] };
    for (let at = 1; at < 100_000; at++) fan[`n${at}`] = ['Output', { in: link('source') }];
    expect(order(listed(fan, Object.keys(fan).slice(1)))).toHaveLength(100_000);
  });
});
