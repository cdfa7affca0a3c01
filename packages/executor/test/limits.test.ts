import { describe, expect, it } from 'vitest';
import { createGraphBuilder, expand, Link } from '@snug/node-kit';
import type { NodeContext } from '@snug/node-kit';
import { act, harnessOf, shown } from './run-fixtures.ts';

const leaf = act('Leaf', ({ value = null }) => ({ value: value as unknown }));

/** Expands into itself until its value is 0. */
const nests = act('Nests', ({ value }, context) => {
  const graph = context.builder();
  if (value === 0) return { value: 'bottom' };
  return expand(graph.finish(), { value: graph.node('Nests', { value: Number(value) - 1 }).out(0) });
});

describe('limits', () => {
  it('hold the number of nodes that expansion adds, over all expansions of a run', async () => {
    const wide = act('Wide', (_, context: NodeContext) => {
      const graph = context.builder();
      for (let at = 0; at < 60; at++) graph.node('Leaf', { value: at });
      return expand(graph.finish(), { value: 'made' });
    });
    const harness = await harnessOf([leaf, wide], { limits: { maxAddedNodes: 100 } });
    const g = createGraphBuilder('');
    const first = g.node('Wide', { value: 1 }, 'first');
    g.node('Show', { value: g.node('Wide', { value: first.out(0) }, 'second').out(0) });
    expect((await harness.run(g.finish())).failure).toMatchObject({
      nodeId: 'second',
      message: expect.stringContaining('more than 100 nodes'),
    });
    expect((await harness.run(shown('Wide').finish())).end.type).toBe('succeeded');
  });

  it('hold how deep expansions nest', async () => {
    const harness = await harnessOf([nests], { limits: { maxDepth: 10 } });
    expect((await harness.run(shown('Nests', { value: 10 }).finish())).end.type).toBe('succeeded');
    const deeper = await harness.run(shown('Nests', { value: 11 }).finish());
    expect(deeper.failure).toMatchObject({ nodeId: 'node', message: expect.stringContaining('nest deeper than 10') });
  });

  it('hold the length of ids, which grow with the depth', async () => {
    const long = act('Long', (_, context: NodeContext) => {
      const graph = context.builder();
      return expand(graph.finish(), { value: graph.node('Long', {}, 'x'.repeat(200)).out(0) });
    });
    const run = await (await harnessOf([long])).run(shown('Long').finish());
    expect(run.failure?.message).toMatch(/id is longer than 16000/);
  });

  it('hold the attempts of a node that never has enough', async () => {
    let asked = 0;
    const asks = act('Asks', () => ({ value: 1 }), { needs: () => [++asked > 0 ? 'undeclared' : ''] });
    const harness = await harnessOf([asks, leaf], { limits: { maxLazyAttempts: 5 } });
    // no output there, but nobody validates what is not declared
    const inputs = { undeclared: new Link('leaf', -5) };
    const g = createGraphBuilder('');
    g.node('Leaf', {}, 'leaf');
    g.node('Show', { value: g.node('Asks', inputs, 'asks').out(0) });
    const run = await harness.run(g.finish());
    expect([run.failure?.nodeId, asked]).toEqual(['asks', 6]);
    expect(run.failure?.message).toMatch(/asked for inputs 6 times and never had enough/);
  });

  it('tell a node that asks for an output that is not there', async () => {
    const asks = act('Asks', () => ({ value: 1 }), { needs: () => ['undeclared'] });
    const harness = await harnessOf([asks, leaf]);
    for (const [link, message] of [
      [new Link('leaf', 7), /links to output 7 of node leaf, which does not exist/],
      [new Link('gone', 0), /links to node gone, which does not exist/],
    ] as const) {
      const g = createGraphBuilder('');
      g.node('Leaf', {}, 'leaf');
      g.node('Show', { value: g.node('Asks', { undeclared: link }).out(0) });
      expect((await harness.run(g.finish())).failure?.message).toMatch(message);
    }
  });

  it.each([
    ['is no input', 'unknown', {}, /says it needs input unknown, but there is no input to that node at all/],
    ['is an undeclared literal', 'extra', { extra: 5 }, /says it needs input extra, but that value is a constant/],
  ])('tell a node that asks for what %s', async (_, name, inputs, message) => {
    const lazy = act('Asks', () => ({ value: 1 }), { needs: () => [name] });
    const harness = await harnessOf([lazy]);
    expect((await harness.run(shown('Asks', inputs).finish())).failure?.message).toMatch(message);
  });
});
