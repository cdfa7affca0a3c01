import { expect, test } from 'vitest';
import { RunSignal } from '../src/run-signal.ts';

test('tells of the stop that somebody asked for, and of the end', () => {
  const stop = new AbortController();
  const stopped = new RunSignal(stop.signal);
  expect(stopped.signal.aborted).toBe(false);
  stop.abort();
  expect([stopped.signal.aborted, stopped.isOver]).toEqual([true, false]);

  const ended = new RunSignal(new AbortController().signal);
  const { signal } = ended;
  ended.end();
  expect([signal.aborted, ended.isOver]).toEqual([true, true]);
});

test('is aborted for whoever asks too late', () => {
  const late = new RunSignal(new AbortController().signal);
  late.end();
  expect(late.signal.aborted).toBe(true);
  expect(new RunSignal(AbortSignal.abort()).signal.aborted).toBe(true);
});
