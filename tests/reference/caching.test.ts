import { describe, expect, it } from 'vitest';
import { CACHES, createSuite, graph, inVirtualTime, mixGraph, overlapped } from './suite.ts';
import type { TestGraph } from './suite.ts';

const MIX = ['input1', 'input2', 'mask', 'mix', 'output'];

describe.each(CACHES)('caching, %s cache', (cache) => {
  const isKept = cache !== 'none';

  it('[test_execution 2] full_cache: an equal prompt runs nothing again', async () => {
    const suite = await createSuite(cache);
    const make = (): TestGraph => mixGraph(0.5, ['BLACK', 'NOISE']);
    await suite.run(make().finish());
    const again = await suite.run(make().finish());
    for (const id of MIX) expect([id, again.didRun(id), again.wasCached(id)]).toEqual([id, !isKept, isKept]);
  });

  it('[test_execution 3] partial_cache: only what a changed literal reaches runs again', async () => {
    const suite = await createSuite(cache);
    await suite.run(mixGraph(0.5, ['BLACK', 'NOISE']).finish());
    const changed = await suite.run(mixGraph(0.4, ['BLACK', 'NOISE']).finish());
    for (const id of ['input1', 'input2']) expect(changed.didRun(id)).toBe(!isKept);
    for (const id of ['mask', 'mix', 'output']) expect(changed.didRun(id)).toBe(true);
  });

  it('[test_execution 14] custom_is_changed: NaN runs each time, an unchanged value never', async () => {
    const suite = await createSuite(cache);
    // nodes stand in the order from output to source
    const make = (should_change: boolean): TestGraph => {
      const g = graph();
      const output = g.save(undefined, 'output');
      const detector = g.node('TestCustomIsChanged', { should_change }, 'detector');
      output.set('images', detector.out(0));
      detector.set('image', g.image('BLACK', 'input').out(0));
      return g;
    };
    const ran: boolean[] = [];
    for (const change of [false, false, true, true])
      ran.push((await suite.run(make(change).finish())).didRun('detector'));
    expect(ran).toEqual([true, !isKept, true, true]);
  });

  it('[test_execution 19] output_reuse: two saves of one picture save one each', async () => {
    const suite = await createSuite(cache);
    const g = graph();
    const image = g.image('BLACK').out(0);
    g.save(image, 'one');
    g.node('SaveImage', { images: image, filename_prefix: 'other' }, 'two');
    const run = await suite.run(g.finish());
    expect(await suite.levels(run, 'one')).toEqual([0]);
    expect(await suite.levels(run, 'two')).toEqual([0]);
  });

  it('[test_execution 20] is_changed_with_outputs: a detector sees literals only, and repeats its answer', async () => {
    const suite = await createSuite(cache);
    const make = (): TestGraph => {
      const g = graph();
      const image = g.node('StubConstantImage', { value: 0.5, height: 512, width: 512, batch_size: 1 }).out(0);
      g.save(g.node('TestIsChangedWithConstants', { image, value: 0.5 }, 'detector').out(0), 'output');
      return g;
    };
    const first = await suite.run(make().finish());
    expect(await suite.levels(first, 'output')).toEqual([63]);
    const again = await suite.run(make().finish());
    expect(await suite.levels(again, 'output')).toEqual([63]);
    expect(again.didRun('detector')).toBe(!isKept);
  });

  it('[test_execution 30] cached_outputs_in_job: an output node from the cache shows its files again', async () => {
    const suite = await createSuite(cache);
    const first = await suite.run(mixGraph(0.5).finish());
    const again = await suite.run(mixGraph(0.5).finish());
    expect(await suite.levels(again, 'output')).toEqual([127]);
    if (isKept) expect(again.shown('output')).toEqual(first.shown('output'));
  });

  it('[test_async_nodes 13] async_caching_behavior: what slept once does not sleep again', async () => {
    const suite = await createSuite(cache);
    const make = (): TestGraph => {
      const g = graph();
      g.save(g.node('TestSleep', { value: g.image('BLACK').out(0), seconds: 0.2 }, 'sleep').out(0), 'output');
      return g;
    };
    const first = await inVirtualTime(() => suite.run(make().finish()));
    expect(first.didRun('sleep')).toBe(true);
    const again = await inVirtualTime(() => suite.run(make().finish()));
    expect([again.didRun('sleep'), again.wasCached('sleep')]).toEqual([!isKept, isKept]);
  });

  it('[test_async_nodes 15] async_resource_cleanup: five users at once, and what they made is kept', async () => {
    const suite = await createSuite(cache);
    const make = (): TestGraph => {
      const g = graph();
      const value = g.image('BLACK').out(0);
      for (let at = 0; at < 5; at++) {
        const user = { value, resource_id: `resource_${at}`, duration: 0.1 };
        g.preview(g.node('TestAsyncResourceUser', user, `user${at}`).out(0));
      }
      return g;
    };
    const users = ['user0', 'user1', 'user2', 'user3', 'user4'];
    const first = await inVirtualTime(() => suite.run(make().finish()));
    expect(overlapped(first, users)).toBe(true);
    const again = await inVirtualTime(() => suite.run(make().finish()));
    for (const id of users) expect(again.didRun(id)).toBe(!isKept);
    expect(again.end.type).toBe('succeeded');
  });
});
