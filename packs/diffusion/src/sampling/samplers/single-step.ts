/** Second order from two looks in each step. A last step to zero has no second point and is taken as Euler takes it. */
import { ancestralStep, mix, slope, steps } from './sampler.ts';
import type { Sampler } from './sampler.ts';

/** The mean of the slopes at both ends (Karras et al. 2022, algorithm 2). */
export const heun: Sampler = async (start, walk) => {
  let latent = start;
  for (const { index, sigma, next } of steps(walk.sigmas)) {
    const denoised = await walk.denoise(latent, sigma);
    await walk.onStep(index, denoised);
    const first = slope(latent, denoised, sigma);
    const reach = next - sigma;
    const ahead = mix([1, latent], [reach, first]);
    if (next === 0) {
      latent = ahead;
      continue;
    }
    const second = slope(ahead, await walk.denoise(ahead, next), next);
    latent = mix([1, latent], [reach / 2, first], [reach / 2, second]);
  }
  return latent;
};

/** Heun with up to two looks ahead, weighted by their levels against the highest one. */
export const heunPlusPlus: Sampler = async (start, walk) => {
  const { sigmas } = walk;
  const [top, end] = [sigmas[0]!, sigmas.at(-1)!];
  let latent = start;
  for (const { index, sigma, next } of steps(sigmas)) {
    const denoised = await walk.denoise(latent, sigma);
    await walk.onStep(index, denoised);
    const first = slope(latent, denoised, sigma);
    const reach = next - sigma;
    const ahead = mix([1, latent], [reach, first]);
    if (next === end) {
      latent = ahead;
      continue;
    }
    const second = slope(ahead, await walk.denoise(ahead, next), next);
    const after = sigmas[index + 2]!;
    if (after === end) {
      const share = next / (2 * top);
      latent = mix([1, latent], [reach * (1 - share), first], [reach * share, second]);
      continue;
    }
    const further = mix([1, ahead], [after - next, second]);
    const third = slope(further, await walk.denoise(further, after), after);
    const [share, rest] = [next / (3 * top), after / (3 * top)];
    latent = mix([1, latent], [reach * (1 - share - rest), first], [reach * share, second], [reach * rest, third]);
  }
  return latent;
};

/** The slope half way down the logarithm (Lu et al. 2022, DPM-Solver-2, as k-diffusion steps in sigma). */
const midpoint =
  (eta: number): Sampler =>
  async (start, walk) => {
    let latent = start;
    for (const { index, sigma, next } of steps(walk.sigmas)) {
      const denoised = await walk.denoise(latent, sigma);
      await walk.onStep(index, denoised);
      const first = slope(latent, denoised, sigma);
      const { down, up } = ancestralStep(sigma, next, eta);
      if (down === 0) {
        latent = mix([1, latent], [down - sigma, first]);
        continue;
      }
      const middle = Math.sqrt(sigma * down);
      const between = mix([1, latent], [middle - sigma, first]);
      const second = slope(between, await walk.denoise(between, middle), middle);
      latent = mix([1, latent], [down - sigma, second]);
      if (up > 0) latent = mix([1, latent], [up, walk.noise()]);
    }
    return latent;
  };
export const dpm2 = midpoint(0);
export const dpm2Ancestral = midpoint(1);

/** DPM-Solver++ (2S) (Lu et al. 2022), with fresh noise after each step. */
export const dpmpp2sAncestral: Sampler = async (start, walk) => {
  let latent = start;
  for (const { index, sigma, next } of steps(walk.sigmas)) {
    const denoised = await walk.denoise(latent, sigma);
    await walk.onStep(index, denoised);
    const { down, up } = ancestralStep(sigma, next);
    if (down === 0) {
      latent = denoised;
      continue;
    }
    const middle = Math.sqrt(sigma * down);
    const between = mix([middle / sigma, latent], [1 - middle / sigma, denoised]);
    const second = await walk.denoise(between, middle);
    latent = mix([down / sigma, latent], [1 - down / sigma, second]);
    if (up > 0) latent = mix([1, latent], [up, walk.noise()]);
  }
  return latent;
};
