/** Smoothing, sharpening and noise. */
import { defineNode, IMAGE, input, output, torchNormals } from '@snug/node-kit';
import { convolve, gaussianWeights } from '../pixels/gaussian.ts';
import { clamp } from '../pixels/rounding.ts';

const imageBlur = defineNode({
  type: 'ImageBlur',
  displayName: 'Blur Image',
  category: 'image/filters',
  description: 'Smooths images; sigma is relative to the radius.',
  form: 'schema',
  inputs: {
    image: input.of(IMAGE),
    blur_radius: input.int({ default: 1, min: 1, max: 31, step: 1 }),
    sigma: input.float({ default: 1, min: 0.1, max: 10, step: 0.1 }),
  },
  outputs: { IMAGE: output.of(IMAGE) },
  run: ({ image, blur_radius, sigma }, context) => ({
    IMAGE: convolve(image, gaussianWeights(blur_radius, sigma), () => context.throwIfInterrupted()),
  }),
});

const imageSharpen = defineNode({
  type: 'ImageSharpen',
  displayName: 'Sharpen Image',
  category: 'image/filters',
  description: 'Adds to images what smoothing would take away, ten times alpha of it.',
  form: 'schema',
  inputs: {
    image: input.of(IMAGE),
    sharpen_radius: input.int({ default: 1, min: 1, max: 31, step: 1, advanced: true }),
    sigma: input.float({ default: 1, min: 0.1, max: 10, step: 0.01, advanced: true }),
    alpha: input.float({ default: 1, min: 0, max: 5, step: 0.01, advanced: true }),
  },
  outputs: { IMAGE: output.of(IMAGE) },
  run({ image, sharpen_radius, sigma, alpha }, context) {
    const smooth = convolve(image, gaussianWeights(sharpen_radius, sigma), () => context.throwIfInterrupted());
    const amount = 10 * alpha;
    for (let i = 0; i < smooth.data.length; i++) {
      const value = image.data[i]!;
      smooth.data[i] = clamp(value + amount * (value - smooth.data[i]!), 0, 1);
    }
    return { IMAGE: smooth };
  },
});

const imageAddNoise = defineNode({
  type: 'ImageAddNoise',
  displayName: 'Add Noise to Image',
  category: 'image/filters',
  description: 'Adds noise to images that is the same for the same seed.',
  form: 'schema',
  inputs: {
    image: input.of(IMAGE),
    seed: input.int64({ default: 0, min: 0, max: 18446744073709551615n, controlAfterGenerate: true }),
    strength: input.float({ default: 0.5, min: 0, max: 1, step: 0.01 }),
  },
  outputs: { IMAGE: output.of(IMAGE) },
  run({ image, seed, strength }, context) {
    const { data } = image;
    const noisy = torchNormals(seed).take(data.length);
    context.throwIfInterrupted();
    for (let i = 0; i < noisy.length; i++) {
      noisy[i] = clamp(data[i]! + Math.fround(strength * noisy[i]!), 0, 1);
    }
    return { IMAGE: { ...image, data: noisy } };
  },
});

export const filterNodes = [imageBlur, imageSharpen, imageAddNoise];
