import { describe, expect, it } from 'vitest';
import { createGraphBuilder, Interrupted, output, STRING } from '@snug/node-kit';
import type { NodeContext } from '@snug/node-kit';
import { act, createGate, harnessOf, settle, shown } from './run-fixtures.ts';

describe('an interruption', () => {
  it.each([
    ['asks', (context: NodeContext) => context.throwIfInterrupted()],
    ['reports progress', (context: NodeContext) => void context.progress(1, 1000)],
  ])('reaches a synchronous loop that %s, through the flag', async (_, touch) => {
    let turns = 0;
    const harness = await harnessOf([
      act('Loops', (__, context) => {
        for (;;) {
          turns++;
          touch(context);
        }
      }),
    ]);
    const run = await harness.run(shown('Loops').finish(), { isInterrupted: () => turns >= 1000 });
    expect([run.end.type, turns]).toEqual(['interrupted', 1000]);
    expect(run.end).toMatchObject({ nodeId: 'node', nodeType: 'Loops', executed: [] });
  });

  it('reaches a concurrent node through its signal', async () => {
    const stop = new AbortController();
    const nodes = [
      act('Waits', (_, { signal }) => {
        return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('gave up')), { once: true }));
      }, { concurrent: true }), // prettier-ignore
    ];
    const harness = await harnessOf(nodes);
    const run = await harness.run(shown('Waits').finish(), {
      signal: stop.signal,
      onEvent: (event) => event.type === 'node-started' && setImmediate(() => setImmediate(() => stop.abort())),
    });
    expect(run.end).toMatchObject({ type: 'interrupted', nodeId: 'node' });
  });

  it('is seen between the calls of a list', async () => {
    let calls = 0;
    const harness = await harnessOf([
      act('Many', () => ({ value: ['a', 'b', 'c'] }), { outputs: { value: output.list(STRING) } }),
      act('Each', () => ({ value: ++calls })),
    ]);
    const g = createGraphBuilder('');
    g.node('Show', { value: g.node('Each', { value: g.node('Many').out(0) }, 'each').out(0) });
    const run = await harness.run(g.finish(), { isInterrupted: () => calls === 2 });
    expect([run.end.type, calls]).toEqual(['interrupted', 2]);
  });

  it('of a run that has not begun stops at its first node, and the next run is free of it', async () => {
    const harness = await harnessOf([act('Makes', () => ({ value: 1 }))]);
    const stopped = await harness.run(shown('Makes').finish(), { signal: AbortSignal.abort() });
    expect(stopped.end).toMatchObject({ type: 'interrupted', nodeId: 'node', executed: [] });
    expect((await harness.run(shown('Makes').finish())).end.type).toBe('succeeded');
  });

  it('does not reach what is served from the cache', async () => {
    const harness = await harnessOf([act('Makes', () => ({ value: 1 }))]);
    await harness.run(shown('Makes').finish());
    expect((await harness.run(shown('Makes').finish(), { signal: AbortSignal.abort() })).end.type).toBe('succeeded');
  });

  it('counts as one although the node hides it behind an error of its own', async () => {
    const stop = new AbortController();
    const harness = await harnessOf([
      act('Hides', (_, context) => {
        stop.abort();
        try {
          context.throwIfInterrupted();
        } catch (error) {
          expect(error).toBeInstanceOf(Interrupted);
          throw new Error('something else', { cause: error });
        }
        return { value: 1 };
      }),
    ]);
    expect((await harness.run(shown('Hides').finish(), { signal: stop.signal })).end.type).toBe('interrupted');
  });

  it('leaves what was finished in the cache', async () => {
    let isStopped = false;
    const harness = await harnessOf([
      act('First', () => ({ value: 1 })),
      act('Second', () => {
        isStopped = true;
        return { value: 2 };
      }),
    ]);
    const g = createGraphBuilder('');
    const value = g.node('First', {}, 'first').out(0);
    g.node('Show', { value: g.node('Second', { value }, 'second').out(0) }, 'end');
    const run = await harness.run(g.finish(), { isInterrupted: () => isStopped });
    expect(run.end).toMatchObject({ type: 'interrupted', nodeId: 'end', executed: ['first', 'second'] });
    isStopped = false;
    expect((await harness.run(g.finish())).cached).toEqual(['first', 'second']);
  });
});

describe('a thread that is held by many short nodes', () => {
  it('lets timers and messages in', async () => {
    let hasFired = false;
    const gate = createGate();
    const end = performance.now() + 30;
    const harness = await harnessOf([
      act('Busy', () => {
        while (performance.now() < end);
        return { value: 1 };
      }),
      act('After', () => ({ value: hasFired })),
    ]);
    const g = createGraphBuilder('');
    const value = g.node('Busy').out(0);
    g.node('Show', { value: g.node('After', { value }).out(0) }, 'end');
    setImmediate(() => {
      hasFired = true;
      gate.open();
    });
    const run = await harness.run(g.finish());
    await gate.opened;
    expect(run.shown('end')).toEqual({ text: ['true'] });
    await settle();
  });
});
