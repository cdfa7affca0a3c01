import { describe, expect, it } from 'vitest';
import { CACHES, createSuite, graph, mixGraph } from './suite.ts';
import type { TestGraph } from './suite.ts';

/** Three chains of a picture and a save. */
function chains(): TestGraph {
  const g = graph();
  for (const [at, content] of (['BLACK', 'WHITE', 'NOISE'] as const).entries()) {
    g.save(g.image(content, `input${at + 1}`).out(0), `output${at + 1}`);
  }
  return g;
}

describe.each(CACHES)('partial execution, %s cache', (cache) => {
  it('[test_execution 24] partial_execution_included_outputs: only the chain of the target runs', async () => {
    const suite = await createSuite(cache);
    const run = await suite.run(chains().finish(), { targets: ['output1'] });
    expect(new Set(run.started)).toEqual(new Set(['input1', 'output1']));
    expect(await suite.levels(run, 'output1')).toEqual([0]);
    expect(run.shown('output2')).toBeUndefined();
  });

  it('[test_execution 25] partial_execution_excluded_outputs: two of three', async () => {
    const suite = await createSuite(cache);
    const run = await suite.run(chains().finish(), { targets: ['output1', 'output3'] });
    expect(new Set(run.started)).toEqual(new Set(['input1', 'output1', 'input3', 'output3']));
  });

  it('[test_execution 26] partial_execution_dependencies: an output node that feeds a target runs, too', async () => {
    const suite = await createSuite(cache);
    const g = graph();
    const through = g.node('TestOutputNodeWithSocketOutput', { image: g.image('WHITE').out(0), value: 0.5 }, 'through');
    g.save(through.out(0), 'target');
    g.save(g.image('BLACK', 'apart').out(0), 'other');
    const run = await suite.run(g.finish(), { targets: ['target'] });
    expect(run.didRun('through')).toBe(true);
    expect(run.didRun('apart')).toBe(false);
    expect(run.didRun('other')).toBe(false);
    expect(await suite.levels(run, 'target')).toEqual([127]);
  });

  it('[test_execution 27] partial_execution_with_lazy_nodes: neither hidden inputs nor other branches run', async () => {
    const suite = await createSuite(cache);
    const g = mixGraph(0);
    g.save(g.image('NOISE', 'apart').out(0), 'other');
    const run = await suite.run(g.finish(), { targets: ['output'] });
    expect(new Set(run.started)).toEqual(new Set(['input1', 'mask', 'mix', 'output']));
  });

  it('[test_execution 28] partial_execution_multiple_output_nodes: of a chain of output nodes only what is before the target', async () => {
    const suite = await createSuite(cache);
    const g = graph();
    const first = g.node('TestOutputNodeWithSocketOutput', { image: g.image('WHITE').out(0), value: 0.8 }, 'first');
    const second = g.node('TestOutputNodeWithSocketOutput', { image: first.out(0), value: 0.5 }, 'second');
    g.node('TestOutputNodeWithSocketOutput', { image: second.out(0), value: 0.5 }, 'third');
    const run = await suite.run(g.finish(), { targets: ['second'] });
    expect([run.didRun('first'), run.didRun('second'), run.didRun('third')]).toEqual([true, true, false]);
  });

  it('[test_execution 29] partial_execution_empty_list: no target is a refused prompt', async () => {
    const suite = await createSuite(cache);
    const validation = await suite.validate(chains().finish(), []);
    expect(validation.kind === 'refused' && validation.error.get('type')).toBe('prompt_no_outputs');
  });
});
