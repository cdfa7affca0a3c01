/** Parts cut out of images. */
import { defineNode, IMAGE, input, MASK, output, socket, withUi } from '@snug/node-kit';
import type { Image, Mask } from '@snug/node-kit';
import { cropImage } from '../pixels/crop.ts';
import type { Rectangle } from '../pixels/crop.ts';
import { parseHexColour } from '../pixels/hex-colour.ts';
import { newImage } from '../pixels/limit.ts';
import { cutOut, maskBox, widenBox } from '../pixels/mask-box.ts';
import { dilate, erode } from '../pixels/morphology.ts';
import { resizeImage, resizeMask } from '../pixels/resize.ts';
import { BadInput } from './bad-input.ts';
import { savePreviews } from './save-series.ts';

const BOUNDING_BOX = socket<Rectangle>('BOUNDING_BOX');
const COLOR = socket<string>('COLOR');

/** The pixels of a region; the corner is moved into the image, what reaches outside is left out. */
function cropRegion(image: Image, region: Rectangle): Image {
  const x = Math.min(region.x, image.width - 1);
  const y = Math.min(region.y, image.height - 1);
  const width = Math.min(region.width, image.width - x);
  const height = Math.min(region.height, image.height - y);
  return cropImage(image, { x, y, width, height });
}

const length = { default: 512, min: 1, max: 16384, step: 1 } as const;
const place = { default: 0, min: 0, max: 16384, step: 1 } as const;

const imageCrop = defineNode({
  type: 'ImageCrop',
  displayName: 'Crop Image (DEPRECATED)',
  category: 'image/transform',
  description: 'Cuts a rectangle out of images.',
  form: 'schema',
  deprecated: true,
  inputs: {
    image: input.of(IMAGE),
    width: input.int(length),
    height: input.int(length),
    x: input.int(place),
    y: input.int(place),
  },
  outputs: { IMAGE: output.of(IMAGE) },
  run: ({ image, ...region }) => ({ IMAGE: cropRegion(image, region) }),
});

/** A region from outside, checked. */
function readRegion(region: Partial<Rectangle> | null): Rectangle {
  const read = (name: keyof Rectangle, least: number): number => {
    const value = Number(region?.[name]);
    if (!(value >= least && value <= Number.MAX_SAFE_INTEGER))
      throw new BadInput('crop_region', `${name} is not a number from ${least} on, give x, y, width and height.`);
    return Math.trunc(value);
  };
  return { x: read('x', 0), y: read('y', 0), width: read('width', 1), height: read('height', 1) };
}

const imageCropV2 = defineNode({
  type: 'ImageCropV2',
  displayName: 'Crop Image',
  category: 'image/transform',
  description: 'Cuts a region out of images and shows it.',
  form: 'schema',
  intermediateOutput: true,
  inputs: {
    image: input.of(IMAGE),
    crop_region: input.of(BOUNDING_BOX, {
      default: { x: 0, y: 0, width: 512, height: 512 },
      socketless: true,
      extra: { component: 'ImageCrop' },
    }),
  },
  outputs: { IMAGE: output.of(IMAGE) },
  async run({ image, crop_region }, context) {
    const cropped = cropRegion(image, readRegion(crop_region));
    return withUi({ images: await savePreviews(cropped, context), animated: [false] }, { IMAGE: cropped });
  },
});

/** Masks count as set above this. */
const SET = 0.8;

function grown(mask: Mask, pixels: number, checkpoint: () => void): Mask {
  if (pixels === 0) return mask;
  const image = { ...mask, channels: 1 };
  const window = 2 * Math.abs(pixels) + 1;
  return { ...mask, data: (pixels > 0 ? dilate : erode)(image, window, checkpoint).data };
}

const imageCropToMask = defineNode({
  type: 'ImageCropToMask',
  displayName: 'Crop Image to Mask',
  category: 'image/transform',
  description: 'Cuts out of each image what its mask shows, puts it on a colour and scales it to a size.',
  form: 'schema',
  inputs: {
    images: input.of(IMAGE),
    masks: input.of(MASK),
    width: input.int({ default: 1024, min: 64, max: 4096, step: 8 }),
    height: input.int({ default: 1024, min: 64, max: 4096, step: 8 }),
    pad_factor: input.float({ default: 1, min: 1, max: 2, step: 0.01 }),
    grow_mask: input.int({ default: 0, min: -32, max: 32, step: 1 }),
    background: input.of(COLOR, { default: '#000000', socketless: true }),
  },
  outputs: { images: output.of(IMAGE) },
  run({ images, masks, width, height, pad_factor, grow_mask, background }, context) {
    const colour = parseHexColour(background);
    if (!colour) throw new BadInput('background', 'it is no colour, write one like #ff8800.');
    const target = newImage(images.batch, height, width, 3);
    const checkpoint = (): void => context.throwIfInterrupted();
    const same = masks.width === images.width && masks.height === images.height;
    const sized = same ? masks : resizeMask(masks, images.width, images.height, 'bilinear', 'disabled', checkpoint);
    const mask = grown(sized, grow_mask, checkpoint);
    const whole = { x: 0, y: 0, width: images.width, height: images.height };
    for (let item = 0; item < images.batch; item++) {
      checkpoint();
      const found = maskBox(mask, Math.min(item, mask.batch - 1), SET) ?? whole;
      const part = cutOut(images, mask, item, widenBox(found, width / height, pad_factor), colour);
      target.data.set(resizeImage(part, width, height, 'lanczos').data, item * width * height * 3);
    }
    return { images: target };
  },
});

export const cropNodes = [imageCrop, imageCropV2, imageCropToMask];
