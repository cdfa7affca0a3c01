/** Nodes that save a batch as one animation. */
import { defineNode, IMAGE, input, output, withUi } from '@snug/node-kit';
import type { Image, NodeContext, UiOutput } from '@snug/node-kit';
import { encodeApng } from '../files/apng.ts';
import { fileMetadata } from '../files/metadata.ts';
import { encodeWebp } from '../files/webp.ts';
import { seriesFor, writeNext } from './save-series.ts';

const common = {
  images: input.of(IMAGE),
  filename_prefix: input.string({ default: 'ComfyUI' }),
  fps: input.float({ default: 6, min: 0.01, max: 1000, step: 0.01, tooltip: 'Frames a second.' }),
};
const info = { prompt: input.hidden('PROMPT'), extra_pnginfo: input.hidden('EXTRA_PNGINFO') };

const EFFORTS = { default: 4, fastest: 0, slowest: 6 } as const;

const saveAnimatedWebp = defineNode({
  type: 'SaveAnimatedWEBP',
  displayName: 'Save Animated WEBP',
  category: 'image',
  description: 'Saves a batch as one animated WebP file.',
  searchAliases: ['export animation', 'save webp'],
  form: 'schema',
  outputNode: true,
  inputs: {
    ...common,
    lossless: input.boolean({ default: true }),
    quality: input.int({ default: 80, min: 0, max: 100 }),
    method: input.choice(['default', 'fastest', 'slowest']),
    ...info,
  },
  outputs: { images: output.of(IMAGE) },
  async run({ images, filename_prefix, fps, lossless, quality, method, ...rest }, context) {
    const file = await encodeWebp(images, {
      duration: frameDuration(fps),
      lossless,
      quality,
      effort: EFFORTS[method],
      text: fileMetadata(rest, context),
    });
    return withUi(await saveAnimation(images, filename_prefix, 'webp', file, context), { images });
  },
});

const saveAnimatedPng = defineNode({
  type: 'SaveAnimatedPNG',
  displayName: 'Save Animated PNG',
  category: 'image',
  description: 'Saves a batch as one animated PNG file.',
  searchAliases: ['export animation', 'save apng'],
  form: 'schema',
  outputNode: true,
  inputs: {
    ...common,
    compress_level: input.int({ default: 4, min: 0, max: 9, advanced: true }),
    ...info,
  },
  outputs: { images: output.of(IMAGE) },
  async run({ images, filename_prefix, fps, compress_level, ...rest }, context) {
    const file = await encodeApng(images, {
      duration: frameDuration(fps),
      level: compress_level,
      text: fileMetadata(rest, context),
      checkpoint: () => context.throwIfInterrupted(),
    });
    return withUi(await saveAnimation(images, filename_prefix, 'png', file, context), { images });
  },
});

/** Milliseconds, cut to whole ones. */
function frameDuration(fps: number): number {
  return Math.max(1, Math.trunc(1000 / fps));
}

async function saveAnimation(
  images: Image,
  prefix: string,
  extension: string,
  file: Buffer,
  context: NodeContext,
): Promise<UiOutput> {
  const series = await seriesFor(images, { prefix }, context);
  const saved = [await writeNext(series, { extension }, file, context)];
  return images.batch > 1 ? { images: saved, animated: [true] } : { images: saved };
}

export const animatedNodes = [saveAnimatedWebp, saveAnimatedPng];
