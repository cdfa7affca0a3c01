/** Growing and shrinking of what is bright, with square windows; pixels outside of the image do not count. */
import type { Image } from '@snug/node-kit';
import { newImage } from './limit.ts';
import type { Checkpoint } from './resize.ts';

/**
 * The extreme of each window along a line, in time that does not depend on the window: `line` is cut into pieces as long
 * as the window, and extremes run up from their starts and down from their ends.
 */
class SlidingExtreme {
  private readonly line: Float32Array;
  private readonly up: Float32Array;
  private readonly down: Float32Array;
  private readonly window: number;
  private readonly brightest: boolean;
  private readonly outside: number;

  constructor(length: number, window: number, brightest: boolean) {
    const padded = length + window - 1;
    this.line = new Float32Array(padded);
    this.up = new Float32Array(padded);
    this.down = new Float32Array(padded);
    this.window = window;
    this.brightest = brightest;
    this.outside = brightest ? -Infinity : Infinity;
  }

  /** `length` values `step` apart; the windows are centred, an even one reaches further back. */
  apply(source: Float32Array, target: Float32Array, start: number, step: number, length: number): void {
    const { line, up, down, window, brightest } = this;
    const before = window >> 1;
    line.fill(this.outside);
    for (let i = 0, from = start; i < length; i++, from += step) line[before + i] = source[from]!;
    for (let i = 0; i < line.length; i++) {
      const value = line[i]!;
      const last = i % window === 0 ? value : up[i - 1]!;
      up[i] = brightest ? (value > last ? value : last) : value < last ? value : last;
    }
    for (let i = line.length - 1; i >= 0; i--) {
      const value = line[i]!;
      const last = i === line.length - 1 || (i + 1) % window === 0 ? value : down[i + 1]!;
      down[i] = brightest ? (value > last ? value : last) : value < last ? value : last;
    }
    for (let i = 0, to = start; i < length; i++, to += step) {
      const a = down[i]!;
      const b = up[i + window - 1]!;
      target[to] = brightest ? (a > b ? a : b) : a < b ? a : b;
    }
  }
}

function slide(image: Image, window: number, brightest: boolean, checkpoint?: Checkpoint): Image {
  const { batch, height, width, channels } = image;
  const target = newImage(batch, height, width, channels);
  const across = new SlidingExtreme(width, window, brightest);
  const down = new SlidingExtreme(height, window, brightest);
  const stride = width * channels;
  for (let item = 0; item < batch; item++) {
    checkpoint?.();
    const start = item * height * stride;
    for (let row = start; row < start + height * stride; row += stride) {
      for (let channel = 0; channel < channels; channel++) {
        across.apply(image.data, target.data, row + channel, channels, width);
      }
    }
    for (let column = start; column < start + stride; column++) {
      down.apply(target.data, target.data, column, stride, height);
    }
  }
  return target;
}

export function dilate(image: Image, window: number, checkpoint?: Checkpoint): Image {
  return slide(image, window, true, checkpoint);
}

export function erode(image: Image, window: number, checkpoint?: Checkpoint): Image {
  return slide(image, window, false, checkpoint);
}

/** `a - b` of two images of the same shape. */
export function difference(a: Image, b: Image): Image {
  return { ...a, data: a.data.map((value, i) => value - b.data[i]!) };
}
