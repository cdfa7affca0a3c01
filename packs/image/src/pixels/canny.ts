/** Canny's edge detector, one grey picture at a time. */
import type { Image } from '@snug/node-kit';
import { convolve } from './gaussian.ts';
import { clamp } from './rounding.ts';

const RADIUS = 2;
const SIGMA = 1;
const TINY = 1e-6;
const WEAK = 1;
const STRONG = 2;
/** Steps to the neighbour in each eighth of a turn, y pointing down. */
const STEPS = [
  [1, 0],
  [1, 1],
  [0, 1],
  [-1, 1],
  [-1, 0],
  [-1, -1],
  [0, -1],
  [1, -1],
] as const;

/** Weights at whole distances in pixels. */
function pixelWeights(): Float64Array {
  const weights = Float64Array.from({ length: 2 * RADIUS + 1 }, (_, at) =>
    Math.exp(-((at - RADIUS) ** 2) / (2 * SIGMA * SIGMA)),
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

interface Gradients {
  readonly size: Float32Array;
  /** Eighths of a turn, 0 to 7. */
  readonly direction: Uint8Array;
}

/** Differences of weighted neighbours (Sobel); borders are repeated outwards. */
function gradients(grey: Float32Array, height: number, width: number): Gradients {
  const size = new Float32Array(grey.length);
  const direction = new Uint8Array(grey.length);
  for (let y = 0, at = 0; y < height; y++) {
    const above = Math.max(y - 1, 0) * width;
    const here = y * width;
    const below = Math.min(y + 1, height - 1) * width;
    for (let x = 0; x < width; x++, at++) {
      const left = Math.max(x - 1, 0);
      const right = Math.min(x + 1, width - 1);
      const across =
        grey[above + right]! -
        grey[above + left]! +
        2 * (grey[here + right]! - grey[here + left]!) +
        grey[below + right]! -
        grey[below + left]!;
      const down =
        grey[below + left]! -
        grey[above + left]! +
        2 * (grey[below + x]! - grey[above + x]!) +
        grey[below + right]! -
        grey[above + right]!;
      size[at] = Math.sqrt(across * across + down * down + TINY);
      direction[at] = (Math.round(Math.atan2(down, across) / (Math.PI / 4)) + 8) % 8;
    }
  }
  return { size, direction };
}

/** Pixels whose gradient is larger than those before and behind them; nothing lies outside. */
function ridges({ size, direction }: Gradients, height: number, width: number, low: number, high: number): Uint8Array {
  const found = new Uint8Array(size.length);
  const sizeAt = (x: number, y: number): number =>
    x < 0 || y < 0 || x >= width || y >= height ? 0 : size[y * width + x]!;
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      const value = size[at]!;
      if (value <= low) continue;
      const [across, down] = STEPS[direction[at]!]!;
      if (value <= sizeAt(x + across, y + down) || value <= sizeAt(x - across, y - down)) continue;
      found[at] = value > high ? STRONG : WEAK;
    }
  }
  return found;
}

/** Weak pixels that touch strong ones, also through other weak ones, become strong. */
function spread(marks: Uint8Array, height: number, width: number): void {
  const waiting: number[] = [];
  for (let at = 0; at < marks.length; at++) if (marks[at] === STRONG) waiting.push(at);
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const x = at % width;
    const y = (at - x) / width;
    for (const [across, down] of STEPS) {
      const column = x + across;
      const row = y + down;
      if (column < 0 || row < 0 || column >= width || row >= height) continue;
      const next = row * width + column;
      if (marks[next] !== WEAK) continue;
      marks[next] = STRONG;
      waiting.push(next);
    }
  }
}

/** 1 on edges, 0 elsewhere, for a grey picture with one channel. Gradients above `high` start edges, above `low` go on. */
export function findEdges(grey: Image, low: number, high: number): Float32Array {
  const { height, width } = grey;
  const smooth = convolve(grey, pixelWeights());
  const marks = ridges(gradients(smooth.data, height, width), height, width, low, high);
  spread(marks, height, width);
  return Float32Array.from(marks, (mark) => clamp(mark - WEAK, 0, 1));
}
