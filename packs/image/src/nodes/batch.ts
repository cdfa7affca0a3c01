import { defineNode, IMAGE, input, MASK, output } from '@snug/node-kit';
import type { AnyNode, Image } from '@snug/node-kit';
import { concat, cycle, imageTensor, maskTensor, narrow, tensorImage, tensorMask } from '../planes/axis.ts';
import { axisPart } from '../planes/axis-part.ts';
import { MAX_SIDE } from '../planes/limit.ts';
import { imageAt, withChannels } from '../pixels/channels.ts';
import { resizeImage, resizeMask } from '../pixels/resize.ts';
import { BadInput } from './bad-input.ts';

/** One batch: everything is scaled to the size of the first image and gets the channels of the richest. */
function joinImages(images: readonly Image[], checkpoint: () => void): Image {
  const [first] = images;
  if (!first) throw new BadInput('images', 'there is nothing to put into a batch: connect at least one image.');
  const { width, height } = first;
  const channels = Math.max(...images.map((image) => image.channels));
  const parts = images.map((image) => {
    const fits = image.width === width && image.height === height;
    const scaled = fits ? image : resizeImage(image, width, height, 'bilinear', 'center', checkpoint);
    return imageTensor(withChannels(scaled, channels));
  });
  return tensorImage(concat(parts, 0));
}

const imageBatch = defineNode({
  type: 'ImageBatch',
  displayName: 'Batch Images (DEPRECATED)',
  category: 'image/batch',
  description: 'Puts the second image behind the first, scaled to its size.',
  deprecated: true,
  inputs: { image1: input.of(IMAGE), image2: input.of(IMAGE) },
  outputs: { IMAGE: output.of(IMAGE) },
  run: ({ image1, image2 }, context) => ({
    IMAGE: joinImages([image1, image2], () => context.throwIfInterrupted()),
  }),
});

const batchImages = defineNode({
  type: 'BatchImagesNode',
  form: 'schema',
  displayName: 'Batch Images',
  category: 'image/batch',
  description: 'Puts all images into one batch, scaled to the size of the first.',
  inputs: { images: input.autogrow(input.of(IMAGE), { prefix: 'image', min: 1, max: 50 }) },
  outputs: { IMAGE: output.of(IMAGE) },
  run: ({ images }, context) => ({
    IMAGE: joinImages(Object.values(images), () => context.throwIfInterrupted()),
  }),
});

const batchMasks = defineNode({
  type: 'BatchMasksNode',
  form: 'schema',
  displayName: 'Batch Masks',
  category: 'image/mask',
  description: 'Puts all masks into one batch, scaled to the size of the first.',
  inputs: { masks: input.autogrow(input.of(MASK), { prefix: 'mask', min: 1, max: 50 }) },
  outputs: { MASK: output.of(MASK) },
  run({ masks }, context) {
    const [first, ...others] = Object.values(masks);
    if (!first) throw new BadInput('masks', 'there is nothing to put into a batch: connect at least one mask.');
    const { width, height } = first;
    const scaled = others.map((mask) =>
      mask.width === width && mask.height === height
        ? mask
        : resizeMask(mask, width, height, 'bilinear', 'center', () => context.throwIfInterrupted()),
    );
    return { MASK: tensorMask(concat([first, ...scaled].map(maskTensor), 0)) };
  },
});

const repeatImageBatch = defineNode({
  type: 'RepeatImageBatch',
  form: 'schema',
  displayName: 'Repeat Image Batch',
  category: 'image/batch',
  description: 'Repeats a batch of images so many times.',
  inputs: { image: input.of(IMAGE), amount: input.int({ default: 1, min: 1, max: 4096 }) },
  outputs: { IMAGE: output.of(IMAGE) },
  run: ({ image, amount }) => ({ IMAGE: tensorImage(cycle(imageTensor(image), image.batch * amount)) }),
});

const imageFromBatch = defineNode({
  type: 'ImageFromBatch',
  form: 'schema',
  displayName: 'Get Image from Batch',
  category: 'image/batch',
  description: 'Takes some images out of a batch; a negative index counts from its end.',
  inputs: {
    image: input.of(IMAGE),
    batch_index: input.int({ default: 0, min: -MAX_SIDE, max: MAX_SIDE }),
    length: input.int({ default: 1, min: 1, max: 4096 }),
  },
  outputs: { IMAGE: output.of(IMAGE) },
  run({ image, batch_index, length }) {
    const part = axisPart(image.batch, batch_index, length);
    return { IMAGE: tensorImage(narrow(imageTensor(image), 0, part.start, part.length)) };
  },
});

const rebatchImages = defineNode({
  type: 'RebatchImages',
  form: 'schema',
  displayName: 'Rebatch Images',
  category: 'image/batch',
  description: 'Deals all images out again into batches of a given size.',
  takesLists: true,
  inputs: { images: input.of(IMAGE), batch_size: input.int({ default: 1, min: 1, max: 4096 }) },
  outputs: { IMAGE: output.list(IMAGE) },
  run({ images, batch_size: [batchSize = 1] }) {
    const single = images.flatMap((image) =>
      Array.from({ length: image.batch }, (_, item) => imageTensor(imageAt(image, item))),
    );
    const batches: Image[] = [];
    for (let start = 0; start < single.length; start += batchSize) {
      const parts = single.slice(start, start + batchSize);
      const shape = parts[0]!.shape;
      const odd = parts.find((part) => part.shape.some((side, axis) => side !== shape[axis]));
      if (odd) {
        const sizes = `${shape.slice(1).join('×')} and ${odd.shape.slice(1).join('×')}`;
        throw new BadInput(
          'images',
          `those of ${sizes} (height, width, channels) cannot share a batch: scale them to one size, or choose batch_size 1.`,
        );
      }
      batches.push(tensorImage(concat(parts, 0)));
    }
    return { IMAGE: batches };
  },
});

export const batchNodes: readonly AnyNode[] = [
  imageBatch,
  batchImages,
  batchMasks,
  repeatImageBatch,
  imageFromBatch,
  rebatchImages,
];
