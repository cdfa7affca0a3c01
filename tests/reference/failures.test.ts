import { describe, expect, it } from 'vitest';
import { addedIds, CACHES, createSuite, graph, inVirtualTime, mixGraph } from './suite.ts';

describe.each(CACHES)('failures at run time, %s cache', (cache) => {
  it('[test_execution 4] error: pictures that do not fit together fail the mix', async () => {
    const suite = await createSuite(cache);
    const g = mixGraph(0.5);
    g.lookup('input2')?.set('height', 256).set('width', 256);
    const run = await suite.run(g.finish(), { promptId: 'mine' });
    expect(run.failure).toMatchObject({ nodeId: 'mix', nodeType: 'TestLazyMixImages' });
    expect(run.failure?.message.endsWith('\n')).toBe(true);
    expect(run.didRun('output')).toBe(false);
  });

  it('[test_execution 12] dynamic_cycle_error: a cycle that expansion made is blamed on the node that expanded', async () => {
    const suite = await createSuite(cache);
    const g = graph();
    const inputs = { input1: g.image('BLACK').out(0), input2: g.image('WHITE').out(0) };
    g.save(g.node('TestDynamicDependencyCycle', inputs, 'generator').out(0), 'output');
    const run = await suite.run(g.finish());
    expect(addedIds(run, 'TestLazyMixImages')).toHaveLength(2);
    expect(run.failure).toMatchObject({
      nodeId: 'generator',
      nodeType: 'TestDynamicDependencyCycle',
      message: 'Dependency cycle detected',
      errorType: 'graph.DependencyCycleError',
      traceback: [],
      currentInputsText: '[]',
    });
  });

  it('[test_async_nodes 7] async_execution_error: the failure names the asynchronous node', async () => {
    const suite = await createSuite(cache);
    const g = graph();
    const value = g.image('BLACK').out(0);
    g.save(g.node('TestAsyncError', { value, error_after: 0.1 }, 'fails').out(0), 'output');
    const run = await inVirtualTime(() => suite.run(g.finish()));
    expect(run.failure).toMatchObject({ nodeId: 'fails', message: 'Intentional async execution error for testing\n' });
  });

  it('[test_async_nodes 9] async_timeout_handling: a timeout says that it is one', async () => {
    const suite = await createSuite(cache);
    const g = graph();
    const timeout = { value: g.image('BLACK').out(0), timeout: 0.5, operation_time: 2 };
    g.save(g.node('TestAsyncTimeout', timeout, 'slow').out(0), 'output');
    const run = await inVirtualTime(() => suite.run(g.finish()));
    expect(`${run.failure?.errorType} ${run.failure?.message}`.toLowerCase()).toContain('timeout');
  });

  it('[test_async_nodes 10] concurrent_async_error_recovery: the next prompt runs as if nothing had been', async () => {
    const suite = await createSuite(cache);
    const failing = graph();
    const value = failing.image('BLACK').out(0);
    failing.save(failing.node('TestAsyncError', { value, error_after: 0.1 }).out(0), 'one');
    failing.save(failing.node('TestSleep', { value, seconds: 0.5 }).out(0), 'two');
    expect((await inVirtualTime(() => suite.run(failing.finish()))).end.type).toBe('failed');
    const fine = graph();
    fine.save(fine.node('TestSleep', { value: fine.image('WHITE').out(0), seconds: 0.1 }).out(0), 'output');
    const run = await inVirtualTime(() => suite.run(fine.finish()));
    expect(run.end.type).toBe('succeeded');
    expect(await suite.levels(run, 'output')).toEqual([255]);
  });

  it('[test_async_nodes 11] sync_error_during_async_execution: the failure ends the prompt while another node sleeps', async () => {
    const suite = await createSuite(cache);
    const g = graph();
    const value = g.image('BLACK').out(0);
    g.preview(g.node('TestSleep', { value, seconds: 9000 }, 'sleep').out(0));
    g.preview(g.node('TestSyncError', { value }, 'fails').out(0));
    const run = await inVirtualTime(() => suite.run(g.finish()));
    expect(run.didRun('sleep')).toBe(true);
    expect(run.failure).toMatchObject({ nodeId: 'fails', message: 'Intentional sync execution error for testing\n' });
  });
});
