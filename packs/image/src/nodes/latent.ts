import { defineNode, input, LATENT, MASK, output } from '@snug/node-kit';
import type { AnyNode } from '@snug/node-kit';
import {
  CELL,
  checkKind,
  heightOf,
  LATENT_METHODS,
  matchSamples,
  resizeSamples,
  widthOf,
  withSamples,
} from '../planes/latents.ts';
import { MAX_SIDE, newTensor } from '../planes/limit.ts';
import { maskPlanes, paste, tensorPlanes } from '../planes/paste.ts';
import type { Planes } from '../planes/paste.ts';
import { resizeMask } from '../pixels/resize.ts';
import { roundHalfEven } from '../pixels/rounding.ts';

const category = 'model/latent';
const position = input.int({ default: 0, min: 0, max: MAX_SIDE, step: 8 });
const cells = (pixels: number): number => Math.floor(pixels / CELL);

const emptyLatentImage = defineNode({
  type: 'EmptyLatentImage',
  displayName: 'Empty Latent Image',
  category,
  description: 'Makes empty latents for a sampler to start from; width and height are in pixels.',
  inputs: {
    width: input.int({ default: 512, min: 16, max: MAX_SIDE, step: 8 }),
    height: input.int({ default: 512, min: 16, max: MAX_SIDE, step: 8 }),
    batch_size: input.int({ default: 1, min: 1, max: 4096 }),
  },
  outputs: { LATENT: output.of(LATENT) },
  run: ({ width, height, batch_size }) => ({
    LATENT: { samples: newTensor([batch_size, 4, cells(height), cells(width)]), downscale: CELL },
  }),
});

const latentUpscale = defineNode({
  type: 'LatentUpscale',
  displayName: 'Upscale Latent',
  category,
  description: 'Scales latents to a size in pixels; a side of 0 follows from the other one.',
  inputs: {
    samples: input.of(LATENT),
    upscale_method: input.choice(LATENT_METHODS),
    width: input.int({ default: 512, min: 0, max: MAX_SIDE, step: 8 }),
    height: input.int({ default: 512, min: 0, max: MAX_SIDE, step: 8 }),
    crop: input.choice(['disabled', 'center']),
  },
  outputs: { LATENT: output.of(LATENT) },
  run({ samples: latent, upscale_method, width: askedWidth, height: askedHeight, crop }, context) {
    if (!askedWidth && !askedHeight) return { LATENT: latent };
    const { samples } = latent;
    const atLeast = (pixels: number): number => Math.max(8 * CELL, pixels);
    let [width, height] = [atLeast(askedWidth), atLeast(askedHeight)];
    if (!askedWidth) width = atLeast(roundHalfEven((widthOf(samples) * height) / heightOf(samples)));
    if (!askedHeight) height = atLeast(roundHalfEven((heightOf(samples) * width) / widthOf(samples)));
    const checkpoint = (): void => context.throwIfInterrupted();
    const scaled = resizeSamples(samples, cells(width), cells(height), upscale_method, crop, checkpoint);
    return { LATENT: withSamples(latent, scaled) };
  },
});

const latentUpscaleBy = defineNode({
  type: 'LatentUpscaleBy',
  displayName: 'Upscale Latent By',
  category,
  description: 'Scales latents by a factor.',
  inputs: {
    samples: input.of(LATENT),
    upscale_method: input.choice(LATENT_METHODS),
    scale_by: input.float({ default: 1.5, min: 0.01, max: 8, step: 0.01 }),
  },
  outputs: { LATENT: output.of(LATENT) },
  run({ samples: latent, upscale_method, scale_by }, context) {
    const scale = (side: number): number => Math.max(1, roundHalfEven(side * scale_by));
    const { samples } = latent;
    const [width, height] = [scale(widthOf(samples)), scale(heightOf(samples))];
    const checkpoint = (): void => context.throwIfInterrupted();
    const scaled = resizeSamples(samples, width, height, upscale_method, 'disabled', checkpoint);
    return { LATENT: withSamples(latent, scaled) };
  },
});

const setLatentNoiseMask = defineNode({
  type: 'SetLatentNoiseMask',
  displayName: 'Set Latent Noise Mask',
  category,
  description: 'Confines a sampler to the masked part of latents.',
  inputs: { samples: input.of(LATENT), mask: input.of(MASK) },
  outputs: { LATENT: output.of(LATENT) },
  run: ({ samples, mask: { data, batch, height, width } }) => ({
    LATENT: { ...samples, noiseMask: { data: data.slice(), shape: [batch, 1, height, width] } },
  }),
});

/** Shares of a pasted latent: they rise from the edges that `feathered` names over `fade` cells. */
function edgeWeight(
  height: number,
  width: number,
  fade: number,
  feathered: { left: boolean; top: boolean; right: boolean; bottom: boolean },
): Planes {
  const data = new Float32Array(height * width).fill(1);
  const rise = (at: number): number => (at < fade ? (1 / fade) * (at + 1) : 1);
  for (let y = 0, at = 0; y < height; y++) {
    const top = feathered.top ? rise(y) : 1;
    const bottom = feathered.bottom ? rise(height - 1 - y) : 1;
    for (let x = 0; x < width; x++, at++) {
      data[at]! *= top;
      data[at]! *= bottom;
      if (feathered.left) data[at]! *= rise(x);
      if (feathered.right) data[at]! *= rise(width - 1 - x);
    }
  }
  return { data, batch: 1, planes: 1, height, width, inner: 1 };
}

const latentComposite = defineNode({
  type: 'LatentComposite',
  displayName: 'Latent Composite',
  category,
  description: 'Pastes latents into others at x, y; edges inside the target fade over `feather`. All are in pixels.',
  inputs: {
    samples_to: input.of(LATENT),
    samples_from: input.of(LATENT),
    x: position,
    y: position,
    feather: input.int({ default: 0, min: 0, max: MAX_SIDE, step: 8 }),
  },
  outputs: { LATENT: output.of(LATENT) },
  run({ samples_to: latent, samples_from, x, y, feather }) {
    checkKind(latent.samples, samples_from.samples, 'samples_from');
    const [target, source] = [tensorPlanes(latent.samples), tensorPlanes(samples_from.samples)];
    const [left, top, fade] = [cells(x), cells(y), cells(feather)];
    const inside = {
      left: left > 0,
      top: top > 0,
      right: left + source.width < target.width,
      bottom: top + source.height < target.height,
    };
    const weight = fade > 0 ? edgeWeight(source.height, source.width, fade, inside) : undefined;
    const data = paste(target, source, weight, left, top);
    return { LATENT: withSamples(latent, { data, shape: latent.samples.shape }) };
  },
});

const latentCompositeMasked = defineNode({
  type: 'LatentCompositeMasked',
  form: 'schema',
  displayName: 'Latent Composite Masked',
  category,
  description: 'Pastes latents into others at x, y (in pixels), where a mask lets them through.',
  inputs: {
    destination: input.of(LATENT),
    source: input.of(LATENT),
    x: position,
    y: position,
    resize_source: input.boolean({ default: false }),
    mask: input.optional(input.of(MASK)),
  },
  outputs: { LATENT: output.of(LATENT) },
  run({ destination, source: given, x, y, resize_source, mask }, context) {
    const { samples } = destination;
    checkKind(samples, given.samples, 'source');
    const checkpoint = (): void => context.throwIfInterrupted();
    const [width, height] = [widthOf(samples), heightOf(samples)];
    const source = tensorPlanes(
      resize_source ? resizeSamples(given.samples, width, height, 'bilinear', 'disabled', checkpoint) : given.samples,
    );
    const weight =
      mask && maskPlanes(resizeMask(mask, source.width, source.height, 'bilinear', 'disabled', checkpoint));
    const data = paste(tensorPlanes(samples), source, weight, cells(x), cells(y));
    return { LATENT: withSamples(destination, { data, shape: samples.shape }) };
  },
});

const latentBlend = defineNode({
  type: 'LatentBlend',
  displayName: 'Latent Blend',
  category: 'experimental',
  description: 'Mixes two latents; the factor is the share of the first.',
  inputs: {
    samples1: input.of(LATENT),
    samples2: input.of(LATENT),
    blend_factor: input.float({ default: 0.5, min: 0, max: 1, step: 0.01 }),
  },
  outputs: { LATENT: output.of(LATENT) },
  run({ samples1, samples2, blend_factor }) {
    const first = samples1.samples;
    const second = matchSamples(first, samples2.samples, 'samples2', 'bicubic');
    const [share, rest] = [Math.fround(blend_factor), Math.fround(1 - blend_factor)];
    const mixed = newTensor(first.shape);
    for (let i = 0; i < mixed.data.length; i++) {
      mixed.data[i] = Math.fround(first.data[i]! * share) + Math.fround(second.data[i]! * rest);
    }
    return { LATENT: withSamples(samples1, mixed) };
  },
});

export const latentNodes: readonly AnyNode[] = [
  emptyLatentImage,
  latentUpscale,
  latentUpscaleBy,
  setLatentNoiseMask,
  latentComposite,
  latentCompositeMasked,
  latentBlend,
];
