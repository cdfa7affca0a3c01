/** Making two images agree: their channels and their batches. */
import type { Image } from '@snug/node-kit';
import { newImage } from './limit.ts';

/** Cuts surplus channels off; missing ones become 1, that is opaque. Returns the image itself when they agree. */
export function withChannels(image: Image, channels: number): Image {
  if (channels === image.channels) return image;
  const target = newImage(image.batch, image.height, image.width, channels);
  const kept = Math.min(channels, image.channels);
  if (kept < channels) target.data.fill(1);
  for (let from = 0, to = 0; from < image.data.length; from += image.channels, to += channels) {
    for (let channel = 0; channel < kept; channel++) target.data[to + channel] = image.data[from + channel]!;
  }
  return target;
}

/** A batch of at least this many, extended by repeating its last image. */
export function withBatch(image: Image, batch: number): Image {
  if (batch <= image.batch) return image;
  const target = newImage(batch, image.height, image.width, image.channels);
  target.data.set(image.data);
  const size = image.height * image.width * image.channels;
  const last = image.data.subarray(image.data.length - size);
  for (let item = image.batch; item < batch; item++) target.data.set(last, item * size);
  return target;
}

/** One image of a batch, sharing its pixels. */
export function imageAt(image: Image, index: number): Image {
  const size = image.height * image.width * image.channels;
  return { ...image, batch: 1, data: image.data.subarray(index * size, (index + 1) * size) };
}

/** One channel of all pixels, or 1 everywhere when the image has no such channel. */
export function channelOf(image: Image, channel: number): Float32Array {
  const plane = new Float32Array(image.batch * image.height * image.width);
  if (channel >= image.channels) return plane.fill(1);
  for (let to = 0, from = channel; to < plane.length; to++, from += image.channels) plane[to] = image.data[from]!;
  return plane;
}
