/** Writing animated PNG files: frames compressed one by one, joined under one header. */
import type { Image } from '@snug/node-kit';
import { checkPixels } from '../pixels/limit.ts';
import { pictureBytes } from './encode.ts';
import { encodePng } from './png.ts';
import { PNG_HEADER_LENGTH, pngChunk, pngChunks } from './png-chunk.ts';
import type { TextEntry } from './png-text.ts';

export interface ApngOptions {
  /** How long each frame stays, in whole milliseconds; capped at 655 seconds. */
  duration: number;
  /** Effort of the compression, 0 to 9. */
  level: number;
  /** Goes into private `comf` chunks behind the frames. */
  text?: readonly TextEntry[] | undefined;
  /** Called before each frame; may throw to stop. */
  checkpoint?: (() => void) | undefined;
}

/**
 * One file with the batch as its frames. Plays for ever.
 * @throws {PictureRefused | ImageTooLarge}
 */
export async function encodeApng(images: Image, options: ApngOptions): Promise<Buffer> {
  const { batch, width, height } = images;
  checkPixels(batch, height, width);
  const parts: Buffer[] = [];
  let sequence = 0;
  for (let index = 0; index < batch; index++) {
    options.checkpoint?.();
    const frame = await encodePng(pictureBytes(images, index), { level: options.level });
    if (index === 0) parts.push(frame.subarray(0, PNG_HEADER_LENGTH), animationControl(batch));
    parts.push(frameControl(sequence++, width, height, options.duration));
    for (const { type, data } of pngChunks(frame)) {
      if (type !== 'IDAT') continue;
      parts.push(index === 0 ? pngChunk('IDAT', data) : pngChunk('fdAT', Buffer.concat([uint32(sequence++), data])));
    }
  }
  for (const [key, text] of options.text ?? []) parts.push(pngChunk('comf', Buffer.from(`${key}\0${text}`, 'latin1')));
  parts.push(pngChunk('IEND', Buffer.alloc(0)));
  return Buffer.concat(parts);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Number of frames, and 0 plays: without end. */
function animationControl(frames: number): Buffer {
  return pngChunk('acTL', Buffer.concat([uint32(frames), uint32(0)]));
}

/** Every frame covers the whole picture and replaces what was there. */
function frameControl(sequence: number, width: number, height: number, duration: number): Buffer {
  const control = Buffer.alloc(26);
  control.writeUInt32BE(sequence, 0);
  control.writeUInt32BE(width, 4);
  control.writeUInt32BE(height, 8);
  // delays are fractions of 16-bit numbers
  const perSecond = duration > 0xffff ? 100 : 1000;
  control.writeUInt16BE(Math.min(Math.trunc((duration * perSecond) / 1000), 0xffff), 20);
  control.writeUInt16BE(perSecond, 22);
  return pngChunk('fcTL', control);
}
