/** Samplers put together from parts: noise, guider, sampler, noise levels. */
import { createTensor, defineNode, input, LATENT, output } from '@snug/node-kit';
import type { AnyNode } from '@snug/node-kit';
import { batchNoise } from '../sampling/noise.ts';
import { SAMPLER_NAMES, SAMPLERS } from '../sampling/samplers/index.ts';
import { runSampling } from './run-sampling.ts';
import { CONDITIONING, GUIDER, MODEL, NOISE, SAMPLER, SIGMAS } from './sockets.ts';
import type { NoiseSource } from './sockets.ts';

const category = 'model/sampling';
const noise_seed = input.int64({ default: 0, min: 0, max: 2n ** 64n - 1n, controlAfterGenerate: true });
const cfg = input.float({ default: 8, min: 0, max: 100, step: 0.1, round: 0.01 });
const outputs = { output: output.of(LATENT), denoised_output: output.of(LATENT) };

const noiseOf = (seed: bigint): NoiseSource => ({
  seed,
  generate: ({ samples, batchIndex }) => batchNoise(samples.shape, seed, batchIndex),
});
const noNoise = (seed: bigint): NoiseSource => ({ seed, generate: ({ samples }) => createTensor(samples.shape) });

const randomNoise = defineNode({
  type: 'RandomNoise',
  form: 'schema',
  displayName: 'RandomNoise',
  category: `${category}/noise`,
  description: 'Noise that follows from a seed.',
  inputs: { noise_seed },
  outputs: { NOISE: output.of(NOISE) },
  run: ({ noise_seed: seed }) => ({ NOISE: noiseOf(seed) }),
});

const disableNoise = defineNode({
  type: 'DisableNoise',
  form: 'schema',
  displayName: 'DisableNoise',
  category: `${category}/noise`,
  description: 'No noise: for latents that have some already.',
  inputs: {},
  outputs: { NOISE: output.of(NOISE) },
  run: () => ({ NOISE: noNoise(0n) }),
});

const kSamplerSelect = defineNode({
  type: 'KSamplerSelect',
  form: 'schema',
  displayName: 'KSamplerSelect',
  category: `${category}/samplers`,
  description: 'A sampler by its name.',
  inputs: { sampler_name: input.choice(SAMPLER_NAMES) },
  outputs: { SAMPLER: output.of(SAMPLER) },
  run: ({ sampler_name }) => ({ SAMPLER: SAMPLERS[sampler_name] }),
});

const basicGuider = defineNode({
  type: 'BasicGuider',
  form: 'schema',
  displayName: 'BasicGuider',
  category: `${category}/guiders`,
  description: 'A prompt alone, without a negative one.',
  inputs: { model: input.of(MODEL), conditioning: input.of(CONDITIONING) },
  outputs: { GUIDER: output.of(GUIDER) },
  run: ({ model, conditioning }) => ({ GUIDER: { model, positive: conditioning, negative: [], cfg: 1 } }),
});

const cfgGuider = defineNode({
  type: 'CFGGuider',
  form: 'schema',
  displayName: 'CFGGuider',
  category: `${category}/guiders`,
  description: 'A prompt against a negative one.',
  inputs: { model: input.of(MODEL), positive: input.of(CONDITIONING), negative: input.of(CONDITIONING), cfg },
  outputs: { GUIDER: output.of(GUIDER) },
  run: (guider) => ({ GUIDER: guider }),
});

const samplerCustom = defineNode({
  type: 'SamplerCustom',
  form: 'schema',
  displayName: 'SamplerCustom',
  category,
  description: 'Samples with a sampler and noise levels that other nodes give.',
  inputs: {
    model: input.of(MODEL),
    add_noise: input.boolean({ default: true, advanced: true }),
    noise_seed,
    cfg,
    positive: input.of(CONDITIONING),
    negative: input.of(CONDITIONING),
    sampler: input.of(SAMPLER),
    sigmas: input.of(SIGMAS),
    latent_image: input.of(LATENT),
  },
  outputs,
  async run({ add_noise, noise_seed: seed, latent_image: latent, ...rest }, context) {
    const noise = (add_noise ? noiseOf(seed) : noNoise(seed)).generate(latent);
    const sampled = await runSampling({ ...rest, latent, noise, seed }, context);
    return { output: sampled.output, denoised_output: sampled.denoised };
  },
});

const samplerCustomAdvanced = defineNode({
  type: 'SamplerCustomAdvanced',
  form: 'schema',
  displayName: 'SamplerCustomAdvanced',
  category,
  description: 'Samples with noise, guider, sampler and noise levels that other nodes give.',
  inputs: {
    noise: input.of(NOISE),
    guider: input.of(GUIDER),
    sampler: input.of(SAMPLER),
    sigmas: input.of(SIGMAS),
    latent_image: input.of(LATENT),
  },
  outputs,
  async run({ noise: source, guider, sampler, sigmas, latent_image: latent }, context) {
    const { seed } = source;
    const request = { ...guider, sampler, sigmas, latent, noise: source.generate(latent), seed };
    const sampled = await runSampling(request, context);
    return { output: sampled.output, denoised_output: sampled.denoised };
  },
});

export const samplerPartNodes: readonly AnyNode[] = [
  randomNoise,
  disableNoise,
  kSamplerSelect,
  basicGuider,
  cfgGuider,
  samplerCustom,
  samplerCustomAdvanced,
];
