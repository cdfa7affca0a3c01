import { createImage, createMask, describeNode } from '@snug/node-kit';
import type { DescribeContext, Image, Mask } from '@snug/node-kit';
import { toPlain } from '@snug/protocol';
import { describe, expect, it } from 'vitest';
import { batchNodes } from '../src/nodes/batch.ts';
import { call, maskOf } from './node-call.ts';
import { imageOf } from './pixel-cards.ts';

const run = async (type: string, inputs: Record<string, unknown>): Promise<Image> =>
  (await call<{ IMAGE: Image }>(batchNodes, type, inputs)).IMAGE;
/** A batch whose images are one pixel each. */
const pixels = (...values: number[]): Image => imageOf([values.length, 1, 1, 1], values);

describe('joining', () => {
  it('ImageBatch gives both images the channels of the richer one', async () => {
    const opaque = imageOf([1, 1, 1, 3], [0.25, 0.5, 0.75]);
    const clear = imageOf([1, 1, 1, 4], [0, 0, 0, 0]);
    expect([...(await run('ImageBatch', { image1: opaque, image2: clear })).data]).toEqual([
      0.25, 0.5, 0.75, 1, 0, 0, 0, 0,
    ]);
    expect([...(await run('ImageBatch', { image1: clear, image2: opaque })).data]).toEqual([
      0, 0, 0, 0, 0.25, 0.5, 0.75, 1,
    ]);
  });

  it('BatchImagesNode keeps the order and scales to the first', async () => {
    const images = { image0: pixels(1), image1: createImage(1, 4, 2, 1), image2: pixels(0.5, 0.25) };
    expect(await run('BatchImagesNode', { images })).toEqual(pixels(1, 0, 0.5, 0.25));
  });

  it('BatchMasksNode keeps the order and scales to the first', async () => {
    const masks = { mask0: maskOf([1, 0.5]), mask1: createMask(2, 3, 3) };
    const { MASK } = await call<{ MASK: Mask }>(batchNodes, 'BatchMasksNode', { masks });
    expect(MASK).toEqual({ ...createMask(3, 1, 2), data: Float32Array.of(1, 0.5, 0, 0, 0, 0) });
  });

  it.each([
    ['BatchImagesNode', 'images'],
    ['BatchMasksNode', 'masks'],
  ])('%s refuses nothing at all', async (type, name) => {
    await expect(call(batchNodes, type, { [name]: {} })).rejects.toMatchObject({ code: 'bad_input', input: name });
  });

  it('BatchImagesNode grows from one input to fifty', async () => {
    const node = batchNodes.find(({ type }) => type === 'BatchImagesNode')!;
    expect(toPlain(await describeNode(node, 'nodes', {} as DescribeContext))).toMatchObject({
      display_name: 'Batch Images',
      input: {
        required: {
          images: [
            'COMFY_AUTOGROW_V3',
            { template: { input: { required: { image: ['IMAGE', {}] } }, prefix: 'image', min: 1, max: 50 } },
          ],
        },
      },
    });
  });
});

describe('ImageFromBatch', () => {
  it.each([
    [0, 1, [1]],
    [1, 9, [2, 3]],
    [9, 1, [3]],
    [-1, 1, [3]],
    [-2, 2, [2, 3]],
    [-9, 2, [1, 2]],
  ])('index %i, length %i', async (batch_index, length, want) => {
    expect([...(await run('ImageFromBatch', { image: pixels(1, 2, 3), batch_index, length })).data]).toEqual(want);
  });

  it('copies: the batch can be freed', async () => {
    const image = pixels(1, 2, 3);
    expect((await run('ImageFromBatch', { image, batch_index: 0, length: 3 })).data.buffer).not.toBe(image.data.buffer);
  });
});

describe('RepeatImageBatch', () => {
  it('repeats the batch as a whole', async () => {
    expect(await run('RepeatImageBatch', { image: pixels(1, 2), amount: 3 })).toEqual(pixels(1, 2, 1, 2, 1, 2));
  });

  it('refuses a result that no memory holds, before it is made', async () => {
    const repeated = run('RepeatImageBatch', { image: createImage(1, 512, 1024, 1), amount: 4096 });
    await expect(repeated).rejects.toMatchObject({ code: 'result_too_large' });
  });
});

describe('RebatchImages', () => {
  const rebatch = (images: Image[], size: number) =>
    call<{ IMAGE: Image[] }>(batchNodes, 'RebatchImages', { images, batch_size: [size] });

  it('deals images out again in order', async () => {
    const { IMAGE } = await rebatch([pixels(1, 2), pixels(3), pixels(4, 5)], 2);
    expect(IMAGE).toEqual([pixels(1, 2), pixels(3, 4), pixels(5)]);
  });

  it('names the sizes of images that do not fit together', async () => {
    const images = [pixels(1), createImage(1, 2, 3, 3)];
    await expect(rebatch(images, 2)).rejects.toMatchObject({ message: expect.stringContaining('1×1×1 and 2×3×3') });
    expect((await rebatch(images, 1)).IMAGE).toHaveLength(2);
  });
});
