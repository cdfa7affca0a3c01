/** Several images side by side. */
import { defineNode, IMAGE, input, output } from '@snug/node-kit';
import type { Image } from '@snug/node-kit';
import { withBatch, withChannels, imageAt } from '../pixels/channels.ts';
import { pasteInto } from '../pixels/crop.ts';
import { newImage } from '../pixels/limit.ts';
import { resizeImage } from '../pixels/resize.ts';
import { BadInput } from './bad-input.ts';

const COLOURS = {
  white: [1, 1, 1],
  black: [0, 0, 0],
  red: [1, 0, 0],
  green: [0, 1, 0],
  blue: [0, 0, 1],
} as const satisfies Record<string, readonly number[]>;

function fillColour(target: Image, colour: readonly number[]): void {
  for (let at = 0; at < target.data.length; at += target.channels) {
    for (let channel = 0; channel < target.channels; channel++) target.data[at + channel] = colour[channel] ?? 1;
  }
}

const imageStitch = defineNode({
  type: 'ImageStitch',
  displayName: 'Stitch Images',
  category: 'image/transform',
  description: 'Puts a second image beside the first one, with a coloured gap if wanted.',
  form: 'schema',
  inputs: {
    image1: input.of(IMAGE),
    direction: input.choice(['right', 'down', 'left', 'up'], { default: 'right' }),
    match_image_size: input.boolean({ default: true }),
    spacing_width: input.int({ default: 0, min: 0, max: 1024, step: 2, advanced: true }),
    spacing_color: input.choice(['white', 'black', 'red', 'green', 'blue'], { default: 'white', advanced: true }),
    image2: input.optional(input.of(IMAGE)),
  },
  outputs: { IMAGE: output.of(IMAGE) },
  run({ image1, direction, match_image_size, spacing_width, spacing_color, image2 }, context) {
    if (!image2) return { IMAGE: image1 };
    const across = direction === 'right' || direction === 'left';
    const batch = Math.max(image1.batch, image2.batch);
    const channels = Math.max(image1.channels, image2.channels);
    const one = withBatch(withChannels(image1, channels), batch);
    let two = withBatch(withChannels(image2, channels), batch);
    context.throwIfInterrupted();
    if (match_image_size) {
      const width = across ? Math.trunc(one.height * (two.width / two.height)) : one.width;
      const height = across ? one.height : Math.trunc(one.width / (two.width / two.height));
      const checkpoint = (): void => context.throwIfInterrupted();
      two = resizeImage(two, Math.max(width, 1), Math.max(height, 1), 'lanczos', 'disabled', checkpoint);
    }
    const gap = spacing_width + (spacing_width % 2);
    const [first, second] = direction === 'left' || direction === 'up' ? [two, one] : [one, two];
    const tallest = Math.max(first.height, second.height);
    const widest = Math.max(first.width, second.width);
    const target = across
      ? newImage(batch, tallest, first.width + gap + second.width, channels)
      : newImage(batch, first.height + gap + second.height, widest, channels);
    // what a smaller image leaves free is black, but white beside a white gap
    if (spacing_color === 'white') target.data.fill(1);
    const strip = across ? newImage(batch, tallest, gap, channels) : newImage(batch, gap, widest, channels);
    fillColour(strip, COLOURS[spacing_color]);
    if (across) {
      pasteInto(target, first, 0, (tallest - first.height) >> 1);
      pasteInto(target, strip, first.width, 0);
      pasteInto(target, second, first.width + gap, (tallest - second.height) >> 1);
    } else {
      pasteInto(target, first, (widest - first.width) >> 1, 0);
      pasteInto(target, strip, 0, first.height);
      pasteInto(target, second, (widest - second.width) >> 1, first.height + gap);
    }
    return { IMAGE: target };
  },
});

const imageGrid = defineNode({
  type: 'ImageGrid',
  displayName: 'Make Image Grid',
  category: 'image/batch',
  description: 'Lays all images of a list out in rows, each scaled to fit its cell.',
  form: 'schema',
  experimental: true,
  takesLists: true,
  inputs: {
    images: input.of(IMAGE),
    columns: input.int({ default: 4, min: 1, max: 20 }),
    cell_width: input.int({ default: 256, min: 32, max: 2048, advanced: true }),
    cell_height: input.int({ default: 256, min: 32, max: 2048, advanced: true }),
    padding: input.int({ default: 4, min: 0, max: 50, advanced: true }),
  },
  outputs: { images: output.of(IMAGE) },
  run({ images, columns: [columns = 4], cell_width: [cellWidth = 256], cell_height, padding: [gap = 4] }, context) {
    const [cellHeight = 256] = cell_height;
    const count = images.reduce((sum, image) => sum + image.batch, 0);
    if (count === 0) throw new BadInput('images', 'the list is empty, connect at least one image.');
    const channels = images.reduce((most, image) => Math.max(most, image.channels), 3);
    const rows = Math.ceil(count / columns);
    const width = columns * cellWidth + (columns - 1) * gap;
    const target = newImage(1, rows * cellHeight + (rows - 1) * gap, width, channels);
    fillColour(target, COLOURS.black);
    let cell = 0;
    for (const image of images) {
      const scale = Math.min(cellWidth / image.width, cellHeight / image.height);
      const fittedWidth = Math.max(Math.trunc(image.width * scale), 1);
      const fittedHeight = Math.max(Math.trunc(image.height * scale), 1);
      for (let item = 0; item < image.batch; item++, cell++) {
        context.throwIfInterrupted();
        const one = withChannels(imageAt(image, item), channels);
        const left = (cell % columns) * (cellWidth + gap) + ((cellWidth - fittedWidth) >> 1);
        const top = Math.floor(cell / columns) * (cellHeight + gap) + ((cellHeight - fittedHeight) >> 1);
        pasteInto(target, resizeImage(one, fittedWidth, fittedHeight, 'lanczos'), left, top);
      }
    }
    return { images: target };
  },
});

export const stitchNodes = [imageStitch, imageGrid];
