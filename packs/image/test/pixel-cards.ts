/** Test images, node calls without a server, and comparison with golden pictures. */
import { readFileSync } from 'node:fs';
import { createImage } from '@snug/node-kit';
import type { AnyNode, Image, NodeContext } from '@snug/node-kit';
import sharp from 'sharp';

/** The colourful card that the golden pictures were made from: gradients, hard edges, a disc, fine stripes. */
export function card(width: number, height: number, seed = 0): Image {
  const image = createImage(1, height, width, 3);
  const { data } = image;
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const inside = (x - width / 2) ** 2 + (y - height / 2) ** 2 < (Math.min(width, height) / 3) ** 2;
      data[at++] = Math.round((x / (width - 1)) * 255) / 255;
      data[at++] = (inside ? 220 : Math.round((y / (height - 1)) * 255)) / 255;
      data[at++] = ((x >> 2) % 2 ? 255 - seed : 30 + seed) / 255;
    }
  }
  return image;
}

/** An image from its values, image after image and row after row. */
export function imageOf(
  [batch, height, width, channels]: readonly [number, number, number, number],
  values: readonly number[],
): Image {
  if (values.length !== batch * height * width * channels) throw new Error('shape and values disagree');
  return { batch, height, width, channels, data: Float32Array.from(values) };
}

/** Repeatable values in [0, 1). */
export function randomImage(seed: number, batch: number, height: number, width: number, channels = 3): Image {
  const image = createImage(batch, height, width, channels);
  let state = seed;
  for (let i = 0; i < image.data.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    image.data[i] = state / 2 ** 32;
  }
  return image;
}

export function rounded(values: Iterable<number>, digits = 4): number[] {
  return Array.from(values, (value) => Number(value.toFixed(digits)) + 0);
}

export interface Ran {
  /** The first output. */
  readonly image: Image;
  /** All outputs, in order. */
  readonly outputs: unknown[];
  readonly texts: string[];
  /** How often the node asked whether it was interrupted. */
  readonly checks: number;
}

/** Runs a node as the executor would, on images. */
export async function run(nodes: readonly AnyNode[], type: string, inputs: object): Promise<Ran> {
  const node = nodes.find((one) => one.type === type);
  if (!node) throw new Error(`no node ${type}`);
  const texts: string[] = [];
  let checks = 0;
  const context: Partial<NodeContext> = {
    throwIfInterrupted: () => void checks++,
    text: (text) => void texts.push(text),
  };
  const outputs = Object.values(await node.run({ ...inputs }, context as NodeContext));
  return { image: outputs[0] as Image, outputs, texts, checks };
}

export interface Difference {
  readonly mean: number;
  readonly max: number;
}

/** How far the first image of a batch, saved as 8 bits, is from a golden picture; in steps of 1/255. */
export async function compare(image: Image, name: string): Promise<Difference> {
  const golden = new URL(`../../../tests/conformance/suite/pixels/${name}.png`, import.meta.url);
  const { data, info } = await sharp(readFileSync(golden)).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  if (info.width !== image.width || info.height !== image.height)
    throw new Error(`want ${info.width}x${info.height}, got ${image.width}x${image.height}`);
  let sum = 0;
  let max = 0;
  for (let pixel = 0, at = 0; pixel < info.width * info.height; pixel++) {
    for (let channel = 0; channel < 3; channel++, at++) {
      const value = image.data.at(pixel * image.channels + channel) ?? NaN;
      const saved = Math.trunc(Math.min(Math.max(Math.fround(255 * value), 0), 255));
      const difference = Math.abs(saved - (data.at(at) ?? NaN));
      sum += difference;
      max = Math.max(max, difference);
    }
  }
  return { mean: sum / data.length, max };
}
