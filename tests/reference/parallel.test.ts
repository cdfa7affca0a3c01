import { describe, expect, it } from 'vitest';
import { addedIds, CACHES, createSuite, graph, inVirtualTime, overlapped } from './suite.ts';

describe.each(CACHES)('nodes that run at the same time, %s cache', (cache) => {
  it('[test_execution 21] parallel_sleep_nodes: three sleeps run at once', async () => {
    const suite = await createSuite(cache);
    const g = graph();
    const value = g.image('BLACK').out(0);
    for (const [at, seconds] of [2.8, 2.9, 3].entries()) {
      g.preview(g.node('TestSleep', { value, seconds }, `sleep${at}`).out(0), `preview${at}`);
    }
    const run = await inVirtualTime(() => suite.run(g.finish()));
    expect(overlapped(run, ['sleep0', 'sleep1', 'sleep2'])).toBe(true);
    for (const at of [0, 1, 2]) expect(await suite.levels(run, `preview${at}`)).toEqual([0]);
  });

  it('[test_execution 22] parallel_sleep_expansion: sleeps of an expansion run at once', async () => {
    const suite = await createSuite(cache);
    const g = graph();
    const white = g.image('WHITE').out(0);
    const images = { image1: g.image('BLACK').out(0), image2: white, image3: white };
    const sleep = g.node('TestParallelSleep', { ...images, sleep1: 4.8, sleep2: 4.9, sleep3: 5 }, 'sleep');
    g.save(sleep.out(0), 'output');
    const run = await inVirtualTime(() => suite.run(g.finish()));
    expect(run.didRun('sleep')).toBe(true);
    expect(overlapped(run, addedIds(run, 'TestSleep'))).toBe(true);
    expect(await suite.levels(run, 'output')).toEqual([170]);
  });

  it('[test_async_nodes 1] basic_async_execution: a sleep passes its value on', async () => {
    const suite = await createSuite(cache);
    const g = graph();
    g.save(g.node('TestSleep', { value: g.image('BLACK').out(0), seconds: 0.1 }, 'sleep').out(0), 'output');
    const run = await inVirtualTime(() => suite.run(g.finish()));
    expect([run.didRun('sleep'), run.didRun('output')]).toEqual([true, true]);
    expect(await suite.levels(run, 'output')).toEqual([0]);
  });

  it('[test_async_nodes 2] multiple_async_parallel_execution: three saves behind three sleeps', async () => {
    const suite = await createSuite(cache);
    const g = graph();
    const value = g.image('BLACK').out(0);
    for (const [at, seconds] of [0.3, 0.4, 0.5].entries())
      g.save(g.node('TestSleep', { value, seconds }, `sleep${at}`).out(0));
    const run = await inVirtualTime(() => suite.run(g.finish()));
    expect(overlapped(run, ['sleep0', 'sleep1', 'sleep2'])).toBe(true);
    expect(run.end.type).toBe('succeeded');
  });

  it('[test_async_nodes 3] async_with_dependencies: what needs two sleeps waits for both', async () => {
    const suite = await createSuite(cache);
    const g = graph();
    const input1 = g.node('TestSleep', { value: g.image('BLACK').out(0), seconds: 0.2 }, 'sleep1').out(0);
    const input2 = g.node('TestSleep', { value: g.image('WHITE').out(0), seconds: 0.3 }, 'sleep2').out(0);
    g.save(g.node('TestVariadicAverage', { input1, input2 }, 'average').out(0), 'output');
    const run = await inVirtualTime(() => suite.run(g.finish()));
    expect(overlapped(run, ['sleep1', 'sleep2'])).toBe(true);
    expect(await suite.levels(run, 'output')).toEqual([127]);
  });

  it('[test_async_nodes 14] async_with_dynamic_prompts: five generated sleeps run at once', async () => {
    const suite = await createSuite(cache);
    const g = graph();
    const images = { image1: g.image('BLACK').out(0), image2: g.image('WHITE').out(0) };
    const sleeps = g.node('TestDynamicAsyncGeneration', { ...images, num_async_nodes: 5, sleep_duration: 0.4 });
    g.save(sleeps.out(0), 'output');
    const run = await inVirtualTime(() => suite.run(g.finish()));
    const ids = addedIds(run, 'TestSleep');
    expect(ids).toHaveLength(5);
    expect(overlapped(run, ids)).toBe(true);
    expect(await suite.levels(run, 'output')).toEqual([102]);
  });

  it('[test_async_nodes 17] mixed_sync_async_execution: both kinds in one chain', async () => {
    const suite = await createSuite(cache);
    const g = graph();
    const image1 = g.image('BLACK').out(0);
    const mix = g.node('TestLazyMixImages', { image1, image2: g.image('WHITE').out(0), mask: g.mask(0.5).out(0) });
    const early = g.node('TestSleep', { value: mix.out(0), seconds: 0.2 });
    const product = g.node('TestCustomValidation1', { input1: early.out(0), input2: 0.5 });
    g.save(g.node('TestSleep', { value: product.out(0), seconds: 0.1 }).out(0), 'output');
    const run = await inVirtualTime(() => suite.run(g.finish()));
    expect(await suite.levels(run, 'output')).toEqual([63]);
  });
});
