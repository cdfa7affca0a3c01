/** Higher order from the slopes of earlier steps: one look at the picture for each step. */
import { integrate } from './quadrature.ts';
import { mix, slope, steps } from './sampler.ts';
import type { Sampler } from './sampler.ts';

/** Weight of each slope, the newest first; as many as there are, up to an order. */
type Weights = (index: number, order: number) => readonly number[];

/** `landing` is the order of a last step to zero: with 1 it ends on the denoised picture itself. */
const multistep =
  (maxOrder: number, landing: number, weights: (sigmas: Float32Array) => Weights): Sampler =>
  async (start, walk) => {
    const weigh = weights(walk.sigmas);
    const slopes: Float32Array[] = [];
    let latent = start;
    for (const { index, sigma, next } of steps(walk.sigmas)) {
      const denoised = await walk.denoise(latent, sigma);
      await walk.onStep(index, denoised);
      slopes.unshift(slope(latent, denoised, sigma));
      slopes.length = Math.min(slopes.length, maxOrder);
      const order = Math.min(slopes.length, next === 0 ? landing : maxOrder);
      const factors = order === 1 ? [next - sigma] : weigh(index, order);
      latent = mix([1, latent], ...factors.map((factor, at) => [factor, slopes[at]!] as const));
    }
    return latent;
  };

/** The polynomial of `at` that is 1 at `nodes[which]` and 0 at the others. */
function lagrange(nodes: readonly number[], which: number, at: number): number {
  let product = 1;
  for (const [k, node] of nodes.entries()) if (k !== which) product *= (at - node) / (nodes[which]! - node);
  return product;
}

/** Linear multistep: the polynomial through the slopes over sigma, integrated over the step. */
export const lms = multistep(4, 4, (sigmas) => (index, order) => {
  const nodes = Array.from({ length: order }, (_, back) => sigmas[index - back]!);
  return nodes.map((_, k) => integrate((at) => lagrange(nodes, k, at), sigmas[index]!, sigmas[index + 1]!));
});

/** Adams-Bashforth weights for equal steps, as PNDM uses them (Liu et al. 2022, Zhang and Chen 2022). */
const ADAMS_BASHFORTH: readonly (readonly number[])[] = [
  [],
  [1],
  [3 / 2, -1 / 2],
  [23 / 12, -16 / 12, 5 / 12],
  [55 / 24, -59 / 24, 37 / 24, -9 / 24],
];
export const ipndm = multistep(4, 1, (sigmas) => (index, order) => {
  const reach = sigmas[index + 1]! - sigmas[index]!;
  return ADAMS_BASHFORTH[order]!.map((weight) => weight * reach);
});

/**
 * DEIS (Zhang and Chen 2022), `tAB`: the polynomial runs over the time of a variance preserving process, whose noise grows
 * from 0.002 at time 0.001 to 80 at time 1.
 */
export const deis = multistep(3, 1, (sigmas) => {
  const times = Array.from(sigmas, processTime);
  return (index, order) => {
    const nodes = Array.from({ length: order }, (_, back) => times[index - back]!);
    return nodes.map((_, k) =>
      integrate((at) => lagrange(nodes, k, processTime(at)), sigmas[index]!, sigmas[index + 1]!),
    );
  };
});

const FIRST = { time: 1e-3, log: Math.log1p(0.002 ** 2) };
const LAST = { time: 1, log: Math.log1p(80 ** 2) };
/** log(1 + sigma²) = curve/2 · time² + start · time, through both ends. */
const CURVE = (2 * (FIRST.log / FIRST.time - LAST.log)) / (FIRST.time - 1);
const START = LAST.log - CURVE / 2;

function processTime(sigma: number): number {
  return (Math.sqrt(START ** 2 + 2 * CURVE * Math.log1p(sigma ** 2)) - START) / CURVE;
}
