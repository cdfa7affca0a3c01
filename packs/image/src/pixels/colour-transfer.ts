/** Giving one picture the colours of another. All work on three values a pixel. */
import { clamp } from './rounding.ts';
import { countSteps } from './statistics.ts';
import type { Statistics } from './statistics.ts';
import { multiply, power } from './symmetric.ts';
import type { Matrix } from './symmetric.ts';

const LEAST_VARIANCE = 1e-6;

/** `matrix · (value - from) + to` for every pixel, in a new array. */
function moveColours(
  values: Float32Array,
  matrix: Matrix,
  from: readonly number[],
  to: readonly number[],
): Float32Array {
  const target = new Float32Array(values.length);
  for (let at = 0; at < values.length; at += 3) {
    const x = values[at]! - from[0]!;
    const y = values[at + 1]! - from[1]!;
    const z = values[at + 2]! - from[2]!;
    for (let row = 0; row < 3; row++) {
      target[at + row] = matrix[3 * row]! * x + matrix[3 * row + 1]! * y + matrix[3 * row + 2]! * z + to[row]!;
    }
  }
  return target;
}

/** Each value gets the mean and the deviation of the reference (Reinhard). */
export function matchDeviations(values: Float32Array, source: Statistics, reference: Statistics): Float32Array {
  const matrix = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  for (const at of [0, 4, 8]) {
    matrix[at] = Math.sqrt(reference.covariance[at]! / Math.max(source.covariance[at]!, LEAST_VARIANCE));
  }
  return moveColours(values, matrix, source.mean, reference.mean);
}

/** The whole covariance becomes that of the reference, moving colours as little as possible (Monge and Kantorovich). */
export function matchCovariance(values: Float32Array, source: Statistics, reference: Statistics): Float32Array {
  const root = power(source.covariance, 0.5, LEAST_VARIANCE);
  const inverse = power(source.covariance, -0.5, LEAST_VARIANCE);
  const middle = power(multiply(multiply(root, reference.covariance), root), 0.5);
  return moveColours(values, multiply(multiply(inverse, middle), inverse), source.mean, reference.mean);
}

/** For each of 256 steps the value that as large a part of the reference stays below. */
export function matchingSteps(source: readonly number[], reference: readonly number[]): Float64Array {
  const sourceTotal = source.reduce((sum, count) => sum + count, 0);
  const referenceTotal = reference.reduce((sum, count) => sum + count, 0);
  const steps = new Float64Array(256);
  let below = 0;
  let to = 0;
  let reached = reference[0]!;
  for (let step = 0; step < 256; step++) {
    below += source[step]!;
    while (to < 255 && reached * sourceTotal < below * referenceTotal) reached += reference[++to]!;
    steps[step] = to / 255;
  }
  return steps;
}

/** For each of three channels, how many pixels lie on each of 256 steps. */
export function channelSteps(values: Float32Array): number[][] {
  return [0, 1, 2].map((channel) => countSteps(values, channel, 3));
}

/** Each channel gets the distribution of the reference; both are given by {@link channelSteps}. */
export function matchHistograms(
  values: Float32Array,
  source: readonly (readonly number[])[],
  reference: readonly (readonly number[])[],
): Float32Array {
  const target = new Float32Array(values.length);
  for (let channel = 0; channel < 3; channel++) {
    const steps = matchingSteps(source[channel]!, reference[channel]!);
    for (let at = channel; at < values.length; at += 3) {
      const place = clamp(values[at]!, 0, 1) * 255;
      const low = Math.floor(place);
      const share = place - low;
      target[at] = steps[low]! * (1 - share) + steps[Math.min(low + 1, 255)]! * share;
    }
  }
  return target;
}
