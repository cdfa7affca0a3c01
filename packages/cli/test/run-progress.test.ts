import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RunEvent } from '../src/run/prompt-host.ts';
import { RunProgress } from '../src/run/run-progress.ts';

function after(nodes: string, ...events: RunEvent[]): RunProgress {
  const progress = new RunProgress(nodes);
  events.forEach((event, at) => progress.take(event, at * 1000));
  return progress;
}
const started: RunEvent = { type: 'started' };
const begin = (node: string): RunEvent => ({ type: 'node-started', node });
const finish = (node: string): RunEvent => ({ type: 'node-finished', node });
const step = (node: string, value: number, max: number): RunEvent => ({ type: 'progress', node, value, max });

describe('the progress of a run', () => {
  test('counts nodes equally and the running one by its steps', () => {
    expect(after('abcd', started, begin('a'), finish('a'), begin('b'), step('b', 5, 20)).share).toBe(0.3125);
  });

  test('counts cached nodes as done', () => {
    const progress = after('abcd', started, { type: 'cached', nodes: ['a', 'b', 'not of the prompt'] });
    expect(progress.share).toBe(0.5);
    expect(progress.finished).toBe(2);
  });

  test('takes a node for done when the next one starts, on servers that tell of no ends', () => {
    expect(after('ab', started, begin('a'), step('a', 1, 4), begin('b')).share).toBe(0.5);
  });

  test('keeps two nodes apart that run at the same time', () => {
    const progress = after('abc', started, begin('a'), finish('a'), begin('b'), begin('c'), step('b', 1, 2));
    expect(progress.share).toBe(0.5);
    expect(progress.steps).toBeUndefined();
    progress.take(step('c', 2, 4), 0);
    expect(progress.steps).toEqual({ value: 2, max: 4 });
  });

  test('never goes back and never passes 1', () => {
    const node = fc.constantFrom('a', 'b', 'c', 'other');
    const count = fc.integer({ min: -5, max: 30 });
    const event = fc.oneof(
      fc.constant(started),
      node.map(begin),
      node.map(finish),
      fc.tuple(node, count, count).map(([id, value, max]) => step(id, value, max)),
      fc.array(node).map((nodes): RunEvent => ({ type: 'cached', nodes })),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        const progress = new RunProgress('abc');
        let last = 0;
        events.forEach((one, at) => {
          progress.take(one, at * 100);
          expect(progress.share).toBeGreaterThanOrEqual(last);
          expect(progress.share).toBeLessThanOrEqual(1);
          last = progress.share;
          const left = progress.secondsLeft(at * 100 + 5000);
          if (left !== undefined) expect(left).toBeGreaterThanOrEqual(0);
        });
      }),
      { seed: 11 },
    );
  });
});

describe('the time that is left', () => {
  test('is told past 5 %, from the time that the share took', () => {
    const progress = new RunProgress(Array.from({ length: 20 }, (_, at) => String(at)));
    progress.take(started, 0);
    progress.take(finish('0'), 1000);
    expect(progress.secondsLeft(2000)).toBeUndefined();
    progress.take(finish('1'), 2000);
    expect(progress.secondsLeft(2000)).toBeCloseTo(18);
  });

  test('leaves out what was cached: it took no time', () => {
    const progress = after('abcd', started, { type: 'cached', nodes: ['a', 'b'] });
    progress.take(finish('c'), 4000);
    expect(progress.secondsLeft(4000)).toBeCloseTo(4);
  });

  test('is at least what the running node needs by its own steps', () => {
    const progress = after('abcd', started, finish('a'), finish('b'), begin('c'));
    progress.take(step('c', 1, 10), 13_000);
    expect(progress.secondsLeft(13_000)).toBeCloseTo(90);
  });

  test('is not told before it has started, nor at the end', () => {
    const progress = new RunProgress('a');
    expect(progress.secondsLeft(9000)).toBeUndefined();
    progress.take(started, 0);
    progress.take(finish('a'), 5000);
    expect(progress.secondsLeft(9000)).toBeUndefined();
  });
});
