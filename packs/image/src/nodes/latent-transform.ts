import { defineNode, input, LATENT, output } from '@snug/node-kit';
import type { AnyNode, Tensor } from '@snug/node-kit';
import { flip, narrow, rotate } from '../planes/axis.ts';
import { CELL, heightOf, widthOf, withSamples } from '../planes/latents.ts';
import { MAX_SIDE } from '../planes/limit.ts';

const category = 'model/latent/transform';
const TURNS = { none: 0, '90 degrees': 1, '180 degrees': 2, '270 degrees': 3 } as const;

const latentRotate = defineNode({
  type: 'LatentRotate',
  displayName: 'Rotate Latent',
  category,
  description: 'Turns latents clockwise.',
  inputs: {
    samples: input.of(LATENT),
    rotation: input.choice(['none', '90 degrees', '180 degrees', '270 degrees']),
  },
  outputs: { LATENT: output.of(LATENT) },
  run: ({ samples: latent, rotation }) => ({ LATENT: withSamples(latent, rotate(latent.samples, TURNS[rotation])) }),
});

const latentFlip = defineNode({
  type: 'LatentFlip',
  displayName: 'Flip Latent',
  category,
  description: 'Mirrors latents, top to bottom or left to right.',
  inputs: {
    samples: input.of(LATENT),
    flip_method: input.choice(['x-axis: vertically', 'y-axis: horizontally']),
  },
  outputs: { LATENT: output.of(LATENT) },
  run({ samples: latent, flip_method }) {
    const { samples } = latent;
    const axis = samples.shape.length - (flip_method === 'x-axis: vertically' ? 2 : 1);
    return { LATENT: withSamples(latent, flip(samples, axis)) };
  },
});

/** Cells from an offset on; at least 8 of them, as far as there are so many. */
function window(samples: Tensor, axis: number, size: number, offset: number, length: number): Tensor {
  const start = Math.min(Math.floor(offset / CELL), Math.max(size - 8, 0));
  return narrow(samples, axis, start, Math.min(Math.floor(length / CELL), size - start));
}

const latentCrop = defineNode({
  type: 'LatentCrop',
  displayName: 'Crop Latent',
  category,
  description: 'Cuts a rectangle, given in pixels, out of latents.',
  inputs: {
    samples: input.of(LATENT),
    width: input.int({ default: 512, min: 64, max: MAX_SIDE, step: 8 }),
    height: input.int({ default: 512, min: 64, max: MAX_SIDE, step: 8 }),
    x: input.int({ default: 0, min: 0, max: MAX_SIDE, step: 8 }),
    y: input.int({ default: 0, min: 0, max: MAX_SIDE, step: 8 }),
  },
  outputs: { LATENT: output.of(LATENT) },
  run({ samples: latent, width, height, x, y }) {
    const { samples } = latent;
    const axes = samples.shape.length;
    const rows = window(samples, axes - 2, heightOf(samples), y, height);
    return { LATENT: withSamples(latent, window(rows, axes - 1, widthOf(samples), x, width)) };
  },
});

export const latentTransformNodes: readonly AnyNode[] = [latentRotate, latentFlip, latentCrop];
