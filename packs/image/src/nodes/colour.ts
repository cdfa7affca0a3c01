/** Colours of whole images: inverted, adjusted, split into luma and chroma. */
import { defineNode, IMAGE, input, output } from '@snug/node-kit';
import type { Image } from '@snug/node-kit';
import { channelOf } from '../pixels/channels.ts';
import { greyImage, lumaOf, meanOf } from '../pixels/grey.ts';
import { newImage } from '../pixels/limit.ts';
import { clamp } from '../pixels/rounding.ts';
import { BadInput } from './bad-input.ts';

const { fround } = Math;

/** A new image with every value of every channel changed. */
function mapValues(image: Image, change: (value: number) => number): Image {
  return { ...image, data: image.data.map(change) };
}

const imageInvert = defineNode({
  type: 'ImageInvert',
  displayName: 'Invert Image Colors',
  category: 'image/color',
  description: 'Turns every value of the images into its opposite, alpha included.',
  searchAliases: ['negative', 'invert colors'],
  essentialsCategory: 'Image Tools',
  inputs: { image: input.of(IMAGE) },
  outputs: { IMAGE: output.of(IMAGE) },
  run: ({ image }) => ({ IMAGE: mapValues(image, (value) => 1 - value) }),
});

const factor = input.float({ default: 1, min: 0, max: 2 });

const adjustBrightness = defineNode({
  type: 'AdjustBrightness',
  displayName: 'Adjust Brightness',
  category: 'image/adjustments',
  description: 'Multiplies every value of the images by a factor.',
  form: 'schema',
  experimental: true,
  inputs: { images: input.of(IMAGE), factor },
  outputs: { images: output.of(IMAGE) },
  run: ({ images, factor }) => ({ images: mapValues(images, (value) => clamp(value * factor, 0, 1)) }),
});

const adjustContrast = defineNode({
  type: 'AdjustContrast',
  displayName: 'Adjust Contrast',
  category: 'image/adjustments',
  description: 'Moves every value of the images away from middle grey, or towards it with a factor below 1.',
  form: 'schema',
  experimental: true,
  inputs: { images: input.of(IMAGE), factor },
  outputs: { images: output.of(IMAGE) },
  run: ({ images, factor }) => ({
    images: mapValues(images, (value) => clamp(fround(fround(value - 0.5) * factor) + 0.5, 0, 1)),
  }),
});

const normalizeImages = defineNode({
  type: 'NormalizeImages',
  displayName: 'Normalize Image Colors',
  category: 'image/color',
  description: 'Subtracts a mean from every value of the images and divides by a deviation; results may leave 0 to 1.',
  form: 'schema',
  experimental: true,
  inputs: {
    images: input.of(IMAGE),
    mean: input.float({ default: 0.5, min: 0, max: 1, advanced: true }),
    std: input.float({ default: 0.5, min: 0.001, max: 1, advanced: true }),
  },
  outputs: { images: output.of(IMAGE) },
  run: ({ images, mean, std }) => ({ images: mapValues(images, (value) => fround(value - mean) / std) }),
});

const imageRgbToYuv = defineNode({
  type: 'ImageRGBToYUV',
  displayName: 'Image RGB to YUV',
  category: 'image/color',
  description: 'Splits images into luma (Y) and the two chroma planes (U, V), each as a grey image.',
  form: 'schema',
  inputs: { image: input.of(IMAGE) },
  outputs: { Y: output.of(IMAGE), U: output.of(IMAGE), V: output.of(IMAGE) },
  run({ image }, context) {
    const red = channelOf(image, 0);
    const blue = image.channels < 3 ? red : channelOf(image, 2);
    const y = lumaOf(image);
    context.throwIfInterrupted();
    const u = blue.map((value, i) => (value - y[i]!) * 0.564 + 0.5);
    const v = red.map((value, i) => (value - y[i]!) * 0.713 + 0.5);
    return { Y: greyImage(image, y), U: greyImage(image, u), V: greyImage(image, v) };
  },
});

const imageYuvToRgb = defineNode({
  type: 'ImageYUVToRGB',
  displayName: 'Image YUV to RGB',
  category: 'image/color',
  description: 'Puts luma and the two chroma planes together to colour images.',
  form: 'schema',
  inputs: { Y: input.of(IMAGE), U: input.of(IMAGE), V: input.of(IMAGE) },
  outputs: { IMAGE: output.of(IMAGE) },
  run({ Y, U, V }, context) {
    for (const [name, plane] of [
      ['U', U],
      ['V', V],
    ] as const) {
      if (plane.width !== Y.width || plane.height !== Y.height || plane.batch !== Y.batch)
        throw new BadInput(name, 'its width, height and batch differ from those of Y, resize or batch them alike.');
    }
    const [y, u, v] = [meanOf(Y), meanOf(U), meanOf(V)];
    context.throwIfInterrupted();
    const target = newImage(Y.batch, Y.height, Y.width, 3);
    for (let from = 0, to = 0; from < y.length; from++) {
      const luma = y[from]!;
      const cb = u[from]! - 0.5;
      const cr = v[from]! - 0.5;
      target.data[to++] = clamp(luma + 1.403 * cr, 0, 1);
      target.data[to++] = clamp(luma - 0.714 * cr - 0.344 * cb, 0, 1);
      target.data[to++] = clamp(luma + 1.773 * cb, 0, 1);
    }
    return { IMAGE: target };
  },
});

export const colourNodes = [
  imageInvert,
  adjustBrightness,
  adjustContrast,
  normalizeImages,
  imageRgbToYuv,
  imageYuvToRgb,
];
