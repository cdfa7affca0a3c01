/** Rows of noise levels to walk down. Each ends with 0, except where the last step is meant to stay noisy. */
import { betaQuantile } from './beta-quantile.ts';
import type { NoiseLevels } from './noise-levels.ts';

/** As a front end lists them. */
export const SCHEDULERS = [
  'simple',
  'sgm_uniform',
  'karras',
  'exponential',
  'ddim_uniform',
  'beta',
  'normal',
  'linear_quadratic',
  'kl_optimal',
] as const;
export type Scheduler = (typeof SCHEDULERS)[number];

const withZero = (sigmas: Iterable<number>): Float32Array => Float32Array.from([...sigmas, 0]);
const row = (count: number, value: (at: number) => number): number[] =>
  Array.from({ length: count }, (_, at) => value(at));
/** `count` numbers from `first` to `last`, both among them. */
const spread = (first: number, last: number, count: number): number[] =>
  row(count, (at) => (count < 2 ? first : first + ((last - first) * at) / (count - 1)));

/** Levels for `steps` steps through everything that the network knows; a few make one step more or less. */
export function schedule(name: Scheduler, levels: NoiseLevels, steps: number): Float32Array {
  switch (name) {
    case 'normal':
      return withZero(timesteps(levels, steps).map((time) => levels.sigmaAt(time)));
    case 'sgm_uniform':
      return withZero(timesteps(levels, steps + 1, steps).map((time) => levels.sigmaAt(time)));
    case 'karras':
      return karras(steps, levels.min, levels.max);
    case 'exponential':
      return exponential(steps, levels.min, levels.max);
    case 'simple':
      return simple(levels, steps);
    case 'ddim_uniform':
      return ddimUniform(levels, steps);
    case 'beta':
      return beta(levels, steps);
    case 'linear_quadratic':
      return linearQuadratic(levels.max, steps);
    case 'kl_optimal':
      return klOptimal(levels, steps);
  }
}

/** Evenly spaced time steps from the last one to the first; `take` of them when that is fewer. */
function timesteps({ sigmas }: NoiseLevels, count: number, take = count): number[] {
  return spread(sigmas.length - 1, 0, count).slice(0, take);
}

/** Karras et al. 2022, equation 5: even in the `rho`-th root. */
export function karras(steps: number, min: number, max: number, rho = 7): Float32Array {
  const root = (sigma: number): number => sigma ** (1 / rho);
  return withZero(row(steps, (at) => (root(max) + (at / Math.max(1, steps - 1)) * (root(min) - root(max))) ** rho));
}

/** Even in the logarithm. */
export function exponential(steps: number, min: number, max: number): Float32Array {
  return polyexponential(steps, min, max, 1);
}

/** Even in the `rho`-th power of the way down the logarithm. */
export function polyexponential(steps: number, min: number, max: number, rho: number): Float32Array {
  const [low, high] = [Math.log(min), Math.log(max)];
  return withZero(spread(1, 0, steps).map((ramp) => Math.exp(ramp ** rho * (high - low) + low)));
}

/** Of a variance preserving process with a linear beta (Song et al. 2021). */
export function variancePreserving(steps: number, betaDistance: number, betaMin: number, least: number): Float32Array {
  return withZero(
    spread(1, least, steps).map((time) => Math.sqrt(Math.expm1((betaDistance * time ** 2) / 2 + betaMin * time))),
  );
}

/** The network's own levels, evenly picked from the top. */
function simple({ sigmas }: NoiseLevels, steps: number): Float32Array {
  const stride = sigmas.length / steps;
  return withZero(row(steps, (at) => sigmas[sigmas.length - 1 - Math.floor(at * stride)]!));
}

/** Whole strides up from time step 1, as DDIM has them (Song et al. 2020): the number of steps may differ from `steps`. */
function ddimUniform({ sigmas }: NoiseLevels, steps: number): Float32Array {
  const stride = Math.max(1, Math.floor(sigmas.length / steps));
  const up: number[] = [];
  for (let at = 1; at < sigmas.length; at += stride) up.push(sigmas[at]!);
  return withZero(up.toReversed());
}

/** Quantiles of a beta distribution (Lee et al. 2024): dense at both ends. Levels that would repeat are left out. */
export function beta({ sigmas }: NoiseLevels, steps: number, alpha = 0.6, second = 0.6): Float32Array {
  const places = row(steps, (at) => {
    const exact = betaQuantile(1 - at / steps, alpha, second) * (sigmas.length - 1);
    return Math.round(exact);
  });
  return withZero(places.filter((place, at) => place !== places[at - 1]).map((place) => sigmas[place]!));
}

/** Even in the arc tangent, which bounds the divergence (Sabour et al. 2024, theorem 3.1). */
function klOptimal({ min, max }: NoiseLevels, steps: number): Float32Array {
  const [low, high] = [Math.atan(min), Math.atan(max)];
  return withZero(spread(0, 1, steps).map((share) => Math.tan(share * low + (1 - share) * high)));
}

/** Where the linear half ends, as a share of the most noise. */
const LINEAR_SHARE = 0.025;

/** Linear for half of the steps, then a parabola that joins it smoothly (Polyak et al. 2024, Movie Gen). */
function linearQuadratic(max: number, steps: number): Float32Array {
  if (steps === 1) return Float32Array.of(max, 0);
  const half = Math.floor(steps / 2);
  const slope = LINEAR_SHARE / half;
  const rest = steps - half;
  // through the end of the line with its slope, and through 1 at the last step
  const bend = (1 - LINEAR_SHARE - slope * rest) / rest ** 2;
  const done = (at: number): number => slope * at + bend * Math.max(0, at - half) ** 2;
  return Float32Array.from(row(steps + 1, (at) => (at === steps ? 0 : (1 - done(at)) * max)));
}
