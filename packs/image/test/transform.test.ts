import { describe, expect, it } from 'vitest';
import { transformNodes } from '../src/nodes/transform.ts';
import { card, compare, imageOf, randomImage, rounded, run } from './pixel-cards.ts';

const image = card(96, 64);

it.each([
  ['flip-x', 'ImageFlip', { flip_method: 'x-axis: vertically' }],
  ['rotate-90', 'ImageRotate', { rotation: '90 degrees' }],
  ['pad-outpaint', 'ImagePadForOutpaint', { left: 8, top: 16, right: 24, bottom: 0, feathering: 10 }],
])('%s has the pixels of the reference', async (name, type, inputs) => {
  const ran = await run(transformNodes, type, { image, ...inputs });
  expect(await compare(ran.image, name)).toEqual({ mean: 0, max: 0 });
});

describe('turns', () => {
  const small = imageOf([1, 2, 3, 1], [1, 2, 3, 4, 5, 6]);
  it.each([
    ['none', [1, 2, 3, 4, 5, 6]],
    ['90 degrees', [4, 1, 5, 2, 6, 3]],
    ['180 degrees', [6, 5, 4, 3, 2, 1]],
    ['270 degrees', [3, 6, 2, 5, 1, 4]],
  ])('ImageRotate by %s gives %o', async (rotation, values) => {
    const ran = await run(transformNodes, 'ImageRotate', { image: small, rotation });
    expect([...ran.image.data]).toEqual(values);
  });

  it('ImageFlip mirrors each image of a batch', async () => {
    const batch = imageOf([2, 1, 2, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    const ran = await run(transformNodes, 'ImageFlip', { image: batch, flip_method: 'y-axis: horizontally' });
    expect([...ran.image.data]).toEqual([4, 5, 6, 1, 2, 3, 10, 11, 12, 7, 8, 9]);
  });

  it('four quarter turns give the image back', async () => {
    const start = randomImage(5, 2, 3, 4, 4);
    let turned = start;
    for (let turn = 0; turn < 4; turn++) {
      turned = (await run(transformNodes, 'ImageRotate', { image: turned, rotation: '90 degrees' })).image;
    }
    expect(turned).toEqual(start);
  });
});

describe('ImagePadForOutpaint', () => {
  const pad = { left: 0, top: 0, right: 0, bottom: 0, feathering: 0 };
  const maskAfter = async (size: number, inputs: object): Promise<number[]> => {
    const square = randomImage(1, 2, size, size);
    const { outputs } = await run(transformNodes, 'ImagePadForOutpaint', { image: square, ...pad, ...inputs });
    const mask = outputs[1] as { batch: number; data: Float32Array };
    expect(mask.batch).toBe(1);
    return rounded(mask.data);
  };

  it('the mask is 1 in the padding and 0 inside', async () => {
    expect(await maskAfter(1, { right: 1, bottom: 1 })).toEqual([0, 1, 1, 1]);
  });

  it('the mask fades inside with the square of the distance, only towards padded sides', async () => {
    const mask = await maskAfter(5, { left: 1, feathering: 2 });
    expect(mask.slice(0, 6)).toEqual([1, 1, 0.25, 0, 0, 0]);
    expect(mask.slice(-6)).toEqual([1, 1, 0.25, 0, 0, 0]);
  });

  it('the mask does not fade where the feathering would not fit twice', async () => {
    expect((await maskAfter(4, { left: 1, feathering: 2 })).slice(0, 5)).toEqual([1, 0, 0, 0, 0]);
  });

  it('padding past the limit is refused', async () => {
    await expect(maskAfter(2, { left: 16384, right: 16384, top: 16384 })).rejects.toMatchObject({
      code: 'image_too_large',
    });
  });
});

it('GetImageSize tells and shows the size', async () => {
  const { outputs, texts } = await run(transformNodes, 'GetImageSize', { image: randomImage(1, 3, 4, 5) });
  expect(outputs).toEqual([5, 4, 3]);
  expect(texts).toEqual(['width: 5, height: 4\n batch size: 3']);
});
