import { describe, expect, it } from 'vitest';
import { scaleNodes } from '../src/nodes/scale.ts';
import { card, compare, imageOf, randomImage, rounded, run } from './pixel-cards.ts';

const a = card(96, 64);

describe('golden pictures', () => {
  const methods = ['nearest-exact', 'bilinear', 'area', 'bicubic', 'lanczos'];
  const cases: [name: string, type: string, inputs: object][] = [
    ...methods.flatMap((upscale_method): [string, string, object][] => [
      [`scale-up-${upscale_method}`, 'ImageScale', { upscale_method, width: 150, height: 101, crop: 'disabled' }],
      [`scale-down-${upscale_method}`, 'ImageScale', { upscale_method, width: 37, height: 29, crop: 'disabled' }],
    ]),
    ['scale-crop-center', 'ImageScale', { upscale_method: 'bilinear', width: 60, height: 60, crop: 'center' }],
    ['scale-keep-aspect', 'ImageScale', { upscale_method: 'bilinear', width: 0, height: 40, crop: 'disabled' }],
    ['scale-by', 'ImageScaleBy', { upscale_method: 'bicubic', scale_by: 1.5 }],
    [
      'scale-total-pixels',
      'ImageScaleToTotalPixels',
      { upscale_method: 'bilinear', megapixels: 0.01, resolution_steps: 1 },
    ],
  ];
  it.each(cases)('%s has the pixels of the reference', async (name, type, inputs) => {
    const { outputs } = await run(scaleNodes, type, { image: a, ...inputs });
    const { mean, max } = await compare(outputs.IMAGE!, name);
    expect(max).toBeLessThanOrEqual(1);
    expect(mean).toBeLessThanOrEqual(0.1);
  });
});
