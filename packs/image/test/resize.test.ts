import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cropWindow, RESIZE_METHODS, resizeImage, resizeMask, resizeTensor } from '../src/pixels/resize.ts';
import { slerpWeights } from '../src/pixels/slerp.ts';
import { imageOf, randomImage, rounded } from './pixel-cards.ts';

const square = imageOf([1, 2, 2, 1], [1, 2, 3, 4]);

describe('resizeImage', () => {
  it('bilinear has the values of the documented example', () => {
    expect(rounded(resizeImage(square, 4, 4, 'bilinear').data)).toEqual([
      1, 1.25, 1.75, 2, 1.5, 1.75, 2.25, 2.5, 2.5, 2.75, 3.25, 3.5, 3, 3.25, 3.75, 4,
    ]);
  });

  it('bicubic overshoots as the documented example does', () => {
    expect(rounded(resizeImage(square, 4, 4, 'bicubic').data).slice(0, 4)).toEqual([0.6836, 1.0156, 1.5625, 1.8945]);
  });

  it('area is the mean of what is touched, nearest-exact takes the middle', () => {
    const row = imageOf([1, 1, 5, 1], [1, 2, 3, 4, 5]);
    expect(rounded(resizeImage(row, 2, 1, 'area').data)).toEqual([2, 4]);
    expect(rounded(resizeImage(row, 2, 1, 'nearest-exact').data)).toEqual([2, 4]);
    expect(rounded(resizeImage(row, 1, 1, 'nearest-exact').data)).toEqual([3]);
  });

  it('lanczos goes through 8 bits', () => {
    const { data } = resizeImage(imageOf([1, 1, 2, 1], [0.5, 0.5]), 4, 1, 'lanczos');
    expect(rounded(data)).toEqual(rounded([127 / 255, 127 / 255, 127 / 255, 127 / 255]));
  });

  it('lanczos keeps the colour of transparent pixels out of their neighbours', () => {
    const pair = imageOf([1, 1, 2, 4], [1, 0, 0, 1, 0, 1, 0, 0]);
    const { data } = resizeImage(pair, 1, 1, 'lanczos');
    expect(rounded(data, 2)).toEqual([1, 0, 0, 0.5]);
  });

  it('center trims both sides alike, to at least one pixel', () => {
    expect(cropWindow(10, 4, 4, 4)).toEqual({ x: 3, y: 0, width: 4, height: 4 });
    expect(cropWindow(4, 9, 4, 4)).toEqual({ x: 0, y: 2, width: 4, height: 5 });
    expect(cropWindow(2, 100, 1000, 1)).toEqual({ x: 0, y: 49, width: 2, height: 2 });
    const row = imageOf([1, 1, 4, 1], [9, 1, 2, 9]);
    expect([...resizeImage(row, 2, 1, 'area', 'center').data]).toEqual([1, 2]);
  });

  it('every method keeps a flat image flat, whatever the sizes', () => {
    const side = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(side, side, side, side, fc.constantFrom(...RESIZE_METHODS), (h, w, newHeight, newWidth, method) => {
        const flat = { ...randomImage(1, 1, h, w), data: new Float32Array(h * w * 3).fill(0.2) };
        const resized = resizeImage(flat, newWidth, newHeight, method);
        expect(resized.data).toHaveLength(newHeight * newWidth * 3);
        expect(Math.max(...resized.data.map((value) => Math.abs(value - 0.2)))).toBeLessThan(0.001);
      }),
      { seed: 7, numRuns: 200 },
    );
  });

  it('images of a batch are resized apart, and the source stays as it was', () => {
    const batch = randomImage(3, 2, 5, 4);
    const before = batch.data.slice();
    for (const method of RESIZE_METHODS) {
      const { data } = resizeImage(batch, 7, 6, method);
      const second = { ...batch, batch: 1, data: batch.data.slice(60) };
      expect(data.slice(126)).toEqual(resizeImage(second, 7, 6, method).data);
    }
    expect(batch.data).toEqual(before);
  });
});

it('resizeMask works as an image with one channel', () => {
  const mask = { batch: 1, height: 2, width: 2, data: square.data };
  expect(resizeMask(mask, 1, 1, 'area')).toEqual({ batch: 1, height: 1, width: 1, data: Float32Array.of(2.5) });
});

describe('resizeTensor', () => {
  it('resizes the last two axes, and cuts them to the shape of the target', () => {
    const tensor = { shape: [1, 2, 1, 4], data: Float32Array.of(9, 1, 2, 9, 8, 3, 4, 8) };
    expect(resizeTensor(tensor, 2, 1, 'nearest-exact', 'center')).toEqual({
      shape: [1, 2, 1, 2],
      data: Float32Array.of(1, 2, 3, 4),
    });
  });

  it('keeps the time axis of videos', () => {
    const tensor = { shape: [1, 2, 3, 2, 2], data: randomImage(5, 1, 6, 2, 2).data };
    const resized = resizeTensor(tensor, 4, 4, 'bislerp');
    expect(resized.shape).toEqual([1, 2, 3, 4, 4]);
    expect(resized.data).toHaveLength(96);
  });

  it('bislerp turns directions evenly and changes lengths evenly', () => {
    // two vectors at a right angle, of lengths 1 and 3
    const tensor = { shape: [1, 2, 1, 2], data: Float32Array.of(1, 0, 0, 3) };
    const { data } = resizeTensor(tensor, 4, 1, 'bislerp');
    const vectors = [0, 1, 2, 3].map((at) => [data.at(at) ?? NaN, data.at(at + 4) ?? NaN]);
    const lengths = vectors.map(([x = NaN, y = NaN]) => Math.hypot(x, y));
    const angles = vectors.map(([x = NaN, y = NaN]) => (Math.atan2(y, x) * 180) / Math.PI);
    expect(rounded(lengths, 3)).toEqual([1, 1.5, 2.5, 3]);
    expect(rounded(angles, 3)).toEqual([0, 22.5, 67.5, 90]);
  });

  it('bislerp mixes opposite vectors evenly and copies equal ones', () => {
    expect(slerpWeights(2, 2, -4, 0.25)).toEqual([0.75, 0.25]);
    expect(slerpWeights(2, 2, 4, 0.25)).toEqual([1, 0]);
    expect(slerpWeights(0, 0, 0, 0.25)).toEqual([0, 0]);
  });
});
