/** The golden pictures that masks, batches and composites take part in. */
import { readFileSync } from 'node:fs';
import { createMask } from '@snug/node-kit';
import type { Image, Mask } from '@snug/node-kit';
import { describe, expect, it } from 'vitest';
import { batchNodes } from '../src/nodes/batch.ts';
import { compositeNodes } from '../src/nodes/composite.ts';
import { maskNodes } from '../src/nodes/mask.ts';
import { call } from './node-call.ts';
import { card, compare } from './pixel-cards.ts';

const nodes = [...maskNodes, ...compositeNodes, ...batchNodes];

/** What loading the card with alpha gives: its colours, and a mask that fades out down the right half. */
function loadTransparent(): { image: Image; mask: Mask } {
  const [width, height] = [64, 48];
  const mask = createMask(1, height, width);
  for (let at = 0; at < mask.data.length; at++) {
    const [x, y] = [at % width, Math.floor(at / width)];
    const alpha = x < width / 2 ? 255 : Math.round((y / (height - 1)) * 255);
    mask.data[at] = 1 - Math.fround(alpha / 255);
  }
  return { image: card(width, height), mask };
}

const image = card(96, 64);
const { image: transparent, mask } = loadTransparent();
const draw = async (mask: Mask) => (await call<{ IMAGE: Image }>(nodes, 'MaskToImage', { mask })).IMAGE;
const masked = async (type: string, inputs: Record<string, unknown>) =>
  draw((await call<{ MASK: Mask }>(nodes, type, inputs)).MASK);

const cases: Record<string, () => Promise<Image>> = {
  'load-rgba-mask': () => draw(mask),
  'mask-invert': () => masked('InvertMask', { mask }),
  'mask-grow': () => masked('GrowMask', { mask, expand: 4, tapered_corners: true }),
  'mask-shrink': () => masked('GrowMask', { mask, expand: -3, tapered_corners: false }),
  'mask-feather': () => masked('FeatherMask', { mask, left: 9, top: 3, right: 5, bottom: 12 }),
  'mask-crop': () => masked('CropMask', { mask, x: 4, y: 3, width: 30, height: 21 }),
  'mask-threshold': () => masked('ThresholdMask', { mask, value: 0.5 }),
  'mask-solid-composite': async () => {
    const solid = await call<{ MASK: Mask }>(nodes, 'SolidMask', { value: 0.7, width: 25, height: 15 });
    return masked('MaskComposite', { destination: mask, source: solid.MASK, x: 12, y: 8, operation: 'add' });
  },
  'image-to-mask-red': () => masked('ImageToMask', { image, channel: 'red' }),
  'colour-to-mask': () => masked('ImageColorToMask', { image, color: 0x0000ff }),
  batch: async () => {
    const both = await call<{ IMAGE: Image }>(nodes, 'ImageBatch', { image1: image, image2: card(80, 72, 90) });
    const second = { image: both.IMAGE, batch_index: 1, length: 1 };
    return (await call<{ IMAGE: Image }>(nodes, 'ImageFromBatch', second)).IMAGE;
  },
  'composite-masked': async () => {
    const inputs = { destination: image, source: transparent, x: 10, y: 5, resize_source: false, mask };
    return (await call<{ IMAGE: Image }>(nodes, 'ImageCompositeMasked', inputs)).IMAGE;
  },
  'join-alpha': async () => {
    const joined = await call<{ IMAGE: Image }>(nodes, 'JoinImageWithAlpha', { image: transparent, alpha: mask });
    return masked('SplitImageWithAlpha', { image: joined.IMAGE });
  },
};

describe('golden pictures', () => {
  it.each(Object.entries(cases))('%s has the pixels of the reference', async (name, make) => {
    expect(await compare(await make(), name)).toEqual({ mean: 0, max: 0 });
  });

  it('covers every case of the suite that names a mask, a batch or a composite', () => {
    const suite = readFileSync(new URL('../../../tests/conformance/suite/pixels.mjs', import.meta.url), 'utf8');
    const named = [...suite.matchAll(/^ {2}'?((?:mask|batch|composite|join|colour-to|image-to)[\w-]*)'?: /gm)];
    expect(named.length).toBeGreaterThan(10);
    expect(Object.keys(cases)).toEqual(expect.arrayContaining(named.map((one) => one[1])));
  });
});
