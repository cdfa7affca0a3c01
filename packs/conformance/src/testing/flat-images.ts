/** Images and masks of one value. */
import { createImage, createMask } from '@snug/node-kit';
import type { Image, Mask } from '@snug/node-kit';

export interface PictureSize {
  readonly height: number;
  readonly width: number;
  readonly batch_size: number;
}

/** What the nodes without inputs for a size make. */
export const SQUARE: PictureSize = { height: 512, width: 512, batch_size: 1 };
/** 1 GiB of floats: more is a mistake, not a test. */
const MAX_NUMBERS = 2 ** 28;

/** @throws when the picture would take more than 1 GiB. */
export function flatImage(value: number, size: PictureSize = SQUARE): Image {
  checkSize(size, 3);
  const image = createImage(size.batch_size, size.height, size.width, 3);
  image.data.fill(value);
  return image;
}

/** @throws when the mask would take more than 1 GiB. */
export function flatMask(value: number, size: PictureSize): Mask {
  checkSize(size, 1);
  const mask = createMask(size.batch_size, size.height, size.width);
  mask.data.fill(value);
  return mask;
}

function checkSize({ batch_size, height, width }: PictureSize, channels: number): void {
  if (batch_size * height * width * channels <= MAX_NUMBERS) return;
  throw new Error(
    `batch_size ${batch_size}, height ${height} and width ${width} make a picture of more than 1 GiB: choose less.`,
  );
}
