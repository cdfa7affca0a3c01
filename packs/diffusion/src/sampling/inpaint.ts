/** Sampling that leaves the unmasked part of a latent as it is. */
import type { Tensor } from '@snug/node-kit';
import { planeOf, resizePlane } from './planes.ts';
import { mix } from './samplers/sampler.ts';
import type { DenoisedPair } from './samplers/sampler.ts';

type Look = (latent: Float32Array, sigma: number, needsBoth: boolean) => Promise<DenoisedPair>;

export interface Kept {
  /** As many numbers as the latent; 1 where it is sampled. */
  readonly mask: Float32Array;
  readonly latent: Float32Array;
  readonly noise: Float32Array;
}

/** A noise mask of any size, brought to the cells and channels of a latent. */
export function latentMask(mask: Tensor, shape: readonly number[]): Float32Array {
  const [batch = 1, channels = 1, height = 0, width = 0] = shape;
  const data = new Float32Array(batch * channels * height * width);
  for (let sample = 0; sample < batch; sample++) {
    const plane = resizePlane(planeOf(mask, sample), height, width).data;
    for (let channel = 0; channel < channels; channel++) data.set(plane, (sample * channels + channel) * plane.length);
  }
  return data;
}

/** The network sees what is kept under the noise of the level, and what it makes of it is put back. */
export function keepUnmasked(look: Look, kept: Kept | undefined): Look {
  if (!kept) return look;
  const { mask, latent, noise } = kept;
  const restore = (seen: Float32Array): Float32Array =>
    seen.map((value, at) => value * mask[at]! + latent[at]! * (1 - mask[at]!));
  return async (at, sigma, needsBoth) => {
    const noised = mix([1, latent], [sigma, noise]);
    const mixed = at.map((value, i) => value * mask[i]! + noised[i]! * (1 - mask[i]!));
    const { guided, unguided } = await look(mixed, sigma, needsBoth);
    return { guided: restore(guided), unguided: restore(unguided) };
  };
}
