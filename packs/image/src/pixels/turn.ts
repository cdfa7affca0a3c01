/** Quarter turns and mirrors. */
import type { Image } from '@snug/node-kit';
import { newImage } from './limit.ts';

/** Clockwise quarter turns. */
export type QuarterTurns = 0 | 1 | 2 | 3;

/** Copies pixels so that the target's pixel x, y comes from `origin + x · across + y · down` of the source. */
function rearrange(image: Image, width: number, height: number, origin: number, across: number, down: number): Image {
  const { batch, channels, data } = image;
  const target = newImage(batch, height, width, channels);
  const pixels = width * height;
  for (let item = 0, to = 0; item < batch; item++) {
    for (let y = 0; y < height; y++) {
      let from = (item * pixels + origin + y * down) * channels;
      for (let x = 0; x < width; x++, from += across * channels) {
        for (let channel = 0; channel < channels; channel++) target.data[to++] = data[from + channel]!;
      }
    }
  }
  return target;
}

/** The image turned clockwise; itself for no turns. */
export function turn(image: Image, turns: QuarterTurns): Image {
  const { width, height } = image;
  if (turns === 1) return rearrange(image, height, width, (height - 1) * width, -width, 1);
  if (turns === 2) return rearrange(image, width, height, height * width - 1, -1, -width);
  if (turns === 3) return rearrange(image, height, width, width - 1, width, -1);
  return image;
}

/** The image with the order of its rows or its columns reversed. */
export function flip(image: Image, what: 'rows' | 'columns'): Image {
  const { width, height } = image;
  return what === 'rows'
    ? rearrange(image, width, height, (height - 1) * width, 1, -width)
    : rearrange(image, width, height, width - 1, -1, width);
}
