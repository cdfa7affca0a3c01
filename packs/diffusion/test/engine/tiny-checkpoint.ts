/**
 * Checkpoints with the layout of real ones and a hundredth of their channels, filled with the same random numbers each time.
 * They go through the same code: every width is read from the file.
 */
import type { Family } from '../../src/seams.ts';
import { writeTensorFile } from './safetensors-file.ts';
import type { FileType, TestTensor } from './safetensors-file.ts';

type Tensors = Map<string, TestTensor>;
type Put = (name: string, ...shape: number[]) => void;

interface UnetPlan {
  readonly width: number;
  /** Channels of each level, as multiples of the width. */
  readonly levels: readonly number[];
  /** Blocks of the transformers of each level; 0 for none. */
  readonly depths: readonly number[];
  readonly middle: number;
  readonly context: number;
  readonly vector?: number;
  readonly projections: 'conv' | 'linear';
}

export const TINY_TEXT_WIDTH = 64;
const TEXT_LAYERS = 2;
const VOCABULARY = 49_408;
const BLOCKS = 2;

const PLANS: Readonly<Record<Family, UnetPlan>> = {
  sd1: {
    width: 32,
    levels: [1, 1, 2, 2],
    depths: [1, 1, 1, 0],
    middle: 1,
    context: TINY_TEXT_WIDTH,
    projections: 'conv',
  },
  sd2: {
    width: 64,
    levels: [1, 1, 1, 1],
    depths: [1, 1, 1, 0],
    middle: 1,
    context: TINY_TEXT_WIDTH,
    projections: 'linear',
  },
  sdxl: {
    width: 64,
    levels: [1, 1, 1],
    depths: [0, 1, 2],
    middle: 2,
    context: 2 * TINY_TEXT_WIDTH,
    vector: TINY_TEXT_WIDTH + 6 * 256,
    projections: 'linear',
  },
  'sdxl-refiner': {
    width: 64,
    levels: [1, 1, 1, 1],
    depths: [0, 2, 2, 0],
    middle: 2,
    context: TINY_TEXT_WIDTH,
    vector: TINY_TEXT_WIDTH + 5 * 256,
    projections: 'linear',
  },
};

/** A small generator of numbers in [0, 1), seeded. */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Numbers of a tensor after which they come again; a prime, so that no two rows are alike. */
const PERIOD = 65_521;

/** Puts tensors of random numbers into a map; their size keeps what comes out of a layer about as large as what goes in. */
export function randomTensors(tensors: Tensors, seed: number): Put {
  const random = randomNumbers(seed);
  return (name, ...shape) => {
    const inputs = shape.slice(1).reduce((product, side) => product * side, 1);
    const isNorm = shape.length === 1 && name.endsWith('weight');
    const spread = shape.length > 1 ? Math.sqrt(12 / inputs) : 0.1;
    const values = new Float32Array(shape.reduce((product, side) => product * side, 1));
    const some = values.subarray(0, PERIOD);
    for (let at = 0; at < some.length; at++) some[at] = (random() - 0.5) * spread + (isNorm ? 1 : 0);
    for (let at = PERIOD; at < values.length; at += PERIOD) values.set(some.subarray(0, values.length - at), at);
    tensors.set(name, { shape, values });
  };
}

const layers = (put: Put) => ({
  linear: (name: string, outputs: number, inputs: number, hasBias = true): void => {
    put(`${name}.weight`, outputs, inputs);
    if (hasBias) put(`${name}.bias`, outputs);
  },
  conv: (name: string, outputs: number, inputs: number, side: number): void => {
    put(`${name}.weight`, outputs, inputs, side, side);
    put(`${name}.bias`, outputs);
  },
  norm: (name: string, width: number): void => {
    put(`${name}.weight`, width);
    put(`${name}.bias`, width);
  },
});

export function putUnet(put: Put, prefix: string, plan: UnetPlan, inputChannels: number): void {
  const { linear, conv, norm } = layers(put);
  const moment = plan.width * 4;
  const residual = (name: string, from: number, to: number): void => {
    norm(`${name}.in_layers.0`, from);
    conv(`${name}.in_layers.2`, to, from, 3);
    linear(`${name}.emb_layers.1`, to, moment);
    norm(`${name}.out_layers.0`, to);
    conv(`${name}.out_layers.3`, to, to, 3);
    if (from !== to) conv(`${name}.skip_connection`, to, from, 1);
  };
  const project = (name: string, width: number): void =>
    plan.projections === 'conv' ? conv(name, width, width, 1) : linear(name, width, width);
  const transformer = (name: string, width: number, depth: number): void => {
    norm(`${name}.norm`, width);
    project(`${name}.proj_in`, width);
    for (let at = 0; at < depth; at++) {
      const block = `${name}.transformer_blocks.${at}`;
      for (const [part, from] of [
        ['attn1', width],
        ['attn2', plan.context],
      ] as const) {
        linear(`${block}.${part}.to_q`, width, width, false);
        linear(`${block}.${part}.to_k`, width, from, false);
        linear(`${block}.${part}.to_v`, width, from, false);
        linear(`${block}.${part}.to_out.0`, width, width);
      }
      linear(`${block}.ff.net.0.proj`, width * 8, width);
      linear(`${block}.ff.net.2`, width, width * 4);
      for (const number of [1, 2, 3]) norm(`${block}.norm${number}`, width);
    }
    project(`${name}.proj_out`, width);
  };

  linear(`${prefix}time_embed.0`, moment, plan.width);
  linear(`${prefix}time_embed.2`, moment, moment);
  if (plan.vector) {
    linear(`${prefix}label_emb.0.0`, moment, plan.vector);
    linear(`${prefix}label_emb.0.2`, moment, moment);
  }
  conv(`${prefix}input_blocks.0.0`, plan.width, inputChannels, 3);
  const across = [plan.width];
  let width = plan.width;
  let number = 1;
  for (const [level, times] of plan.levels.entries()) {
    for (let at = 0; at < BLOCKS; at++, number++) {
      residual(`${prefix}input_blocks.${number}.0`, width, (width = plan.width * times));
      if (plan.depths[level]) transformer(`${prefix}input_blocks.${number}.1`, width, plan.depths[level]);
      across.push(width);
    }
    if (level === plan.levels.length - 1) break;
    conv(`${prefix}input_blocks.${number++}.0.op`, width, width, 3);
    across.push(width);
  }
  residual(`${prefix}middle_block.0`, width, width);
  transformer(`${prefix}middle_block.1`, width, plan.middle);
  residual(`${prefix}middle_block.2`, width, width);
  number = 0;
  for (const [level, times] of [...plan.levels.entries()].toReversed()) {
    for (let at = 0; at <= BLOCKS; at++, number++) {
      const name = `${prefix}output_blocks.${number}`;
      residual(`${name}.0`, width + (across.pop() ?? 0), (width = plan.width * times));
      if (plan.depths[level]) transformer(`${name}.1`, width, plan.depths[level]);
      if (level && at === BLOCKS) conv(`${name}.${plan.depths[level] ? 2 : 1}.conv`, width, width, 3);
    }
  }
  norm(`${prefix}out.0`, width);
  conv(`${prefix}out.2`, 4, width, 3);
}

/** A text encoder in the naming of transformers. */
export function putText(put: Put, prefix: string): void {
  const { linear, norm } = layers(put);
  const width = TINY_TEXT_WIDTH;
  put(`${prefix}embeddings.token_embedding.weight`, VOCABULARY, width);
  put(`${prefix}embeddings.position_embedding.weight`, 77, width);
  for (let layer = 0; layer < TEXT_LAYERS; layer++) {
    const name = `${prefix}encoder.layers.${layer}`;
    norm(`${name}.layer_norm1`, width);
    norm(`${name}.layer_norm2`, width);
    for (const part of ['q', 'k', 'v', 'out']) linear(`${name}.self_attn.${part}_proj`, width, width);
    linear(`${name}.mlp.fc1`, width * 4, width);
    linear(`${name}.mlp.fc2`, width, width * 4);
  }
  norm(`${prefix}final_layer_norm`, width);
}

/** A text encoder in the naming of OpenCLIP. */
export function putOpenText(put: Put, prefix: string): void {
  const { linear, norm } = layers(put);
  const width = TINY_TEXT_WIDTH;
  put(`${prefix}token_embedding.weight`, VOCABULARY, width);
  put(`${prefix}positional_embedding`, 77, width);
  for (let layer = 0; layer < TEXT_LAYERS; layer++) {
    const name = `${prefix}transformer.resblocks.${layer}`;
    norm(`${name}.ln_1`, width);
    norm(`${name}.ln_2`, width);
    put(`${name}.attn.in_proj_weight`, width * 3, width);
    put(`${name}.attn.in_proj_bias`, width * 3);
    linear(`${name}.attn.out_proj`, width, width);
    linear(`${name}.mlp.c_fc`, width * 4, width);
    linear(`${name}.mlp.c_proj`, width, width * 4);
  }
  norm(`${prefix}ln_final`, width);
  put(`${prefix}text_projection`, width, width);
}

const VAE_LEVELS = [32, 32, 64, 64];

export function putVae(put: Put, prefix: string): void {
  const { conv, norm } = layers(put);
  const residual = (name: string, from: number, to: number): void => {
    norm(`${name}.norm1`, from);
    conv(`${name}.conv1`, to, from, 3);
    norm(`${name}.norm2`, to);
    conv(`${name}.conv2`, to, to, 3);
    if (from !== to) conv(`${name}.nin_shortcut`, to, from, 1);
  };
  const last = VAE_LEVELS.length - 1;
  const widest = VAE_LEVELS[last] ?? 0;
  for (const part of ['encoder', 'decoder']) {
    residual(`${prefix}${part}.mid.block_1`, widest, widest);
    norm(`${prefix}${part}.mid.attn_1.norm`, widest);
    for (const layer of ['q', 'k', 'v', 'proj_out']) conv(`${prefix}${part}.mid.attn_1.${layer}`, widest, widest, 1);
    residual(`${prefix}${part}.mid.block_2`, widest, widest);
  }
  let width = VAE_LEVELS[0] ?? 0;
  conv(`${prefix}encoder.conv_in`, width, 3, 3);
  for (const [level, channels] of VAE_LEVELS.entries()) {
    for (let at = 0; at < BLOCKS; at++)
      residual(`${prefix}encoder.down.${level}.block.${at}`, width, (width = channels));
    if (level < last) conv(`${prefix}encoder.down.${level}.downsample.conv`, width, width, 3);
  }
  norm(`${prefix}encoder.norm_out`, width);
  conv(`${prefix}encoder.conv_out`, 8, width, 3);
  conv(`${prefix}decoder.conv_in`, width, 4, 3);
  for (const [level, channels] of [...VAE_LEVELS.entries()].toReversed()) {
    for (let at = 0; at <= BLOCKS; at++)
      residual(`${prefix}decoder.up.${level}.block.${at}`, width, (width = channels));
    if (level) conv(`${prefix}decoder.up.${level}.upsample.conv`, width, width, 3);
  }
  norm(`${prefix}decoder.norm_out`, width);
  conv(`${prefix}decoder.conv_out`, 3, width, 3);
  conv(`${prefix}quant_conv`, 8, 8, 1);
  conv(`${prefix}post_quant_conv`, 4, 4, 1);
}

export interface TinyOptions {
  readonly seed?: number;
  /** 9 for a model made for inpainting. Default 4. */
  readonly inputChannels?: number;
}

/** All tensors of a checkpoint. */
export function tinyTensors(family: Family, { seed = 7, inputChannels = 4 }: TinyOptions = {}): Tensors {
  const tensors: Tensors = new Map();
  const put = randomTensors(tensors, seed);
  putUnet(put, 'model.diffusion_model.', PLANS[family], inputChannels);
  if (family === 'sd1') putText(put, 'cond_stage_model.transformer.text_model.');
  if (family === 'sd2') putOpenText(put, 'cond_stage_model.model.');
  if (family === 'sdxl') putText(put, 'conditioner.embedders.0.transformer.text_model.');
  if (family === 'sdxl') putOpenText(put, 'conditioner.embedders.1.model.');
  if (family === 'sdxl-refiner') putOpenText(put, 'conditioner.embedders.0.model.');
  putVae(put, 'first_stage_model.');
  return tensors;
}

/** Writes a whole checkpoint of a few megabytes. */
export function writeTinyCheckpoint(
  path: string,
  family: Family,
  { type = 'F16', metadata, ...options }: TinyOptions & { type?: FileType; metadata?: Record<string, string> } = {},
): void {
  writeTensorFile(path, tinyTensors(family, options), { type, ...(metadata && { metadata }) });
}
