import { describe, expect, it } from 'vitest';
import { torchNormals } from '@snug/node-kit';
import { filterNodes } from '../src/nodes/filter.ts';
import { gaussianWeights, mirrored } from '../src/pixels/gaussian.ts';
import { card, compare, imageOf, randomImage, rounded, run } from './pixel-cards.ts';

it.each([
  ['blur', 'ImageBlur', { blur_radius: 3, sigma: 1.5 }, 0.1],
  ['sharpen', 'ImageSharpen', { sharpen_radius: 2, sigma: 1, alpha: 1 }, 0.4],
])('%s differs from the reference by at most one step', async (name, type, inputs, most) => {
  const { mean, max } = await compare((await run(filterNodes, type, { image: card(96, 64), ...inputs })).image, name);
  expect(max).toBeLessThanOrEqual(1);
  expect(mean).toBeLessThanOrEqual(most);
});

describe('smoothing', () => {
  it('weights sum to 1 and fall from the middle', () => {
    const weights = [...gaussianWeights(1, 1)];
    expect(rounded(weights)).toEqual([0.2741, 0.4519, 0.2741]);
  });

  it('positions are mirrored without repeating the border, also far outside', () => {
    expect([-4, -3, -2, -1, 0, 1, 2, 3, 4].map((at) => mirrored(at, 3))).toEqual([0, 1, 2, 1, 0, 1, 2, 1, 0]);
    expect(mirrored(-7, 1)).toBe(0);
  });

  it('a flat image stays as it is, also when it is smaller than the radius', async () => {
    const flat = { ...randomImage(1, 2, 3, 2), data: new Float32Array(36).fill(0.3) };
    const blurred = await run(filterNodes, 'ImageBlur', { image: flat, blur_radius: 31, sigma: 10 });
    expect(blurred.image.data).toEqual(flat.data);
    const sharpened = await run(filterNodes, 'ImageSharpen', { image: flat, sharpen_radius: 31, sigma: 1, alpha: 5 });
    expect(sharpened.image.data).toEqual(flat.data);
    expect(sharpened.checks).toBe(2);
  });

  it('a bright point spreads symmetrically', async () => {
    const point = imageOf([1, 1, 5, 1], [0, 0, 1, 0, 0]);
    const { image } = await run(filterNodes, 'ImageBlur', { image: point, blur_radius: 1, sigma: 1 });
    expect(rounded(image.data)).toEqual([0, 0.2741, 0.4519, 0.2741, 0]);
  });
});

describe('noise', () => {
  it('few numbers are those of PyTorch', () => {
    expect(rounded(torchNormals(0n).take(3))).toEqual([1.541, -0.2934, -2.1788]);
    expect(rounded(torchNormals(42n).take(6))).toEqual([0.3367, 0.1288, 0.2345, 0.2303, -1.1229, -0.1863]);
  });

  it('sixteen numbers are those of PyTorch', () => {
    expect(rounded(torchNormals(0n).take(16))).toEqual([
      -1.1258, -1.1524, -0.2506, -0.4339, 0.8487, 0.692, -0.316, -2.1152, 0.3223, -1.2633, 0.35, 0.3081, 0.1198, 1.2377,
      1.1168, -0.2473,
    ]);
  });

  it('a last block that is not full replaces the end of the one before', () => {
    const [full, more] = [torchNormals(5n).take(16), torchNormals(5n).take(20)];
    expect(more.slice(0, 4)).toEqual(full.slice(0, 4));
    expect(more.slice(4, 16)).not.toEqual(full.slice(4, 16));
  });

  it('only 32 bits of a seed count', () => {
    expect(torchNormals(2n ** 63n + 7n).take(4)).toEqual(torchNormals(7n).take(4));
  });

  it('is added with its strength and clipped', async () => {
    const grey = imageOf([1, 1, 1, 3], [0.5, 0.5, 0.5]);
    const { image } = await run(filterNodes, 'ImageAddNoise', { image: grey, seed: 0n, strength: 0.25 });
    expect(rounded(image.data)).toEqual([0.8852, 0.4266, 0]);
  });
});
