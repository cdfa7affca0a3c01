import { afterEach, describe, expect, test, vi } from 'vitest';
import { decodeFrame } from '@snug/protocol';
import type { ExecutionEvent } from '@snug/executor';
import type { Outgoing } from '../src/wire/outgoing.ts';
import { RunProjection } from '../src/wire/project-events.ts';

afterEach(() => {
  vi.useRealTimers();
});

type Told = [to: string, type: string, data: Record<string, unknown>];

function createProjection({ clientId = 'me', inFull = false }: { clientId?: string | null; inFull?: boolean } = {}) {
  const told: Told[] = [];
  const outgoing: Outgoing[] = [];
  const lines: string[] = [];
  const hear = (to: string, message: Outgoing): void => {
    outgoing.push(message);
    if (message.data instanceof Uint8Array) {
      const frame = decodeFrame(message.data);
      told.push([to, `frame ${frame.type}`, { ...frame }]);
      return;
    }
    const { type, data } = JSON.parse(String(message.data)) as { type: string; data: Record<string, unknown> };
    told.push([to, type, data]);
  };
  const projection = new RunProjection({
    promptId: 'p',
    clientId: clientId ?? undefined,
    recipients: {
      toClient: hear,
      toAll: (message) => hear('*', message),
      wantsPreviewMetadata: () => inFull,
    },
    onLog: (line) => lines.push(line),
  });
  const take = (...events: ExecutionEvent[]): void => events.forEach((event) => projection.take(event));
  return { projection, take, told, outgoing, lines, types: () => told.map(([to, type]) => `${to} ${type}`) };
}

const started = (node: string): ExecutionEvent => ({ type: 'node-started', node });
const finished = (node: string, fromCache = false): ExecutionEvent => ({ type: 'node-finished', node, fromCache });
const progressed = (
  node: string,
  value: number,
  more: Partial<Extract<ExecutionEvent, { type: 'node-progressed' }>> = {},
): ExecutionEvent => ({
  type: 'node-progressed',
  node,
  value,
  max: 4,
  withLegacy: true,
  preview: undefined,
  ...more,
});
const picture = { bytes: new Uint8Array([1, 2, 3]), mime: 'image/png', delivery: 'newest' } as const;
const succeeded: ExecutionEvent = { type: 'succeeded', time: 9 };
const interrupted: ExecutionEvent = { type: 'interrupted', nodeId: '1', nodeType: 'A', executed: [], time: 9 };
const failed: ExecutionEvent = {
  type: 'failed',
  failure: {
    nodeId: '1',
    nodeType: 'A',
    message: 'no\n',
    errorType: 'Error',
    traceback: ['t'],
    currentInputsText: '{"seed":[18446744073709551615]}',
    currentOutputs: ['1'],
  },
  executed: ['2'],
  time: 9,
};

describe('a run with a client (contract 4.1)', () => {
  test('tells start, cached, each node with its progress, and the end, in the order of the reference', () => {
    const { take, types } = createProjection();
    take(
      { type: 'started', time: 1 },
      { type: 'cached', nodes: [], planned: 1, time: 2 },
      started('1'),
      progressed('1', 2),
    );
    take({ type: 'output-shown', node: '1', outputText: '{"text":["a"]}' }, finished('1'), succeeded);
    expect(types()).toEqual([
      'me execution_start',
      'me execution_cached',
      'me progress_state',
      'me executing',
      'me progress_state',
      'me progress',
      'me executed',
      'me progress_state',
      'me execution_success',
    ]);
  });

  test('progress_state holds every node so far, as floats from 0.0 of 1.0 to its maximum', () => {
    const { take, outgoing } = createProjection();
    take(started('1'), finished('1'), started('2'), progressed('2', 1), finished('2'), finished('3', true));
    const states = outgoing.map(({ data }) => String(data)).filter((text) => text.includes('progress_state'));
    const place = (id: string): string =>
      `"node_id":"${id}","prompt_id":"p","display_node_id":"${id}","parent_node_id":null,"real_node_id":"${id}"`;
    expect(states.at(-1)).toBe(
      `{"type":"progress_state","data":{"prompt_id":"p","nodes":{` +
        `"1":{"value":1.0,"max":1.0,"state":"finished",${place('1')}},` +
        `"2":{"value":4,"max":4,"state":"finished",${place('2')}},` +
        `"3":{"value":1,"max":1,"state":"finished",${place('3')}}}}}`,
    );
    expect(states[0]).toContain('"1":{"value":0.0,"max":1.0,"state":"running"');
  });

  test('nodes of an expansion are shown as the node they stand for', () => {
    const { take, told, projection } = createProjection();
    take({
      type: 'nodes-added',
      nodes: [{ id: '1.0.0.2', classType: 'A', displayId: 'shown', parentId: '1', realId: '1' }],
    });
    take(started('1.0.0.2'), { type: 'output-shown', node: '1.0.0.2', outputText: '{}' });
    expect(told[1]![2]).toEqual({ node: '1.0.0.2', display_node: 'shown', prompt_id: 'p' });
    expect(told[2]![2]).toMatchObject({ node: '1.0.0.2', display_node: 'shown' });
    expect(projection.currentDisplayNode).toBe('shown');
    expect(projection.currentRealNode).toBe('1');
    expect(projection.trace().metaText).toBe(
      '{"1.0.0.2":{"node_id":"1.0.0.2","display_node":"shown","parent_node":"1","real_node_id":"1"}}',
    );
  });

  test('an error tells of the node and keeps large integers of its inputs', () => {
    const { take, outgoing } = createProjection();
    take(failed);
    expect(outgoing.at(-1)!.data).toBe(
      '{"type":"execution_error","data":{"prompt_id":"p","node_id":"1","node_type":"A","executed":["2"],' +
        '"exception_message":"no\\n","exception_type":"Error","traceback":["t"],' +
        '"current_inputs":{"seed":[18446744073709551615]},"current_outputs":["1"],"timestamp":9}}',
    );
  });

  test('a blocked node is told without a time and is no end', () => {
    const { take, told, projection } = createProjection();
    take({ type: 'node-blocked', node: '1', nodeType: 'A', message: 'stop', executed: [] }, succeeded);
    expect(told[0]![2]).toMatchObject({
      exception_type: 'ExecutionBlocked',
      exception_message: 'Execution Blocked: stop',
    });
    expect(told[0]![2]).not.toHaveProperty('timestamp');
    expect(projection.trace().messages.map(([name]) => name)).toEqual(['execution_success']);
  });

  test('a node served from the cache with nothing to show tells null and leaves no output', () => {
    const { take, told, projection } = createProjection();
    take({ type: 'output-shown', node: '1', outputText: 'null' });
    expect(told[0]![2]['output']).toBeNull();
    expect(projection.trace().outputsText).toBe('{}');
  });

  test('events of nodes and texts go to the client; lines go to the log', () => {
    const { take, told, lines } = createProjection();
    take({ type: 'custom-sent', event: 'my.event', dataText: '{"a":1}' }, { type: 'logged', line: 'hello' });
    take({ type: 'text-shown', node: '7', text: 'words' });
    expect(told[0]).toEqual(['me', 'my.event', { a: 1 }]);
    expect(told[1]!.slice(0, 2)).toEqual(['me', 'frame text']);
    expect(told[1]![2]).toMatchObject({ node: '7', text: 'words' });
    expect(lines).toEqual(['hello']);
  });

  test('ids such as __proto__ are just ids', () => {
    const { take, projection } = createProjection();
    take(
      started('__proto__'),
      { type: 'output-shown', node: '__proto__', outputText: '{"a":[1]}' },
      finished('__proto__'),
    );
    expect(projection.trace().outputsText).toBe('{"__proto__":{"a":[1]}}');
    expect(Object.hasOwn(Object.prototype, 'a')).toBe(false);
  });
});

describe('what is kept of a run', () => {
  test('start, cached and the end, with their times; nothing of the nodes', () => {
    const { take, projection } = createProjection();
    take(
      { type: 'started', time: 1 },
      { type: 'cached', nodes: ['1'], planned: 1, time: 2 },
      started('2'),
      finished('2'),
      succeeded,
    );
    const { messages, startTime, endTime } = projection.trace();
    expect(messages).toEqual([
      ['execution_start', '{"prompt_id":"p","timestamp":1}'],
      ['execution_cached', '{"nodes":["1"],"prompt_id":"p","timestamp":2}'],
      ['execution_success', '{"prompt_id":"p","timestamp":9}'],
    ]);
    expect([startTime, endTime]).toEqual([1, 9]);
  });
});

describe('previews', () => {
  test('a client with the flag gets type 4 before progress, and no type 1', () => {
    const { take, types, told } = createProjection({ inFull: true });
    take(progressed('1', 1, { preview: picture }));
    expect(types()).toEqual(['me progress_state', 'me frame preview-with-metadata', 'me progress']);
    expect(told[1]![2]['metadata']).toEqual({
      node_id: '1',
      prompt_id: 'p',
      display_node_id: '1',
      parent_node_id: null,
      real_node_id: '1',
      image_type: 'image/png',
    });
  });

  test('a client without the flag gets type 1 after progress', () => {
    const { take, types } = createProjection();
    take(progressed('1', 1, { preview: picture }));
    expect(types()).toEqual(['me progress_state', 'me progress', 'me frame preview']);
  });

  test('the newer call tells progress_state alone, with a preview only for who has the flag', () => {
    const without = createProjection();
    without.take(progressed('1', 1, { withLegacy: false, preview: picture }));
    expect(without.types()).toEqual(['me progress_state']);
    const withFlag = createProjection({ inFull: true });
    withFlag.take(progressed('1', 1, { withLegacy: false, preview: picture }));
    expect(withFlag.types()).toEqual(['me progress_state', 'me frame preview-with-metadata']);
  });

  test('those that are results are never dropped; others make way for newer ones of the same node', () => {
    const { take, outgoing } = createProjection();
    take(progressed('1', 1, { preview: picture }), progressed('1', 2, { preview: { ...picture, delivery: 'every' } }));
    const frames = outgoing.filter(({ data }) => data instanceof Uint8Array);
    expect(frames.map(({ delivery }) => delivery)).toEqual(['lossy', 'ordered']);
  });
});

describe('a run without a client (contract 4.2)', () => {
  const { take, types } = createProjection({ clientId: null, inFull: true });
  test('broadcasts progress, type 1 previews, blocked nodes and interruptions, and nothing else', () => {
    take({ type: 'started', time: 1 }, { type: 'cached', nodes: [], planned: 1, time: 2 }, started('1'));
    take(
      progressed('1', 1, { preview: picture }),
      { type: 'output-shown', node: '1', outputText: '{}' },
      finished('1'),
    );
    take({ type: 'node-blocked', node: '1', nodeType: 'A', message: 'm', executed: [] }, interrupted);
    expect(types()).toEqual([
      '* progress_state',
      '* progress_state',
      '* progress',
      '* frame preview',
      '* progress_state',
      '* execution_error',
      '* execution_interrupted',
    ]);
  });

  test.each([
    ['success', succeeded],
    ['an error', failed],
  ])('%s is told to nobody, but kept', (_what, end) => {
    const run = createProjection({ clientId: null });
    run.take(end);
    expect(run.types()).toEqual([]);
    expect(run.projection.trace().messages).toHaveLength(1);
  });

  test('an interruption of a client’s run is told to that client alone', () => {
    const run = createProjection();
    run.take(interrupted);
    expect(run.types()).toEqual(['me execution_interrupted']);
  });
});

describe('progress_state of large runs', () => {
  const states = (told: Told[]): Told[] => told.filter(([, type]) => type === 'progress_state');
  const sizeOf = (one: Told): number => Object.keys(one[2]['nodes'] as object).length;

  test('[TX14] of 64 nodes, every change is told, also after what is known of others', () => {
    const { take, told } = createProjection();
    take({ type: 'cached', nodes: Array.from({ length: 100 }, (_, at) => `known ${at}`), planned: 64, time: 2 });
    for (let at = 1; at <= 64; at++) take(started(`${at}`), finished(`${at}`));
    take(succeeded);
    expect(states(told)).toHaveLength(128);
  });

  test('[TX14] of 65 nodes, the first and at most one every 50 ms, complete before the end', () => {
    vi.useFakeTimers();
    const { take, told } = createProjection();
    take({ type: 'cached', nodes: [], planned: 65, time: 2 });
    for (let at = 1; at <= 40; at++) take(started(`${at}`), finished(`${at}`));
    expect(states(told).map(sizeOf)).toEqual([1]);
    vi.advanceTimersByTime(50);
    expect(states(told).map(sizeOf)).toEqual([1, 40]);
    for (let at = 41; at <= 65; at++) take(started(`${at}`), finished(`${at}`));
    take(succeeded);
    expect(states(told).map(sizeOf)).toEqual([1, 40, 65]);
  });

  test('[TX14] of more nodes than one could know: every change up to 64, then one at most every 50 ms', () => {
    vi.useFakeTimers();
    const { take, told } = createProjection();
    take({ type: 'cached', nodes: [], planned: 1, time: 2 });
    for (let at = 1; at <= 64; at++) take(started(`${at}`), finished(`${at}`));
    expect(states(told)).toHaveLength(128);
    for (let at = 65; at <= 200; at++) take(started(`${at}`), finished(`${at}`));
    expect(states(told)).toHaveLength(128);
    vi.advanceTimersByTime(50);
    expect(states(told)).toHaveLength(129);
    expect(sizeOf(states(told).at(-1)!)).toBe(200);
    take(started('201'), finished('201'), succeeded);
    expect(told.slice(-2).map(([, type]) => type)).toEqual(['progress_state', 'execution_success']);
    expect(sizeOf(states(told).at(-1)!)).toBe(201);
    vi.advanceTimersByTime(10_000);
    expect(told.at(-1)![1]).toBe('execution_success');
  });

  test('a map too large for the wire goes out more rarely', () => {
    vi.useFakeTimers();
    const { take, told } = createProjection();
    for (let at = 0; at < 3000; at++) take(started(`node ${at}`));
    vi.advanceTimersByTime(50);
    const before = states(told).length;
    take(finished('node 1'));
    vi.advanceTimersByTime(50);
    // about 480 kB: once in 120 ms
    expect(states(told).length - before).toBe(0);
    vi.advanceTimersByTime(100);
    expect(states(told).length - before).toBe(1);
  });

  test('nothing is told of an attempt that is tried again', () => {
    vi.useFakeTimers();
    const { take, told, projection } = createProjection();
    for (let at = 0; at < 70; at++) take(started(`${at}`));
    const before = told.length;
    projection.abandon();
    vi.advanceTimersByTime(10_000);
    expect(told).toHaveLength(before);
  });
});
