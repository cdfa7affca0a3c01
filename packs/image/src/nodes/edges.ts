/** Edges and shapes. */
import { defineNode, IMAGE, input, output } from '@snug/node-kit';
import type { Image } from '@snug/node-kit';
import { findEdges } from '../pixels/canny.ts';
import { imageAt } from '../pixels/channels.ts';
import { greyImage, lumaOf } from '../pixels/grey.ts';
import { newImage } from '../pixels/limit.ts';
import { difference, dilate, erode } from '../pixels/morphology.ts';
import { BadInput } from './bad-input.ts';

const threshold = { min: 0.01, max: 0.99, step: 0.01 } as const;

const canny = defineNode({
  type: 'Canny',
  displayName: 'Detect Edges (Canny)',
  category: 'image/filters',
  description: 'Draws the edges of images as thin white lines on black.',
  form: 'schema',
  inputs: {
    image: input.of(IMAGE),
    low_threshold: input.float({ default: 0.4, ...threshold }),
    high_threshold: input.float({ default: 0.8, ...threshold }),
  },
  outputs: { IMAGE: output.of(IMAGE) },
  run({ image, low_threshold, high_threshold }, context) {
    if (low_threshold > high_threshold)
      throw new BadInput('low_threshold', 'it is higher than high_threshold, choose one that is not.');
    const { batch, height, width } = image;
    const edges = newImage(batch, height, width, 1);
    for (let item = 0; item < batch; item++) {
      context.throwIfInterrupted();
      const grey = { ...edges, batch: 1, data: lumaOf(imageAt(image, item)) };
      edges.data.set(findEdges(grey, low_threshold, high_threshold), item * height * width);
    }
    return { IMAGE: greyImage(edges, edges.data) };
  },
});

const OPERATIONS = ['erode', 'dilate', 'open', 'close', 'gradient', 'bottom_hat', 'top_hat'] as const;

type Step = (image: Image) => Image;

/** Each operation, from growing and shrinking. */
const TRANSFORMS: Record<(typeof OPERATIONS)[number], (image: Image, grow: Step, shrink: Step) => Image> = {
  erode: (image, _, shrink) => shrink(image),
  dilate: (image, grow) => grow(image),
  open: (image, grow, shrink) => grow(shrink(image)),
  close: (image, grow, shrink) => shrink(grow(image)),
  gradient: (image, grow, shrink) => difference(grow(image), shrink(image)),
  bottom_hat: (image, grow, shrink) => difference(shrink(grow(image)), image),
  top_hat: (image, grow, shrink) => difference(image, grow(shrink(image))),
};

const morphology = defineNode({
  type: 'Morphology',
  displayName: 'Apply Morphology',
  category: 'image/filters',
  description: 'Grows or shrinks what is bright in images, or shows what that changes.',
  form: 'schema',
  inputs: {
    image: input.of(IMAGE),
    operation: input.choice(OPERATIONS),
    kernel_size: input.int({ default: 3, min: 3, max: 999, step: 1 }),
  },
  outputs: { IMAGE: output.of(IMAGE) },
  run({ image, operation, kernel_size }, context) {
    const checkpoint = (): void => context.throwIfInterrupted();
    const grow: Step = (from) => dilate(from, kernel_size, checkpoint);
    const shrink: Step = (from) => erode(from, kernel_size, checkpoint);
    return { IMAGE: TRANSFORMS[operation](image, grow, shrink) };
  },
});

export const edgeNodes = [canny, morphology];
