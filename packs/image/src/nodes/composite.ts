import { defineNode, IMAGE, input, MASK, output } from '@snug/node-kit';
import type { AnyNode } from '@snug/node-kit';
import { tensorImage } from '../planes/axis.ts';
import { MAX_SIDE, newTensor } from '../planes/limit.ts';
import { imagePlanes, maskPlanes, paste } from '../planes/paste.ts';
import { withChannels } from '../pixels/channels.ts';
import { resizeImage, resizeMask } from '../pixels/resize.ts';

const position = input.int({ default: 0, min: 0, max: MAX_SIDE, step: 1 });

const imageCompositeMasked = defineNode({
  type: 'ImageCompositeMasked',
  form: 'schema',
  displayName: 'Image Composite Masked',
  category: 'image/compositing',
  description: 'Pastes an image into another at x, y, where a mask lets it through.',
  inputs: {
    destination: input.of(IMAGE),
    source: input.of(IMAGE),
    x: position,
    y: position,
    resize_source: input.boolean({ default: false }),
    mask: input.optional(input.of(MASK)),
  },
  outputs: { IMAGE: output.of(IMAGE) },
  run({ destination, source: given, x, y, resize_source, mask }, context) {
    const checkpoint = () => context.throwIfInterrupted();
    const { width, height } = destination;
    const scaled = resize_source ? resizeImage(given, width, height, 'bilinear', 'disabled', checkpoint) : given;
    const source = withChannels(scaled, destination.channels);
    const weight = mask && resizeMask(mask, source.width, source.height, 'bilinear', 'disabled', checkpoint);
    const data = paste(imagePlanes(destination), imagePlanes(source), weight && maskPlanes(weight), x, y);
    return { IMAGE: { ...destination, data } };
  },
});

const splitImageWithAlpha = defineNode({
  type: 'SplitImageWithAlpha',
  form: 'schema',
  displayName: 'Split Image with Alpha',
  category: 'image/compositing',
  description: 'Splits an image into its colours and a mask of what is transparent in it.',
  inputs: { image: input.of(IMAGE) },
  outputs: { IMAGE: output.of(IMAGE), MASK: output.of(MASK) },
  run({ image }) {
    const { batch, height, width, channels } = image;
    const mask = new Float32Array(batch * height * width);
    if (channels > 3) {
      for (let pixel = 0; pixel < mask.length; pixel++) mask[pixel] = 1 - image.data[pixel * channels + 3]!;
    }
    return {
      IMAGE: channels > 3 ? withChannels(image, 3) : { ...image, data: image.data.slice() },
      MASK: { data: mask, batch, height, width },
    };
  },
});

const joinImageWithAlpha = defineNode({
  type: 'JoinImageWithAlpha',
  form: 'schema',
  displayName: 'Join Image with Alpha',
  category: 'image/compositing',
  description: 'Makes the masked parts of an image transparent; the shorter of the two batches is repeated.',
  inputs: { image: input.of(IMAGE), alpha: input.of(MASK) },
  outputs: { IMAGE: output.of(IMAGE) },
  run({ image, alpha: mask }, context) {
    const { height, width } = image;
    const alpha = resizeMask(mask, width, height, 'bilinear', 'disabled', () => context.throwIfInterrupted());
    const batch = Math.max(image.batch, alpha.batch);
    const colours = withChannels(image, 3);
    const target = newTensor([batch, height, width, 4]);
    const size = height * width;
    for (let item = 0; item < batch; item++) {
      const colour = (item % image.batch) * size;
      const transparency = (item % alpha.batch) * size;
      for (let pixel = 0; pixel < size; pixel++) {
        const to = (item * size + pixel) * 4;
        for (let channel = 0; channel < 3; channel++) {
          target.data[to + channel] = colours.data[(colour + pixel) * 3 + channel]!;
        }
        target.data[to + 3] = 1 - alpha.data[transparency + pixel]!;
      }
    }
    return { IMAGE: tensorImage(target) };
  },
});

export const compositeNodes: readonly AnyNode[] = [imageCompositeMasked, splitImageWithAlpha, joinImageWithAlpha];
