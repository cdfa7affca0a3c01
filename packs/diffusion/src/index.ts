/** Diffusion models from plain checkpoint files: text to image and its relatives. Needs `onnxruntime-node` once a model runs. */
import { definePack } from '@snug/node-kit';
import type { Pack } from '@snug/node-kit';
import { conditioningNodes } from './nodes/conditioning.ts';
import { loaderNodes } from './nodes/loaders.ts';
import { loraNodes } from './nodes/lora.ts';
import { modelSamplingNodes } from './nodes/model-sampling.ts';
import { samplerPartNodes } from './nodes/sampler-parts.ts';
import { samplerNodes } from './nodes/sampler.ts';
import { sigmaNodes } from './nodes/sigmas.ts';
import { textNodes } from './nodes/text.ts';
import { upscaleNodes } from './nodes/upscale.ts';
import { freeModels } from './nodes/store.ts';
import { vaeNodes } from './nodes/vae.ts';

export const pack: Pack = definePack({
  name: 'diffusion',
  module: 'snug.diffusion',
  free: freeModels,
  nodes: [
    ...conditioningNodes,
    ...loaderNodes,
    ...loraNodes,
    ...modelSamplingNodes,
    ...samplerPartNodes,
    ...samplerNodes,
    ...sigmaNodes,
    ...textNodes,
    ...upscaleNodes,
    ...vaeNodes,
  ],
});

export default pack;
