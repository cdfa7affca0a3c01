/** The samplers of ordinary workflows. */
import { createTensor, defineNode, input, LATENT, output } from '@snug/node-kit';
import type { AnyNode } from '@snug/node-kit';
import { noiseLevels } from '../sampling/noise-levels.ts';
import { batchNoise } from '../sampling/noise.ts';
import { SAMPLER_NAMES, SAMPLERS } from '../sampling/samplers/index.ts';
import { SCHEDULERS } from '../sampling/schedulers.ts';
import { planSteps } from '../sampling/step-plan.ts';
import { runSampling } from './run-sampling.ts';
import { CONDITIONING, MODEL } from './sockets.ts';

const category = 'model/sampling';
const MOST_STEPS = 10_000;
const seed = input.int64({ default: 0, min: 0, max: 2n ** 64n - 1n, controlAfterGenerate: true });
const steps = input.int({ default: 20, min: 1, max: MOST_STEPS, tooltip: 'How many steps the way from noise takes.' });
const cfg = input.float({
  default: 8,
  min: 0,
  max: 100,
  step: 0.1,
  round: 0.01,
  tooltip: 'How closely the prompt is followed. 1 leaves the negative prompt out, and takes half the time.',
});
const sampler_name = input.choice(SAMPLER_NAMES, { tooltip: 'How each step is computed.' });
const scheduler = input.choice(SCHEDULERS, { tooltip: 'How the noise falls from step to step.' });
const links = {
  positive: input.of(CONDITIONING, { tooltip: 'What the picture is to show.' }),
  negative: input.of(CONDITIONING, { tooltip: 'What it is to keep away from.' }),
  latent_image: input.of(LATENT, { tooltip: 'What to begin with.' }),
};

const kSampler = defineNode({
  type: 'KSampler',
  displayName: 'KSampler',
  category,
  description: 'Removes noise from a latent, step by step, as the prompts say.',
  searchAliases: ['sampler', 'sample', 'generate', 'denoise', 'diffuse', 'txt2img', 'img2img'],
  inputs: {
    model: input.of(MODEL),
    seed,
    steps,
    cfg,
    sampler_name,
    scheduler,
    ...links,
    denoise: input.float({
      default: 1,
      min: 0,
      max: 1,
      step: 0.01,
      tooltip: 'The share of the latent that is made anew; less keeps more of it.',
    }),
  },
  outputs: { LATENT: output.of(LATENT) },
  async run({ model, seed: own, sampler_name: name, latent_image: latent, ...rest }, context) {
    const plan = { steps: rest.steps, scheduler: rest.scheduler, denoise: rest.denoise, sampler: name };
    const request = {
      model,
      positive: rest.positive,
      negative: rest.negative,
      cfg: rest.cfg,
      latent,
      noise: batchNoise(latent.samples.shape, own, latent.batchIndex),
      seed: own,
      sigmas: planSteps(plan, noiseLevels(model.alphasCumprod)),
      sampler: SAMPLERS[name],
    };
    return { LATENT: (await runSampling(request, context)).output };
  },
});

const advanced = { advanced: true } as const;

const kSamplerAdvanced = defineNode({
  type: 'KSamplerAdvanced',
  displayName: 'KSampler (Advanced)',
  category,
  description: 'As KSampler, for a part of the steps: another sampler can go on where this one ends.',
  inputs: {
    model: input.of(MODEL),
    add_noise: input.choice(['enable', 'disable'], advanced),
    noise_seed: seed,
    steps,
    cfg,
    sampler_name,
    scheduler,
    ...links,
    start_at_step: input.int({ default: 0, min: 0, max: MOST_STEPS, ...advanced }),
    end_at_step: input.int({ default: MOST_STEPS, min: 0, max: MOST_STEPS, ...advanced }),
    return_with_leftover_noise: input.choice(['disable', 'enable'], advanced),
  },
  outputs: { LATENT: output.of(LATENT) },
  async run({ model, noise_seed, sampler_name: name, latent_image: latent, ...rest }, context) {
    const { shape } = latent.samples;
    const plan = {
      steps: rest.steps,
      scheduler: rest.scheduler,
      sampler: name,
      start: rest.start_at_step,
      end: rest.end_at_step,
      clearsNoise: rest.return_with_leftover_noise === 'disable',
    };
    const request = {
      model,
      positive: rest.positive,
      negative: rest.negative,
      cfg: rest.cfg,
      latent,
      noise: rest.add_noise === 'enable' ? batchNoise(shape, noise_seed, latent.batchIndex) : createTensor(shape),
      seed: noise_seed,
      sigmas: planSteps(plan, noiseLevels(model.alphasCumprod)),
      sampler: SAMPLERS[name],
    };
    return { LATENT: (await runSampling(request, context)).output };
  },
});

export const samplerNodes: readonly AnyNode[] = [kSampler, kSamplerAdvanced];
