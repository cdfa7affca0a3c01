/** First order: one look at the picture for each step. */
import { ancestralStep, mix, slope, steps } from './sampler.ts';
import type { Sampler } from './sampler.ts';

/** Karras et al. 2022, algorithm 2 without churn; DDIM (Song et al. 2020) is the same walk. */
export const euler: Sampler = async (start, walk) => {
  let latent = start;
  for (const { index, sigma, next } of steps(walk.sigmas)) {
    const denoised = await walk.denoise(latent, sigma);
    await walk.onStep(index, denoised);
    latent = mix([1, latent], [next - sigma, slope(latent, denoised, sigma)]);
  }
  return latent;
};

/** Too far down, then noise on top. DDPM's posterior (Ho et al. 2020), written in sigmas, is the same step. */
export const eulerAncestral: Sampler = async (start, walk) => {
  let latent = start;
  for (const { index, sigma, next } of steps(walk.sigmas)) {
    const denoised = await walk.denoise(latent, sigma);
    await walk.onStep(index, denoised);
    const { down, up } = ancestralStep(sigma, next);
    latent = mix([1, latent], [down - sigma, slope(latent, denoised, sigma)]);
    if (up > 0) latent = mix([1, latent], [up, walk.noise()]);
  }
  return latent;
};

/** CFG++ (Chung et al. 2024): the guided picture, with the noise that the unguided one leaves. */
const cfgPlusPlus =
  (eta: number): Sampler =>
  async (start, walk) => {
    let latent = start;
    for (const { index, sigma, next } of steps(walk.sigmas)) {
      const { guided, unguided } = await walk.denoiseBoth(latent, sigma);
      await walk.onStep(index, guided);
      const { down, up } = ancestralStep(sigma, next, eta);
      latent = mix([1, guided], [down, slope(latent, unguided, sigma)]);
      if (up > 0) latent = mix([1, latent], [up, walk.noise()]);
    }
    return latent;
  };
export const eulerCfgPlusPlus = cfgPlusPlus(0);
export const eulerAncestralCfgPlusPlus = cfgPlusPlus(1);

/** For consistency models (Luo et al. 2023): the picture itself, noised again for the next level. */
export const lcm: Sampler = async (start, walk) => {
  let latent = start;
  for (const { index, sigma, next } of steps(walk.sigmas)) {
    latent = await walk.denoise(latent, sigma);
    await walk.onStep(index, latent);
    if (next > 0) latent = mix([1, latent], [next, walk.noise()]);
  }
  return latent;
};
