/** The parts of the session that need no page. */
import { ExecutionError, Outputs } from '@snug/client';
import type { JobEvent, JobResult } from '@snug/client';
import { describe, expect, test, vi } from 'vitest';
import { chooseServer, serverQuery } from '../../packages/studio/src/app/other-server.ts';
import { createLiveMode } from '../../packages/studio/src/session/live-mode.ts';
import { newRun, withEvent } from '../../packages/studio/src/session/run-view.ts';
import type { RunView } from '../../packages/studio/src/session/run-view.ts';
import { fileNameOf } from '../../packages/studio/src/session/server-files.ts';
import { EMPTY_SESSION, queueRemainingMs } from '../../packages/studio/src/session/session-state.ts';
import { createWireLog, exportMessages } from '../../packages/studio/src/session/wire-log.ts';

const node = (id: string) => ({ id, classType: 'Blur', title: `Node ${id}` });
const result: JobResult = {
  id: 'a',
  outputs: new Outputs([]),
  cached: [],
  warnings: [],
  durationMs: undefined,
  record: undefined,
};
/** The run after events at the times that are given. */
const after = (...told: [number, JobEvent][]): RunView =>
  told.reduce((run, [now, event]) => withEvent(run, event, { now, urlOf: () => 'blob:x' }), newRun('a', 0));

describe('a run', () => {
  test('waits for the node that began first; when it is over, the slowest one is named', () => {
    const before = after(
      [0, { type: 'started' }],
      [10, { type: 'node', node: node('1'), state: 'running' }],
      [20, { type: 'node', node: node('2'), state: 'running' }],
    );
    expect(before.criticalNode).toBe('1');
    const later = [
      [30, { type: 'node', node: node('1'), state: 'finished' }],
      [90, { type: 'node', node: node('2'), state: 'finished' }],
      [95, { type: 'succeeded', result }],
    ] satisfies [number, JobEvent][];
    const over = later.reduce((run, [now, event]) => withEvent(run, event, { now, urlOf: () => '' }), before);
    expect([over.criticalNode, over.nodes.get('2')?.durationMs, over.share]).toEqual(['2', 70, 1]);
    expect([over.nodes.get('1')?.isCritical, over.nodes.get('2')?.isCritical]).toEqual([false, true]);
  });

  test('ends with the failed node marked, and those that ran interrupted', () => {
    const facts = { nodeId: '2', classType: 'Blur', exceptionType: 'Error', message: 'no', traceback: [] };
    const run = after(
      [0, { type: 'node', node: node('1'), state: 'running' }],
      [1, { type: 'node', node: node('2'), state: 'running' }],
      [2, { type: 'failed', error: new ExecutionError(facts), result }],
    );
    expect([run.end, run.nodes.get('1')?.state, run.nodes.get('2')?.state]).toEqual([
      'failed',
      'interrupted',
      'failed',
    ]);
  });

  test('keeps what the run before left until something new comes', () => {
    const text = (value: string) => ({ kind: 'text', nodeId: '1', key: 'text', text: value }) as const;
    const first = after([0, { type: 'output', output: text('old') }]);
    const second = newRun('b', 1, first.nodes);
    expect(second.nodes.get('1')?.outputs).toEqual([text('old')]);
    const moment = { now: 2, urlOf: () => '' };
    const third = withEvent(second, { type: 'output', output: text('new') }, moment);
    expect(third.nodes.get('1')?.outputs).toEqual([text('new')]);
    const fourth = withEvent(third, { type: 'output', output: text('more') }, moment);
    expect(fourth.nodes.get('1')?.outputs).toEqual([text('new'), text('more')]);
  });
});

test('the queue takes what runs lately took, times what waits', () => {
  const item = (id: string) => ({ id, number: 0, prompt: {}, extraData: {}, targets: [] });
  const ended = (durationMs: number) =>
    ({
      id: 'x',
      end: 'succeeded',
      failure: undefined,
      outputs: new Outputs([]),
      cached: [],
      durationMs,
      record: {},
    }) as const;
  const queue = { running: [item('a')], pending: [item('b'), item('c')] };
  expect(queueRemainingMs({ ...EMPTY_SESSION, queue })).toBeUndefined();
  const run = { ...newRun('a', 0), remainingMs: 500 };
  const state = { ...EMPTY_SESSION, queue, runs: [run], history: [ended(1000), ended(3000)] };
  expect(queueRemainingMs(state)).toBe(4500);
});

describe('live mode', () => {
  function live() {
    let text = 'one';
    let callback: (() => void) | undefined;
    const done: (() => void)[] = [];
    const submit = vi.fn(() => new Promise<void>((resolve) => done.push(resolve)));
    const cancel = vi.fn();
    const mode = createLiveMode({
      promptText: () => text,
      submit,
      cancel,
      wait(next) {
        callback = next;
        return () => (callback = undefined);
      },
    });
    const edit = (next: string): void => {
      text = next;
      mode.changed();
    };
    const pause = (): void => callback?.();
    return { mode, submit, cancel, edit, pause, done };
  }

  test('runs at once, and after each edit that changes the prompt', async () => {
    const { mode, submit, cancel, edit, pause, done } = live();
    edit('before it is on');
    pause();
    expect(submit).toHaveBeenCalledTimes(0);
    mode.turn(true);
    expect(submit).toHaveBeenCalledTimes(1);
    done[0]?.();
    await Promise.resolve();
    edit('before it is on');
    pause();
    expect(submit).toHaveBeenCalledTimes(1);
    edit('two');
    pause();
    await vi.waitFor(() => expect(submit).toHaveBeenCalledTimes(2));
    expect(cancel).toHaveBeenCalledTimes(2);
  });

  test('while one is on its way, only the newest of the edits is sent after it', async () => {
    const { mode, submit, edit, pause, done } = live();
    mode.turn(true);
    for (const text of ['two', 'three', 'four']) {
      edit(text);
      pause();
    }
    expect(submit).toHaveBeenCalledTimes(1);
    done[0]?.();
    await vi.waitFor(() => expect(submit).toHaveBeenCalledTimes(2));
    done[1]?.();
    await Promise.resolve();
    mode.turn(false);
    edit('five');
    pause();
    expect(submit).toHaveBeenCalledTimes(2);
  });
});

test('a server in the address is asked about, unless the person agreed and the policy was asked for', () => {
  const home = 'http://127.0.0.1:8188';
  const url = 'http://gpu:8188/comfy';
  expect(chooseServer('', [], home)).toEqual({ kind: 'own' });
  expect(chooseServer('?server=http://127.0.0.1:8188/', [], home)).toEqual({ kind: 'own' });
  expect(chooseServer('?server=javascript:alert(1)', [], home)).toEqual({ kind: 'own' });
  expect(chooseServer('?server=gpu:8188/comfy/', [], home)).toMatchObject({ kind: 'ask', url });
  expect(chooseServer(serverQuery(url, true), [], home)).toMatchObject({ kind: 'ask', origin: 'http://gpu:8188' });
  expect(chooseServer(serverQuery(url), ['http://gpu:8188'], home)).toMatchObject({ kind: 'ask' });
  expect(chooseServer(serverQuery(url, true), ['http://gpu:8188'], home)).toMatchObject({ kind: 'other', url });
});

test('the log of the wire is bounded, and numbers go on', () => {
  let now = 0;
  const log = createWireLog(
    () => now++,
    () => {},
  );
  for (let at = 0; at < 7000; at++) log.add('in', `{"type":"status","data":${at}}`);
  expect(log.messages.length).toBeLessThanOrEqual(6000);
  expect(log.messages.at(-1)).toMatchObject({ number: 7000, type: 'status', direction: 'in' });
  const frame = Buffer.from([0, 0, 0, 4, 0, 0, 0, 2, 0x7b, 0x7d, 9, 9]);
  log.add('in', frame.buffer.slice(frame.byteOffset, frame.byteOffset + frame.length));
  expect(log.messages.at(-1)).toMatchObject({ type: 'binary 4', bytes: 12, text: '{}' });
  const lines = exportMessages(log.messages.slice(-2)).split('\n');
  expect(lines.map((line) => (JSON.parse(line) as { number: number }).number)).toEqual([7000, 7001]);
});

test.each([
  ['a/b:c', 'a b c.json'],
  ['..', 'workflow.json'],
  ['photo.json', 'photo.json'],
  ['  ', 'workflow.json'],
  ['красный', 'красный.json'],
])('%j is kept as %j', (name, expected) => expect(fileNameOf(name)).toBe(expected));
