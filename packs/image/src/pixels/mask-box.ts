/** The part of a picture that a mask shows. */
import type { Image, Mask } from '@snug/node-kit';
import type { Rectangle } from './crop.ts';
import { newImage } from './limit.ts';
import { roundHalfEven } from './rounding.ts';

/** The smallest rectangle around all values above a threshold in one mask of a batch; undefined when there are none. */
export function maskBox({ data, width, height }: Mask, item: number, threshold: number): Rectangle | undefined {
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0, at = item * width * height; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      if (!(data[at]! > threshold)) continue;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      bottom = y;
    }
  }
  return right < 0 ? undefined : { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
}

/** The rectangle with the same middle, made longer on one side to have an aspect, and then larger by a factor. */
export function widenBox(box: Rectangle, aspect: number, factor: number): Rectangle {
  const width = Math.max(roundHalfEven(Math.max(box.width, box.height * aspect) * factor), 1);
  const height = Math.max(roundHalfEven(Math.max(box.height, box.width / aspect) * factor), 1);
  return {
    x: roundHalfEven(box.x + (box.width - width) / 2),
    y: roundHalfEven(box.y + (box.height - height) / 2),
    width,
    height,
  };
}

/** What a rectangle shows of one image under its mask (of the same size), on a colour; it may reach outside. */
export function cutOut(image: Image, mask: Mask, item: number, box: Rectangle, colour: readonly number[]): Image {
  const target = newImage(1, box.height, box.width, 3);
  for (let y = 0, to = 0; y < box.height; y++) {
    for (let x = 0; x < box.width; x++) {
      const column = box.x + x;
      const row = box.y + y;
      const outside = column < 0 || row < 0 || column >= image.width || row >= image.height;
      const pixel = row * image.width + column;
      const size = image.width * image.height;
      const share = outside ? 0 : mask.data[Math.min(item, mask.batch - 1) * size + pixel]!;
      const from = (item * size + pixel) * image.channels;
      for (let channel = 0; channel < 3; channel++) {
        const value = outside ? 0 : image.data[from + (image.channels < 3 ? 0 : channel)]!;
        target.data[to++] = value * share + colour[channel]! * (1 - share);
      }
    }
  }
  return target;
}
