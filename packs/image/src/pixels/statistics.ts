/** Means and spreads of three values a pixel, and counts of their 256 steps. */
import { clamp } from './rounding.ts';
import type { Matrix } from './symmetric.ts';

export interface Statistics {
  /** Of each of the three values. */
  readonly mean: readonly number[];
  /** How the three vary together: nine numbers. */
  readonly covariance: Matrix;
}

/** Statistics over all pixels, three values each. */
export function statisticsOf(values: Float32Array): Statistics {
  const sums = [0, 0, 0];
  for (let at = 0; at < values.length; at++) sums[at % 3]! += values[at]!;
  const count = values.length / 3;
  const [a = 0, b = 0, c = 0] = sums.map((sum) => sum / count);
  let [aa, ab, ac, bb, bc, cc] = [0, 0, 0, 0, 0, 0];
  for (let at = 0; at < values.length; at += 3) {
    const x = values[at]! - a;
    const y = values[at + 1]! - b;
    const z = values[at + 2]! - c;
    aa += x * x;
    ab += x * y;
    ac += x * z;
    bb += y * y;
    bc += y * z;
    cc += z * z;
  }
  const covariance = [aa, ab, ac, ab, bb, bc, ac, bc, cc].map((sum) => sum / Math.max(count - 1, 1));
  return { mean: [a, b, c], covariance };
}

/** The step of a value, of 256 from 0 to 1. */
export function stepOf(value: number): number {
  return clamp(Math.round(value * 255), 0, 255);
}

/** How many of every `stride`-th value, beginning at `first`, lie on each of 256 steps. */
export function countSteps(data: Float32Array, first: number, stride: number): number[] {
  const counts = Array.from({ length: 256 }, () => 0);
  for (let at = first; at < data.length; at += stride) counts[stepOf(data[at]!)]!++;
  return counts;
}
