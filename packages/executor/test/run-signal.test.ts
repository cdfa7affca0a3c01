import { expect, test } from 'vitest';
import { RunSignal } from '../src/run-signal.ts';

test('tells of the stop that somebody asked for, and of the end', () => {
  const stop = new AbortController();
  const stopped = new RunSignal(stop.signal);
  expect(stopped.forNodes.aborted).toBe(false);
  stop.abort();
  expect([stopped.forNodes.aborted, stopped.isOver]).toEqual([true, false]);

  const ended = new RunSignal(new AbortController().signal);
  const { forNodes } = ended;
  ended.end();
  expect([forNodes.aborted, ended.isOver]).toEqual([true, true]);
});

test('is aborted for whoever asks too late', () => {
  const late = new RunSignal(new AbortController().signal);
  late.end();
  expect(late.forNodes.aborted).toBe(true);
  expect(new RunSignal(AbortSignal.abort()).forNodes.aborted).toBe(true);
});
