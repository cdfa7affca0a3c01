/** Nodes that read pictures from files, and the plain picture that needs none. */
import { defineNode, IMAGE, input, MASK, output, socket } from '@snug/node-kit';
import type { Mask } from '@snug/node-kit';
import { channelOf } from '../pixels/channels.ts';
import { newImage } from '../pixels/limit.ts';
import { fileFingerprint, isPictureFile, LOADABLE, loadPicture } from './load-file.ts';

const pictureOf = input.choice(({ files }) => files.list('input', LOADABLE), {
  tooltip: 'A file of the input folder, or any file with its folder in brackets: "name.png [output]".',
  extra: { image_upload: true },
});

const loadImage = defineNode({
  type: 'LoadImage',
  displayName: 'Load Image',
  category: 'image',
  description: 'Reads a picture, with its transparency as a mask. An animation becomes a batch.',
  searchAliases: ['open image', 'import image', 'upload image'],
  essentialsCategory: 'Basics',
  inputs: { image: pictureOf },
  outputs: { IMAGE: output.of(IMAGE), MASK: output.of(MASK) },
  validate: { inputs: ['image'], check: ({ image }, context) => isPictureFile(image, context) },
  fingerprint: ({ image }, context) => fileFingerprint(image, context),
  async run(inputs, context) {
    const { image, mask } = await loadPicture('image', inputs.image, context);
    return { IMAGE: image, MASK: mask };
  },
});

const CHANNELS = ['alpha', 'red', 'green', 'blue'] as const;

const loadImageMask = defineNode({
  type: 'LoadImageMask',
  displayName: 'Load Image (as Mask)',
  category: 'image',
  description: 'Reads one channel of a picture as a mask. Of alpha, the transparent places are masked.',
  searchAliases: ['open mask', 'import mask'],
  inputs: { image: pictureOf, channel: input.choice(CHANNELS) },
  outputs: { MASK: output.of(MASK) },
  validate: { inputs: ['image'], check: ({ image }, context) => isPictureFile(image, context) },
  fingerprint: ({ image }, context) => fileFingerprint(image, context),
  async run({ image: name, channel }, context) {
    const { image, mask } = await loadPicture('image', name, context);
    if (channel === 'alpha') return { MASK: mask };
    const { batch, height, width } = image;
    const plane: Mask = { data: channelOf(image, CHANNELS.indexOf(channel) - 1), batch, height, width };
    return { MASK: plane };
  },
});

const loadImageOutput = defineNode({
  type: 'LoadImageOutput',
  displayName: 'Load Image (from Outputs)',
  category: 'image',
  description: 'Reads a picture that an earlier prompt saved.',
  searchAliases: ['reuse output'],
  experimental: true,
  inputs: {
    // a front end asks the route for the options
    image: input.of(socket<string>('COMBO'), {
      extra: {
        image_upload: true,
        image_folder: 'output',
        remote: { route: '/internal/files/output', refresh_button: true, control_after_refresh: 'first' },
      },
    }),
  },
  outputs: { IMAGE: output.of(IMAGE), MASK: output.of(MASK) },
  validate: { inputs: ['image'], check: ({ image }, context) => isPictureFile(image, context) },
  fingerprint: ({ image }, context) => fileFingerprint(image, context),
  async run(inputs, context) {
    const { image, mask } = await loadPicture('image', inputs.image, context);
    return { IMAGE: image, MASK: mask };
  },
});

const side = { default: 512, min: 1, max: 16384, step: 1 } as const;

const emptyImage = defineNode({
  type: 'EmptyImage',
  displayName: 'Empty Image',
  category: 'image',
  description: 'Images of one colour.',
  searchAliases: ['blank image', 'solid colour'],
  inputs: {
    width: input.int(side),
    height: input.int(side),
    batch_size: input.int({ default: 1, min: 1, max: 4096 }),
    color: input.int({ default: 0, min: 0, max: 0xffffff, step: 1, display: 'color' }),
  },
  outputs: { IMAGE: output.of(IMAGE) },
  run({ width, height, batch_size, color }) {
    const image = newImage(batch_size, height, width, 3);
    const [red, green, blue] = [16, 8, 0].map((shift) => ((color >> shift) & 255) / 255) as [number, number, number];
    for (let at = 0; at < image.data.length; at += 3) {
      image.data[at] = red;
      image.data[at + 1] = green;
      image.data[at + 2] = blue;
    }
    return { IMAGE: image };
  },
});

export const loadNodes = [loadImage, loadImageMask, loadImageOutput, emptyImage];
