/** Gaussian smoothing, with the pixels inside mirrored at the borders. */
import type { Image } from '@snug/node-kit';
import { newImage } from './limit.ts';
import type { Checkpoint } from './resize.ts';

/** Weights at `2 · radius + 1` positions from -1 to 1; `sigma` is relative to the radius. Their sum is 1. */
export function gaussianWeights(radius: number, sigma: number): Float64Array {
  const weights = new Float64Array(2 * radius + 1);
  let sum = 0;
  for (let at = 0; at < weights.length; at++) {
    const x = radius ? at / radius - 1 : 0;
    weights[at] = Math.exp((-x * x) / (2 * sigma * sigma));
    sum += weights[at]!;
  }
  return weights.map((weight) => weight / sum);
}

/** A position past a border, mirrored into `length` positions; the border itself is not repeated. */
export function mirrored(at: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const folded = ((at % period) + period) % period;
  return folded < length ? folded : period - folded;
}

/** A new image, smoothed across and then down with the same weights, an odd number of them. */
export function convolve(image: Image, weights: Float64Array, checkpoint?: Checkpoint): Image {
  const { batch, height, width, channels } = image;
  const target = newImage(batch, height, width, channels);
  const stride = width * channels;
  const size = height * stride;
  const smooth = new Float32Array(size);
  for (let item = 0; item < batch; item++) {
    checkpoint?.();
    smoothRows(image.data.subarray(item * size, (item + 1) * size), smooth, width, channels, weights);
    smoothColumns(smooth, target.data.subarray(item * size, (item + 1) * size), height, stride, weights);
  }
  return target;
}

function smoothRows(
  source: Float32Array,
  target: Float32Array,
  width: number,
  channels: number,
  weights: Float64Array,
): void {
  const radius = weights.length >> 1;
  const stride = width * channels;
  const padded = new Float32Array((width + 2 * radius) * channels);
  const starts = Int32Array.from(weights, (_, tap) => tap * channels);
  const sums = new Float64Array(stride);
  for (let row = 0; row < source.length; row += stride) {
    for (let x = 0, to = 0; x < width + 2 * radius; x++) {
      const from = row + mirrored(x - radius, width) * channels;
      for (let channel = 0; channel < channels; channel++) padded[to++] = source[from + channel]!;
    }
    sumWeighted(sums, padded, starts, weights);
    target.set(sums, row);
  }
}

function smoothColumns(
  source: Float32Array,
  target: Float32Array,
  height: number,
  stride: number,
  weights: Float64Array,
): void {
  const radius = weights.length >> 1;
  const starts = new Int32Array(weights.length);
  const sums = new Float64Array(stride);
  for (let y = 0; y < height; y++) {
    for (let tap = 0; tap < starts.length; tap++) starts[tap] = mirrored(y + tap - radius, height) * stride;
    sumWeighted(sums, source, starts, weights);
    target.set(sums, y * stride);
  }
}

/** The weighted sum of runs of values that begin at `starts`. Four runs at once: sums are read and written less often. */
function sumWeighted(sums: Float64Array, source: Float32Array, starts: Int32Array, weights: Float64Array): void {
  sums.fill(0);
  let tap = 0;
  for (; tap + 3 < weights.length; tap += 4) {
    const [from0, from1, from2, from3] = [starts[tap]!, starts[tap + 1]!, starts[tap + 2]!, starts[tap + 3]!];
    const [weight0, weight1, weight2, weight3] = [
      weights[tap]!,
      weights[tap + 1]!,
      weights[tap + 2]!,
      weights[tap + 3]!,
    ];
    for (let i = 0; i < sums.length; i++) {
      sums[i]! +=
        source[from0 + i]! * weight0 +
        source[from1 + i]! * weight1 +
        source[from2 + i]! * weight2 +
        source[from3 + i]! * weight3;
    }
  }
  for (; tap < weights.length; tap++) {
    const from = starts[tap]!;
    const weight = weights[tap]!;
    for (let i = 0; i < sums.length; i++) sums[i]! += source[from + i]! * weight;
  }
}
