/** Scaling of whole images to a size, a factor or a number of pixels. */
import { defineNode, IMAGE, input, output } from '@snug/node-kit';
import { centred, cropImage, pasteInto } from '../pixels/crop.ts';
import { newImage } from '../pixels/limit.ts';
import { RESIZE_METHODS, resizeImage } from '../pixels/resize.ts';
import { fitLonger, fitShorter, fitSides, fitTotal, scaled } from '../pixels/size.ts';
import { BadInput } from './bad-input.ts';

const side = { default: 512, min: 0, max: 16384, step: 1 } as const;

const imageScale = defineNode({
  type: 'ImageScale',
  displayName: 'Upscale Image',
  category: 'image/upscaling',
  description: 'Resizes images to a width and a height; a side of 0 follows from the other one.',
  searchAliases: ['resize image', 'scale'],
  essentialsCategory: 'Image Tools',
  inputs: {
    image: input.of(IMAGE),
    upscale_method: input.choice(RESIZE_METHODS),
    width: input.int(side),
    height: input.int(side),
    crop: input.choice(['disabled', 'center']),
  },
  outputs: { IMAGE: output.of(IMAGE) },
  run({ image, upscale_method, width, height, crop }, context) {
    const size = fitSides(image, width, height);
    if (!size) return { IMAGE: image };
    const checkpoint = (): void => context.throwIfInterrupted();
    return { IMAGE: resizeImage(image, size.width, size.height, upscale_method, crop, checkpoint) };
  },
});

const imageScaleBy = defineNode({
  type: 'ImageScaleBy',
  displayName: 'Upscale Image By',
  category: 'image/upscaling',
  description: 'Resizes images by a factor.',
  inputs: {
    image: input.of(IMAGE),
    upscale_method: input.choice(RESIZE_METHODS),
    scale_by: input.float({ default: 1, min: 0.01, max: 8, step: 0.01 }),
  },
  outputs: { IMAGE: output.of(IMAGE) },
  run({ image, upscale_method, scale_by }, context) {
    const { width, height } = scaled(image, scale_by);
    const checkpoint = (): void => context.throwIfInterrupted();
    return { IMAGE: resizeImage(image, width, height, upscale_method, 'disabled', checkpoint) };
  },
});

const imageScaleToTotalPixels = defineNode({
  type: 'ImageScaleToTotalPixels',
  displayName: 'Scale Image to Total Pixels',
  category: 'image/upscaling',
  description: 'Resizes images to a number of pixels, with sides that are multiples of a step.',
  form: 'schema',
  inputs: {
    image: input.of(IMAGE),
    upscale_method: input.choice(RESIZE_METHODS),
    megapixels: input.float({ default: 1, min: 0.01, max: 16, step: 0.01 }),
    resolution_steps: input.int({ default: 1, min: 1, max: 256, advanced: true }),
  },
  outputs: { IMAGE: output.of(IMAGE) },
  run({ image, upscale_method, megapixels, resolution_steps }, context) {
    const { width, height } = fitTotal(image, megapixels, resolution_steps);
    const checkpoint = (): void => context.throwIfInterrupted();
    return { IMAGE: resizeImage(image, width, height, upscale_method, 'disabled', checkpoint) };
  },
});

const imageScaleToMaxDimension = defineNode({
  type: 'ImageScaleToMaxDimension',
  displayName: 'Scale Image to Max Dimension',
  category: 'image/upscaling',
  description: 'Resizes images so that their longer side has a given length.',
  form: 'schema',
  inputs: {
    image: input.of(IMAGE),
    upscale_method: input.choice(['area', 'lanczos', 'bilinear', 'nearest-exact', 'bilinear', 'bicubic']),
    largest_size: input.int(side),
  },
  outputs: { IMAGE: output.of(IMAGE) },
  run({ image, upscale_method, largest_size }, context) {
    if (largest_size === 0) throw new BadInput('largest_size', 'an image cannot have sides of 0, give at least 1.');
    const { width, height } = fitLonger(image, largest_size);
    const checkpoint = (): void => context.throwIfInterrupted();
    return { IMAGE: resizeImage(image, width, height, upscale_method, 'disabled', checkpoint) };
  },
});

const resizeAndPadImage = defineNode({
  type: 'ResizeAndPadImage',
  displayName: 'Resize And Pad Image',
  category: 'image/transform',
  description: 'Fits images into a size without distortion and fills the rest with white or black.',
  form: 'schema',
  inputs: {
    image: input.of(IMAGE),
    target_width: input.int({ ...side, min: 1 }),
    target_height: input.int({ ...side, min: 1 }),
    padding_color: input.choice(['white', 'black'], { advanced: true }),
    interpolation: input.choice(['area', 'bicubic', 'nearest-exact', 'bilinear', 'lanczos'], { advanced: true }),
  },
  outputs: { IMAGE: output.of(IMAGE) },
  run({ image, target_width, target_height, padding_color, interpolation }, context) {
    const target = newImage(image.batch, target_height, target_width, image.channels);
    if (padding_color === 'white') target.data.fill(1);
    const scale = Math.min(target_width / image.width, target_height / image.height);
    const width = Math.max(Math.trunc(image.width * scale), 1);
    const height = Math.max(Math.trunc(image.height * scale), 1);
    const checkpoint = (): void => context.throwIfInterrupted();
    const fitted = resizeImage(image, width, height, interpolation, 'disabled', checkpoint);
    pasteInto(target, fitted, (target_width - width) >> 1, (target_height - height) >> 1);
    return { IMAGE: target };
  },
});

const edge = { min: 1, max: 8192 } as const;

const resizeImagesByShorterEdge = defineNode({
  type: 'ResizeImagesByShorterEdge',
  displayName: 'Resize Images by Shorter Edge (DEPRECATED)',
  category: 'image/transform',
  description: 'Resizes images so that their shorter side has a given length.',
  form: 'schema',
  deprecated: true,
  experimental: true,
  inputs: { images: input.of(IMAGE), shorter_edge: input.int({ default: 512, ...edge }) },
  outputs: { images: output.of(IMAGE) },
  run({ images, shorter_edge }, context) {
    const { width, height } = fitShorter(images, shorter_edge, Math.trunc);
    const checkpoint = (): void => context.throwIfInterrupted();
    return { images: resizeImage(images, width, height, 'lanczos', 'disabled', checkpoint) };
  },
});

const resizeImagesByLongerEdge = defineNode({
  type: 'ResizeImagesByLongerEdge',
  displayName: 'Resize Images by Longer Edge (DEPRECATED)',
  category: 'image/transform',
  description: 'Resizes images so that their longer side has a given length.',
  form: 'schema',
  deprecated: true,
  experimental: true,
  inputs: { images: input.of(IMAGE), longer_edge: input.int({ default: 1024, ...edge }) },
  outputs: { images: output.of(IMAGE) },
  run({ images, longer_edge }, context) {
    const { width, height } = fitLonger(images, longer_edge, Math.trunc);
    const checkpoint = (): void => context.throwIfInterrupted();
    return { images: resizeImage(images, width, height, 'lanczos', 'disabled', checkpoint) };
  },
});

const centerCropImages = defineNode({
  type: 'CenterCropImages',
  displayName: 'Crop Image (Center)',
  category: 'image/transform',
  description: 'Cuts the middle out of images; a side that is shorter already stays as it is.',
  form: 'schema',
  experimental: true,
  inputs: {
    images: input.of(IMAGE),
    width: input.int({ default: 512, ...edge }),
    height: input.int({ default: 512, ...edge }),
  },
  outputs: { images: output.of(IMAGE) },
  run({ images, width, height }) {
    return { images: cropImage(images, centred(images, width, height)) };
  },
});

export const scaleNodes = [
  imageScale,
  imageScaleBy,
  imageScaleToTotalPixels,
  imageScaleToMaxDimension,
  resizeAndPadImage,
  resizeImagesByShorterEdge,
  resizeImagesByLongerEdge,
  centerCropImages,
];
