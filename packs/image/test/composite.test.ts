import { createMask } from '@snug/node-kit';
import type { Image, Mask } from '@snug/node-kit';
import { describe, expect, it } from 'vitest';
import { compositeNodes } from '../src/nodes/composite.ts';
import { call, maskOf } from './node-call.ts';
import { imageOf, rounded } from './pixel-cards.ts';

const composite = async (inputs: Record<string, unknown>): Promise<Image> => {
  const all = { x: 0, y: 0, resize_source: false, ...inputs };
  return (await call<{ IMAGE: Image }>(compositeNodes, 'ImageCompositeMasked', all)).IMAGE;
};
const grey = (batch: number, height: number, width: number, values: number[]) =>
  imageOf([batch, height, width, 1], values);

describe('ImageCompositeMasked', () => {
  it('pastes at x, y and cuts off what falls outside', async () => {
    const destination = grey(1, 2, 2, [0, 0, 0, 0]);
    const source = grey(1, 2, 2, [0.1, 0.2, 0.3, 0.4]);
    expect(rounded((await composite({ destination, source, x: 1, y: 1 })).data)).toEqual([0, 0, 0, 0.1]);
    expect(rounded((await composite({ destination, source, x: 0, y: 1 })).data)).toEqual([0, 0, 0.1, 0.2]);
    expect(rounded((await composite({ destination, source, x: 9, y: 9 })).data)).toEqual([0, 0, 0, 0]);
    expect([...destination.data]).toEqual([0, 0, 0, 0]);
  });

  it('lets the source through where the mask is 1', async () => {
    const inputs = {
      destination: grey(1, 1, 3, [1, 1, 1]),
      source: grey(1, 1, 3, [0, 0, 0]),
      mask: maskOf([1, 0.25, 0]),
    };
    expect([...(await composite(inputs)).data]).toEqual([0, 0.75, 1]);
  });

  it('scales source and mask when asked to', async () => {
    const inputs = {
      destination: grey(
        1,
        2,
        4,
        Array.from({ length: 8 }, () => 0),
      ),
      source: grey(1, 1, 1, [1]),
      mask: maskOf([0.5]),
    };
    expect([...(await composite({ ...inputs, resize_source: true })).data]).toEqual(
      Array.from({ length: 8 }, () => 0.5),
    );
  });

  it('repeats or cuts the batch of the source, and its masks with it', async () => {
    const destination = grey(3, 1, 1, [0, 0, 0]);
    const mask: Mask = { ...createMask(2, 1, 1), data: Float32Array.of(1, 0.5) };
    expect([...(await composite({ destination, source: grey(1, 1, 1, [1]), mask })).data]).toEqual([1, 0.5, 1]);
    expect([...(await composite({ destination, source: grey(2, 1, 1, [0.5, 1]), mask })).data]).toEqual([
      0.5, 0.5, 0.5,
    ]);
    const one = grey(1, 1, 1, [0]);
    expect([...(await composite({ destination: one, source: grey(2, 1, 1, [0.5, 1]) })).data]).toEqual([0.5]);
  });

  it('gives the source the channels of the destination', async () => {
    const three = imageOf([1, 1, 1, 3], [0.25, 0.5, 0.75]);
    const four = imageOf([1, 1, 1, 4], [0, 0, 0, 0]);
    expect([...(await composite({ destination: four, source: three })).data]).toEqual([0.25, 0.5, 0.75, 1]);
    expect([...(await composite({ destination: three, source: four })).data]).toEqual([0, 0, 0]);
  });
});

describe('alpha', () => {
  it('SplitImageWithAlpha finds nothing transparent in an opaque image', async () => {
    const image = imageOf([1, 1, 1, 3], [0.25, 0.5, 0.75]);
    const { IMAGE, MASK } = await call<{ IMAGE: Image; MASK: Mask }>(compositeNodes, 'SplitImageWithAlpha', { image });
    expect(IMAGE).toEqual(image);
    expect(MASK).toEqual(createMask(1, 1, 1));
  });

  it('JoinImageWithAlpha repeats the shorter batch', async () => {
    const image = imageOf([1, 1, 1, 4], [0.25, 0.5, 0.75, 0.1]);
    const alpha: Mask = { ...createMask(2, 1, 1), data: Float32Array.of(1, 0.25) };
    const { IMAGE } = await call<{ IMAGE: Image }>(compositeNodes, 'JoinImageWithAlpha', { image, alpha });
    expect(IMAGE).toEqual(imageOf([2, 1, 1, 4], [0.25, 0.5, 0.75, 0, 0.25, 0.5, 0.75, 0.75]));
  });

  it('JoinImageWithAlpha scales the mask to the image', async () => {
    const image = imageOf([1, 1, 2, 3], [0, 0, 0, 0, 0, 0]);
    const { IMAGE } = await call<{ IMAGE: Image }>(compositeNodes, 'JoinImageWithAlpha', {
      image,
      alpha: maskOf([0.5]),
    });
    expect([...IMAGE.data]).toEqual([0, 0, 0, 0.5, 0, 0, 0, 0.5]);
  });
});
