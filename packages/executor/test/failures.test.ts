import { describe, expect, it } from 'vitest';
import { ANY, block, createGraphBuilder, expand, input, Interrupted, output, STRING, withUi } from '@snug/node-kit';
import { parseJson, toPlain } from '@snug/protocol';
import { createNullCache } from '../src/cache/cache.ts';
import { describeThrown } from '../src/failure.ts';
import { act, createGate, harnessOf, settle, shown } from './run-fixtures.ts';

const revoked = (): object => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};
const errorWith = (parts: object): Error =>
  Object.defineProperties(new Error('base'), Object.getOwnPropertyDescriptors(parts)) as Error;

const STRANGE: [string, unknown][] = [
  ['undefined', undefined],
  ['null', null],
  ['a string', 'just text'],
  ['a number', 7],
  ['a symbol', Symbol('s')],
  ['an object', { a: 1 }],
  ['an object without a prototype', Object.create(null)],
  ['an object whose text throws', { toString: (): never => { throw new Error('no'); } }], // prettier-ignore
  ['a revoked proxy', revoked()],
  ['an error whose message throws', errorWith({ get message(): never { throw new Error('no'); } })], // prettier-ignore
  ['an error whose stack is no text', errorWith({ stack: 5, message: { a: 1 }, name: undefined })],
  ['an error without a stack', errorWith({ stack: undefined })],
];

describe.each(STRANGE)('a node that throws %s', (_, thrown) => {
  it('is described', () => {
    const { type, message, trace } = describeThrown(thrown);
    expect([typeof type, typeof message]).toEqual(['string', 'string']);
    for (const line of trace) expect(typeof line).toBe('string');
  });

  it('fails the prompt, at once or by a promise, concurrent or not', async () => {
    const nodes = [
      act('Sync', () => {
        throw thrown;
      }),
      act('Async', async () => {
        await settle();
        throw thrown;
      }),
      act('Concurrent', async () => Promise.reject(thrown), { concurrent: true }),
      act('Slow', async () => settle().then(settle).then(() => Promise.reject(thrown)), { concurrent: true }), // prettier-ignore
    ];
    const harness = await harnessOf(nodes);
    for (const { type } of nodes) {
      const run = await harness.run(shown(type).finish());
      expect(run.failure).toMatchObject({ nodeId: 'node', nodeType: type });
      expect(run.failure?.message.endsWith('\n')).toBe(true);
      expect(run.didRun('end')).toBe(false);
    }
  });
});

describe('a failure', () => {
  it('tells type, text, inputs, what was executed and what is known', async () => {
    class Custom extends Error {
      override readonly name = 'Custom';
    }
    const nodes = [
      act('Fine', () => ({ value: 'made' })),
      act('Fails', () => { throw new Custom('bad luck'); }, { inputs: { text: input.string(), count: input.int(), value: input.string() } }), // prettier-ignore
    ];
    const harness = await harnessOf(nodes);
    const g = createGraphBuilder('');
    const value = g.node('Fine', {}, 'fine').out(0);
    g.node('Show', { value: g.node('Fails', { text: 'a', count: 5, value }, 'fails').out(0) }, 'end');
    const { failure, end } = await harness.run(g.finish());
    expect(failure).toMatchObject({ nodeId: 'fails', nodeType: 'Fails', message: 'bad luck\n', errorType: 'Custom' });
    expect(failure?.traceback.every((line) => line.endsWith('\n'))).toBe(true);
    expect(failure && toPlain(parseJson(failure.currentInputsText))).toEqual({
      text: ['a'],
      count: [5],
      value: ['made'],
    });
    expect(failure?.currentOutputs).toEqual(['fine', 'fails', 'end']);
    expect(end).toMatchObject({ type: 'failed', executed: ['fine'] });
  });

  it('tells of no known outputs where nothing is kept', async () => {
    const harness = await harnessOf([act('Fails', () => { throw new Error('x'); })], { cache: createNullCache() }); // prettier-ignore
    expect((await harness.run(shown('Fails').finish())).failure?.currentOutputs).toEqual([]);
  });

  it('of an expanded node blames the submitted one, and its class', async () => {
    const nodes = [
      act('Inner', () => { throw new Error('inner'); }), // prettier-ignore
      act('Expands', (_, context) => {
        const graph = context.builder();
        return expand(graph.finish(), { value: graph.node('Inner').out(0) });
      }),
    ];
    const harness = await harnessOf(nodes);
    const run = await harness.run(shown('Expands').finish());
    expect(run.failure).toMatchObject({ nodeId: 'node', nodeType: 'Expands', message: 'inner\n' });
    expect(run.started).toEqual(['node', 'node.0.0.1']);
  });

  const returnsNothing = act('Fails', () => undefined as never);
  const showsItself = act('Fails', () => {
    const loop: unknown[] = [];
    loop.push(loop);
    return withUi({ loop }, { value: 1 });
  });
  const expandsIntoNothing = act('Fails', (_, context) => {
    const graph = context.builder();
    return expand(graph.finish(), { value: graph.node('Gone').out(0) });
  });

  it.each([
    ['returns nothing', returnsNothing, /must return an object/],
    ['shows what refers to itself', showsItself, /call stack/],
    ['expands into a class that is not there', expandsIntoNothing, /Gone, which does not exist/],
  ])('comes when a node %s', async (_, node, message) => {
    const harness = await harnessOf([node]);
    expect((await harness.run(shown('Fails').finish())).failure?.message).toMatch(message);
  });

  it('keeps what was finished before it', async () => {
    let runs = 0;
    let isBroken = true;
    const nodes = [
      act('Counts', () => ({ value: ++runs })),
      act('Fails', ({ value }) => {
        if (isBroken) throw new Error('broken');
        return { value: value as unknown };
      }),
    ];
    const harness = await harnessOf(nodes);
    const g = createGraphBuilder('');
    const value = g.node('Counts').out(0);
    g.node('Show', { value: g.node('Fails', { value }).out(0) }, 'end');
    expect((await harness.run(g.finish())).end.type).toBe('failed');
    isBroken = false;
    const again = await harness.run(g.finish());
    expect([again.end.type, runs, again.shown('end')]).toEqual(['succeeded', 1, { text: ['1'] }]);
  });
});

describe('a failure of a concurrent node', () => {
  it('ends the run, aborts the others, and nothing is told after the end', async () => {
    const started = createGate();
    const late = createGate();
    let wasAborted = false;
    const nodes = [
      act('Works', async (_, context) => {
        context.signal.addEventListener('abort', () => (wasAborted = true));
        started.open();
        await late.opened;
        context.text('too late');
        void context.setProgress(1, 1);
        context.send('late', {});
        context.log('late');
        return { value: 1 };
      }, { concurrent: true }), // prettier-ignore
      act('Fails', async () => started.opened.then(() => Promise.reject(new Error('first'))), { concurrent: true }),
    ];
    const harness = await harnessOf(nodes);
    const g = createGraphBuilder('');
    g.node('Show', { value: g.node('Works', {}, 'works').out(0) });
    g.node('Show', { value: g.node('Fails', {}, 'fails').out(0) });
    const run = await harness.run(g.finish());
    expect([run.failure?.nodeId, wasAborted]).toEqual(['fails', true]);
    const told = run.events.length;
    late.open();
    await settle();
    await settle();
    expect(run.events).toHaveLength(told);
  });

  it('waits for all calls of that node, and tells the first', async () => {
    const order: number[] = [];
    const nodes = [
      act('Three', () => ({ value: [1, 2, 3] }), { outputs: { value: output.list(STRING) } }),
      act('Fails', async ({ value }) => {
        for (let turns = 3 - (value as number); turns >= 0; turns--) await settle();
        order.push(value as number);
        throw new Error(`call ${String(value)}`);
      }, { concurrent: true }), // prettier-ignore
    ];
    const harness = await harnessOf(nodes);
    const g = createGraphBuilder('');
    g.node('Show', { value: g.node('Fails', { value: g.node('Three').out(0) }, 'node').out(0) });
    const run = await harness.run(g.finish());
    expect([run.failure?.message, order]).toEqual(['call 1\n', [3, 2, 1]]);
  });
});

describe('a block', () => {
  it('with a message is told once, by its first consumer, and the prompt succeeds', async () => {
    const harness = await harnessOf([
      act('Blocks', () => block('not now')),
      act('Passes', ({ value }) => ({ value: value as unknown })),
    ]);
    const g = createGraphBuilder('');
    const passes = g.node('Passes', { value: g.node('Blocks', {}, 'blocks').out(0) }, 'passes');
    g.node('Show', { value: passes.out(0) }, 'end');
    const run = await harness.run(g.finish());
    const blocked = run.events.filter((event) => event.type === 'node-blocked');
    expect(blocked).toEqual([
      { type: 'node-blocked', node: 'passes', nodeType: 'Passes', message: 'not now', executed: ['blocks'] },
    ]);
    expect([run.end.type, run.shown('end'), run.didRun('end')]).toEqual(['succeeded', undefined, true]);
    const again = await harness.run(g.finish());
    expect([again.cached, again.events.some((event) => event.type === 'node-blocked')]).toEqual([
      ['blocks', 'passes', 'end'],
      false,
    ]);
    expect(again.shown('end')).toBeNull();
  });

  it('of an input that decides about lazy ones blocks the node, and is not asked about', async () => {
    let asked = 0;
    const lazy = act('Chooses', ({ value }) => ({ value: value as unknown }), {
      inputs: { value: input.of(ANY, { lazy: true }), which: input.of(ANY) },
      needs: () => [++asked > 0 ? 'value' : ''],
    });
    const harness = await harnessOf([lazy, act('Blocks', () => block()), act('Source', () => ({ value: 1 }))]);
    const g = createGraphBuilder('');
    const which = g.node('Blocks').out(0);
    g.node('Show', { value: g.node('Chooses', { value: g.node('Source', {}, 'source').out(0), which }).out(0) }, 'end');
    const run = await harness.run(g.finish());
    expect([run.end.type, asked, run.didRun('source')]).toEqual(['succeeded', 0, false]);
  });

  it.each([false, true])(
    '[EX15] below a dynamic input blocks the node like any other; takes lists: %s',
    async (takesLists) => {
      const calls: unknown[] = [];
      const grows = act('Grows', (values) => (calls.push(values), { value: 1 }), {
        inputs: { parts: input.autogrow(input.of(ANY), { prefix: 'part', max: 4 }) },
        takesLists,
      });
      const chooses = act('Chooses', (values) => (calls.push(values), { value: 1 }), {
        inputs: { mode: input.dynamicChoice([{ key: 'one', inputs: { value: input.of(ANY) } }]) },
        takesLists,
      });
      const harness = await harnessOf([act('Blocks', () => block('not now')), grows, chooses]);
      const g = createGraphBuilder('');
      const blocked = g.node('Blocks', {}, 'blocks').out(0);
      const grown = g.node('Grows', { 'parts.part0': 1, 'parts.part1': blocked }, 'grows');
      const chosen = g.node('Chooses', { mode: 'one', 'mode.value': blocked }, 'chooses');
      g.node('Show', { value: grown.out(0) }, 'end1');
      g.node('Show', { value: chosen.out(0) }, 'end2');
      const run = await harness.run(g.finish());
      expect([run.end.type, calls, run.shown('end1'), run.shown('end2')]).toEqual([
        'succeeded',
        [],
        undefined,
        undefined,
      ]);
      const told = run.events.flatMap((event) => (event.type === 'node-blocked' ? [event.node] : []));
      expect(told.sort()).toEqual(['chooses', 'grows']);
    },
  );

  it('in a list blocks a node that takes the whole list', async () => {
    const nodes = [
      act('Mixed', () => ({ value: [1, block(), 3] }), { outputs: { value: output.list(STRING) } }),
      act('Joins', ({ value }) => ({ value: (value as unknown[]).join() }), { takesLists: true }),
    ];
    const harness = await harnessOf(nodes);
    const g = createGraphBuilder('');
    g.node('Show', { value: g.node('Joins', { value: g.node('Mixed').out(0) }).out(0) }, 'end');
    const run = await harness.run(g.finish());
    expect([run.end.type, run.shown('end')]).toEqual(['succeeded', undefined]);
  });
});

describe('a node that throws Interrupted', () => {
  it('interrupts its prompt', async () => {
    const harness = await harnessOf([act('Stops', () => { throw new Interrupted(); })]); // prettier-ignore
    expect((await harness.run(shown('Stops').finish())).end).toMatchObject({
      type: 'interrupted',
      nodeId: 'node',
      nodeType: 'Stops',
      executed: [],
    });
  });
});
