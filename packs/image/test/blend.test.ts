import { describe, expect, it } from 'vitest';
import { blendNodes } from '../src/nodes/blend.ts';
import { BLEND_MODES } from '../src/pixels/blend.ts';
import { card, compare, imageOf, randomImage, rounded, run } from './pixel-cards.ts';

describe('ImageBlend', () => {
  it.each(BLEND_MODES)('blend-%s differs by at most one step, in at most a tenth of the values', async (blend_mode) => {
    const inputs = { image1: card(96, 64), image2: card(80, 72, 90), blend_factor: 0.6, blend_mode };
    const { mean, max } = await compare((await run(blendNodes, 'ImageBlend', inputs)).image, `blend-${blend_mode}`);
    expect(max).toBeLessThanOrEqual(1);
    expect(mean).toBeLessThanOrEqual(0.1);
  });

  const blend = (blend_mode: string, base: number, top: number, blend_factor = 1): ReturnType<typeof run> =>
    run(blendNodes, 'ImageBlend', {
      image1: imageOf([1, 1, 1, 1], [base]),
      image2: imageOf([1, 1, 1, 1], [top]),
      blend_factor,
      blend_mode,
    });

  it.each([
    ['overlay', 0.5, 0.25, 0.25],
    ['overlay', 0.75, 0.25, 0.625],
    ['soft_light', 0.5, 0.25, 0.375],
    ['soft_light', 0.25, 1, 0.5],
    ['soft_light', 0.125, 1, 0.34375],
    ['difference', 0.25, 0.75, 0],
    ['screen', 0.5, 0.5, 0.75],
  ])('%s of %f and %f is %f', async (mode, base, top, wanted) => {
    expect(rounded((await blend(mode, base, top)).image.data, 5)).toEqual([wanted]);
  });

  it('the factor is the share of the blended value', async () => {
    expect(rounded((await blend('normal', 0, 1, 0.25)).image.data)).toEqual([0.25]);
  });

  it('one image is mixed into every image of a batch, its alpha cut off', async () => {
    const inputs = { blend_factor: 1, blend_mode: 'normal', image1: randomImage(1, 2, 1, 1) };
    const image2 = imageOf([1, 1, 1, 4], [0, 0.5, 1, 0.25]);
    const { image } = await run(blendNodes, 'ImageBlend', { ...inputs, image2 });
    expect([...image.data]).toEqual([0, 0.5, 1, 0, 0.5, 1]);
  });

  it('batches that do not fit are refused by name', async () => {
    const inputs = { image1: randomImage(1, 2, 1, 1), image2: randomImage(1, 3, 1, 1), blend_factor: 1 };
    await expect(run(blendNodes, 'ImageBlend', { ...inputs, blend_mode: 'normal' })).rejects.toMatchObject({
      code: 'bad_input',
      input: 'image2',
    });
  });
});
