import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Float } from '@snug/protocol';
import type { Json } from '@snug/protocol';
import { input, Link } from '@snug/node-kit';
import { assignFingerprints, canonical } from '../src/fingerprint.ts';
import { KnownFingerprints } from '../src/known-fingerprints.ts';
import type { RunNode } from '../src/run-node.ts';
import { link, nodeAt, registryOf, runNodes, testNode } from './graph-fixtures.ts';
import type { NodeTable } from './graph-fixtures.ts';

const registry = registryOf(
  testNode('A'),
  testNode('B'),
  testNode('Personal', { notIdempotent: true }),
  testNode('Named', { inputs: { id: input.hidden('UNIQUE_ID') } }),
);

function printed(table: NodeTable, changes = new Map<string, string>()): Map<string, RunNode> {
  const nodes = runNodes(registry, table);
  assignFingerprints(nodes.values(), nodes, new Map([...changes].map(([id, text]) => [nodeAt(nodes, id), text])));
  return nodes;
}

const fingerprint = (table: NodeTable, id = 'x'): string => nodeAt(printed(table), id).fingerprint;

describe('values', () => {
  it('keeps kinds apart: 1, 1.0, "1", true and null are five values', () => {
    const kinds = [1, new Float(1), '1', true, null].map(canonical);
    expect(new Set(kinds).size).toBe(5);
  });

  it('takes an integer for the same however large its type', () => {
    expect(canonical(5n)).toBe(canonical(5));
    expect(canonical(2n ** 64n)).not.toBe(canonical(2n ** 64n - 1n));
  });

  it('ignores the order of keys, not that of lists', () => {
    const map = (...entries: [string, Json][]): Json => new Map(entries);
    expect(canonical(map(['a', 1], ['b', [2]]))).toBe(canonical(map(['b', [2]], ['a', 1])));
    expect(canonical([1, 2])).not.toBe(canonical([2, 1]));
    expect(canonical([['a'], 'b'])).not.toBe(canonical(['a', ['b']]));
  });

  it('knows other objects by identity', () => {
    const one = new Uint8Array(3);
    expect(canonical(one)).toBe(canonical(one));
    expect(canonical(one)).not.toBe(canonical(new Uint8Array(3)));
  });

  it.each([
    ['NaN', NaN],
    ['a NaN inside', [1, [new Float(NaN)]]],
    ['a function', () => 1],
  ])('holds %s for equal to nothing, not even itself', (_, value) => {
    expect(canonical(value)).not.toBe(canonical(value));
  });
});

describe('nodes', () => {
  it('ignores ids and the order of inputs, but not slots and classes', () => {
    const base = fingerprint({ s: ['A', { v: 1 }], x: ['B', { p: link('s'), q: 2 }] });
    expect(fingerprint({ x: ['B', { q: 2, p: link('other') }], other: ['A', { v: 1 }] })).toBe(base);
    expect(fingerprint({ s: ['A', { v: 1 }], x: ['B', { p: link('s', 1), q: 2 }] })).not.toBe(base);
    expect(fingerprint({ s: ['A', { v: 1 }], x: ['A', { p: link('s'), q: 2 }] })).not.toBe(base);
    expect(fingerprint({ s: ['A', { v: 2 }], x: ['B', { p: link('s'), q: 2 }] })).not.toBe(base);
  });

  it('counts undeclared inputs and swapped names', () => {
    expect(fingerprint({ x: ['A', { a: 1, b: 2 }] })).not.toBe(fingerprint({ x: ['A', { a: 2, b: 1 }] }));
    expect(fingerprint({ x: ['A', { a: 1 }] })).not.toBe(fingerprint({ x: ['A'] }));
  });

  it('cannot be led to take one odd name for two inputs', () => {
    const two = fingerprint({ x: ['A', { a: 'x', b: 'y' }] });
    expect(fingerprint({ x: ['A', { 'a="x"\nb': 'y' }] })).not.toBe(two);
    expect(fingerprint({ x: ['A', { '"a"="x"\n"b"': 'y' }] })).not.toBe(two);
  });

  it.each(['Personal', 'Named'])('keeps equal nodes of class %s apart', (type) => {
    const nodes = printed({ x: [type, { v: 1 }], y: [type, { v: 1 }] });
    expect(nodeAt(nodes, 'x').fingerprint).not.toBe(nodeAt(nodes, 'y').fingerprint);
    expect(fingerprint({ x: [type, { v: 1 }] })).toBe(nodeAt(nodes, 'x').fingerprint);
  });

  it('follows what a node says of its own state, also downstream', () => {
    const table: NodeTable = { s: ['A'], x: ['B', { p: link('s') }], y: ['B', { p: 1 }] };
    const before = printed(table, new Map([['s', 'old']]));
    const after = printed(table, new Map([['s', 'new']]));
    for (const id of ['s', 'x']) expect(nodeAt(after, id).fingerprint).not.toBe(nodeAt(before, id).fingerprint);
    expect(nodeAt(after, 'y').fingerprint).toBe(nodeAt(before, 'y').fingerprint);
  });

  it('holds a link to nowhere for equal to nothing', () => {
    const table: NodeTable = { x: ['A', { p: link('gone') }] };
    expect(fingerprint(table)).not.toBe(fingerprint(table));
  });

  it('ends on cycles, reachable or not, and nothing on or behind them repeats', () => {
    const table: NodeTable = {
      x: ['A', { p: link('y') }],
      y: ['A', { p: link('z'), q: link('y') }],
      z: ['B', { p: link('x') }],
      behind: ['A', { p: link('x') }],
      apart: ['A', { v: 1 }],
    };
    const [one, two] = [printed(table), printed(table)];
    for (const id of ['x', 'y', 'z', 'behind']) {
      expect(nodeAt(one, id).fingerprint).not.toBe('');
      expect(nodeAt(one, id).fingerprint).not.toBe(nodeAt(two, id).fingerprint);
    }
    expect(nodeAt(one, 'apart').fingerprint).toBe(nodeAt(two, 'apart').fingerprint);
  });

  it('takes a chain of 100,000 nodes, and a diamond of 64 levels, in one pass', () => {
    const chain: Record<string, [string, Record<string, unknown>]> = { n0: ['A', {}] };
    for (let at = 1; at < 100_000; at++) chain[`n${at}`] = ['A', { p: link(`n${at - 1}`) }];
    expect(fingerprint(chain, 'n99999')).toHaveLength(44);
    const diamond: Record<string, [string, Record<string, unknown>]> = { d0: ['A', {}] };
    for (let at = 1; at < 64; at++) diamond[`d${at}`] = ['A', { p: link(`d${at - 1}`), q: link(`d${at - 1}`) }];
    expect(fingerprint(diamond, 'd63')).toHaveLength(44);
  });
});

describe('random graphs', () => {
  interface Plan {
    readonly type: string;
    readonly literal: Json;
    readonly sources: readonly number[];
  }
  const literal: fc.Arbitrary<Json> = fc.oneof(
    fc.string({ maxLength: 4 }),
    fc.integer(),
    fc.integer({ min: -3, max: 3 }).map((value) => new Float(value)),
    fc.boolean(),
    fc.constant(null),
    fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 2 }),
  );
  const plan: fc.Arbitrary<Plan> = fc.record({
    type: fc.constantFrom('A', 'B'),
    literal,
    sources: fc.array(fc.nat(), { maxLength: 3 }),
  });
  const plans = fc.array(plan, { minLength: 1, maxLength: 12 });

  function tableOf(list: readonly Plan[], name: (at: number) => string): NodeTable {
    const entries = list.map(({ type, literal, sources }, at) => {
      const inputs: [string, unknown][] = [['literal', literal]];
      if (at > 0)
        inputs.push(...sources.map((source, nth): [string, unknown] => [`in${nth}`, link(name(source % at))]));
      return [name(at), [type, Object.fromEntries(inputs)]] as const;
    });
    return Object.fromEntries(entries);
  }
  const last = (list: readonly Plan[], name: (at: number) => string): string =>
    fingerprint(tableOf(list, name), name(list.length - 1));

  it('is equal under renaming', () => {
    fc.assert(
      fc.property(plans, (list) => {
        expect(last(list, (at) => `other${100 - at}`)).toBe(last(list, (at) => `n${at}`));
      }),
      { seed: 1 },
    );
  });

  it('differs when any literal that it depends on differs', () => {
    fc.assert(
      fc.property(plans, fc.nat(), (list, pick) => {
        // every node feeds the last one, so that every literal counts
        const joined = list.map((one, at) => ({ ...one, sources: at > 0 ? [at - 1] : [] }));
        const changed = joined.with(pick % list.length, { ...joined[pick % list.length]!, literal: 'changed literal' });
        const name = (at: number): string => `n${at}`;
        expect(last(changed, name)).not.toBe(last(joined, name));
      }),
      { seed: 2 },
    );
  });
});

describe('fingerprints that are known from the prompt before', () => {
  const ids = ['a', 'b', 'c', 'd'];
  const value = fc.oneof(
    fc.constantFrom<Json>(0, 1, 1n, '1', true, null, '', [1], new Float(1), new Float(-0), new Float(0), new Float(2)),
    fc.tuple(fc.constantFrom(...ids), fc.nat(1)).map(([id, slot]) => link(id, slot)),
  );
  const table = fc
    .array(
      fc.tuple(
        fc.constantFrom(...ids),
        fc.constantFrom('A', 'B', 'Personal'),
        fc.dictionary(fc.constantFrom('p', 'q'), value),
        fc.option(fc.constantFrom('same', 'other'), { nil: undefined }),
      ),
      { maxLength: 4 },
    )
    .map((rows) => new Map(rows.map(([id, ...row]) => [id, row])));

  /** What differs in each assignment is all the same here: nodes on a cycle, and links to nowhere. */
  const withoutUniques = (nodes: ReadonlyMap<string, RunNode>): Map<string, string> => {
    const stable = new Map<string, string>();
    const isStable = (id: string, path: readonly string[] = []): boolean =>
      !path.includes(id) &&
      nodes.has(id) &&
      [...nodeAt(nodes, id).inputs.values()].every(
        (one) => !(one instanceof Link) || isStable(one.node, [...path, id]),
      );
    for (const [id, node] of nodes) stable.set(id, isStable(id) ? node.fingerprint : 'unique');
    return stable;
  };

  it('are the same as those made anew, whatever changes from one prompt to the next', () => {
    fc.assert(
      fc.property(fc.array(table, { minLength: 2, maxLength: 5 }), (tables) => {
        const known = new KnownFingerprints();
        for (const rows of tables) {
          const make = (memory?: KnownFingerprints): Map<string, RunNode> => {
            const nodes = runNodes(
              registry,
              Object.fromEntries([...rows].map(([id, [type, inputs]]) => [id, [type, inputs]])),
            );
            const changes = new Map<RunNode, string>();
            for (const [id, [, , change]] of rows) if (change !== undefined) changes.set(nodeAt(nodes, id), change);
            assignFingerprints(nodes.values(), nodes, changes, memory);
            return nodes;
          };
          expect(withoutUniques(make(known))).toEqual(withoutUniques(make()));
        }
      }),
      { seed: 20_261_122, numRuns: 1000 },
    );
  });

  it('are taken over where nothing changed, and only there', () => {
    const known = new KnownFingerprints();
    const prompt = (v: Json): Map<string, RunNode> => runNodes(registry, { s: ['A'], x: ['B', { p: link('s'), v }] });
    const zero = new Float(0);
    const before = prompt(zero);
    assignFingerprints(before.values(), before, new Map([[nodeAt(before, 'x'), 'told']]), known);

    const asked = (v: Json, source: string, change = 'told'): string | undefined => {
      const nodes = prompt(v);
      nodeAt(nodes, 's').fingerprint = source;
      return known.of(nodeAt(nodes, 'x'), change, nodes);
    };
    const source = nodeAt(before, 's').fingerprint;
    expect(asked(new Float(0), source)).toBe(nodeAt(before, 'x').fingerprint);
    for (const other of [new Float(-0), new Float(1), 0, '0.0', null]) expect(asked(other, source)).toBeUndefined();
    expect([asked(zero, 'another'), asked(zero, source, 'other')]).toEqual([undefined, undefined]);
    known.clear();
    expect(asked(zero, source)).toBeUndefined();
  });
});
