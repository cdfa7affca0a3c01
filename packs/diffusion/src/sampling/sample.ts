/** The whole way from a latent to a denoised one: noise, conditionings, masks, the walk of a sampler. */
import { torchNormals } from '@snug/node-kit';
import type { Latent, Tensor } from '@snug/node-kit';
import { BadInput } from '../bad-input.ts';
import type { Conditioning, Model } from '../seams.ts';
import { guide } from './guide.ts';
import type { Guidance } from './guide.ts';
import { keepUnmasked, latentMask } from './inpaint.ts';
import { joinFor } from './inpaint-model.ts';
import { noiseLevels } from './noise-levels.ts';
import { partOf } from './part.ts';
import { mix } from './samplers/sampler.ts';
import type { Sampler, Walk } from './samplers/sampler.ts';

export interface SampleRequest {
  readonly model: Model;
  readonly positive: readonly Conditioning[];
  /** Empty: the prompt guides alone. */
  readonly negative: readonly Conditioning[];
  readonly cfg: number;
  readonly latent: Latent;
  /** Normal noise of the latent's shape, or zeros. */
  readonly noise: Tensor;
  /** From the seed comes also the noise that samplers add on their way. */
  readonly seed: bigint;
  /** With fewer than two levels nothing is done. */
  readonly sigmas: Float32Array;
  readonly sampler: Sampler;
  /** Asked before each call of the network: throw in it to stop. */
  readonly checkpoint: () => void;
  /** After the first look of each step; `denoised` is scaled as the network sees latents. */
  readonly onStep?: ((index: number, denoised: Tensor) => void | Promise<void>) | undefined;
}

export interface Sampled {
  /** Scaled as latents on links are. */
  readonly samples: Tensor;
  /** The picture that the last step saw, without its noise. */
  readonly denoised: Tensor;
}

/**
 * Loads the network when it is not, and walks down the levels.
 * @throws {BadInput} for latents and conditionings that do not fit the model
 */
export async function sample(request: SampleRequest): Promise<Sampled> {
  const { model, latent, sigmas, seed } = request;
  const { shape } = latent.samples;
  if (sigmas.length < 2) return { samples: latent.samples, denoised: latent.samples };
  if (shape.length !== 4 || shape.includes(0)) {
    throw new BadInput('latent_image', `its shape is ${shape.join('×')}; this model takes latents with four axes.`);
  }
  if (!request.positive.length) throw new BadInput('positive', 'it is empty: connect an encoded text.');
  request.checkpoint();
  const unet = await model.unet();
  if (shape[1] !== unet.channels) {
    throw new BadInput('latent_image', `it has ${shape[1]} channels; this model takes latents with ${unet.channels}.`);
  }
  const levels = noiseLevels(model.alphasCumprod);
  const scaled = mix([model.latentScale, latent.samples.data]);
  const mask = latent.noiseMask && latentMask(latent.noiseMask, shape);
  const join = unet.inputChannels > unet.channels ? joinFor(scaled, mask, shape, model.latentScale) : undefined;
  const frame = { family: model.family, levels, shape, ...(join && { join }) };
  const guidance: Guidance = {
    unet,
    prediction: model.prediction,
    levels,
    parts: [
      ...request.positive.map((one) => partOf(one, true, frame)),
      ...request.negative.map((one) => partOf(one, false, frame)),
    ],
    cfg: request.cfg,
    shape,
    checkpoint: request.checkpoint,
  };

  const first = sigmas[0]!;
  // the most noise of all: the network was trained on latents whose variance is one there
  const isFull = first > levels.max || Math.abs(first - levels.max) <= 1e-5 * levels.max;
  const strength = isFull ? Math.sqrt(1 + first ** 2) : first;
  const start = mix([strength, request.noise.data], [1, scaled]);

  // not the stream of the starting noise, which would come again
  const later = torchNormals(seed + 1n);
  let denoised = scaled;
  const look = keepUnmasked(
    (at, sigma, needsBoth) => guide(at, sigma, guidance, needsBoth),
    mask && { mask, latent: scaled, noise: request.noise.data },
  );
  const walk: Walk = {
    sigmas,
    denoise: async (at, sigma) => (await look(at, sigma, false)).guided,
    denoiseBoth: (at, sigma) => look(at, sigma, true),
    noise: () => later.take(scaled.length),
    onStep(index, seen) {
      denoised = seen;
      return request.onStep?.(index, { data: seen, shape });
    },
  };
  const end = await request.sampler(start, walk);
  const unscale = (data: Float32Array): Tensor => ({ data: data.map((value) => value / model.latentScale), shape });
  return { samples: unscale(end), denoised: unscale(denoised) };
}
