/** Images with few colours. */
import { defineNode, IMAGE, input, output } from '@snug/node-kit';
import type { Image } from '@snug/node-kit';
import { imageAt } from '../pixels/channels.ts';
import { bayerMatrix, mapDiffused, mapOrdered } from '../pixels/dither.ts';
import { newImage } from '../pixels/limit.ts';
import { medianCut } from '../pixels/median-cut.ts';
import { clamp } from '../pixels/rounding.ts';

const DITHERS = ['none', 'floyd-steinberg', 'bayer-2', 'bayer-4', 'bayer-8', 'bayer-16'] as const;
type Dither = (typeof DITHERS)[number];

const BAYER_ORDERS: ReadonlyMap<Dither, number> = new Map([
  ['bayer-2', 2],
  ['bayer-4', 4],
  ['bayer-8', 8],
  ['bayer-16', 16],
]);

/** 8 bits a channel, RGB; what a saved file would hold. Grey images count as equal red, green and blue. */
function toRgbBytes({ data, channels }: Image): Uint8Array {
  const rgb = new Uint8Array((data.length / channels) * 3);
  for (let from = 0, to = 0; from < data.length; from += channels) {
    for (let channel = 0; channel < 3; channel++) {
      rgb[to++] = clamp(Math.fround(255 * data[channels < 3 ? from : from + channel]!), 0, 255);
    }
  }
  return rgb;
}

function remap(rgb: Uint8Array, width: number, palette: Uint8Array, colours: number, dither: Dither): Uint8Array {
  if (dither === 'floyd-steinberg') return mapDiffused(rgb, width, palette);
  const order = BAYER_ORDERS.get(dither) ?? 1;
  const spread = order === 1 ? 0 : (2 * 256) / colours;
  return mapOrdered(
    rgb,
    width,
    palette,
    order,
    bayerMatrix(order).map((value) => value * spread),
  );
}

const imageQuantize = defineNode({
  type: 'ImageQuantize',
  displayName: 'Quantize Image',
  category: 'image/filters',
  description: 'Reduces each image to a palette of its own; dithering hides the steps. Alpha stays as it is.',
  form: 'schema',
  inputs: {
    image: input.of(IMAGE),
    colors: input.int({ default: 256, min: 1, max: 256, step: 1 }),
    dither: input.choice(DITHERS),
  },
  outputs: { IMAGE: output.of(IMAGE) },
  run({ image, colors, dither }, context) {
    const { batch, height, width, channels } = image;
    const target = newImage(batch, height, width, channels);
    target.data.set(image.data);
    const size = height * width;
    const coloured = Math.min(channels, 3);
    for (let item = 0; item < batch; item++) {
      const rgb = toRgbBytes(imageAt(image, item));
      const palette = medianCut(rgb, colors, () => context.throwIfInterrupted());
      context.throwIfInterrupted();
      const mapped = remap(rgb, width, palette, colors, dither);
      for (let pixel = 0; pixel < size; pixel++) {
        const to = (item * size + pixel) * channels;
        for (let channel = 0; channel < coloured; channel++) {
          target.data[to + channel] = mapped[pixel * 3 + channel]! / 255;
        }
      }
    }
    return { IMAGE: target };
  },
});

export const quantizeNodes = [imageQuantize];
