import { describe, expect, it } from 'vitest';
import { blendNodes } from '../src/nodes/blend.ts';
import { BLEND_MODES } from '../src/pixels/blend.ts';
import { card, compare, imageOf, randomImage, rounded, run } from './pixel-cards.ts';

describe('ImageBlend', () => {
  it.each(BLEND_MODES)('blend-%s has the pixels of the reference', async (blend_mode) => {
    const inputs = { image1: card(96, 64), image2: card(80, 72, 90), blend_factor: 0.6, blend_mode };
    const { outputs } = await run(blendNodes, 'ImageBlend', inputs);
    const { mean, max } = await compare(outputs.IMAGE!, `blend-${blend_mode}`);
    console.log(blend_mode, mean, max);
    expect(max).toBeLessThanOrEqual(1);
    expect(mean).toBeLessThanOrEqual(0.15);
  });
});
