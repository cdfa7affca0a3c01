/** Nodes that make and cut rows of noise levels. */
import { defineNode, input, output } from '@snug/node-kit';
import type { AnyNode } from '@snug/node-kit';
import { noiseLevels } from '../sampling/noise-levels.ts';
import { beta, exponential, karras, polyexponential, SCHEDULERS, variancePreserving } from '../sampling/schedulers.ts';
import { planSteps } from '../sampling/step-plan.ts';
import { turboSigmas } from '../sampling/turbo.ts';
import { MODEL, SIGMAS } from './sockets.ts';

const category = 'model/sampling/schedulers';
const cutting = 'model/sampling/sigmas';
const model = input.of(MODEL);
const steps = input.int({ default: 20, min: 1, max: 10_000 });
const level = (initial: number) => input.float({ default: initial, min: 0, max: 5000, step: 0.01, round: false });
const sigma_max = level(14.614642);
const sigma_min = level(0.0291675);
const denoise = input.float({ default: 1, min: 0, max: 1, step: 0.01 });
const outputs = { SIGMAS: output.of(SIGMAS) };

const basicScheduler = defineNode({
  type: 'BasicScheduler',
  form: 'schema',
  displayName: 'BasicScheduler',
  category,
  description: 'The noise levels that KSampler would walk through.',
  inputs: { model, scheduler: input.choice(SCHEDULERS), steps, denoise },
  outputs,
  run: ({ model: { alphasCumprod }, ...plan }) => ({ SIGMAS: planSteps(plan, noiseLevels(alphasCumprod)) }),
});

const karrasScheduler = defineNode({
  type: 'KarrasScheduler',
  form: 'schema',
  displayName: 'KarrasScheduler',
  category,
  description: 'Noise levels that are even in a root: the higher rho, the more steps at little noise.',
  inputs: { steps, sigma_max, sigma_min, rho: input.float({ default: 7, min: 0, max: 100, step: 0.01, round: false }) },
  outputs,
  run: (sides) => ({ SIGMAS: karras(sides.steps, sides.sigma_min, sides.sigma_max, sides.rho) }),
});

const exponentialScheduler = defineNode({
  type: 'ExponentialScheduler',
  form: 'schema',
  displayName: 'ExponentialScheduler',
  category,
  description: 'Noise levels that are even in the logarithm.',
  inputs: { steps, sigma_max, sigma_min },
  outputs,
  run: (sides) => ({ SIGMAS: exponential(sides.steps, sides.sigma_min, sides.sigma_max) }),
});

const polyexponentialScheduler = defineNode({
  type: 'PolyexponentialScheduler',
  form: 'schema',
  displayName: 'PolyexponentialScheduler',
  category,
  description: 'As ExponentialScheduler, with the way bent by a power.',
  inputs: { steps, sigma_max, sigma_min, rho: input.float({ default: 1, min: 0, max: 100, step: 0.01, round: false }) },
  outputs,
  run: (sides) => ({ SIGMAS: polyexponential(sides.steps, sides.sigma_min, sides.sigma_max, sides.rho) }),
});

const sdTurboScheduler = defineNode({
  type: 'SDTurboScheduler',
  form: 'schema',
  displayName: 'SDTurboScheduler',
  category,
  description: 'Noise levels for turbo models, which take ten steps at most.',
  inputs: { model, steps: input.int({ default: 1, min: 1, max: 10 }), denoise },
  outputs,
  run: ({ model: { alphasCumprod }, ...plan }) => ({
    SIGMAS: turboSigmas(noiseLevels(alphasCumprod), plan.steps, plan.denoise),
  }),
});

const vpScheduler = defineNode({
  type: 'VPScheduler',
  form: 'schema',
  displayName: 'VPScheduler',
  category,
  description: 'Noise levels of a variance preserving process.',
  inputs: {
    steps,
    beta_d: input.float({ default: 19.9, min: 0, max: 5000, step: 0.01, round: false }),
    beta_min: input.float({ default: 0.1, min: 0, max: 5000, step: 0.01, round: false }),
    eps_s: input.float({ default: 0.001, min: 0, max: 1, step: 0.0001, round: false }),
  },
  outputs,
  run: ({ steps: count, beta_d, beta_min, eps_s }) => ({ SIGMAS: variancePreserving(count, beta_d, beta_min, eps_s) }),
});

const betaSamplingScheduler = defineNode({
  type: 'BetaSamplingScheduler',
  form: 'schema',
  displayName: 'BetaSamplingScheduler',
  category,
  description: 'Noise levels at the quantiles of a beta distribution.',
  inputs: {
    model,
    steps,
    alpha: input.float({ default: 0.6, min: 0, max: 50, step: 0.01, round: false }),
    beta: input.float({ default: 0.6, min: 0, max: 50, step: 0.01, round: false }),
  },
  outputs,
  run: ({ model: { alphasCumprod }, steps: count, alpha, beta: second }) => ({
    SIGMAS: beta(noiseLevels(alphasCumprod), count, alpha, second),
  }),
});

const halves = { high_sigmas: output.of(SIGMAS), low_sigmas: output.of(SIGMAS) };
/** Both halves have the level at which they meet. */
const split = (sigmas: Float32Array, at: number) => ({
  high_sigmas: sigmas.slice(0, at + 1),
  low_sigmas: sigmas.slice(at),
});

const splitSigmas = defineNode({
  type: 'SplitSigmas',
  form: 'schema',
  displayName: 'SplitSigmas',
  category: cutting,
  description: 'Cuts noise levels after some steps, for two samplers.',
  inputs: { sigmas: input.of(SIGMAS), step: input.int({ default: 0, min: 0, max: 10_000 }) },
  outputs: halves,
  run: ({ sigmas, step }) => split(sigmas, step),
});

const splitSigmasDenoise = defineNode({
  type: 'SplitSigmasDenoise',
  form: 'schema',
  displayName: 'SplitSigmasDenoise',
  category: cutting,
  description: 'Cuts noise levels so that the second part is a share of the steps.',
  inputs: { sigmas: input.of(SIGMAS), denoise },
  outputs: halves,
  run({ sigmas, denoise: share }) {
    const count = Math.max(0, sigmas.length - 1);
    return split(sigmas, count - Math.round(count * share));
  },
});

const flipSigmas = defineNode({
  type: 'FlipSigmas',
  form: 'schema',
  displayName: 'FlipSigmas',
  category: cutting,
  description: 'Turns noise levels around, which adds noise instead of removing it.',
  inputs: { sigmas: input.of(SIGMAS) },
  outputs,
  run({ sigmas }) {
    const turned = sigmas.toReversed();
    // a level of zero has no direction to leave by
    if (turned[0] === 0) turned[0] = 0.0001;
    return { SIGMAS: turned };
  },
});

const setFirstSigma = defineNode({
  type: 'SetFirstSigma',
  form: 'schema',
  displayName: 'SetFirstSigma',
  category: cutting,
  description: 'Replaces the first noise level.',
  inputs: {
    sigmas: input.of(SIGMAS),
    sigma: input.float({ default: 136, min: 0, max: 20_000, step: 0.001, round: false }),
  },
  outputs,
  run: ({ sigmas, sigma }) => ({ SIGMAS: sigmas.map((value, at) => (at ? value : sigma)) }),
});

export const sigmaNodes: readonly AnyNode[] = [
  basicScheduler,
  karrasScheduler,
  exponentialScheduler,
  polyexponentialScheduler,
  sdTurboScheduler,
  vpScheduler,
  betaSamplingScheduler,
  splitSigmas,
  splitSigmasDenoise,
  flipSigmas,
  setFirstSigma,
];
