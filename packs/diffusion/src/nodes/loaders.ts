/** Nodes that open model files. Opening reads a header; networks load when they are first used. */
import { defineNode, input, output } from '@snug/node-kit';
import type { AnyNode, NodeContext } from '@snug/node-kit';
import { loadCheckpoint, loadClip, loadUnet, loadVae } from '../engine/index.ts';
import type { Clip, Model, Vae } from '../seams.ts';
import { loadEarly } from './early-load.ts';
import { modelChoice, modelPath, modelStamp } from './model-file.ts';
import { withSampling } from './model-sampling.ts';
import { CLIP, MODEL, VAE } from './sockets.ts';
import { modelStore } from './store.ts';

const category = 'model/loaders';
const checkpointOutputs = { MODEL: output.of(MODEL), CLIP: output.of(CLIP), VAE: output.of(VAE) };

interface CheckpointParts {
  readonly MODEL: Model;
  readonly CLIP: Clip | null;
  readonly VAE: Vae | null;
}

async function openCheckpoint(name: string, context: NodeContext): Promise<CheckpointParts> {
  const path = await modelPath('checkpoints', name, 'ckpt_name', context);
  const { model, clip = null, vae = null } = await loadCheckpoint(path, modelStore());
  loadEarly(model, 0, context);
  return { MODEL: model, CLIP: clip, VAE: vae };
}

const checkpointLoaderSimple = defineNode({
  type: 'CheckpointLoaderSimple',
  displayName: 'Load Checkpoint',
  category,
  description:
    'Opens a checkpoint: the model that removes noise, its text encoder, and the VAE between pixels and latents.',
  searchAliases: ['load model', 'checkpoint', 'model loader'],
  inputs: { ckpt_name: modelChoice('checkpoints') },
  outputs: checkpointOutputs,
  fingerprint: ({ ckpt_name }, context) => modelStamp('checkpoints', ckpt_name, context),
  run: ({ ckpt_name }, context) => openCheckpoint(ckpt_name, context),
});

const CONFIGS = [
  'anything_v3.yaml',
  'v1-inference.yaml',
  'v1-inference_clip_skip_2.yaml',
  'v1-inference_clip_skip_2_fp16.yaml',
  'v1-inference_fp16.yaml',
  'v1-inpainting-inference.yaml',
  'v2-inference-v.yaml',
  'v2-inference-v_fp32.yaml',
  'v2-inference.yaml',
  'v2-inference_fp32.yaml',
  'v2-inpainting-inference.yaml',
] as const;

const checkpointLoader = defineNode({
  type: 'CheckpointLoader',
  displayName: 'Load Checkpoint With Config (DEPRECATED)',
  category,
  description:
    'As Load Checkpoint. Of the configuration only two things count: what the model predicts, and a skipped layer.',
  deprecated: true,
  inputs: { config_name: input.choice(CONFIGS), ckpt_name: modelChoice('checkpoints') },
  outputs: checkpointOutputs,
  fingerprint: ({ ckpt_name }, context) => modelStamp('checkpoints', ckpt_name, context),
  async run({ config_name, ckpt_name }, context) {
    const parts = await openCheckpoint(ckpt_name, context);
    const skips = config_name === 'anything_v3.yaml' || config_name.includes('clip_skip_2');
    const prediction = config_name.includes('inference-v') ? 'v' : 'eps';
    return {
      ...parts,
      MODEL: withSampling(parts.MODEL, { prediction }),
      CLIP: (skips && parts.CLIP?.withLastLayer(-2)) || parts.CLIP,
    };
  },
});

const unetLoader = defineNode({
  type: 'UNETLoader',
  displayName: 'Load Diffusion Model',
  category,
  description: 'Opens a diffusion model that comes without text encoder and VAE.',
  inputs: {
    unet_name: modelChoice('diffusion_models'),
    weight_dtype: input.choice(['default', 'fp8_e4m3fn', 'fp8_e4m3fn_fast', 'fp8_e5m2'], { advanced: true }),
  },
  outputs: { MODEL: output.of(MODEL) },
  fingerprint: ({ unet_name }, context) => modelStamp('diffusion_models', unet_name, context),
  async run({ unet_name, weight_dtype }, context) {
    if (weight_dtype !== 'default') context.log(`UNETLoader: weights stay as the file has them, not ${weight_dtype}.`);
    const path = await modelPath('diffusion_models', unet_name, 'unet_name', context);
    const model = await loadUnet(path, modelStore());
    loadEarly(model, 0, context);
    return { MODEL: model };
  },
});

const CLIP_TYPES =
  'stable_diffusion stable_cascade sd3 stable_audio mochi ltxv pixart cosmos lumina2 wan hidream chroma ace omnigen2 ' +
  'qwen_image hunyuan_image flux2 ovis longcat_image cogvideox lens pixeldit ideogram4 boogu krea2 joyimage mage minimax';
const DUAL_CLIP_TYPES =
  'sdxl sd3 flux hunyuan_video hidream hunyuan_image hunyuan_video_15 kandinsky5 kandinsky5_image ltxv newbie ace';
const device = input.optional(input.choice(['default', 'cpu'], { advanced: true }));

/** Refuses, before anything runs, the families whose text encoders this pack does not know. */
const onlyType = (known: string) => ({
  inputs: ['type'] as const,
  check: ({ type }: { readonly type?: string }): true | string =>
    type === undefined || type === known || `Text encoders of type ${type} are not supported here: choose ${known}.`,
});

const clipLoader = defineNode({
  type: 'CLIPLoader',
  displayName: 'Load CLIP',
  category,
  description: 'Opens a text encoder of Stable Diffusion 1 or 2.',
  inputs: { clip_name: modelChoice('text_encoders'), type: input.choice(CLIP_TYPES.split(' ')), device },
  outputs: { CLIP: output.of(CLIP) },
  validate: onlyType('stable_diffusion'),
  fingerprint: ({ clip_name }, context) => modelStamp('text_encoders', clip_name, context),
  async run({ clip_name }, context) {
    return { CLIP: await loadClip([await modelPath('text_encoders', clip_name, 'clip_name', context)], modelStore()) };
  },
});

const dualClipLoader = defineNode({
  type: 'DualCLIPLoader',
  displayName: 'Load CLIP (Dual)',
  category,
  description: 'Opens the two text encoders of SDXL, in any order.',
  inputs: {
    clip_name1: modelChoice('text_encoders'),
    clip_name2: modelChoice('text_encoders'),
    type: input.choice(DUAL_CLIP_TYPES.split(' ')),
    device,
  },
  outputs: { CLIP: output.of(CLIP) },
  validate: onlyType('sdxl'),
  fingerprint: ({ clip_name1, clip_name2 }, context) =>
    Promise.all([clip_name1, clip_name2].map((name) => modelStamp('text_encoders', name, context))),
  async run({ clip_name1, clip_name2 }, context) {
    const first = await modelPath('text_encoders', clip_name1, 'clip_name1', context);
    const second = await modelPath('text_encoders', clip_name2, 'clip_name2', context);
    return { CLIP: await loadClip([first, second], modelStore()) };
  },
});

const vaeLoader = defineNode({
  type: 'VAELoader',
  displayName: 'Load VAE',
  category,
  description: 'Opens a VAE that replaces the one of a checkpoint.',
  inputs: { vae_name: modelChoice('vae') },
  outputs: { VAE: output.of(VAE) },
  fingerprint: ({ vae_name }, context) => modelStamp('vae', vae_name, context),
  run: async ({ vae_name }, context) => ({
    VAE: await loadVae(await modelPath('vae', vae_name, 'vae_name', context), modelStore()),
  }),
});

export const loaderNodes: readonly AnyNode[] = [
  checkpointLoaderSimple,
  checkpointLoader,
  unetLoader,
  clipLoader,
  dualClipLoader,
  vaeLoader,
];
