import { describe, expect, it } from 'vitest';
import { filterNodes } from '../src/nodes/filter.ts';
import { torchNormal } from '../src/pixels/torch-noise.ts';
import { card, compare, imageOf, randomImage, rounded, run } from './pixel-cards.ts';

const image = card(96, 64);
it.each([
    ['blur', 'ImageBlur', { image, blur_radius: 3, sigma: 1.5 }],
    ['sharpen', 'ImageSharpen', { image, sharpen_radius: 2, sigma: 1, alpha: 1 }],
  ])('%s has the pixels of the reference', async (name, type, inputs) => {
    const { outputs } = await run(filterNodes, type, inputs);
    const r = await compare(outputs.IMAGE!, name);
    console.log(name, r);
    expect(r.max).toBeLessThanOrEqual(1);
    expect(r.mean).toBeLessThanOrEqual(0.1);
  });
it('n', () => { console.log(torchNormal(3,0n), torchNormal(16,0n), torchNormal(6,42n)); });
