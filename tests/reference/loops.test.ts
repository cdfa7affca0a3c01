import { describe, expect, it } from 'vitest';
import { CACHES, createSuite, graph } from './suite.ts';
import type { TestGraph } from './suite.ts';

/** White, averaged with black once a round. */
function loop(rounds: number): TestGraph {
  const g = graph();
  const white = g.image('WHITE').out(0);
  const volatile = g.node('TestCustomIsChanged', { image: g.image('BLACK').out(0), should_change: true }, 'volatile');
  const open = g.node('TestForLoopOpen', { remaining: rounds, initial_value1: white }, 'open');
  const average = g.node('TestVariadicAverage', { input1: open.out(2), input2: volatile.out(0) }, 'average');
  const close = g.node('TestForLoopClose', { flow_control: open.out(0), initial_value1: average.out(0) }, 'close');
  g.save(close.out(0), 'output');
  return g;
}

describe.each(CACHES)('loops, %s cache', (cache) => {
  it('[test_execution 16] for_loop: one to four rounds, and what always changes runs each time', async () => {
    const suite = await createSuite(cache);
    for (const rounds of [1, 2, 3, 4]) {
      const run = await suite.run(loop(rounds).finish());
      expect(await suite.levels(run, 'output')).toEqual([Math.floor(255 / 2 ** rounds)]);
      expect(run.didRun('volatile')).toBe(true);
    }
  });

  it('a round shows its nodes as the ones that it repeats', async () => {
    const suite = await createSuite(cache);
    const run = await suite.run(loop(2).finish());
    const added = run.events.flatMap((event) => (event.type === 'nodes-added' ? event.nodes : []));
    const averages = added.filter((node) => node.classType === 'TestVariadicAverage');
    expect(averages.map(({ displayId, realId }) => [displayId, realId])).toEqual([['average', 'close']]);
  });
});
