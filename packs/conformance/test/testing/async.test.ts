import { Interrupted } from '@snug/node-kit';
import type { Image } from '@snug/node-kit';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { flatImage } from '../../src/testing/flat-images.ts';
import { fakeContext, nodeOf, run } from '../fake-context.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** What has become of a promise by now, as something to look at. */
function watch(promise: Promise<unknown>): { state: string; error?: unknown } {
  const seen: { state: string; error?: unknown } = { state: 'pending' };
  promise.then(
    () => (seen.state = 'done'),
    (error: unknown) => Object.assign(seen, { state: 'failed', error }),
  );
  return seen;
}

test('the nodes that may overlap say so', () => {
  for (const type of [
    'TestSleep',
    'TestAsyncError',
    'TestAsyncTimeout',
    'TestAsyncResourceUser',
    'TestAsyncBatchProcessing',
    'TestAsyncConcurrentLimit',
    'TestAsyncProgressUpdate',
  ]) {
    expect(nodeOf(type).concurrent).toBe(true);
  }
  expect(nodeOf('TestSyncError').concurrent).toBeUndefined();
  expect(nodeOf('TestSyncProgressUpdate').concurrent).toBeUndefined();
});

test('TestSleep sleeps its seconds, reports every 10 ms and hands its value on', async () => {
  const context = fakeContext();
  const sleep = run('TestSleep', { value: 'x', seconds: 0.05 }, context);
  const seen = watch(sleep);
  await vi.advanceTimersByTimeAsync(49);
  expect(seen.state).toBe('pending');
  await vi.advanceTimersByTimeAsync(1);
  expect(await sleep).toEqual({ value: 'x' });
  expect(context.calls).toEqual([0, 0.01, 0.02, 0.03, 0.04].map((at) => ['progress', at, 0.05]));
});

test.each(['TestSleep', 'TestAsyncError', 'TestAsyncTimeout', 'TestAsyncResourceUser', 'TestAsyncConcurrentLimit'])(
  '%s ends at once when its prompt is interrupted',
  async (type) => {
    const context = fakeContext();
    const inputs = { seconds: 9, error_after: 9, timeout: 9, operation_time: 9, duration: 9, resource_id: 'r' };
    const seen = watch(run(type, inputs, context));
    await vi.advanceTimersByTimeAsync(5);
    expect(seen.state).toBe('pending');
    context.interrupt.abort();
    await vi.advanceTimersByTimeAsync(0);
    expect(seen.error).toBeInstanceOf(Interrupted);
    expect(vi.getTimerCount()).toBe(0);
  },
);

test('errors come after a while, or at once', async () => {
  const late = watch(run('TestAsyncError', { value: 1, error_after: 0.1 }));
  await vi.advanceTimersByTimeAsync(99);
  expect(late.state).toBe('pending');
  await vi.advanceTimersByTimeAsync(1);
  expect(late.error).toMatchObject({ message: 'Intentional async execution error for testing' });
  const now = run('TestSyncError', { value: 1 });
  await expect(now).rejects.toThrow('Intentional sync execution error for testing');
});

test('TestAsyncTimeout fails when the operation takes longer than allowed', async () => {
  const [slow, fast] = [
    watch(run('TestAsyncTimeout', { value: 1, timeout: 1, operation_time: 2 })),
    watch(run('TestAsyncTimeout', { value: 1, timeout: 2, operation_time: 1 })),
  ];
  await vi.advanceTimersByTimeAsync(1000);
  expect(slow.error).toMatchObject({ name: 'TimeoutError', message: 'Operation timed out after 1.0 seconds' });
  expect(fast.state).toBe('done');
});

test('TestAsyncResourceUser refuses a resource in use, and gives it back', async () => {
  const use = (resource_id: string): Promise<unknown> =>
    run('TestAsyncResourceUser', { value: 1, resource_id, duration: 0.1 });
  const [first, other] = [watch(use('a')), watch(use('b'))];
  await expect(use('a')).rejects.toThrow('Resource a is in use');
  await vi.advanceTimersByTimeAsync(100);
  expect([first.state, other.state]).toEqual(['done', 'done']);
  const again = watch(use('a'));
  await vi.advanceTimersByTimeAsync(100);
  expect(again.state).toBe('done');
});

test('TestAsyncConcurrentLimit lets two run at a time, in order', async () => {
  const waiting = fakeContext();
  const use = (context = fakeContext()): Promise<unknown> =>
    run('TestAsyncConcurrentLimit', { value: 1, duration: 0.5 }, context);
  const seen = [watch(use()), watch(use()), watch(use(waiting)), watch(use())];
  await vi.advanceTimersByTimeAsync(100);
  waiting.interrupt.abort();
  await vi.advanceTimersByTimeAsync(400);
  expect(seen.map(({ state }) => state)).toEqual(['done', 'done', 'failed', 'pending']);
  await vi.advanceTimersByTimeAsync(500);
  expect(seen.at(3)?.state).toBe('done');
  // both places are free again
  const last = [watch(use()), watch(use())];
  await vi.advanceTimersByTimeAsync(500);
  expect(last.map(({ state }) => state)).toEqual(['done', 'done']);
});

test('TestAsyncBatchProcessing inverts its images and reports each', async () => {
  const context = fakeContext();
  const images = flatImage(0.25, { height: 1, width: 1, batch_size: 3 });
  const inverted = run('TestAsyncBatchProcessing', { images, process_time_per_item: 0.1 }, context);
  await vi.advanceTimersByTimeAsync(300);
  const result = (await inverted) as { images: Image };
  expect(new Set(result.images.data)).toEqual(new Set([0.75]));
  expect(context.calls).toEqual([1, 2, 3].map((done) => ['progress', done, 3]));
});

test('TestAsyncProgressUpdate reports parts of 1 every 10 ms', async () => {
  const context = fakeContext();
  const update = run('TestAsyncProgressUpdate', { value: 'x', sleep_seconds: 0.04 }, context);
  await vi.advanceTimersByTimeAsync(40);
  expect(await update).toEqual({ value: 'x' });
  expect(context.calls).toEqual([0, 0.25, 0.5, 0.75, 1].map((part) => ['setProgress', part, 1]));
});

test('TestSyncProgressUpdate reports parts of 1 and can be interrupted', async () => {
  vi.useRealTimers();
  const context = fakeContext();
  expect(await run('TestSyncProgressUpdate', { value: 'x', sleep_seconds: 0.02 }, context)).toEqual({ value: 'x' });
  const parts = context.calls.map((call) => call[1] as number);
  expect(parts.at(0)).toBe(0);
  expect(parts.at(-1)).toBe(1);
  expect(parts).toEqual([...parts].sort((one, other) => one - other));
  context.interrupt.abort();
  const interrupted = run('TestSyncProgressUpdate', { value: 'x', sleep_seconds: 600 }, context);
  await expect(interrupted).rejects.toThrow(Interrupted);
});
