/** Small pictures of what a sampler sees. */
import type { NodeContext, Preview, Tensor } from '@snug/node-kit';
import type { Family, PreviewDecoder } from '../seams.ts';

/**
 * Red, green and blue for each channel of a scaled latent, -1 to 1. SD 1: found by Keturn, published 2022 at
 * discuss.huggingface.co/t/23204; SD 2 has the same VAE. SDXL: found by StAlKeR7779, published with InvokeAI (Apache-2.0).
 */
const SD1: readonly (readonly [number, number, number])[] = [
  [0.298, 0.207, 0.208],
  [0.187, 0.286, 0.173],
  [-0.158, 0.189, 0.264],
  [-0.184, -0.271, -0.473],
];
const SDXL: readonly (readonly [number, number, number])[] = [
  [0.3816, 0.493, 0.532],
  [-0.3753, 0.1631, 0.1739],
  [0.177, 0.3588, -0.2048],
  [-0.435, -0.2644, -0.4289],
];
const FACTORS: Readonly<Record<Family, typeof SD1>> = { sd1: SD1, sd2: SD1, sdxl: SDXL, 'sdxl-refiner': SDXL };

/** A pixel for each cell of the first latent of a batch, by a linear map. */
export function latentToRgb({ data, shape }: Tensor, family: Family): Preview['image'] {
  const [, , height = 0, width = 0] = shape;
  const size = height * width;
  const pixels = new Uint8Array(size * 3);
  for (let cell = 0; cell < size; cell++) {
    for (let colour = 0; colour < 3; colour++) {
      let value = 0;
      for (const [channel, factors] of FACTORS[family].entries())
        value += factors[colour]! * data[channel * size + cell]!;
      pixels[cell * 3 + colour] = Math.min(255, Math.max(0, ((value + 1) / 2) * 255));
    }
  }
  return { data: pixels, width, height, channels: 3 };
}

/** Makes a preview as the user chose; undefined when there are to be none. */
export type Previewer = (denoised: Tensor) => Promise<Preview | undefined>;

/** @param findDecoder the small decoder of TAESD, asked for once when the user chose it; undefined falls back to colours */
export function createPreviewer(
  { method, size }: NodeContext['previews'],
  family: Family,
  findDecoder: () => Promise<PreviewDecoder | undefined>,
): Previewer {
  if (method === 'none') return async () => undefined;
  let decoder: Promise<PreviewDecoder | undefined> | undefined;
  return async (denoised) => {
    if (method === 'taesd') decoder ??= findDecoder();
    const [, channels = 0, height = 0, width = 0] = denoised.shape;
    const first = { data: denoised.data.subarray(0, channels * height * width), shape: [1, channels, height, width] };
    const image = (await (await decoder)?.decode(first)) ?? latentToRgb(first, family);
    return { image, maxSize: size };
  };
}
