/** Nodes that enlarge pictures with a network. */
import { defineNode, IMAGE, input, output } from '@snug/node-kit';
import type { AnyNode } from '@snug/node-kit';
import { loadUpscaler } from '../engine/index.ts';
import { modelChoice, modelPath, modelStamp } from './model-file.ts';
import { UPSCALE_MODEL } from './sockets.ts';
import { modelStore } from './store.ts';

const upscaleModelLoader = defineNode({
  type: 'UpscaleModelLoader',
  form: 'schema',
  displayName: 'Load Upscale Model',
  category: 'model/loaders',
  description: 'Opens a network of the ESRGAN family that enlarges pictures.',
  inputs: { model_name: modelChoice('upscale_models') },
  outputs: { UPSCALE_MODEL: output.of(UPSCALE_MODEL) },
  fingerprint: ({ model_name }, context) => modelStamp('upscale_models', model_name, context),
  async run({ model_name }, context) {
    const path = await modelPath('upscale_models', model_name, 'model_name', context);
    return { UPSCALE_MODEL: await loadUpscaler(path, modelStore()) };
  },
});

const imageUpscaleWithModel = defineNode({
  type: 'ImageUpscaleWithModel',
  form: 'schema',
  displayName: 'Upscale Image (using Model)',
  category: 'image/upscaling',
  description: 'Enlarges pictures by the factor of the network, tile by tile.',
  searchAliases: ['esrgan', 'super resolution'],
  inputs: { upscale_model: input.of(UPSCALE_MODEL), image: input.of(IMAGE) },
  outputs: { IMAGE: output.of(IMAGE) },
  async run({ upscale_model, image }, context) {
    context.throwIfInterrupted();
    const enlarged = await upscale_model.upscale(image, {
      onStep(done, of) {
        void context.progress(done, of);
        context.throwIfInterrupted();
      },
    });
    return { IMAGE: enlarged };
  },
});

export const upscaleNodes: readonly AnyNode[] = [upscaleModelLoader, imageUpscaleWithModel];
