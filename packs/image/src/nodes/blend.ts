/** Two images mixed into one. */
import { defineNode, IMAGE, input, output } from '@snug/node-kit';
import { blendImages, BLEND_MODES } from '../pixels/blend.ts';
import { withChannels } from '../pixels/channels.ts';
import { resizeImage } from '../pixels/resize.ts';
import { BadInput } from './bad-input.ts';

const imageBlend = defineNode({
  type: 'ImageBlend',
  displayName: 'Blend Images',
  category: 'image/filters',
  description: 'Mixes a second image into the first one; it is scaled and cut to the size of the first.',
  form: 'schema',
  inputs: {
    image1: input.of(IMAGE),
    image2: input.of(IMAGE),
    blend_factor: input.float({ default: 0.5, min: 0, max: 1, step: 0.01 }),
    blend_mode: input.choice(BLEND_MODES),
  },
  outputs: { IMAGE: output.of(IMAGE) },
  run({ image1, image2, blend_factor, blend_mode }, context) {
    if (image1.batch !== image2.batch && image1.batch !== 1 && image2.batch !== 1)
      throw new BadInput('image2', `a batch of ${image2.batch} cannot be mixed into one of ${image1.batch}.`);
    const checkpoint = (): void => context.throwIfInterrupted();
    const { width, height } = image1;
    const second = withChannels(image2, image1.channels);
    const same = second.width === width && second.height === height;
    const fitted = same ? second : resizeImage(second, width, height, 'bicubic', 'center', checkpoint);
    return { IMAGE: blendImages(image1, fitted, blend_factor, blend_mode, checkpoint) };
  },
});

export const blendNodes = [imageBlend];
