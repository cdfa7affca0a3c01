import { describe, expect, it } from 'vitest';
import { ANY, createGraphBuilder, input, INT, output, withUi } from '@snug/node-kit';
import type { GraphBuilder } from '@snug/node-kit';
import { asObject, parseJson } from '@snug/protocol';
import { createMemoryPressureCache } from '../src/cache/memory-pressure.ts';
import { act, createGate, harnessOf, settle, shown } from './run-fixtures.ts';

const pass = act('Pass', ({ value = null }) => ({ value: value as unknown }));

describe('results that are kept', () => {
  it('serve an equal node of the same run, which shows them and does not start', async () => {
    let runs = 0;
    const harness = await harnessOf([
      act('Counts', () => withUi({ count: [++runs] }, { value: runs }), { outputNode: true }),
    ]);
    const g = createGraphBuilder('');
    g.node('Counts', { value: 1 }, 'one');
    g.node('Counts', { value: 1 }, 'two');
    g.node('Counts', { value: 2 }, 'other');
    const run = await harness.run(g.finish());
    expect(run.started).toEqual(['one', 'other']);
    expect([run.shown('one'), run.shown('two'), run.shown('other')]).toEqual([
      { count: [1] },
      { count: [1] },
      { count: [2] },
    ]);
    expect(run.events).toContainEqual({ type: 'node-finished', node: 'two', fromCache: true });
  });

  it('of an output node without anything to show are told as null', async () => {
    const harness = await harnessOf([act('Silent', () => ({ value: 1 }), { outputNode: true })]);
    const g = createGraphBuilder('');
    g.node('Silent', {}, 'end');
    expect((await harness.run(g.finish())).shown('end')).toBeUndefined();
    const again = await harness.run(g.finish());
    expect(again.shown('end')).toBeNull();
    expect(again.events.map(({ type }) => type)).toEqual([
      'started',
      'cached',
      'output-shown',
      'node-finished',
      'succeeded',
    ]);
  });

  it('are not among the planned nodes, but for outputs that show them, nor is what no output needs', async () => {
    const harness = await harnessOf([pass]);
    const planned = async (last: number): Promise<unknown> => {
      const g = createGraphBuilder('');
      const source = g.node('Pass', { value: 0 }, 'source').out(0);
      g.node('Pass', { value: 3 }, 'for nobody');
      g.node('Show', { value: g.node('Pass', { value: source }, 'middle').out(0) }, 'shown');
      g.node('Show', { value: g.node('Pass', { value: last }, 'last').out(0) }, 'shown, too');
      const { events } = await harness.run(g.finish());
      return events.find(({ type }) => type === 'cached');
    };
    expect(await planned(1)).toMatchObject({ nodes: [], planned: 5 });
    expect(await planned(2)).toMatchObject({ nodes: ['source', 'middle', 'shown'], planned: 3 });
    expect(await planned(2)).toMatchObject({ planned: 2 });
  });

  it('that nodes show on the way are shown again just before the end', async () => {
    const shows = act('Shows', () => withUi({ note: ['n'] }, { value: 1 }), { intermediateOutput: true });
    const harness = await harnessOf([shows]);
    await harness.run(shown('Shows').finish());
    const again = await harness.run(shown('Shows').finish());
    expect(again.events.slice(-2)).toMatchObject([{ type: 'output-shown', node: 'node' }, { type: 'succeeded' }]);
  });

  it('list the known nodes in the order of the prompt, also those that no output needs', async () => {
    const harness = await harnessOf([pass]);
    const make = (): GraphBuilder => {
      const g = createGraphBuilder('');
      g.node('Show', { value: 1 }, '10');
      g.node('Pass', { value: 1 }, '9');
      g.node('Show', { value: g.node('Pass', { value: 1 }, '1').out(0) }, '8');
      return g;
    };
    await harness.run(make().finish());
    // 9 equals 1, which ran
    expect((await harness.run(make().finish())).cached).toEqual(['10', '9', '1', '8']);
  });

  it('are forgotten, with the state of nodes, when memory is freed', async () => {
    const harness = await harnessOf([
      act('State', (_, context) => ({ value: ++context.state(() => ({ count: 0 })).count }), {
        fingerprint: () => NaN,
      }),
    ]);
    const count = async (): Promise<unknown> => (await harness.run(shown('State').finish())).shown('end');
    expect([await count(), await count()]).toEqual([{ text: ['1'] }, { text: ['2'] }]);
    await harness.executor.free();
    const run = await harness.run(shown('State').finish());
    expect([run.cached, run.shown('end')]).toEqual([[], { text: ['1'] }]);
  });

  it('do not outlive the node: its state goes when it leaves the prompt', async () => {
    const harness = await harnessOf([
      act('State', (_, context) => ({ value: ++context.state(() => ({ count: 0 })).count }), {
        fingerprint: () => NaN,
      }),
      pass,
    ]);
    await harness.run(shown('State').finish());
    await harness.run(shown('Pass').finish());
    expect((await harness.run(shown('State').finish())).shown('end')).toEqual({ text: ['1'] });
  });

  it('reach their consumers although memory runs out at once', async () => {
    const made = act('Floats', () => ({ value: new Float32Array(1000) }));
    const length = act('Length', ({ value }) => ({ value: (value as Float32Array).length }));
    let time = 0;
    const cache = createMemoryPressureCache({ keepFree: 1e15, available: () => 0, now: () => (time += 1000) });
    const harness = await harnessOf([made, length, pass], { cache });
    const g = createGraphBuilder('');
    const floats = g.node('Floats', {}, 'floats').out(0);
    const value = g.node('Length', { value: g.node('Pass', { value: floats }).out(0) }).out(0);
    g.node('Show', { value }, 'end');
    g.node('Show', { value: g.node('Length', { value: floats }).out(0) }, 'other');
    const run = await harness.run(g.finish());
    expect([run.shown('end'), run.shown('other')]).toEqual([{ text: ['1000'] }, { text: ['1000'] }]);
    expect(run.started.filter((id) => id === 'floats')).toHaveLength(1);
  });
});

describe('fingerprints of nodes', () => {
  it('see literals, not links; a failing one counts as changed', async () => {
    const seen: unknown[] = [];
    const watched = act('Watched', () => ({ value: 1 }), {
      inputs: { value: input.of(ANY), seed: input.int64() },
      fingerprint(values: unknown) {
        seen.push(values);
        return 'same';
      },
    });
    const failing = act('Failing', () => ({ value: 1 }), { fingerprint: () => { throw new Error('x'); } }); // prettier-ignore
    const later = act('Later', () => ({ value: 1 }), { fingerprint: async () => 'same' });
    const harness = await harnessOf([watched, failing, later, pass]);
    const g = createGraphBuilder('');
    g.node('Show', { value: g.node('Watched', { value: g.node('Pass').out(0), seed: 5 }, 'watched').out(0) });
    g.node('Show', { value: g.node('Failing', {}, 'failing').out(0) });
    g.node('Show', { value: g.node('Later', {}, 'later').out(0) });
    await harness.run(g.finish());
    const again = await harness.run(g.finish());
    expect(seen[0]).toEqual({ value: undefined, seed: 5n });
    expect([again.wasCached('watched'), again.wasCached('failing'), again.wasCached('later')]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('are not taken from the prompt: is_changed is just an unknown key there', async () => {
    let runs = 0;
    const harness = await harnessOf([act('Watched', () => ({ value: ++runs }), { fingerprint: () => NaN })]);
    await harness.run(shown('Watched').finish());
    const again = await harness.run(shown('Watched').finish());
    expect([again.wasCached('node'), runs]).toEqual([false, 2]);
  });
});

describe('a cycle that only running can find', () => {
  it('through an undeclared input fails the prompt, and says what the reference says', async () => {
    const harness = await harnessOf([pass]);
    const g = createGraphBuilder('');
    const node = g.node('Pass', {}, 'node');
    node.set('undeclared', g.node('Pass', { value: node.out(0) }, 'behind').out(0));
    g.node('Show', { value: node.out(0) }, 'end');
    const run = await harness.run(g.finish());
    expect(run.failure).toMatchObject({
      message: 'Dependency cycle detected',
      errorType: 'graph.DependencyCycleError',
    });
    // not a success, as the reference records it
    expect(run.end.type).toBe('failed');
  });
});

describe('what a node may ask of its context', () => {
  it('is told about the run, and turned into events in order', async () => {
    const seen: Record<string, unknown> = {};
    const asks = act('Asks', async (_, context) => {
      Object.assign(seen, {
        ids: [context.promptId, context.nodeId, context.listIndex],
        size: context.prompt.size,
        png: context.extraPngInfo?.get('note'),
        previews: context.previews,
        graph: [context.graph.ids(), context.graph.has('x'), context.graph.get('end')?.classType],
      });
      context.send('my.event', { node: context.nodeId, large: 2n ** 64n });
      context.text('shown');
      context.log('logged');
      await context.setProgress(0.5, 1);
      await context.progress(5, 2);
      return { value: 1 };
    });
    const harness = await harnessOf([asks], { previews: { method: 'taesd', size: 256 } });
    const extraData = asObject(parseJson('{"extra_pnginfo":{"note":"n"},"preview_method":"auto"}'))!;
    const run = await harness.run(shown('Asks').finish(), { promptId: 'p', extraData });
    expect(seen).toEqual({
      ids: ['p', 'node', 0],
      size: 2,
      png: 'n',
      previews: { method: 'latent2rgb', size: 256 },
      graph: [['node', 'end'], false, 'Show'],
    });
    expect(run.events.slice(2, 8)).toEqual([
      { type: 'node-started', node: 'node' },
      { type: 'custom-sent', event: 'my.event', dataText: '{"node":"node","large":18446744073709551616}' },
      { type: 'text-shown', node: 'node', text: 'shown' },
      { type: 'logged', line: 'logged' },
      { type: 'node-progressed', node: 'node', value: 0.5, max: 1, withLegacy: false, preview: undefined },
      { type: 'node-progressed', node: 'node', value: 2, max: 2, withLegacy: true, preview: undefined },
    ]);
  });

  it.each(['none', 'latent2rgb', 'taesd'])(
    'takes %s for a preview method, and anything unknown for the default',
    async (method) => {
      const methods: string[] = [];
      const asks = act('Asks', (_, context) => ({ value: methods.push(context.previews.method) }), {
        fingerprint: () => NaN,
      });
      const harness = await harnessOf([asks], { previews: { method: 'none', size: 512 } });
      for (const value of [method, 'NONE', 'default', '', '__proto__']) {
        const extraData = new Map([['preview_method', value]]);
        await harness.run(shown('Asks').finish(), { extraData });
      }
      expect(methods).toEqual([method, 'none', 'none', 'none', 'none']);
    },
  );

  it('puts previews between the events before and after, and the end last', async () => {
    const shows = act('Shows', async (_, context) => {
      await context.progress(1, 2, { image: { data: new Uint8Array(3), width: 1, height: 1, channels: 3 } });
      context.text('after');
      return { value: 1 };
    });
    const harness = await harnessOf([shows], {
      encodePreview: async () => {
        await settle();
        await settle();
        return { bytes: Uint8Array.of(1), mime: 'image/png', delivery: 'newest' };
      },
    });
    const run = await harness.run(shown('Shows').finish());
    expect(run.events.slice(3, 5)).toMatchObject([
      { type: 'node-progressed', preview: { mime: 'image/png' } },
      { type: 'text-shown' },
    ]);
  });

  it('tells all of a node before the next one starts, which may hold the thread', async () => {
    const isEncoded = createGate();
    let hasStarted = false;
    const shows = act('Shows', (_, context) => {
      void context.progress(1, 1, { image: { data: new Uint8Array(3), width: 1, height: 1, channels: 3 } });
      return { value: 1 };
    });
    const next = act('Next', ({ value }) => {
      hasStarted = true;
      return { value };
    });
    const harness = await harnessOf([shows, next], {
      encodePreview: async () => {
        await isEncoded.opened;
        return { bytes: Uint8Array.of(1), mime: 'image/png', delivery: 'newest' };
      },
    });
    const g = createGraphBuilder('');
    const first = g.node('Shows', {}, 'first');
    g.node('Show', { value: g.node('Next', { value: first.out(0) }, 'next').out(0) }, 'end');
    const running = harness.run(g.finish());
    for (let turn = 0; turn < 5; turn++) await settle();
    expect(hasStarted).toBe(false);
    isEncoded.open();
    const { events } = await running;
    expect(hasStarted).toBe(true);
    const types = events.map(({ type }) => type);
    expect(types.slice(types.indexOf('node-progressed'), types.indexOf('node-progressed') + 3)).toEqual([
      'node-progressed',
      'node-finished',
      'node-started',
    ]);
  });
});

describe('a node on its own', () => {
  it('that returns any promise is awaited before the next one, unless it is concurrent', async () => {
    const order: string[] = [];
    const both = createGate();
    const recorded = (type: string, work: () => Promise<void>, parts = {}) =>
      act(
        type,
        async ({ value }) => {
          order.push(`start ${String(value)}`);
          await work();
          order.push(`end ${String(value)}`);
          return { value: value as unknown };
        },
        parts,
      );
    const slow = recorded('Slow', settle);
    let started = 0;
    const meets = (): Promise<void> => {
      if (++started === 2) both.open();
      return both.opened;
    };
    const harness = await harnessOf([slow, recorded('Concurrent', meets, { concurrent: true })]);
    for (const type of ['Slow', 'Concurrent']) {
      const g = createGraphBuilder('');
      for (const value of ['a', 'b']) g.node('Show', { value: g.node(type, { value }).out(0) });
      await harness.run(g.finish());
    }
    expect(order.slice(0, 4)).toEqual(['start a', 'end a', 'start b', 'end b']);
    expect(order.slice(4)).toEqual(['start a', 'start b', 'end a', 'end b']);
  });

  it('with a lazy input in a choice gets it only when it asks', async () => {
    const inputs = {
      mode: input.dynamicChoice([{ key: 'both', inputs: { extra: input.of(ANY, { lazy: true }) } }]),
      ask: input.boolean(),
    };
    const lazy = act('Lazy', ({ mode }) => ({ value: String((mode as { extra?: unknown }).extra) }), {
      form: 'schema',
      inputs,
      needs: ({ ask }) => (ask ? ['mode.extra'] : []),
    });
    const harness = await harnessOf([lazy, pass]);
    for (const ask of [false, true]) {
      const g = createGraphBuilder('');
      const extra = g.node('Pass', { value: 'there' }, 'source').out(0);
      g.node('Show', { value: g.node('Lazy', { mode: 'both', 'mode.extra': extra, ask }).out(0) }, 'end');
      const run = await harness.run(g.finish());
      expect([run.didRun('source'), run.shown('end')]).toEqual([ask, { text: [ask ? 'there' : 'undefined'] }]);
    }
  });
});

describe('lazy inputs', () => {
  it('that were not asked for stay out, although their values are there: they do not change how often a node is called', async () => {
    let calls = 0;
    const lazy = input.optional(input.of(ANY, { lazy: true }));
    const chooses = act('Chooses', ({ b }) => ({ value: `${++calls} ${String(b)}` }), {
      inputs: { a: lazy, b: lazy },
      needs: () => ['a'],
    });
    const many = act('Many', () => ({ value: [1, 2, 3] }), { outputs: { value: output.list(INT) } });
    const harness = await harnessOf([chooses, many, pass]);
    const g = createGraphBuilder('');
    const list = g.node('Many', {}, 'many').out(0);
    g.node('Show', { value: list }, 'first');
    const a = g.node('Pass', { value: 'x' }).out(0);
    g.node('Show', { value: g.node('Chooses', { a, b: list }).out(0) }, 'end');
    const run = await harness.run(g.finish());
    expect([run.shown('first'), run.shown('end')]).toEqual([{ text: ['1', '2', '3'] }, { text: ['1 undefined'] }]);
  });
});

describe('lists as literals', () => {
  it('arrive as lists, also those that look like links: ours', async () => {
    const seen: unknown[] = [];
    const harness = await harnessOf([act('Sees', ({ value }) => ({ value: seen.push(value) }))]);
    for (const literal of [
      ['gone', 1],
      ['node', 0],
      [1, 2, 3],
    ]) {
      await harness.run(shown('Sees', { value: new Map([['__value__', literal]]) }).finish());
    }
    expect(seen).toEqual([['gone', 1], ['node', 0], [1, 2, 3]]); // prettier-ignore
  });
});

describe('size', () => {
  it('runs a chain of 20,000 nodes, and again from the cache', async () => {
    const harness = await harnessOf([pass]);
    const make = (): GraphBuilder => {
      const g = createGraphBuilder('');
      let value: unknown = 'x';
      for (let at = 0; at < 20_000; at++) value = g.node('Pass', { value }).out(0);
      g.node('Show', { value }, 'end');
      return g;
    };
    const run = await harness.run(make().finish());
    expect([run.started.length, run.shown('end')]).toEqual([20_001, { text: ['x'] }]);
    const again = await harness.run(make().finish());
    expect([again.started.length, again.cached.length]).toEqual([0, 20_001]);
  });
});
