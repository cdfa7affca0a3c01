import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { BrokerError } from '../src/broker/broker.ts';
import type { Broker, Job } from '../src/broker/broker.ts';
import { createMemoryBroker } from '../src/broker/memory-broker.ts';
import { PromptQueue } from '../src/prompts/prompt-queue.ts';
import type { PromptQueueOptions } from '../src/prompts/prompt-queue.ts';
import { HeldRunner } from './fixtures/held-runner.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const stop of stops.splice(0)) await stop();
});

async function createQueue(options: Partial<PromptQueueOptions> & { start?: boolean } = {}) {
  const told: string[] = [];
  const faults: string[] = [];
  const lines: string[] = [];
  const broker = options.broker ?? createMemoryBroker();
  const runner = new HeldRunner();
  const queue = new PromptQueue({
    runner,
    recipients: {
      toClient: (to, { data }) => told.push(`${to} ${summary(data as string)}`),
      toAll: ({ data }) => told.push(`* ${summary(data as string)}`),
      wantsPreviewMetadata: () => false,
    },
    now: () => 7,
    onFault: (message) => faults.push(message),
    onLog: (line) => lines.push(line),
    ...options,
    broker,
  });
  const stop = async (): Promise<void> => {
    const stopped = queue.stop();
    await runner.close();
    await stopped;
  };
  stops.push(stop);
  if (options.start !== false) await queue.start();
  return { queue, broker, runner, told, faults, lines, stop };
}

function summary(text: string): string {
  const { type, data } = JSON.parse(text) as { type: string; data: Record<string, unknown> };
  if (type !== 'status') return `${type}${data['node'] === null ? ' null' : ''}`;
  return `status ${(data['status'] as { exec_info: { queue_remaining: number } }).exec_info.queue_remaining}`;
}

const job = (promptId: string, more: Partial<Job> = {}): Job => ({
  promptId,
  number: 0,
  numberText: '0',
  promptText: '{"1":{"class_type":"Shout","inputs":{}}}',
  extraDataText: '{"client_id":"me"}',
  secretsText: '{}',
  targets: ['1'],
  clientId: 'me',
  workflowId: undefined,
  createTime: 1,
  ...more,
});

const states = async (broker: Broker): Promise<Record<string, string>> =>
  Object.fromEntries((await broker.history()).map(({ promptId, state }) => [promptId, state]));
const statusOf = async (broker: Broker, promptId: string) =>
  JSON.parse((await broker.record(promptId))!.statusText) as { messages: [string, Record<string, unknown>][] };

describe('what becomes of prompts', () => {
  test('is told in lines to whoever watches the server', async () => {
    const steps: string[] = [];
    const { queue, runner } = await createQueue({ onStep: (line) => steps.push(line) });
    await queue.submit(job('a'));
    const first = await runner.next();
    await queue.submit(job('b'));
    await queue.submit(job('b'));
    first.tell({ type: 'started', time: 1000 });
    first.succeed({ type: 'succeeded', time: 3500 });
    const second = await runner.next();
    second.end({ kind: 'lost', reason: 'it ran out of memory' });
    const again = await runner.next();
    again.succeed({ type: 'interrupted', nodeId: '1', nodeType: 'Shout', executed: [], time: 9 });
    await vi.waitFor(() => expect(queue.remaining).toBe(0));
    expect(steps).toEqual([
      'Prompt a is next.',
      'Prompt a runs.',
      'Prompt b waits, 1 before it.',
      'Prompt a is done after 2.50 s.',
      'Prompt b runs.',
      'Prompt b runs (attempt 2).',
      'Prompt b was interrupted.',
    ]);
  });
});

describe('a prompt from queue to history', () => {
  test('is told of in the order of the reference, and is on record before its end message', async () => {
    const { queue, broker, runner, told } = await createQueue();
    const ended = new Promise<boolean>((resolve) => {
      const poll = async (): Promise<void> => {
        if (told.at(-1) === 'me executing null') resolve((await broker.record('a')) !== undefined);
        else setImmediate(() => void poll());
      };
      void poll();
    });
    await queue.submit(job('a'));
    (await runner.next()).succeed();
    expect(await ended).toBe(true);
    expect(told).toEqual(['* status 1', '* status 1', 'me execution_success', '* status 0', 'me executing null']);
  });

  test('prompts run one at a time: lower numbers first, then in the order of arrival', async () => {
    const { queue, runner } = await createQueue();
    await queue.submit(job('a'));
    const first = await runner.next();
    for (const [id, number] of [
      ['b', 2],
      ['c', 1],
      ['d', 1],
      ['e', -1],
    ] as const)
      await queue.submit(job(id, { number }));
    expect(runner.runs).toHaveLength(1);
    first.succeed();
    for (let at = 0; at < 4; at++) (await runner.next()).succeed();
    expect(runner.runs.map((run) => run.job.promptId)).toEqual(['a', 'e', 'c', 'd', 'b']);
  });

  test('a large prompt that will be next is announced while the disk is waited for, and runs when the disk has it', async () => {
    const broker = createMemoryBroker();
    let isOnDisk!: () => void;
    const disk = new Promise<void>((resolve) => (isOnDisk = resolve));
    const slow: Broker = {
      ...broker,
      enqueue: async (one) => {
        await disk;
        return broker.enqueue(one);
      },
    };
    const { queue, runner } = await createQueue({ broker: slow });
    const promptText = JSON.stringify({ 1: { class_type: 'Shout', inputs: { text: 'x'.repeat(20_000) } } });
    const submitted = queue.submit(job('a', { promptText, secretsText: '{"key":"k"}' }));
    expect(runner.announced.map(({ promptId }) => promptId)).toEqual(['a']);
    expect(runner.runs).toEqual([]);
    isOnDisk();
    const first = await runner.next();
    expect(first.job).toEqual(runner.announced[0]);
    await submitted;

    await queue.submit(job('b', { promptText }));
    await queue.submit(job('c'));
    first.succeed();
    (await runner.next()).succeed();
    (await runner.next()).succeed();
    // the others waited behind it, or are small
    expect(runner.announced).toHaveLength(1);
  });

  test('[QU38] its sender is answered before it runs', async () => {
    const { queue, runner } = await createQueue();
    const order: string[] = [];
    const running = runner.next().then(() => order.push('runs'));
    // a route that goes on from here takes its steps before anything else comes up
    const answered = queue.submit(job('a')).then(async () => {
      for (let step = 0; step < 50; step++) await Promise.resolve();
      order.push('answered');
    });
    await Promise.all([running, answered]);
    expect(order).toEqual(['answered', 'runs']);
  });

  test('credentials reach the run and nothing that is kept', async () => {
    const { queue, broker, runner } = await createQueue();
    await queue.submit(job('a', { secretsText: '{"api_key_comfy_org":"s3cret"}' }));
    const run = await runner.next();
    expect(JSON.parse(run.job.extraDataText)).toEqual({ client_id: 'me', api_key_comfy_org: 's3cret' });
    run.succeed();
    await vi.waitFor(async () => expect(await broker.record('a')).toBeDefined());
    expect(JSON.stringify(await broker.record('a'))).not.toContain('s3cret');
  });

  test.each([
    ['{}', '{}', '{}'],
    ['{"a":1}', '{}', '{"a":1}'],
    ['{}', '{"s":1}', '{"s":1}'],
    ['{"a":1}', '{"s":1}', '{"a":1,"s":1}'],
  ])('extra_data %s with credentials %s is handed over as %s', async (extraDataText, secretsText, expected) => {
    const { queue, runner } = await createQueue();
    await queue.submit(job('a', { extraDataText, secretsText }));
    expect((await runner.next()).job.extraDataText).toBe(expected);
  });

  test('the node that runs is told to its client alone', async () => {
    const { queue, runner } = await createQueue();
    await queue.submit(job('a'));
    (await runner.next()).tell({ type: 'node-started', node: '1' });
    expect(queue.currentNodeOf('me')).toBe('1');
    expect(queue.currentNodeOf('you')).toBeUndefined();
  });
});

describe('interrupting and cancelling (jobs_cancel 1-17)', () => {
  test('a running prompt is interrupted; with another id nothing happens', async () => {
    const { queue, runner } = await createQueue();
    expect(queue.interrupt()).toBe(false);
    await queue.submit(job('a'));
    const run = await runner.next();
    expect(queue.interrupt('b')).toBe(false);
    expect(run.control.signal.aborted).toBe(false);
    expect(queue.interrupt('a')).toBe(true);
    expect(run.control.signal.aborted).toBe(true);
  });

  test('an interruption does not touch the next prompt', async () => {
    const { queue, broker, runner } = await createQueue();
    await queue.submit(job('a'));
    await queue.submit(job('b'));
    const run = await runner.next();
    queue.interrupt();
    run.succeed({ type: 'interrupted', nodeId: '1', nodeType: 'Shout', executed: [], time: 3 });
    const second = await runner.next();
    expect(second.control.signal.aborted).toBe(false);
    second.succeed();
    await vi.waitFor(async () => expect(await states(broker)).toEqual({ a: 'cancelled', b: 'completed' }));
  });

  test('a waiting prompt is taken out of the queue and never runs', async () => {
    const { queue, broker, runner, told } = await createQueue();
    await queue.submit(job('a'));
    const run = await runner.next();
    await queue.submit(job('b'));
    expect(await queue.cancel('b')).toBe(true);
    expect(told.at(-1)).toBe('* status 1');
    run.succeed();
    await vi.waitFor(async () => expect(await states(broker)).toEqual({ a: 'completed' }));
    expect(runner.runs).toHaveLength(1);
  });

  test('a prompt can be cancelled at every step of its way to the runner', async () => {
    for (let steps = 0; steps < 40; steps++) {
      const { queue, runner, stop } = await createQueue();
      await queue.submit(job('a'));
      for (let step = 0; step < steps; step++) await Promise.resolve();
      expect({ steps, isCancelled: await queue.cancel('a') }).toEqual({ steps, isCancelled: true });
      await nextTurn();
      expect(runner.runs.every(({ control }) => control.signal.aborted)).toBe(true);
      await stop();
    }
  });

  test('one that ended or never was is not cancelled', async () => {
    const { queue, broker, runner } = await createQueue();
    await queue.submit(job('a'));
    (await runner.next()).succeed();
    await vi.waitFor(async () => expect(await broker.record('a')).toBeDefined());
    expect(await queue.cancel('a')).toBe(false);
    expect(await queue.cancel('never')).toBe(false);
  });

  test('removing unknown ids tells nobody; clearing always tells', async () => {
    const { queue, told } = await createQueue();
    await queue.remove(['never']);
    expect(told).toEqual([]);
    await queue.clear();
    expect(told).toEqual(['* status 0']);
  });
});

describe('a runner that dies (F7)', () => {
  test('the prompt is tried once more, and may succeed', async () => {
    const { queue, broker, runner, lines } = await createQueue();
    await queue.submit(job('a'));
    (await runner.next()).end({ kind: 'lost', reason: 'it ran out of memory' });
    const again = await runner.next();
    expect(again.job.promptId).toBe('a');
    expect(lines).toEqual(['Prompt a lost its runner (it ran out of memory) and is tried again.']);
    again.succeed();
    await vi.waitFor(async () => expect(await states(broker)).toEqual({ a: 'completed' }));
  });

  test('a prompt that takes it down twice gets an execution_error, is not tried again, and the next one runs', async () => {
    const { queue, broker, runner, told } = await createQueue();
    await queue.submit(job('a'));
    await queue.submit(job('b'));
    (await runner.next()).end({ kind: 'lost', reason: 'boom' });
    const second = await runner.next();
    second.tell({ type: 'node-started', node: '1' });
    second.end({ kind: 'lost', reason: 'boom' });
    const next = await runner.next();
    expect(next.job.promptId).toBe('b');
    expect(await states(broker)).toEqual({ a: 'failed' });
    expect((await statusOf(broker, 'a')).messages.at(-1)).toEqual([
      'execution_error',
      expect.objectContaining({
        node_id: '1',
        node_type: 'Shout',
        exception_type: 'RunnerLost',
        exception_message: 'The process that ran the node ended: boom.\n',
      }),
    ]);
    expect(told).toContain('me execution_error');
    next.succeed();
  });

  test('one that did not stop in time counts as interrupted, also when its runner died meanwhile', async () => {
    const { queue, broker, runner } = await createQueue();
    await queue.submit(job('a'));
    await queue.submit(job('b'));
    await runner.next();
    queue.interrupt();
    runner.runs[0]!.end({ kind: 'killed' });
    await runner.next();
    queue.interrupt();
    runner.runs[1]!.end({ kind: 'lost', reason: 'boom' });
    await vi.waitFor(async () => expect(await states(broker)).toEqual({ a: 'cancelled', b: 'cancelled' }));
  });

  test('a prompt that no runner could take before is blamed on its target', async () => {
    const broker = createMemoryBroker();
    await broker.enqueue(job('a', { targets: ['__proto__'] }));
    for (let at = 0; at < 2; at++) await broker.requeue((await broker.claim())!.promptId);
    const { runner } = await createQueue({ broker });
    await vi.waitFor(async () => expect(await states(broker)).toEqual({ a: 'failed' }));
    expect((await statusOf(broker, 'a')).messages[0]![1]).toMatchObject({ node_id: '__proto__', node_type: '' });
    expect(runner.runs).toHaveLength(0);
  });
});

describe('starting and stopping', () => {
  test('what an earlier server left running runs again, before what waited', async () => {
    const broker = createMemoryBroker();
    await broker.enqueue(job('a'));
    await broker.enqueue(job('b'));
    await broker.claim();
    const { runner } = await createQueue({ broker });
    expect((await runner.next()).job.promptId).toBe('a');
  });

  test('a prompt that runs when the server stops goes back into the queue', async () => {
    const { queue, broker, runner, lines, stop } = await createQueue();
    await queue.submit(job('a'));
    await runner.next();
    await stop();
    expect((await broker.pending()).map(({ promptId }) => promptId)).toEqual(['a']);
    expect(broker.counts()).toEqual({ pending: 1, running: 0 });
    expect(lines).toEqual([]);
  });

  test('nothing is begun after the stop', async () => {
    const { queue, runner, stop } = await createQueue();
    await stop();
    await queue.submit(job('a'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(runner.runs).toHaveLength(0);
  });
});

describe('a disk that refuses (F11)', () => {
  const failing = (broker: Broker, method: 'claim' | 'finish' | 'requeue', times: number): Broker => {
    let left = times;
    return {
      ...broker,
      [method]: async (...args: never[]) => {
        if (left-- > 0) throw new BrokerError('store_failed', 'the disk is full');
        return (broker[method] as (...given: never[]) => unknown)(...args);
      },
    };
  };

  test.each([
    ['claim', 'The next prompt could not be taken'],
    ['finish', 'The end of a prompt could not be stored'],
    ['requeue', 'A prompt could not be put back'],
  ] as const)('%s is asked again each second until it takes it, and told of once', async (method, problem) => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    const broker = createMemoryBroker();
    const { queue, runner, faults } = await createQueue({ broker: failing(broker, method, 3) });
    await queue.submit(job('a'));
    const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    let isFirst = true;
    for (let second = 0; second < 10 && !(await broker.record('a')); second++) {
      for (const run of runner.runs) {
        if (method === 'requeue' && isFirst) run.end({ kind: 'lost', reason: 'boom' });
        else if (run === runner.runs.at(-1)) run.succeed();
        isFirst = false;
      }
      await turn();
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(await states(broker)).toEqual({ a: 'completed' });
    expect(faults).toEqual([`${problem}; trying again each second.`]);
  });

  test('a stop does not wait for it', async () => {
    const { queue, runner, stop } = await createQueue({ broker: failing(createMemoryBroker(), 'finish', Infinity) });
    await queue.submit(job('a'));
    (await runner.next()).succeed();
    await stop();
    expect(runner.isClosed).toBe(true);
  });
});
