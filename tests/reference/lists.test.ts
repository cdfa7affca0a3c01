import { describe, expect, it } from 'vitest';
import { CACHES, createSuite, graph, inVirtualTime } from './suite.ts';

describe.each(CACHES)('lists, expansion and blocking, %s cache', (cache) => {
  it('[test_execution 15] undeclared_inputs: links to inputs that nobody declared arrive', async () => {
    const suite = await createSuite(cache);
    const g = graph();
    const [black, white] = [g.image('BLACK').out(0), g.image('WHITE').out(0)];
    const average = g.node('TestVariadicAverage', { input1: black, input2: white, input3: black, input4: black });
    g.save(average.out(0), 'output');
    const run = await suite.run(g.finish());
    expect(await suite.levels(run, 'output')).toEqual([63]);
  });

  it('[test_execution 17] mixed_expansion_returns: of three calls two return values and one expands', async () => {
    const suite = await createSuite(cache);
    const g = graph();
    const input1 = g.node('TestMakeListNode', { value1: 0.1, value2: 0.2, value3: 0.3 }).out(0);
    const mixed = g.node('TestMixedExpansionReturns', { input1 });
    g.save(mixed.out(0), 'dynamic');
    g.node('SaveImage', { images: mixed.out(1), filename_prefix: 'white' }, 'white');
    const run = await suite.run(g.finish());
    expect(await suite.levels(run, 'dynamic')).toEqual([25, 51, 76]);
    expect(await suite.levels(run, 'white')).toEqual([255, 255, 255]);
  });

  it('[test_execution 23] execution_block_list_output: only the blocked element of a list is left out', async () => {
    const suite = await createSuite(cache);
    const g = graph();
    const [value1, value2, value3] = ['a', 'b', 'c'].map((id) => g.image('BLACK', id).out(0));
    const images = g.node('TestMakeListNode', { value1, value2, value3 }).out(0);
    const block = g.node('TestMakeListNode', { value1: false, value2: true, value3: false }).out(0);
    const blocker = g.node('TestExecutionBlocker', { input: images, block, verbose: false }).out(0);
    g.preview(g.node('TestMakeListNode', { value1: blocker }).out(0), 'output');
    const run = await suite.run(g.finish());
    expect(run.didRun('output')).toBe(true);
    expect(await suite.levels(run, 'output')).toEqual([0, 0]);
    expect(run.events.some((event) => event.type === 'node-blocked')).toBe(false);
  });

  it('[test_async_nodes 12] async_with_execution_blocker: the blocked one of two elements is left out', async () => {
    const suite = await createSuite(cache);
    const g = graph();
    const sleeps = (['BLACK', 'WHITE'] as const).map((content) =>
      g.node('TestSleep', { value: g.image(content).out(0), seconds: 0.3 }).out(0),
    );
    const images = g.node('TestMakeListNode', { value1: sleeps[0], value2: sleeps[1] }).out(0);
    const block = g.node('TestMakeListNode', { value1: false, value2: true }).out(0);
    g.save(g.node('TestExecutionBlocker', { input: images, block, verbose: false }).out(0), 'output');
    const run = await inVirtualTime(() => suite.run(g.finish()));
    expect(await suite.levels(run, 'output')).toEqual([0]);
  });
});
