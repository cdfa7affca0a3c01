import { describe, expect, it } from 'vitest';
import { CACHES, createSuite, graph } from './suite.ts';

// the synchronous node looks at the clock without letting go, so these take real time: a little
const SECONDS = 0.03;

describe.each(CACHES)('the progress of the public interface, %s cache', (cache) => {
  it.each([
    [1, 'sync_progress', ['TestSyncProgressUpdate']],
    [2, 'async_progress', ['TestAsyncProgressUpdate']],
    [3, 'sync_and_async_progress', ['TestSyncProgressUpdate', 'TestAsyncProgressUpdate']],
  ])('[test_public_api %i] %s: nodes report parts of 1 and save a picture each', async (_, __, types) => {
    const suite = await createSuite(cache);
    const g = graph();
    const value = g.image('BLACK').out(0);
    for (const type of types) g.save(g.node(type, { value, sleep_seconds: SECONDS }, type).out(0), `save ${type}`);
    const run = await suite.run(g.finish());
    for (const type of types) {
      expect(await suite.levels(run, `save ${type}`)).toEqual([0]);
      const steps = run.events.filter((event) => event.type === 'node-progressed' && event.node === type);
      expect(steps[0]).toMatchObject({ value: expect.any(Number), max: 1, withLegacy: false });
      expect(steps.at(-1)).toMatchObject({ value: 1, max: 1 });
    }
  });
});
