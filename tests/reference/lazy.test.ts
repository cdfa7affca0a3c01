import { describe, expect, it } from 'vitest';
import { CACHES, createSuite, graph, mixGraph } from './suite.ts';

describe.each(CACHES)('lazy inputs, %s cache', (cache) => {
  it('[test_execution 1] lazy_input: what the mask hides is never evaluated', async () => {
    const suite = await createSuite(cache);
    const run = await suite.run(mixGraph(0).finish());
    expect(await suite.levels(run, 'output')).toEqual([0]);
    for (const id of ['input1', 'mask', 'mix']) expect(run.didRun(id)).toBe(true);
    expect(run.didRun('input2')).toBe(false);
  });

  it('[test_execution 18] mixed_lazy_results: each element of a list has needs of its own', async () => {
    const suite = await createSuite(cache);
    const g = graph();
    const masks = [0, 0.5, 1].map((value) => g.mask(value).out(0));
    const mask = g.node('TestMakeListNode', { value1: masks[0], value2: masks[1], value3: masks[2] }).out(0);
    const image1 = g.image('BLACK').out(0);
    const mix = g.node('TestLazyMixImages', { image1, image2: g.image('WHITE').out(0), mask }).out(0);
    g.save(g.node('RebatchImages', { images: mix, batch_size: 3 }).out(0), 'output');
    const run = await suite.run(g.finish());
    expect(await suite.levels(run, 'output')).toEqual([0, 127, 255]);
  });

  it('[test_async_nodes 5] async_lazy_evaluation: a sleeping branch that nobody needs never sleeps', async () => {
    const suite = await createSuite(cache);
    const g = graph();
    const image1 = g.image('BLACK').out(0);
    const image2 = g.node('TestSleep', { value: g.image('WHITE').out(0), seconds: 9999 }, 'sleep').out(0);
    g.save(g.node('TestLazyMixImages', { image1, image2, mask: g.mask(0).out(0) }).out(0), 'output');
    const run = await suite.run(g.finish());
    expect(run.didRun('sleep')).toBe(false);
    expect(await suite.levels(run, 'output')).toEqual([0]);
  });

  it('[test_async_nodes 6] async_check_lazy_status: needs may be told by a promise, and literals are there already', async () => {
    const suite = await createSuite(cache);
    const g = graph();
    g.save(g.node('TestAsyncLazyCheck', { input1: 0.5, input2: 'text', condition: true }, 'check').out(0), 'output');
    const run = await suite.run(g.finish());
    expect(run.started.filter((id) => id === 'check')).toHaveLength(1);
    expect(await suite.levels(run, 'output')).toEqual([255]);
  });
});
