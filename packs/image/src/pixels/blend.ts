/** How two values of a pixel make one. */
import type { Image } from '@snug/node-kit';
import { newImage } from './limit.ts';
import type { Checkpoint } from './resize.ts';
import { clamp } from './rounding.ts';

export const BLEND_MODES = ['normal', 'multiply', 'screen', 'overlay', 'soft_light', 'difference'] as const;
export type BlendMode = (typeof BLEND_MODES)[number];

const { fround } = Math;

function softLight(base: number, top: number): number {
  if (top <= 0.5) return base - fround(fround(1 - 2 * top) * base) * fround(1 - base);
  const lifted = base <= 0.25 ? fround((16 * base - 12) * base + 4) * base : fround(Math.sqrt(base));
  return base + fround(2 * top - 1) * fround(lifted - base);
}

const MODES: Record<BlendMode, (base: number, top: number) => number> = {
  normal: (_, top) => top,
  multiply: (base, top) => base * top,
  screen: (base, top) => 1 - fround(fround(1 - base) * fround(1 - top)),
  overlay: (base, top) => (base <= 0.5 ? 2 * base * top : 1 - fround(2 * fround(1 - base)) * fround(1 - top)),
  soft_light: softLight,
  difference: (base, top) => base - top,
};

/** Mixes images of equal size and channels: `share` of the mode's result, the rest of the base. One image serves all. */
export function blendImages(base: Image, top: Image, share: number, mode: BlendMode, checkpoint: Checkpoint): Image {
  const batch = Math.max(base.batch, top.batch);
  const target = newImage(batch, base.height, base.width, base.channels);
  const size = target.data.length / batch;
  const blend = MODES[mode];
  const rest = fround(1 - share);
  const part = fround(share);
  for (let item = 0, to = 0; item < batch; item++) {
    checkpoint();
    const baseFrom = Math.min(item, base.batch - 1) * size;
    const topFrom = Math.min(item, top.batch - 1) * size;
    for (let i = 0; i < size; i++) {
      const value = base.data[baseFrom + i]!;
      const mixed = fround(blend(value, top.data[topFrom + i]!));
      target.data[to++] = clamp(fround(value * rest) + fround(mixed * part), 0, 1);
    }
  }
  return target;
}
