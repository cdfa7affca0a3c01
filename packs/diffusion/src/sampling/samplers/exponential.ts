/** Exponential integrators with memory: exact in the noise, a polynomial through the denoised pictures. */
import { mix, steps } from './sampler.ts';
import type { Sampler } from './sampler.ts';

/** The earlier picture that a step looks back at, and the level that it was seen at. */
interface Memory {
  readonly denoised: Float32Array;
  readonly sigma: number;
}

/** What stands for the picture during a step of `length` (in the logarithm of sigma), `before` being the last one's. */
type Extrapolation = (length: number, before: number) => { now: number; past: number };

const integrator =
  (extrapolate: Extrapolation): Sampler =>
  async (start, walk) => {
    let latent = start;
    let memory: Memory | undefined;
    for (const { index, sigma, next } of steps(walk.sigmas)) {
      const denoised = await walk.denoise(latent, sigma);
      await walk.onStep(index, denoised);
      if (next === 0) {
        latent = denoised;
      } else if (!memory) {
        latent = mix([next / sigma, latent], [1 - next / sigma, denoised]);
      } else {
        const { now, past } = extrapolate(Math.log(sigma / next), Math.log(memory.sigma / sigma));
        latent = mix([next / sigma, latent], [now, denoised], [past, memory.denoised]);
      }
      memory = { denoised, sigma };
    }
    return latent;
  };

/** DPM-Solver++ (2M) (Lu et al. 2022): a straight line through both pictures, taken in the middle of the step. */
export const dpmpp2m = integrator((length, before) => {
  const total = -Math.expm1(-length);
  const back = length / (2 * before);
  return { now: total * (1 + back), past: -total * back };
});

/** Refined exponential solver (Zhang et al. 2023): the straight line is integrated, not only taken in the middle. */
export const resMultistep = integrator((length, before) => {
  const phi1 = -Math.expm1(-length) / length;
  const phi2 = (1 - phi1) / length;
  const ratio = -before / length;
  return { now: length * (phi1 - phi2 / ratio), past: (length * phi2) / ratio };
});
