/** Lanczos resampling as Pillow does it on 8-bit pictures: fixed-point weights, rows first, rounded after each pass. */
import { checkPixels } from './limit.ts';

const SUPPORT = 3;
const PRECISION = 22;
const HALF = 1 << (PRECISION - 1);

interface Kernel {
  /** The first source position of each output position. */
  readonly start: Int32Array;
  readonly length: Int32Array;
  /** `size` weights for each output position, as fixed-point numbers. */
  readonly weight: Int32Array;
  readonly size: number;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

function lanczos(x: number): number {
  return -SUPPORT <= x && x < SUPPORT ? sinc(x) * sinc(x / SUPPORT) : 0;
}

function makeKernel(from: number, to: number): Kernel {
  const scale = from / to;
  const stretch = Math.max(scale, 1);
  const support = SUPPORT * stretch;
  const size = Math.ceil(support) * 2 + 1;
  const kernel: Kernel = {
    start: new Int32Array(to),
    length: new Int32Array(to),
    weight: new Int32Array(to * size),
    size,
  };
  const weights = new Float64Array(size);
  for (let at = 0; at < to; at++) {
    const centre = (at + 0.5) * scale;
    const start = Math.max(Math.trunc(centre - support + 0.5), 0);
    const length = Math.min(Math.trunc(centre + support + 0.5), from) - start;
    let sum = 0;
    for (let tap = 0; tap < length; tap++) {
      weights[tap] = lanczos((tap + start - centre + 0.5) / stretch);
      sum += weights[tap]!;
    }
    for (let tap = 0; tap < length; tap++) {
      const weight = (sum === 0 ? weights[tap]! : weights[tap]! / sum) * (1 << PRECISION);
      kernel.weight[at * size + tap] = Math.trunc(weight + (weight < 0 ? -0.5 : 0.5));
    }
    kernel.start[at] = start;
    kernel.length[at] = length;
  }
  return kernel;
}

/** Resizes each row. */
function resizeRows(source: Uint8Array, width: number, channels: number, rows: number, kernel: Kernel): Uint8Array {
  const newWidth = kernel.start.length;
  const target = new Uint8Array(rows * newWidth * channels);
  if (channels === 3) {
    resizeColourRows(source, target, width, rows, kernel);
    return target;
  }
  let to = 0;
  for (let row = 0; row < rows; row++) {
    for (let x = 0; x < newWidth; x++) {
      const from = (row * width + kernel.start[x]!) * channels;
      const length = kernel.length[x]!;
      const weights = x * kernel.size;
      for (let channel = 0; channel < channels; channel++) {
        let sum = HALF;
        for (let tap = 0; tap < length; tap++) {
          sum += source[from + tap * channels + channel]! * kernel.weight[weights + tap]!;
        }
        target[to++] = clip(sum >> PRECISION);
      }
    }
  }
  return target;
}

/** The same for the usual three channels, twice as fast. */
function resizeColourRows(source: Uint8Array, target: Uint8Array, width: number, rows: number, kernel: Kernel): void {
  const { start, length, weight, size } = kernel;
  let to = 0;
  for (let row = 0; row < rows; row++) {
    for (let x = 0; x < start.length; x++) {
      let from = (row * width + start[x]!) * 3;
      let [red, green, blue] = [HALF, HALF, HALF];
      const end = x * size + length[x]!;
      for (let tap = x * size; tap < end; tap++, from += 3) {
        const share = weight[tap]!;
        red += source[from]! * share;
        green += source[from + 1]! * share;
        blue += source[from + 2]! * share;
      }
      target[to++] = clip(red >> PRECISION);
      target[to++] = clip(green >> PRECISION);
      target[to++] = clip(blue >> PRECISION);
    }
  }
}

function resizeColumns(source: Uint8Array, stride: number, kernel: Kernel): Uint8Array {
  const newHeight = kernel.start.length;
  const target = new Uint8Array(newHeight * stride);
  const sums = new Int32Array(stride);
  for (let y = 0; y < newHeight; y++) {
    sums.fill(HALF);
    for (let tap = 0; tap < kernel.length[y]!; tap++) {
      const weight = kernel.weight[y * kernel.size + tap]!;
      const from = (kernel.start[y]! + tap) * stride;
      for (let i = 0; i < stride; i++) sums[i]! += source[from + i]! * weight;
    }
    for (let i = 0; i < stride; i++) target[y * stride + i] = clip(sums[i]! >> PRECISION);
  }
  return target;
}

function clip(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : value;
}

/** Colours of transparent pixels must not bleed into their neighbours: they are weighted by alpha meanwhile. */
function premultiply(pixels: Uint8Array): void {
  for (let at = 0; at < pixels.length; at += 4) {
    const alpha = pixels[at + 3]!;
    for (let channel = 0; channel < 3; channel++) {
      const product = pixels[at + channel]! * alpha + 128;
      pixels[at + channel] = ((product >> 8) + product) >> 8;
    }
  }
}

function unpremultiply(pixels: Uint8Array): void {
  for (let at = 0; at < pixels.length; at += 4) {
    const alpha = pixels[at + 3]!;
    if (alpha === 0 || alpha === 255) continue;
    for (let channel = 0; channel < 3; channel++) {
      pixels[at + channel] = Math.min(Math.trunc((255 * pixels[at + channel]!) / alpha), 255);
    }
  }
}

/**
 * One picture of floats, resized through 8 bits.
 * @throws {ImageTooLarge}
 */
export function resizeLanczos(
  source: Float32Array,
  height: number,
  width: number,
  channels: number,
  newHeight: number,
  newWidth: number,
): Float32Array {
  checkPixels(1, height, newWidth);
  let pixels: Uint8Array = new Uint8Array(source.length);
  for (let i = 0; i < pixels.length; i++) pixels[i] = clip(Math.fround(255 * source[i]!));
  const resized = newWidth !== width || newHeight !== height;
  if (channels === 4 && resized) premultiply(pixels);
  if (newWidth !== width) pixels = resizeRows(pixels, width, channels, height, makeKernel(width, newWidth));
  if (newHeight !== height) pixels = resizeColumns(pixels, newWidth * channels, makeKernel(height, newHeight));
  if (channels === 4 && resized) unpremultiply(pixels);
  const target = new Float32Array(pixels.length);
  for (let i = 0; i < target.length; i++) target[i] = pixels[i]! / 255;
  return target;
}
