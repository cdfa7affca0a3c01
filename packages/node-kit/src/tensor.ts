/**
 * Pixel and latent data as nodes pass it. Tensors are shared between nodes and with the cache: never write into one that
 * you were given, make a new one.
 */

/** Images: 32-bit floats in [0, 1], sRGB as stored, rows of pixels: `[batch, height, width, channels]`. */
export interface Image {
  readonly data: Float32Array;
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  /** 3 (RGB) or 4 (RGBA); rarely 1. */
  readonly channels: number;
}

/** Masks: 32-bit floats in [0, 1], `[batch, height, width]`; 1 is masked, that is transparent. */
export interface Mask {
  readonly data: Float32Array;
  readonly batch: number;
  readonly height: number;
  readonly width: number;
}

/** Any other numbers: `shape` from the slowest axis to the fastest. */
export interface Tensor {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

/** Latent images: `samples` is `[batch, channels, height, width]`, or with a time axis before the height. */
export interface Latent {
  readonly samples: Tensor;
  /** `[n, 1, height, width]`, 1 where noise is added. */
  readonly noiseMask?: Tensor | undefined;
  /** Seed offset of each item of the batch. */
  readonly batchIndex?: readonly number[] | undefined;
  /** Pixels per latent cell, along each axis. */
  readonly downscale?: number | undefined;
}

export function createImage(batch: number, height: number, width: number, channels: number): Image {
  return { data: new Float32Array(batch * height * width * channels), batch, height, width, channels };
}

export function createMask(batch: number, height: number, width: number): Mask {
  return { data: new Float32Array(batch * height * width), batch, height, width };
}

export function createTensor(shape: readonly number[]): Tensor {
  return { data: new Float32Array(shape.reduce((product, side) => product * side, 1)), shape };
}

export function isImage(value: unknown): value is Image {
  const image = value as Image;
  return (
    image?.data instanceof Float32Array &&
    image.data.length === image.batch * image.height * image.width * image.channels
  );
}

export function isMask(value: unknown): value is Mask {
  const mask = value as Mask;
  return mask?.data instanceof Float32Array && mask.data.length === mask.batch * mask.height * mask.width;
}

export function isLatent(value: unknown): value is Latent {
  return (value as Latent)?.samples?.data instanceof Float32Array;
}
