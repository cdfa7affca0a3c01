/** Between colours and one value a pixel. */
import type { Image } from '@snug/node-kit';
import { newImage } from './limit.ts';

/** Brightness of every pixel; of an image without colours, its first channel. */
export function lumaOf({ data, channels }: Image): Float32Array {
  const plane = new Float32Array(data.length / channels);
  for (let to = 0, from = 0; to < plane.length; to++, from += channels) {
    plane[to] = channels < 3 ? data[from]! : 0.299 * data[from]! + 0.587 * data[from + 1]! + 0.114 * data[from + 2]!;
  }
  return plane;
}

/** The mean of the channels of every pixel. */
export function meanOf({ data, channels }: Image): Float32Array {
  const plane = new Float32Array(data.length / channels);
  for (let to = 0, from = 0; to < plane.length; to++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) sum += data[from++]!;
    plane[to] = sum / channels;
  }
  return plane;
}

/** An image with three equal channels, of the size of another one. */
export function greyImage(like: Image, plane: Float32Array): Image {
  const target = newImage(like.batch, like.height, like.width, 3);
  for (let from = 0, to = 0; from < plane.length; from++) {
    const value = plane[from]!;
    target.data[to++] = value;
    target.data[to++] = value;
    target.data[to++] = value;
  }
  return target;
}
