/** From the floats of an image to the integers of a file. */
import type { Image, RawPicture } from '@snug/node-kit';
import { imageAt } from '../pixels/channels.ts';
import { checkPixels } from '../pixels/limit.ts';
import { PictureRefused } from './picture-refused.ts';

/** Pixels of one picture, 16 bits a channel. */
export interface WidePicture {
  readonly data: Uint16Array;
  readonly width: number;
  readonly height: number;
  readonly channels: RawPicture['channels'];
}

function checkChannels({ channels }: Image): RawPicture['channels'] {
  if (channels === 1 || channels === 2 || channels === 3 || channels === 4) return channels;
  throw new PictureRefused(
    'picture_unwritable',
    `images: a picture file holds 1 to 4 channels, not ${channels}. Convert the image to RGB first.`,
  );
}

/** Scales into `target`: clipped, then truncated. The product is a float32, so that bytes that were loaded come back. */
function quantize(source: Float32Array, target: Uint8Array | Uint16Array, max: number): void {
  for (let at = 0; at < source.length; at++) {
    const value = Math.fround(max * source[at]!);
    target[at] = value <= 0 ? 0 : value >= max ? max : value;
  }
}

/**
 * One image of a batch with 8 bits a channel.
 * @throws {PictureRefused} when no picture file can hold its channels.
 */
export function pictureBytes(batch: Image, index: number): RawPicture {
  const channels = checkChannels(batch);
  const { data: floats, width, height } = imageAt(batch, index);
  const data = new Uint8Array(floats.length);
  quantize(floats, data, 255);
  return { data, width, height, channels };
}

/**
 * One image of a batch with 16 bits a channel.
 * @throws {PictureRefused} when no picture file can hold its channels.
 */
export function pictureWords(batch: Image, index: number): WidePicture {
  const channels = checkChannels(batch);
  const { data: floats, width, height } = imageAt(batch, index);
  const data = new Uint16Array(floats.length);
  quantize(floats, data, 65535);
  return { data, width, height, channels };
}

/**
 * The whole batch with 8 bits a channel, the frames below each other.
 * @throws {PictureRefused | ImageTooLarge}
 */
export function stackedBytes(batch: Image): RawPicture {
  const channels = checkChannels(batch);
  checkPixels(batch.batch, batch.height, batch.width);
  const data = new Uint8Array(batch.data.length);
  quantize(batch.data, data, 255);
  return { data, width: batch.width, height: batch.batch * batch.height, channels };
}
