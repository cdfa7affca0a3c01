/** Pictures and masks on their way to be inpainted. */
import { createImage, createMask } from '@snug/node-kit';
import type { Image, Mask } from '@snug/node-kit';
import { planeOf, resizePlane } from './planes.ts';

const CELL = 8;
const GREY = 0.5;

/** The mask in the size of the picture, and both cut to whole cells around the middle. */
export function matchMask(image: Image, mask: Mask): { image: Image; mask: Mask } {
  const [height, width] = [image.height, image.width].map((side) => side - (side % CELL)) as [number, number];
  const [top, left] = [Math.floor((image.height - height) / 2), Math.floor((image.width - width) / 2)];
  const cut = createImage(image.batch, height, width, image.channels);
  const row = width * image.channels;
  for (let line = 0; line < image.batch * height; line++) {
    const source = Math.floor(line / height) * image.height + top + (line % height);
    const from = (source * image.width + left) * image.channels;
    cut.data.set(image.data.subarray(from, from + row), line * row);
  }
  const fitted = createMask(mask.batch, height, width);
  const planes = { data: mask.data, shape: [mask.batch, mask.height, mask.width] };
  for (let index = 0; index < mask.batch; index++) {
    const { data } = resizePlane(planeOf(planes, index), image.height, image.width);
    for (let y = 0; y < height; y++) {
      const from = (top + y) * image.width + left;
      fitted.data.set(data.subarray(from, from + width), (index * height + y) * width);
    }
  }
  return { image: cut, mask: fitted };
}

/** The picture with grey where the mask is more than half. */
export function greyMasked(image: Image, mask: Mask): Image {
  const data = image.data.slice();
  const cells = image.height * image.width;
  for (let at = 0; at < image.batch * cells; at++) {
    const sample = Math.floor(at / cells) % mask.batch;
    if (Math.round(mask.data[sample * cells + (at % cells)]!) === 0) continue;
    data.fill(GREY, at * image.channels, (at + 1) * image.channels);
  }
  return { ...image, data };
}

/** A mask of zeros and ones that reaches about half of `by` pixels further to each side. */
export function growMask({ data, batch, height, width }: Mask, by: number): Mask {
  const hard = { data: data.map((value) => Math.round(value)), batch, height, width };
  if (by < 2) return hard;
  const before = Math.ceil((by - 1) / 2);
  const reach = { before, after: by - 1 - before };
  return spreadOnes(spreadOnes(hard, 1, width, reach), width, height, reach);
}

/** Sets every place that has a one within reach along an axis whose neighbours are `stride` apart. */
function spreadOnes(
  mask: Mask,
  stride: number,
  length: number,
  { before, after }: { before: number; after: number },
): Mask {
  const grown = mask.data.slice();
  for (const [at, value] of mask.data.entries()) {
    if (!value) continue;
    const place = Math.floor(at / stride) % length;
    const [first, last] = [Math.max(0, place - after), Math.min(length - 1, place + before)];
    for (let other = first; other <= last; other++) grown[at + (other - place) * stride] = 1;
  }
  return { ...mask, data: grown };
}
