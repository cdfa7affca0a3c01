/** The bound on what one node may make: big enough for any real batch, small enough to fail before the memory does. */
import { createImage, createMask } from '@snug/node-kit';
import type { Image, Mask } from '@snug/node-kit';

/** Pixels of all images of a batch together. */
export const MAX_PIXELS = 2 ** 28;

/** Thrown before an image is made that has too many pixels. */
export class ImageTooLarge extends Error {
  readonly code = 'image_too_large';
  constructor(batch: number, height: number, width: number) {
    super(
      `${batch} × ${width}×${height} pixels are more than the ${MAX_PIXELS} that one node may make: ` +
        'choose a smaller width, height or batch.',
    );
    this.name = 'ImageTooLarge';
  }
}

/** @throws {ImageTooLarge} when the batch would have more than {@link MAX_PIXELS}. */
export function checkPixels(batch: number, height: number, width: number): void {
  if (!(batch * height * width <= MAX_PIXELS)) throw new ImageTooLarge(batch, height, width);
}

/**
 * A black image, made only within the limit.
 * @throws {ImageTooLarge}
 */
export function newImage(batch: number, height: number, width: number, channels: number): Image {
  checkPixels(batch, height, width);
  return createImage(batch, height, width, channels);
}

/**
 * A mask of zeros, made only within the limit.
 * @throws {ImageTooLarge}
 */
export function newMask(batch: number, height: number, width: number): Mask {
  checkPixels(batch, height, width);
  return createMask(batch, height, width);
}
