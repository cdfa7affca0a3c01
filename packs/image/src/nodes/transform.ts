/** Turned, mirrored and padded images. */
import { defineNode, IMAGE, INT, input, MASK, output } from '@snug/node-kit';
import { pasteInto } from '../pixels/crop.ts';
import { newImage } from '../pixels/limit.ts';
import { padMask } from '../pixels/outpaint.ts';
import { flip, turn } from '../pixels/turn.ts';
import type { QuarterTurns } from '../pixels/turn.ts';

const ROTATIONS = { none: 0, '90 degrees': 1, '180 degrees': 2, '270 degrees': 3 } as const satisfies Record<
  string,
  QuarterTurns
>;

const imageRotate = defineNode({
  type: 'ImageRotate',
  displayName: 'Rotate Image',
  category: 'image/transform',
  description: 'Turns images clockwise by quarter turns.',
  form: 'schema',
  inputs: {
    image: input.of(IMAGE),
    rotation: input.choice(['none', '90 degrees', '180 degrees', '270 degrees']),
  },
  outputs: { IMAGE: output.of(IMAGE) },
  run: ({ image, rotation }) => ({ IMAGE: turn(image, ROTATIONS[rotation]) }),
});

const imageFlip = defineNode({
  type: 'ImageFlip',
  displayName: 'Flip Image',
  category: 'image/transform',
  description: 'Puts images upside down, or mirrors them left to right.',
  form: 'schema',
  inputs: {
    image: input.of(IMAGE),
    flip_method: input.choice(['x-axis: vertically', 'y-axis: horizontally']),
  },
  outputs: { IMAGE: output.of(IMAGE) },
  run: ({ image, flip_method }) => ({ IMAGE: flip(image, flip_method.startsWith('x') ? 'rows' : 'columns') }),
});

const padding = { default: 0, min: 0, max: 16384, step: 8 } as const;

const imagePadForOutpaint = defineNode({
  type: 'ImagePadForOutpaint',
  displayName: 'Pad Image for Outpainting',
  category: 'image/transform',
  description: 'Adds grey borders to images, and makes the mask that tells a sampler to paint them.',
  inputs: {
    image: input.of(IMAGE),
    left: input.int(padding),
    top: input.int(padding),
    right: input.int(padding),
    bottom: input.int(padding),
    feathering: input.int({ default: 40, min: 0, max: 16384, step: 1, advanced: true }),
  },
  outputs: { IMAGE: output.of(IMAGE), MASK: output.of(MASK) },
  run({ image, left, top, right, bottom, feathering }, context) {
    const width = left + image.width + right;
    const height = top + image.height + bottom;
    const target = newImage(image.batch, height, width, image.channels);
    target.data.fill(0.5);
    pasteInto(target, image, left, top);
    context.throwIfInterrupted();
    return { IMAGE: target, MASK: padMask(image, { left, top, right, bottom }, feathering) };
  },
});

const getImageSize = defineNode({
  type: 'GetImageSize',
  displayName: 'Get Image Size',
  category: 'image',
  description: 'Tells the width, the height and the number of images of a batch, and shows them on the node.',
  form: 'schema',
  inputs: { image: input.of(IMAGE), unique_id: input.hidden('UNIQUE_ID') },
  outputs: { width: output.of(INT), height: output.of(INT), batch_size: output.of(INT) },
  run({ image: { width, height, batch } }, context) {
    context.text(`width: ${width}, height: ${height}\n batch size: ${batch}`);
    return { width, height, batch_size: batch };
  },
});

export const transformNodes = [imageRotate, imageFlip, imagePadForOutpaint, getImageSize];
