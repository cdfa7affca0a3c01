/** What a sampler is: a way from noise to a picture along a row of noise levels. */

/** The picture that the network sees through the noise, with the prompt's guidance and without the prompt. */
export interface DenoisedPair {
  readonly guided: Float32Array;
  readonly unguided: Float32Array;
}

/** What a sampler works with. It writes into none of the arrays that it is given. */
export interface Walk {
  /** From the most noise to the least; at least two. */
  readonly sigmas: Float32Array;
  /** Where interrupts are noticed: it throws, and the sampler lets it pass. */
  denoise(latent: Float32Array, sigma: number): Promise<Float32Array>;
  /** As `denoise`, for samplers that step away from the unguided picture. */
  denoiseBoth(latent: Float32Array, sigma: number): Promise<DenoisedPair>;
  /** Fresh normal noise of the latent's size. */
  noise(): Float32Array;
  /** Called once in each step, when its first look at the picture is there. */
  onStep(index: number, denoised: Float32Array): void | Promise<void>;
}

/** From a latent with noise of the first level to one with noise of the last. */
export type Sampler = (start: Float32Array, walk: Walk) => Promise<Float32Array>;

/** A sum of arrays, each with a factor; added in 64 bits, kept in 32. */
export function mix(...terms: readonly (readonly [factor: number, values: Float32Array])[]): Float32Array {
  const result = new Float32Array(terms[0]?.[1].length ?? 0);
  for (let i = 0; i < result.length; i++) {
    let sum = 0;
    for (const [factor, values] of terms) sum += factor * values[i]!;
    result[i] = sum;
  }
  return result;
}

/** The direction of the noise at a level: how the latent changes for each unit of sigma. */
export function slope(latent: Float32Array, denoised: Float32Array, sigma: number): Float32Array {
  return mix([1 / sigma, latent], [-1 / sigma, denoised]);
}

/** The steps of a walk: their number, and the level before and after each. */
export function* steps(sigmas: Float32Array): Generator<{ index: number; sigma: number; next: number }> {
  for (let index = 0; index + 1 < sigmas.length; index++) {
    yield { index, sigma: sigmas[index]!, next: sigmas[index + 1]! };
  }
}

/**
 * Splits a step into a way down and fresh noise whose variances add up to the next level: the posterior of DDPM when
 * `eta` is 1, no noise when it is 0.
 */
export function ancestralStep(sigma: number, next: number, eta = 1): { down: number; up: number } {
  if (!eta || next <= 0) return { down: next, up: 0 };
  const up = Math.min(next, eta * Math.sqrt((next ** 2 * (sigma ** 2 - next ** 2)) / sigma ** 2));
  return { down: Math.sqrt(next ** 2 - up ** 2), up };
}
