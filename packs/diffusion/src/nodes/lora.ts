/** LoRA: small changes that lie over a model. */
import { defineNode, input, output } from '@snug/node-kit';
import type { AnyNode } from '@snug/node-kit';
import type { Patch } from '../seams.ts';
import { modelChoice, modelPath, modelStamp } from './model-file.ts';
import { CLIP, MODEL } from './sockets.ts';

const category = 'model/loaders';
const strength = input.float({ default: 1, min: -100, max: 100, step: 0.01 });

/** The files that lie over a model already, and one more where it does anything. */
const withOne = (patches: readonly Patch[], path: string, amount: number): readonly Patch[] =>
  amount ? [...patches, { path, strength: amount }] : patches;

const loraLoader = defineNode({
  type: 'LoraLoader',
  displayName: 'Load LoRA (Model and CLIP)',
  category,
  description: 'Lays a LoRA over a model and its text encoder. Several can be chained.',
  inputs: {
    model: input.of(MODEL),
    clip: input.of(CLIP),
    lora_name: modelChoice('loras'),
    strength_model: strength,
    strength_clip: strength,
  },
  outputs: { MODEL: output.of(MODEL), CLIP: output.of(CLIP) },
  fingerprint: ({ lora_name }, context) => modelStamp('loras', lora_name, context),
  async run({ model, clip, lora_name, strength_model, strength_clip }, context) {
    if (!strength_model && !strength_clip) return { MODEL: model, CLIP: clip };
    const path = await modelPath('loras', lora_name, 'lora_name', context);
    return {
      MODEL: model.withPatches(withOne(model.patches, path, strength_model)),
      CLIP: clip && clip.withPatches(withOne(clip.patches, path, strength_clip)),
    };
  },
});

const loraLoaderModelOnly = defineNode({
  type: 'LoraLoaderModelOnly',
  displayName: 'Load LoRA',
  category,
  description: 'Lays a LoRA over a model and leaves the text encoder as it is.',
  inputs: { model: input.of(MODEL), lora_name: modelChoice('loras'), strength_model: strength },
  outputs: { MODEL: output.of(MODEL) },
  fingerprint: ({ lora_name }, context) => modelStamp('loras', lora_name, context),
  async run({ model, lora_name, strength_model }, context) {
    if (!strength_model) return { MODEL: model };
    const path = await modelPath('loras', lora_name, 'lora_name', context);
    return { MODEL: model.withPatches(withOne(model.patches, path, strength_model)) };
  },
});

export const loraNodes: readonly AnyNode[] = [loraLoader, loraLoaderModelOnly];
