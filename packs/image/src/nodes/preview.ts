/** Nodes that show masks and pairs of images without keeping them. */
import { createImage, defineNode, IMAGE, input, MASK, output, socket, withUi } from '@snug/node-kit';
import type { Image, Mask } from '@snug/node-kit';
import { savePreviews } from './save-series.ts';

const info = { prompt: input.hidden('PROMPT'), extra_pnginfo: input.hidden('EXTRA_PNGINFO') };

const maskPreview = defineNode({
  type: 'MaskPreview',
  displayName: 'Preview Mask',
  category: 'image/mask',
  description: 'Shows masks as grey images; white is masked.',
  searchAliases: ['show mask', 'view mask'],
  form: 'schema',
  outputNode: true,
  inputs: { mask: input.of(MASK), ...info },
  outputs: { mask: output.of(MASK) },
  async run({ mask }, context) {
    return withUi({ images: await savePreviews(greyImage(mask), context), animated: [false] }, { mask });
  },
});

const imageCompare = defineNode({
  type: 'ImageCompare',
  displayName: 'Compare Images',
  category: 'image',
  description: 'Shows two images over each other, with a slider between them.',
  searchAliases: ['before after', 'diff images'],
  form: 'schema',
  outputNode: true,
  experimental: true,
  inputs: {
    compare_view: input.of(socket<unknown>('IMAGECOMPARE'), { socketless: true }),
    image_a: input.optional(input.of(IMAGE)),
    image_b: input.optional(input.of(IMAGE)),
    ...info,
  },
  outputs: {},
  async run({ image_a, image_b }, context) {
    const a_images = image_a ? await savePreviews(image_a, context) : [];
    const b_images = image_b ? await savePreviews(image_b, context) : [];
    return withUi({ a_images, b_images });
  },
});

function greyImage(mask: Mask): Image {
  const image = createImage(mask.batch, mask.height, mask.width, 3);
  for (let at = 0; at < image.data.length; at++) image.data[at] = mask.data[Math.trunc(at / 3)]!;
  return image;
}

export const previewNodes = [maskPreview, imageCompare];
