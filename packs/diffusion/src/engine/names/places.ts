/** Where files of different origin have the weights of a network. */
import { basename } from 'node:path';
import type { TextEncoder } from '../../seams.ts';
import type { TensorFile } from '../files/tensor-file.ts';
import { countOf, weightsOf } from '../weights/weights.ts';
import type { Locate, Weights } from '../weights/weights.ts';
import { openClipPlace } from './text-names.ts';
import { diffusersUnetName } from './unet-names.ts';
import { diffusersVaeName, olderVaeName } from './vae-names.ts';

const TOKENS = 'text_model.embeddings.token_embedding.weight';

const under =
  (prefix: string, locate: Locate = (name) => ({ name })): Locate =>
  (name) => {
    const place = locate(name);
    return place && { ...place, name: prefix + place.name };
  };

const renamed =
  (rename: (name: string) => string | undefined): Locate =>
  (name) => {
    const other = rename(name);
    return other === undefined ? undefined : { name: other };
  };

/** The first of several places where a file has one of the weights that tell. */
function first(file: TensorFile, places: readonly Locate[], telling: string): Weights | undefined {
  return places.map((locate) => weightsOf(file, locate)).find((weights) => weights.find(telling));
}

/** A UNet's weights; where there are none, those that would be there, for errors that name them. */
export function unetWeights(file: TensorFile): Weights {
  const ours = under('model.diffusion_model.');
  const theirs = renamed(diffusersUnetName);
  return (
    first(file, [ours, under(''), theirs, under('unet.', theirs)], 'input_blocks.0.0.weight') ?? weightsOf(file, ours)
  );
}

export function vaeWeights(file: TensorFile): Weights | undefined {
  const levels = countOf(weightsOf(file), (at) => `decoder.up_blocks.${at}.resnets.0.conv1.weight`);
  const theirs: Locate = (name) => {
    const renamed = diffusersVaeName(name, levels);
    return { name: file.tensors.has(renamed) ? renamed : olderVaeName(renamed) };
  };
  const places = [under('first_stage_model.'), under(''), under('vae.')];
  return (
    first(file, places, 'decoder.mid.block_1.conv1.weight') ?? first(file, [theirs], 'decoder.mid.block_1.conv1.weight')
  );
}

/** A text encoder that a file has. */
export interface FoundEncoder {
  readonly kind: TextEncoder['kind'];
  readonly weights: Weights;
}

const PREFIXES = [
  'cond_stage_model.',
  'conditioner.embedders.0.',
  'conditioner.embedders.1.',
  'text_encoders.clip_l.',
  'text_encoders.clip_h.',
  'text_encoders.clip_g.',
  '',
];

/** The text encoders of a file, in their order. */
export function encodersIn(file: TensorFile): FoundEncoder[] {
  return PREFIXES.flatMap((prefix) => {
    const places = [
      under(`${prefix}transformer.`),
      under(`${prefix}transformer.`, (name) => ({ name: name.replace(/^text_model\./, '') })),
      under(prefix),
      under(`${prefix}model.`, openClipPlace),
      under(prefix, openClipPlace),
    ];
    const weights = first(file, places, TOKENS);
    return weights ? [{ kind: kindOf(weights), weights }] : [];
  });
}

/** OpenCLIP was trained in two sizes; whatever is as narrow as CLIP-L is that. */
function kindOf(weights: Weights): TextEncoder['kind'] {
  const width = weights.find(TOKENS)?.shape[1] ?? 0;
  if (width >= 1280) return 'open-clip-g';
  return width >= 1024 ? 'open-clip-h' : 'clip-l';
}

export const labelOf = (part: string, file: TensorFile): string => `the ${part} of ${basename(file.path)}`;
