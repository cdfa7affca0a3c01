/** Saving with a choice of format and precision. */
import { defineNode, IMAGE, input, output, withUi } from '@snug/node-kit';
import type { Image, SavedFile } from '@snug/node-kit';
import { pictureBytes, pictureWords } from '../files/encode.ts';
import { encodeExr } from '../files/exr.ts';
import { fileMetadata } from '../files/metadata.ts';
import { encodePng } from '../files/png.ts';
import type { TextEntry } from '../files/png-text.ts';
import { imageAt } from '../pixels/channels.ts';
import { seriesFor, writeNext } from './save-series.ts';

type ColourSpace = 'sRGB' | 'HDR' | 'linear';

interface PngFormat {
  readonly format: 'png';
  readonly bit_depth: '8-bit' | '16-bit';
  readonly input_color_space: 'sRGB';
}

interface ExrFormat {
  readonly format: 'exr';
  readonly bit_depth: '32-bit float';
  readonly input_color_space: ColourSpace;
}

const png = {
  bit_depth: input.choice(['8-bit', '16-bit'], { default: '8-bit' }),
  input_color_space: input.choice(['sRGB'], { default: 'sRGB' }),
};
const exr = {
  bit_depth: input.choice(['32-bit float'], { default: '32-bit float' }),
  input_color_space: input.choice(['sRGB', 'HDR', 'linear'], {
    default: 'sRGB',
    tooltip:
      'sRGB is clipped to 0..1 and made linear; HDR as well, but brighter values are kept; linear stays as it is.',
  }),
};

const saveImageAdvanced = defineNode({
  type: 'SaveImageAdvanced',
  displayName: 'Save Image (Advanced)',
  category: 'image',
  description: 'Saves images as PNG with 8 or 16 bits a channel, or as EXR with scene-linear floats.',
  searchAliases: ['save 16 bit', 'save exr', 'export hdr'],
  form: 'schema',
  outputNode: true,
  inputs: {
    images: input.of(IMAGE),
    filename_prefix: input.string({ default: 'ComfyUI' }),
    format: input.dynamicChoice<PngFormat | ExrFormat>([
      { key: 'png', inputs: png },
      { key: 'exr', inputs: exr },
    ]),
    prompt: input.hidden('PROMPT'),
    extra_pnginfo: input.hidden('EXTRA_PNGINFO'),
  },
  outputs: { images: output.of(IMAGE) },
  async run({ images, filename_prefix, format, ...info }, context) {
    const text = fileMetadata(info, context);
    const series = await seriesFor(images, { prefix: filename_prefix }, context);
    const saved: SavedFile[] = [];
    for (let index = 0; index < images.batch; index++) {
      context.throwIfInterrupted();
      const bytes = await encode(images, index, format, text);
      saved.push(
        await writeNext(series, { extension: format.format, batchNumber: index, closing: '' }, bytes, context),
      );
    }
    return withUi({ images: saved }, { images });
  },
});

function encode(
  images: Image,
  index: number,
  format: PngFormat | ExrFormat,
  text: readonly TextEntry[],
): Promise<Buffer> {
  if (format.format === 'exr') {
    const image = imageAt(images, index);
    return encodeExr({ ...image, data: linearized(image, format.input_color_space) }, { text });
  }
  const picture = format.bit_depth === '16-bit' ? pictureWords(images, index) : pictureBytes(images, index);
  return encodePng(picture, { text });
}

/** Light instead of sRGB steps; alpha stays. */
function linearized({ data, channels }: Image, space: ColourSpace): Float32Array {
  if (space === 'linear') return data;
  const colours = channels % 2 ? channels : channels - 1;
  return data.map((value, at) => {
    if (at % channels >= colours) return value;
    const step = space === 'sRGB' ? Math.min(Math.max(value, 0), 1) : value;
    const size = Math.abs(step);
    const light = size <= 0.04045 ? size / 12.92 : ((size + 0.055) / 1.055) ** 2.4;
    return step < 0 ? -light : light;
  });
}

export const saveAdvancedNodes = [saveImageAdvanced];
