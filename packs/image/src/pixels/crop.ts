/** Rectangles of pixels: cut out of images, and put into images under construction. */
import type { Image } from '@snug/node-kit';
import { newImage } from './limit.ts';

/** Pixels from the upper left corner. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The pixels of a rectangle that lies inside the image. Returns the image itself when the rectangle is all of it. */
export function cropImage(image: Image, { x, y, width, height }: Rectangle): Image {
  if (width === image.width && height === image.height) return image;
  const { batch, channels } = image;
  const target = newImage(batch, height, width, channels);
  const length = width * channels;
  for (let item = 0, to = 0; item < batch; item++) {
    for (let row = 0; row < height; row++, to += length) {
      const from = ((item * image.height + y + row) * image.width + x) * channels;
      target.data.set(image.data.subarray(from, from + length), to);
    }
  }
  return target;
}

/** The largest rectangle of at most this size, in the middle of an image. */
export function centred(image: { width: number; height: number }, width: number, height: number): Rectangle {
  const size = { width: Math.min(width, image.width), height: Math.min(height, image.height) };
  return { x: (image.width - size.width) >> 1, y: (image.height - size.height) >> 1, ...size };
}

/**
 * Writes `source` into `target`, an image that nobody else has yet, with its corner at x, y. What falls outside is cut
 * off. Both have equal channels; a shorter batch repeats its last image.
 */
export function pasteInto(target: Image, source: Image, x: number, y: number): void {
  const { channels } = target;
  const left = Math.max(x, 0);
  const top = Math.max(y, 0);
  const width = Math.min(x + source.width, target.width) - left;
  const bottom = Math.min(y + source.height, target.height);
  if (width <= 0) return;
  for (let item = 0; item < target.batch; item++) {
    const sourceItem = Math.min(item, source.batch - 1);
    for (let row = top; row < bottom; row++) {
      const from = ((sourceItem * source.height + row - y) * source.width + left - x) * channels;
      const to = ((item * target.height + row) * target.width + left) * channels;
      target.data.set(source.data.subarray(from, from + width * channels), to);
    }
  }
}
