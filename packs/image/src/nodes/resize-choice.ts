/** One node for all ways to say what size an image or a mask should get. */
import { defineNode, IMAGE, input, MASK, output } from '@snug/node-kit';
import type { Image, Mask } from '@snug/node-kit';
import { centred, cropImage } from '../pixels/crop.ts';
import { RESIZE_METHODS, resizeImage } from '../pixels/resize.ts';
import type { Checkpoint, ResizeCrop, ResizeMethod } from '../pixels/resize.ts';
import { fitLonger, fitShorter, fitSides, fitTotal, scaled } from '../pixels/size.ts';
import type { Size } from '../pixels/size.ts';

const side = { default: 512, min: 0, max: 16384, step: 1 } as const;
const crop = input.choice(['disabled', 'center'], { default: 'center' });

type Choice =
  | { resize_type: 'scale dimensions'; width: number; height: number; crop: ResizeCrop }
  | { resize_type: 'scale by multiplier'; multiplier: number }
  | { resize_type: 'scale longer dimension'; longer_size: number }
  | { resize_type: 'scale shorter dimension'; shorter_size: number }
  | { resize_type: 'scale width'; width: number }
  | { resize_type: 'scale height'; height: number }
  | { resize_type: 'scale total pixels'; megapixels: number }
  | { resize_type: 'match size'; match: Image | Mask; crop: ResizeCrop }
  | { resize_type: 'scale to multiple'; multiple: number };

/** The size that a choice asks for; undefined leaves the image as it is. */
function sizeOf(from: Size, choice: Choice): Size | undefined {
  switch (choice.resize_type) {
    case 'scale dimensions':
      return fitSides(from, choice.width, choice.height);
    case 'scale by multiplier':
      return scaled(from, choice.multiplier);
    case 'scale longer dimension':
      return choice.longer_size ? fitLonger(from, choice.longer_size) : undefined;
    case 'scale shorter dimension':
      return choice.shorter_size ? fitShorter(from, choice.shorter_size) : undefined;
    case 'scale width':
      return fitSides(from, choice.width, 0);
    case 'scale height':
      return fitSides(from, 0, choice.height);
    case 'scale total pixels':
      return fitTotal(from, choice.megapixels);
    case 'match size':
      return choice.match;
    case 'scale to multiple':
      break;
  }
  const { multiple } = choice;
  return { width: from.width - (from.width % multiple), height: from.height - (from.height % multiple) };
}

/** Scales until the size is covered, then cuts what stands out on both sides. */
function cover(image: Image, size: Size, method: ResizeMethod, checkpoint: Checkpoint): Image {
  if (size.width === image.width && size.height === image.height) return image;
  // smaller than one multiple: nothing to cover
  if (size.width === 0 || size.height === 0) return image;
  const factor = Math.max(size.width / image.width, size.height / image.height);
  const width = Math.max(Math.ceil(image.width * factor), size.width);
  const height = Math.max(Math.ceil(image.height * factor), size.height);
  const covering = resizeImage(image, width, height, method, 'disabled', checkpoint);
  return cropImage(covering, centred(covering, size.width, size.height));
}

function resizeBy(image: Image, choice: Choice, method: ResizeMethod, checkpoint: Checkpoint): Image {
  const size = sizeOf(image, choice);
  if (!size) return image;
  if (choice.resize_type === 'scale to multiple') return cover(image, size, method, checkpoint);
  const cropping = 'crop' in choice ? choice.crop : 'disabled';
  return resizeImage(image, size.width, size.height, method, cropping, checkpoint);
}

const resizeImageMask = defineNode({
  type: 'ResizeImageMaskNode',
  displayName: 'Resize Image/Mask',
  category: 'image/transform',
  description: 'Resizes images or masks to a size that can be said in many ways.',
  form: 'schema',
  inputs: {
    input: input.match<Image | Mask>('input_type', { allowed: 'IMAGE,MASK' }),
    resize_type: input.dynamicChoice<Choice>([
      { key: 'scale dimensions', inputs: { width: input.int(side), height: input.int(side), crop } },
      {
        key: 'scale by multiplier',
        inputs: { multiplier: input.float({ default: 1, min: 0.01, max: 8, step: 0.01 }) },
      },
      { key: 'scale longer dimension', inputs: { longer_size: input.int(side) } },
      { key: 'scale shorter dimension', inputs: { shorter_size: input.int(side) } },
      { key: 'scale width', inputs: { width: input.int(side) } },
      { key: 'scale height', inputs: { height: input.int(side) } },
      {
        key: 'scale total pixels',
        inputs: { megapixels: input.float({ default: 1, min: 0.01, max: 16, step: 0.01 }) },
      },
      { key: 'match size', inputs: { match: input.anyOf<Image | Mask>([IMAGE, MASK]), crop } },
      { key: 'scale to multiple', inputs: { multiple: input.int({ default: 8, min: 1, max: 16384 }) } },
    ]),
    scale_method: input.choice(RESIZE_METHODS, { default: 'area' }),
  },
  outputs: { resized: output.match<Image | Mask>('input_type') },
  run({ input: given, resize_type, scale_method }, context) {
    const checkpoint = (): void => context.throwIfInterrupted();
    if ('channels' in given) return { resized: resizeBy(given, resize_type, scale_method, checkpoint) };
    const { channels: _, ...mask } = resizeBy({ ...given, channels: 1 }, resize_type, scale_method, checkpoint);
    return { resized: mask };
  },
});

export const resizeChoiceNodes = [resizeImageMask];
