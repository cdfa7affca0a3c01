/** Writing animated WebP files with texts in them. */
import type { Image } from '@snug/node-kit';
import { MAX_PIXELS } from '../pixels/limit.ts';
import { stackedBytes } from './encode.ts';
import { exifBlock } from './exif.ts';
import { PictureRefused } from './picture-refused.ts';
import type { TextEntry } from './png-text.ts';
import { loadSharp } from './sharp.ts';

export interface WebpOptions {
  /** How long each frame stays, in whole milliseconds; at least 1. */
  duration: number;
  lossless: boolean;
  /** 0 to 100. */
  quality: number;
  /** Effort of the compression, 0 to 6. */
  effort: number;
  text?: readonly TextEntry[] | undefined;
}

const MAX_SIDE = 16383;
/** The encoder lengthens short delays and caps long ones: frames are written with this one and corrected after. */
const PLACEHOLDER_DELAY = 100;
const ALPHA_FLAG = 0x10;
const EXIF_FLAG = 0x08;

/**
 * One file with the batch as its frames; equal neighbours become one longer frame. Plays for ever.
 * @throws {PictureRefused} when the images are larger than WebP allows.
 */
export async function encodeWebp(images: Image, options: WebpOptions): Promise<Buffer> {
  const { batch, width, height } = images;
  if (width > MAX_SIDE || height > MAX_SIDE) {
    throw new PictureRefused(
      'picture_unwritable',
      `images: WebP holds up to ${MAX_SIDE} pixels a side, not ${width}×${height}. Scale the images down first.`,
    );
  }
  const { data, channels, height: stacked } = stackedBytes(images);
  const raw = { width, height: stacked, channels, pageHeight: height };
  const sharp = await loadSharp();
  const file = await sharp(data, { raw, limitInputPixels: MAX_PIXELS })
    .webp({
      lossless: options.lossless,
      quality: options.quality,
      effort: options.effort,
      exact: true,
      loop: 0,
      delay: Array.from({ length: batch }, () => PLACEHOLDER_DELAY),
    })
    .toBuffer();
  return finishWebp(file, images, options);
}

/** Corrects the durations and adds the texts. */
function finishWebp(file: Buffer, images: Image, { duration, text = [] }: WebpOptions): Buffer {
  const hasAlpha = images.channels % 2 === 0;
  let head: Buffer | undefined;
  const chunks: Buffer[] = [];
  for (const { type, data } of webpChunks(file)) {
    if (type === 'VP8X') {
      head = Buffer.from(data);
    } else if (type === 'ANMF') {
      const frames = Math.round(data.readUIntLE(12, 3) / PLACEHOLDER_DELAY);
      const frame = Buffer.from(data);
      frame.writeUIntLE(Math.min(frames * duration, 0xffffff), 12, 3);
      chunks.push(webpChunk(type, frame));
    } else {
      chunks.push(webpChunk(type, data));
    }
  }
  if (text.length) {
    head ??= extendedHead(images.width, images.height, hasAlpha);
    head[0]! |= EXIF_FLAG;
    chunks.push(webpChunk('EXIF', exifBlock(text)));
  }
  const body = Buffer.concat([Buffer.from('WEBP'), ...(head ? [webpChunk('VP8X', head)] : []), ...chunks]);
  const riff = Buffer.alloc(8);
  riff.write('RIFF', 0, 'latin1');
  riff.writeUInt32LE(body.length, 4);
  return Buffer.concat([riff, body]);
}

/** What a still picture needs in front before it may carry EXIF data. */
function extendedHead(width: number, height: number, hasAlpha: boolean): Buffer {
  const head = Buffer.alloc(10);
  head[0] = hasAlpha ? ALPHA_FLAG : 0;
  head.writeUIntLE(width - 1, 4, 3);
  head.writeUIntLE(height - 1, 7, 3);
  return head;
}

function webpChunk(type: string, data: Buffer): Buffer {
  const chunk = Buffer.alloc(8 + data.length + (data.length % 2));
  chunk.write(type, 0, 'latin1');
  chunk.writeUInt32LE(data.length, 4);
  chunk.set(data, 8);
  return chunk;
}

function* webpChunks(file: Buffer): Generator<{ type: string; data: Buffer }> {
  for (let at = 12; at + 8 <= file.length;) {
    const length = file.readUInt32LE(at + 4);
    yield { type: file.toString('latin1', at, at + 4), data: file.subarray(at + 8, at + 8 + length) };
    at += 8 + length + (length % 2);
  }
}
