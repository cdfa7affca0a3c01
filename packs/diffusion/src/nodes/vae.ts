/** Nodes between pixels and latents. */
import { defineNode, IMAGE, input, LATENT, MASK, output } from '@snug/node-kit';
import type { AnyNode, Latent, NodeContext } from '@snug/node-kit';
import { BadInput } from '../bad-input.ts';
import { greyMasked, growMask, matchMask } from '../sampling/inpaint-pixels.ts';
import type { TiledWork, Tiling, Vae } from '../seams.ts';
import { CONDITIONING, VAE } from './sockets.ts';

const category = 'model/latent';
const pixels = input.of(IMAGE);
const vae = input.of(VAE);

/** @throws {BadInput} when there is none */
function present(given: Vae | null): Vae {
  if (given) return given;
  throw new BadInput('vae', 'the checkpoint has no VAE: connect one from a Load VAE node.');
}

function decodable({ samples }: Latent): Latent['samples'] {
  const { shape } = samples;
  if (shape.length === 4 && shape[1] === 4 && !shape.includes(0)) return samples;
  throw new BadInput(
    'samples',
    `its shape is ${shape.join('×')}; this VAE takes latents with four axes and 4 channels.`,
  );
}

/** Reports pieces of the work where there are several, and is interrupted between them. */
const workOf = (context: NodeContext, tiling?: Tiling): TiledWork => ({
  tiling,
  onStep(done, of) {
    if (of > 1) void context.progress(done, of);
    context.throwIfInterrupted();
  },
});

const vaeDecode = defineNode({
  type: 'VAEDecode',
  displayName: 'VAE Decode',
  category,
  description: 'Turns latents into pictures.',
  searchAliases: ['decode', 'latent to image'],
  inputs: { samples: input.of(LATENT), vae },
  outputs: { IMAGE: output.of(IMAGE) },
  run: async ({ samples, vae: given }, context) => ({
    IMAGE: await present(given).decode(decodable(samples), workOf(context)),
  }),
});

const vaeEncode = defineNode({
  type: 'VAEEncode',
  displayName: 'VAE Encode',
  category,
  description: 'Turns pictures into latents. Sides are cut to multiples of 8.',
  searchAliases: ['encode', 'image to latent'],
  inputs: { pixels, vae },
  outputs: { LATENT: output.of(LATENT) },
  run: async ({ pixels: image, vae: given }, context) => ({
    LATENT: { samples: await present(given).encode(image, workOf(context)) },
  }),
});

const advanced = { advanced: true } as const;
const tiles = (step: number) => ({
  tile_size: input.int({ default: 512, min: 64, max: 4096, step, ...advanced }),
  overlap: input.int({ default: 64, min: 0, max: 4096, step: 32, ...advanced }),
  // for videos: there are none here, but workflows hold the values
  temporal_size: input.int({ default: 64, min: 8, max: 4096, step: 4, ...advanced }),
  temporal_overlap: input.int({ default: 8, min: 4, max: 4096, step: 4, ...advanced }),
});
const tilingOf = (size: number, overlap: number): Tiling => ({
  size,
  overlap: Math.min(overlap, Math.floor(size / 4)),
});

const vaeDecodeTiled = defineNode({
  type: 'VAEDecodeTiled',
  displayName: 'VAE Decode (Tiled)',
  category,
  description: 'Turns latents into pictures piece by piece, which takes less memory. Sizes are in pixels.',
  inputs: { samples: input.of(LATENT), vae, ...tiles(32) },
  outputs: { IMAGE: output.of(IMAGE) },
  run: async ({ samples, vae: given, tile_size, overlap }, context) => ({
    IMAGE: await present(given).decode(decodable(samples), workOf(context, tilingOf(tile_size, overlap))),
  }),
});

const vaeEncodeTiled = defineNode({
  type: 'VAEEncodeTiled',
  displayName: 'VAE Encode (Tiled)',
  category,
  description: 'Turns pictures into latents piece by piece, which takes less memory. Sizes are in pixels.',
  inputs: { pixels, vae, ...tiles(64) },
  outputs: { LATENT: output.of(LATENT) },
  run: async ({ pixels: image, vae: given, tile_size, overlap }, context) => ({
    LATENT: { samples: await present(given).encode(image, workOf(context, tilingOf(tile_size, overlap))) },
  }),
});

const vaeEncodeForInpaint = defineNode({
  type: 'VAEEncodeForInpaint',
  displayName: 'VAE Encode (for Inpainting)',
  category,
  description: 'Encodes pictures with the masked part greyed out, and confines samplers to it. For whole repainting.',
  inputs: { pixels, vae, mask: input.of(MASK), grow_mask_by: input.int({ default: 6, min: 0, max: 64, step: 1 }) },
  outputs: { LATENT: output.of(LATENT) },
  async run({ pixels: image, vae: given, mask: asked, grow_mask_by }, context) {
    const encoder = present(given);
    const { image: cut, mask } = matchMask(image, asked);
    const samples = await encoder.encode(greyMasked(cut, mask), workOf(context));
    const { data, batch, height, width } = growMask(mask, grow_mask_by);
    return { LATENT: { samples, noiseMask: { data, shape: [batch, 1, height, width] } } };
  },
});

const inpaintModelConditioning = defineNode({
  type: 'InpaintModelConditioning',
  displayName: 'InpaintModelConditioning',
  category: 'model/conditioning',
  description: 'Tells a model made for inpainting which part of a picture to paint.',
  inputs: {
    positive: input.of(CONDITIONING),
    negative: input.of(CONDITIONING),
    vae,
    pixels,
    mask: input.of(MASK),
    noise_mask: input.boolean({ default: true, tooltip: 'Leaves the rest of the latent exactly as it is.' }),
  },
  outputs: {
    positive: output.of(CONDITIONING),
    negative: output.of(CONDITIONING),
    latent: output.of(LATENT),
  },
  async run({ positive, negative, vae: given, pixels: image, mask: asked, noise_mask }, context) {
    const encoder = present(given);
    const { image: cut, mask } = matchMask(image, asked);
    const samples = await encoder.encode(cut, workOf(context));
    const latent = await encoder.encode(greyMasked(cut, mask), workOf(context));
    const { data, batch, height, width } = mask;
    const tensor = { data, shape: [batch, 1, height, width] };
    const concat = { latent, mask: tensor };
    return {
      positive: positive.map((entry) => ({ ...entry, concat })),
      negative: negative.map((entry) => ({ ...entry, concat })),
      latent: { samples, ...(noise_mask && { noiseMask: tensor }) },
    };
  },
});

export const vaeNodes: readonly AnyNode[] = [
  vaeDecode,
  vaeEncode,
  vaeDecodeTiled,
  vaeEncodeTiled,
  vaeEncodeForInpaint,
  inpaintModelConditioning,
];
