/** What travels between the nodes of the pack. */
import { socket } from '@snug/node-kit';
import type { Latent, Socket, Tensor } from '@snug/node-kit';
import type { Sampler } from '../sampling/samplers/sampler.ts';
import type { Clip, Conditioning, Model, Upscaler, Vae } from '../seams.ts';

/** Where the noise of a sampler comes from. */
export interface NoiseSource {
  /** Also the noise that samplers add on their way follows from it. */
  readonly seed: bigint;
  generate(latent: Latent): Tensor;
}

/** A model and what it is to paint. */
export interface Guider {
  readonly model: Model;
  readonly positive: readonly Conditioning[];
  readonly negative: readonly Conditioning[];
  readonly cfg: number;
}

export const MODEL: Socket<Model> = socket('MODEL');
/** Null comes from a checkpoint without one. */
export const CLIP: Socket<Clip | null> = socket('CLIP');
/** Null comes from a checkpoint without one. */
export const VAE: Socket<Vae | null> = socket('VAE');
export const CONDITIONING: Socket<readonly Conditioning[]> = socket('CONDITIONING');
export const SAMPLER: Socket<Sampler> = socket('SAMPLER');
export const SIGMAS: Socket<Float32Array> = socket('SIGMAS');
export const NOISE: Socket<NoiseSource> = socket('NOISE');
export const GUIDER: Socket<Guider> = socket('GUIDER');
export const UPSCALE_MODEL: Socket<Upscaler> = socket('UPSCALE_MODEL');
