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
  const sums = new Float64Array(stride);
  for (let row = 0; row < source.length; row += stride) {
    for (let x = 0, to = 0; x < width + 2 * radius; x++) {
      const from = row + mirrored(x - radius, width) * channels;
      for (let channel = 0; channel < channels; channel++) padded[to++] = source[from + channel]!;
    }
    sums.fill(0);
    for (let tap = 0; tap < weights.length; tap++) {
      const weight = weights[tap]!;
      const from = tap * channels;
      for (let i = 0; i < stride; i++) sums[i]! += padded[from + i]! * weight;
    }
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
  const sums = new Float64Array(stride);
  for (let y = 0; y < height; y++) {
    sums.fill(0);
    for (let tap = 0; tap < weights.length; tap++) {
      const weight = weights[tap]!;
      const from = mirrored(y + tap - radius, height) * stride;
      for (let i = 0; i < stride; i++) sums[i]! += source[from + i]! * weight;
    }
    target.set(sums, y * stride);
  }
}
