import { describe, expect, it } from 'vitest';
import { quantizeNodes } from '../src/nodes/quantize.ts';
import { bayerMatrix } from '../src/pixels/dither.ts';
import { medianCut } from '../src/pixels/median-cut.ts';
import { card, compare, imageOf, randomImage, rounded, run } from './pixel-cards.ts';

const quantize = (image: object, colors: number, dither: string): ReturnType<typeof run> =>
  run(quantizeNodes, 'ImageQuantize', { image, colors, dither });

function coloursOf({ data, channels }: { data: Float32Array; channels: number }): Set<string> {
  const seen = new Set<string>();
  for (let at = 0; at < data.length; at += channels) seen.add(data.slice(at, at + 3).join());
  return seen;
}

describe('medianCut', () => {
  it('splits along the longest side as an eye sees it, at the median pixel', () => {
    // blue differs more than green, but counts less
    const pixels = Uint8Array.of(0, 0, 0, 0, 0, 255, 0, 100, 0, 0, 100, 255);
    expect([...medianCut(pixels, 2)]).toEqual([0, 0, 128, 0, 100, 128]);
  });

  it('stops when there are no more colours', () => {
    expect([...medianCut(Uint8Array.of(1, 2, 3, 1, 2, 3), 8)]).toEqual([1, 2, 3]);
    expect([...medianCut(new Uint8Array(0), 8)]).toEqual([]);
  });

  it('one colour is the mean', () => {
    expect([...medianCut(Uint8Array.of(0, 0, 0, 10, 20, 30), 1)]).toEqual([5, 10, 15]);
  });
});

describe('ImageQuantize', () => {
  it('quantize-none is within half of what the suite allows', async () => {
    const { mean } = await compare((await quantize(card(96, 64), 8, 'none')).image, 'quantize-none');
    expect(mean).toBeLessThanOrEqual(12);
  });

  it.each(['none', 'floyd-steinberg', 'bayer-2', 'bayer-4', 'bayer-8', 'bayer-16'])(
    '%s uses at most as many colours as asked, in each image',
    async (dither) => {
      const { image, checks } = await quantize(randomImage(9, 2, 16, 16), 5, dither);
      const half = image.data.length / 2;
      for (const part of [image.data.slice(0, half), image.data.slice(half)]) {
        const { size } = coloursOf({ data: part, channels: 3 });
        expect(size).toBeGreaterThan(1);
        expect(size).toBeLessThanOrEqual(5);
      }
      expect(checks).toBeGreaterThanOrEqual(2);
    },
  );

  it('diffusion keeps the mean of a grey, where plain mapping loses it', async () => {
    const values = Array.from({ length: 1200 }, (_, at) => (at < 30 ? 0 : at < 60 ? 1 : 0.4));
    const grey = imageOf([1, 20, 20, 3], values);
    const mean = (data: Float32Array): number => data.reduce((sum, value) => sum + value, 0) / data.length;
    const plain = mean((await quantize(grey, 2, 'none')).image.data);
    const diffused = mean((await quantize(grey, 2, 'floyd-steinberg')).image.data);
    expect(Math.abs(diffused - mean(grey.data))).toBeLessThan(0.02);
    expect(Math.abs(diffused - mean(grey.data))).toBeLessThanOrEqual(Math.abs(plain - mean(grey.data)) + 0.005);
  });

  it('alpha stays', async () => {
    const image = imageOf([1, 1, 2, 4], [0, 0, 0, 0.3, 1, 1, 1, 0.6]);
    expect(rounded((await quantize(image, 1, 'none')).image.data, 2)).toEqual([0.5, 0.5, 0.5, 0.3, 0.5, 0.5, 0.5, 0.6]);
  });
});

it('the Bayer matrix holds every step once, around 0', () => {
  expect([...bayerMatrix(2)]).toEqual([-0.375, 0.125, 0.375, -0.125]);
  const steps = [...bayerMatrix(4)].map((value) => (value + 0.5) * 16 - 0.5);
  expect(steps).toEqual([0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5]);
});
