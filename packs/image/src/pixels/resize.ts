/** Resizing of images, masks and latents: half-pixel centres, no smoothing before scaling down, except for lanczos. */
import { createTensor } from '@snug/node-kit';
import type { Image, Mask, Tensor } from '@snug/node-kit';
import { resizeArea } from './area.ts';
import { cropImage } from './crop.ts';
import type { Rectangle } from './crop.ts';
import { resizeLanczos } from './lanczos.ts';
import { checkPixels, newImage } from './limit.ts';
import { resample } from './resample.ts';
import { roundHalfEven } from './rounding.ts';
import { resizeSlerp } from './slerp.ts';
import { makeTaps } from './taps.ts';
import type { TapMethod } from './taps.ts';

export type ResizeMethod = TapMethod | 'area' | 'lanczos';
export const RESIZE_METHODS = ['nearest-exact', 'bilinear', 'area', 'bicubic', 'lanczos'] as const;

/** `center` first trims the source, on both sides alike, to the shape of the target. */
export type ResizeCrop = 'disabled' | 'center';

/** Called before each image of a batch; what it throws ends the work. */
export type Checkpoint = () => void;

/** The middle part of a source that has the shape of the target, at least one pixel of it. */
export function cropWindow(fromWidth: number, fromHeight: number, width: number, height: number): Rectangle {
  const from = fromWidth / fromHeight;
  const to = width / height;
  let x = 0;
  let y = 0;
  if (from > to) x = roundHalfEven((fromWidth - fromWidth * (to / from)) / 2);
  else if (from < to) y = roundHalfEven((fromHeight - fromHeight * (from / to)) / 2);
  x = Math.min(x, (fromWidth - 1) >> 1);
  y = Math.min(y, (fromHeight - 1) >> 1);
  return { x, y, width: fromWidth - 2 * x, height: fromHeight - 2 * y };
}

/**
 * Resizes `[batch, height, width, channels]`.
 * @throws {ImageTooLarge}
 */
export function resizePlanes(
  source: Image,
  width: number,
  height: number,
  method: ResizeMethod,
  checkpoint?: Checkpoint,
): Image {
  const { batch, channels } = source;
  const target = newImage(batch, height, width, channels);
  const size = source.height * source.width * channels;
  const newSize = height * width * channels;
  if (method === 'lanczos' || method === 'area') {
    const resizeOne = method === 'area' ? resizeArea : resizeLanczos;
    for (let image = 0; image < batch; image++) {
      checkpoint?.();
      const pixels = source.data.subarray(image * size, (image + 1) * size);
      target.data.set(resizeOne(pixels, source.height, source.width, channels, height, width), image * newSize);
    }
    return target;
  }
  const across = makeTaps(method, source.width, width);
  const down = makeTaps(method, source.height, height);
  for (let image = 0; image < batch; image++) {
    checkpoint?.();
    resample(
      source.data.subarray(image * size, (image + 1) * size),
      target.data.subarray(image * newSize, (image + 1) * newSize),
      source.width * channels,
      channels,
      across,
      down,
    );
  }
  return target;
}

/**
 * A resized copy. Width and height are at least 1.
 * @throws {ImageTooLarge}
 */
export function resizeImage(
  image: Image,
  width: number,
  height: number,
  method: ResizeMethod,
  crop: ResizeCrop = 'disabled',
  checkpoint?: Checkpoint,
): Image {
  checkPixels(image.batch, height, width);
  const source = crop === 'center' ? cropImage(image, cropWindow(image.width, image.height, width, height)) : image;
  return resizePlanes(source, width, height, method, checkpoint);
}

/**
 * As {@link resizeImage}, for masks.
 * @throws {ImageTooLarge}
 */
export function resizeMask(
  mask: Mask,
  width: number,
  height: number,
  method: ResizeMethod,
  crop: ResizeCrop = 'disabled',
  checkpoint?: Checkpoint,
): Mask {
  const { data, batch } = resizeImage({ ...mask, channels: 1 }, width, height, method, crop, checkpoint);
  return { data, batch, height, width };
}

/**
 * Resizes the last two axes of `[batch, channels, height, width]`, or with more axes before the height. `bislerp` turns
 * the vectors along the channels.
 * @throws {ImageTooLarge}
 */
export function resizeTensor(
  tensor: Tensor,
  width: number,
  height: number,
  method: ResizeMethod | 'bislerp',
  crop: ResizeCrop = 'disabled',
  checkpoint?: Checkpoint,
): Tensor {
  const { shape } = tensor;
  const [fromHeight, fromWidth] = [shape.at(-2) ?? 1, shape.at(-1) ?? 1];
  const planes = tensor.data.length / (fromHeight * fromWidth || 1);
  checkPixels(planes, height, width);
  const flat = { data: tensor.data, batch: planes, height: fromHeight, width: fromWidth, channels: 1 };
  const source = crop === 'center' ? cropImage(flat, cropWindow(fromWidth, fromHeight, width, height)) : flat;
  const newShape = [...shape.slice(0, -2), height, width];
  if (method !== 'bislerp') {
    return { data: resizePlanes(source, width, height, method, checkpoint).data, shape: newShape };
  }
  const [batch = 1, channels = 1] = shape;
  const inner = planes / (batch * channels || 1);
  const target = createTensor(newShape);
  const size = source.data.length / batch;
  for (let item = 0; item < batch; item++) {
    checkpoint?.();
    const block = source.data.subarray(item * size, (item + 1) * size);
    const resized = resizeSlerp(block, channels, inner, source.height, source.width, height, width);
    target.data.set(resized, item * resized.length);
  }
  return target;
}
