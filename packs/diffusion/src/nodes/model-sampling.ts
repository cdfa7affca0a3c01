/** Models that are read in another way than their file says. */
import { defineNode, input, output } from '@snug/node-kit';
import type { AnyNode } from '@snug/node-kit';
import { zeroTerminal } from '../engine/noise-schedule.ts';
import type { Model } from '../seams.ts';
import { MODEL } from './sockets.ts';

/** The same network with another prediction or other noise levels; LoRA laid over it later keep them. */
export function withSampling(model: Model, changes: Partial<Pick<Model, 'prediction' | 'alphasCumprod'>>): Model {
  return {
    kind: 'model',
    family: model.family,
    prediction: changes.prediction ?? model.prediction,
    alphasCumprod: changes.alphasCumprod ?? model.alphasCumprod,
    latentScale: model.latentScale,
    patches: model.patches,
    unet: () => model.unet(),
    withPatches: (patches) => withSampling(model.withPatches(patches), changes),
  };
}

const modelSamplingDiscrete = defineNode({
  type: 'ModelSamplingDiscrete',
  form: 'schema',
  displayName: 'ModelSamplingDiscrete',
  category: 'model/patch',
  description: 'Says what a model predicts (noise or velocity), and whether its most noisy level is noise alone.',
  inputs: {
    model: input.of(MODEL),
    sampling: input.choice(['eps', 'v_prediction']),
    zsnr: input.boolean({ default: false, advanced: true }),
  },
  outputs: { MODEL: output.of(MODEL) },
  run({ model, sampling, zsnr }) {
    const prediction = sampling === 'eps' ? 'eps' : 'v';
    const alphasCumprod = zsnr ? zeroTerminal(model.alphasCumprod) : model.alphasCumprod;
    return { MODEL: withSampling(model, { prediction, alphasCumprod }) };
  },
});

export const modelSamplingNodes: readonly AnyNode[] = [modelSamplingDiscrete];
