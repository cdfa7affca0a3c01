/** Writing PNG files of 8 and 16 bits a channel. */
import type { RawPicture } from '@snug/node-kit';
import { MAX_PIXELS } from '../pixels/limit.ts';
import type { WidePicture } from './encode.ts';
import { insertPngText } from './png-text.ts';
import type { TextEntry } from './png-text.ts';
import { loadSharp } from './sharp.ts';

export interface PngOptions {
  /** Effort of the compression, 0 (none) to 9. Default 4. */
  level?: number | undefined;
  /** Texts to embed; none by default. */
  text?: readonly TextEntry[] | undefined;
}

/** A PNG file. Pixels of fully transparent places are kept as they are. */
export async function encodePng(picture: RawPicture | WidePicture, options: PngOptions = {}): Promise<Buffer> {
  const { level = 4, text = [] } = options;
  const { data, width, height, channels } = picture;
  const wide = data instanceof Uint16Array;
  const grey = channels < 3;
  const sharp = await loadSharp();
  const png = await sharp(data, { raw: { width, height, channels }, limitInputPixels: MAX_PIXELS })
    .toColourspace(wide ? (grey ? 'grey16' : 'rgb16') : grey ? 'b-w' : 'srgb')
    .png({ compressionLevel: level })
    .toBuffer();
  return insertPngText(png, text);
}
