/** The mask of a padded image: 1 in the padding, fading out inside. */
import type { Mask } from '@snug/node-kit';
import { newMask } from './limit.ts';
import type { Size } from './size.ts';

export interface Padding {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/**
 * One mask for all images. Inside it falls with the square of the distance to a padded side, over `feathering` pixels;
 * without feathering, and where it would not fit twice, the inside is 0.
 */
export function padMask(size: Size, padding: Padding, feathering: number): Mask {
  const { left, top, right, bottom } = padding;
  const target = newMask(1, top + size.height + bottom, left + size.width + right);
  target.data.fill(1);
  const feathered = feathering > 0 && feathering * 2 < size.height && feathering * 2 < size.width;
  for (let y = 0; y < size.height; y++) {
    const row = (top + y) * target.width + left;
    const rowDistance = Math.min(top ? y : Infinity, bottom ? size.height - y : Infinity);
    for (let x = 0; x < size.width; x++) {
      const distance = Math.min(rowDistance, left ? x : Infinity, right ? size.width - x : Infinity);
      const share = feathered && distance < feathering ? (feathering - distance) / feathering : 0;
      target.data[row + x] = share * share;
    }
  }
  return target;
}
