import { describe, expect, it } from 'vitest';
import { ProgressThrottle } from '../src/progress.ts';

/** The values of the reports that pass: [value, time, preview]. */
function passing(
  max: number,
  reports: readonly (readonly [value: number, time: number, preview?: boolean])[],
): number[] {
  const throttle = new ProgressThrottle();
  return reports
    .filter(([value, time, preview = false]) => throttle.passes(value, max, preview, time))
    .map(([value]) => value);
}

describe('what passes of progress', () => {
  it('is the first and the last, however fast they come', () => {
    expect(passing(3, [[1, 0], [2, 0], [3, 0]])).toEqual([1, 3]); // prettier-ignore
  });

  it('is one each 100 ms', () => {
    const reports = Array.from({ length: 51 }, (_, at) => [at, at * 10] as const);
    expect(passing(100, reports)).toEqual([0, 10, 20, 30, 40, 50]);
  });

  it('is nothing that moves by less than half a percent', () => {
    expect(passing(1000, [[0, 0], [4, 200], [5, 400], [9, 600], [10, 800]])).toEqual([0, 5, 10]); // prettier-ignore
  });

  it('is everything with a preview, which counts as the last one sent', () => {
    expect(passing(100, [[1, 0], [2, 1, true], [3, 2, true], [50, 101]])).toEqual([1, 2, 3]); // prettier-ignore
    expect(passing(100, [[1, 0], [2, 1, true], [50, 101.5]])).toEqual([1, 2, 50]); // prettier-ignore
  });
});
