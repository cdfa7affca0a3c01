import { describe, expect, it } from 'vitest';
import { createGraphBuilder, expand, INT, output } from '@snug/node-kit';
import type { GraphBuilder } from '@snug/node-kit';
import { createNullCache } from '../src/cache/cache.ts';
import { createClassicCache } from '../src/cache/classic.ts';
import { createLruCache } from '../src/cache/lru.ts';
import { act, harnessOf, shown } from './run-fixtures.ts';

const pass = act('Pass', ({ value = null }) => ({ value: value as unknown }));

describe.each([
  ['classic', createClassicCache],
  ['lru', () => createLruCache(100)],
  ['null', createNullCache],
])('expansion with the %s cache', (name, create) => {
  const isKept = name !== 'null';

  it('adds nodes that show as their parent, or as they say', async () => {
    const expands = act('Expands', (_, context) => {
      const graph = context.builder();
      const first = graph.node('Pass', { value: 'x' });
      const second = graph.node('Pass', { value: first.out(0) }, 'named').showAs('other');
      return expand(graph.finish(), { value: second.out(0) }, { note: ['early'] });
    });
    const harness = await harnessOf([expands, pass], { cache: create() });
    const run = await harness.run(shown('Expands').finish());
    expect(run.events.find((event) => event.type === 'nodes-added')).toEqual({
      type: 'nodes-added',
      nodes: [
        { id: 'node.0.0.1', classType: 'Pass', displayId: 'node', parentId: 'node', realId: 'node' },
        { id: 'node.0.0.named', classType: 'Pass', displayId: 'other', parentId: 'node', realId: 'node' },
      ],
    });
    expect(run.started).toEqual(['node', 'node.0.0.1', 'node.0.0.named', 'end']);
    expect([run.shown('end'), run.shown('node')]).toEqual([{ text: ['x'] }, { note: ['early'] }]);
    expect((await harness.run(shown('Expands').finish())).cached).toEqual(isKept ? ['node', 'end'] : []);
  });

  it('runs what it added when that is an output node or linked, and nothing else', async () => {
    const expands = act('Expands', (_, context) => {
      const graph = context.builder();
      graph.node('Pass', { value: 1 }, 'unused');
      graph.node('Show', { value: 'side' }, 'side');
      return expand(graph.finish(), { value: 'literal' });
    });
    const harness = await harnessOf([expands, pass], { cache: create() });
    const run = await harness.run(shown('Expands').finish());
    expect(run.shown('node.0.0.side')).toEqual({ text: ['side'] });
    expect(run.didRun('node.0.0.unused')).toBe(false);
    expect(run.shown('end')).toEqual({ text: ['literal'] });
  });

  it('repeats only what changed when the node that expands is asked again', async () => {
    const slow: unknown[] = [];
    const works = act('Works', ({ value }) => {
      slow.push(value);
      return { value: value as unknown };
    });
    const expands = act('Expands', ({ value }, context) => {
      const graph = context.builder();
      const end = graph.node('Works', { value: `part ${String(value)}` });
      return expand(graph.finish(), { value: end.out(0) });
    });
    const many = act('Many', ({ value }) => ({ value: String(value).split('') }), {
      outputs: { value: output.list(INT) },
    });
    const harness = await harnessOf([works, expands, many], { cache: create() });
    const make = (text: string): GraphBuilder => {
      const g = createGraphBuilder('');
      g.node(
        'Show',
        { value: g.node('Expands', { value: g.node('Many', { value: text }).out(0) }, 'node').out(0) },
        'end',
      );
      return g;
    };
    expect((await harness.run(make('abc').finish())).shown('end')).toEqual({ text: ['part a', 'part b', 'part c'] });
    slow.length = 0;
    expect((await harness.run(make('abd').finish())).shown('end')).toEqual({ text: ['part a', 'part b', 'part d'] });
    expect(slow).toEqual(isKept ? ['part d'] : ['part a', 'part b', 'part d']);
  });

  it('may link to nodes outside, and to lists, of which an output takes the first value', async () => {
    const expands = act('Expands', (_, context) => {
      const graph = context.builder();
      return expand(graph.finish(), { value: graph.node('Many').out(0) });
    });
    const many = act('Many', () => ({ value: [1, 2, 3] }), { outputs: { value: output.list(INT) } });
    const harness = await harnessOf([expands, many], { cache: create() });
    expect((await harness.run(shown('Expands').finish())).shown('end')).toEqual({ text: ['1'] });
  });
});
