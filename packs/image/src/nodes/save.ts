/** Nodes that save images as PNG files, or send them to the client instead. */
import { defineNode, IMAGE, input, output, withUi } from '@snug/node-kit';
import { fileMetadata } from '../files/metadata.ts';
import { imageAt } from '../pixels/channels.ts';
import { savePngs, tempPrefix } from './save-series.ts';

const saveImage = defineNode({
  type: 'SaveImage',
  displayName: 'Save Image',
  category: 'image',
  description: 'Saves images as PNG files in the output folder.',
  searchAliases: ['export image', 'write png', 'save to disk'],
  essentialsCategory: 'Basics',
  outputNode: true,
  inputs: {
    images: input.of(IMAGE),
    filename_prefix: input.string({
      default: 'ComfyUI',
      tooltip: 'How the file names begin; may hold folders, %width%, %height%, %year% and so on.',
    }),
    prompt: input.hidden('PROMPT'),
    extra_pnginfo: input.hidden('EXTRA_PNGINFO'),
  },
  outputs: { images: output.of(IMAGE) },
  async run({ images, filename_prefix, ...info }, context) {
    const text = fileMetadata(info, context);
    const saved = await savePngs(images, { prefix: filename_prefix, level: 4, text }, context);
    return withUi({ images: saved }, { images });
  },
});

const previewImage = defineNode({
  type: 'PreviewImage',
  displayName: 'Preview Image',
  category: 'image',
  description: 'Shows images without keeping them: the files go to the temp folder.',
  searchAliases: ['show image', 'view image'],
  essentialsCategory: 'Basics',
  outputNode: true,
  inputs: {
    images: input.of(IMAGE),
    prompt: input.hidden('PROMPT'),
    extra_pnginfo: input.hidden('EXTRA_PNGINFO'),
  },
  outputs: { images: output.of(IMAGE) },
  async run({ images, ...info }, context) {
    const prefix = context.state(tempPrefix);
    const text = fileMetadata(info, context);
    const saved = await savePngs(images, { prefix, folder: 'temp', level: 1, text }, context);
    return withUi({ images: saved }, { images });
  },
});

const saveImageWebsocket = defineNode({
  type: 'SaveImageWebsocket',
  displayName: 'Save Image (Websocket)',
  category: 'image',
  description: 'Sends images to the client as PNG over its socket; nothing is written.',
  searchAliases: ['send image', 'stream image'],
  outputNode: true,
  inputs: { images: input.of(IMAGE) },
  outputs: {},
  // an image is sent for every prompt, also when nothing changed
  fingerprint: () => NaN,
  async run({ images }, context) {
    for (let index = 0; index < images.batch; index++) {
      const image = imageAt(images, index);
      await context.progress(index, images.batch, { image, format: 'png', delivery: 'every' });
    }
  },
});

export const saveNodes = [saveImage, previewImage, saveImageWebsocket];
