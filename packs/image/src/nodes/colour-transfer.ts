/** Colours taken from another image, and the counts that show how colours are spread. */
import { defineNode, IMAGE, input, output, socket } from '@snug/node-kit';
import type { Image } from '@snug/node-kit';
import { imageAt, withChannels } from '../pixels/channels.ts';
import { channelSteps, matchCovariance, matchDeviations, matchHistograms } from '../pixels/colour-transfer.ts';
import { greyImage, lumaOf } from '../pixels/grey.ts';
import { fromLab, toLab } from '../pixels/lab.ts';
import { newImage } from '../pixels/limit.ts';
import { clamp } from '../pixels/rounding.ts';
import { countSteps, statisticsOf } from '../pixels/statistics.ts';
import type { Statistics } from '../pixels/statistics.ts';

/** How many values lie on each of 256 steps from dark to bright. */
export const HISTOGRAM = socket<readonly number[]>('HISTOGRAM');

const METHODS = ['reinhard_lab', 'mkl_lab', 'histogram'] as const;
type SourceStats = { source_stats: 'per_frame' | 'uniform' } | { source_stats: 'target_frame'; target_index: number };

/** Three values a pixel. */
function colours(image: Image): Image {
  return image.channels < 3 ? greyImage(image, lumaOf(image)) : withChannels(image, 3);
}

type Pixels = Float32Array;

/**
 * A method, from what it wants to know of pixels and what it does with that. The function it returns gives the frames of
 * the target, in their order, the colours of the reference with the same number, or of the last one.
 */
function transferBy<D>(describe: (pixels: Pixels) => D, match: (pixels: Pixels, source: D, reference: D) => Pixels) {
  return (target: Image, references: Image, stats: SourceStats): ((frame: number) => Pixels) => {
    let shared: D | undefined;
    let reference: D | undefined;
    if (stats.source_stats === 'uniform') shared = describe(target.data);
    if (stats.source_stats === 'target_frame') {
      shared = describe(imageAt(target, Math.min(stats.target_index, target.batch - 1)).data);
    }
    return (frame) => {
      const pixels = imageAt(target, frame).data;
      if (reference === undefined || frame < references.batch) reference = describe(imageAt(references, frame).data);
      return match(pixels, shared ?? describe(pixels), reference);
    };
  };
}

function labStatistics(pixels: Pixels): Statistics {
  return statisticsOf(toLab(pixels, 3));
}

/** Does in Lab what a function does with three values a pixel. */
function inLab(match: typeof matchCovariance): typeof matchCovariance {
  return (pixels, source, reference) => {
    const matched = match(toLab(pixels, 3), source, reference);
    fromLab(matched);
    return matched;
  };
}

const TRANSFERS: Record<(typeof METHODS)[number], ReturnType<typeof transferBy>> = {
  reinhard_lab: transferBy(labStatistics, inLab(matchDeviations)),
  mkl_lab: transferBy(labStatistics, inLab(matchCovariance)),
  histogram: transferBy(channelSteps, matchHistograms),
};

const colorTransfer = defineNode({
  type: 'ColorTransfer',
  displayName: 'Transfer Color',
  category: 'image/filters',
  description: 'Gives images the colours of a reference image, more or less of them.',
  form: 'schema',
  inputs: {
    image_target: input.of(IMAGE),
    image_ref: input.of(IMAGE),
    method: input.choice(METHODS),
    source_stats: input.dynamicChoice<SourceStats>([
      { key: 'per_frame', inputs: {} },
      { key: 'uniform', inputs: {} },
      { key: 'target_frame', inputs: { target_index: input.int({ default: 0, min: 0, max: 10000 }) } },
    ]),
    strength: input.float({ default: 1, min: 0, max: 10, step: 0.01 }),
  },
  outputs: { image: output.of(IMAGE) },
  run({ image_target, image_ref, method, source_stats, strength }, context) {
    if (strength === 0) return { image: image_target };
    const target = colours(image_target);
    const references = colours(image_ref);
    const channels = Math.max(image_target.channels, 3);
    const result = newImage(target.batch, target.height, target.width, channels);
    if (channels === image_target.channels) result.data.set(image_target.data);
    const transfer = TRANSFERS[method](target, references, source_stats);
    for (let frame = 0, to = 0; frame < target.batch; frame++) {
      context.throwIfInterrupted();
      const before = imageAt(target, frame).data;
      const after = transfer(frame);
      for (let from = 0; from < before.length; from += 3, to += channels) {
        for (let channel = 0; channel < 3; channel++) {
          const value = before[from + channel]!;
          result.data[to + channel] = clamp(value + strength * (after[from + channel]! - value), 0, 1);
        }
      }
    }
    return { image: result };
  },
});

const imageHistogram = defineNode({
  type: 'ImageHistogram',
  displayName: 'Image Histogram',
  category: 'utilities',
  description:
    'Counts how often each of 256 levels occurs in images: of all colours, of the brightness, of each colour.',
  form: 'schema',
  inputs: { image: input.of(IMAGE) },
  outputs: {
    rgb: output.of(HISTOGRAM),
    luminance: output.of(HISTOGRAM),
    red: output.of(HISTOGRAM),
    green: output.of(HISTOGRAM),
    blue: output.of(HISTOGRAM),
  },
  run({ image }, context) {
    const { data, channels } = image;
    const [red, green, blue] = [0, 1, 2].map((channel) => {
      context.throwIfInterrupted();
      return countSteps(data, channels < 3 ? 0 : channel, channels);
    }) as [number[], number[], number[]];
    const rgb = red.map((count, step) => count + green[step]! + blue[step]!);
    return { rgb, luminance: countSteps(lumaOf(image), 0, 1), red, green, blue };
  },
});

export const colourTransferNodes = [colorTransfer, imageHistogram];
