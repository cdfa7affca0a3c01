import { createImage, createMask } from '@snug/node-kit';
import type { Image } from '@snug/node-kit';
import { expect, test } from 'vitest';
import { flatImage, flatMask } from '../../src/testing/flat-images.ts';
import { average, blend, combine, meanOf, multiply, scale } from '../../src/testing/pixel-maths.ts';

function image(batch: number, height: number, width: number, channels: number, data: readonly number[]): Image {
  const made = createImage(batch, height, width, channels);
  made.data.set(data);
  return made;
}

/** As a saved file has it: cut off, not rounded. */
const byte = ({ data }: Image): number => Math.trunc(Math.fround((data.at(0) ?? NaN) * 255));
const size = { height: 2, width: 2, batch_size: 1 };

test('images of equal size combine number by number', () => {
  const a = image(1, 1, 2, 2, [1, 2, 3, 4]);
  expect([...combine(a, a, multiply).data]).toEqual([1, 4, 9, 16]);
});

test('an axis of length 1 repeats, on either side', () => {
  const column = image(1, 2, 1, 1, [1, 10]);
  const row = image(2, 1, 3, 1, [1, 2, 3, 4, 5, 6]);
  const expected = [1, 2, 3, 10, 20, 30, 4, 5, 6, 40, 50, 60];
  expect(combine(column, row, multiply)).toMatchObject({ batch: 2, height: 2, width: 3, channels: 1 });
  expect([...combine(column, row, multiply).data]).toEqual(expected);
  expect([...combine(row, column, multiply).data]).toEqual(expected);
});

test('sizes that do not fit are refused with both sizes', () => {
  const [a, b] = [createImage(1, 4, 4, 3), createImage(1, 2, 4, 3)];
  expect(() => combine(a, b, multiply)).toThrow('Images of 1x4x4x3 and 1x2x4x3 do not fit together');
});

test('a blend takes the first image where the mask is 0 and the second where it is 1', () => {
  const mask = createMask(1, 1, 3);
  mask.data.set([0, 0.5, 1]);
  const mixed = blend(image(1, 1, 1, 1, [0.25]), image(1, 1, 1, 1, [0.75]), mask);
  expect([...mixed.data]).toEqual([0.25, 0.5, 0.75]);
});

test('results are those of 32-bit floats, to the byte', () => {
  const [black, white] = [flatImage(0, size), flatImage(1, size)];
  expect(byte(blend(black, white, flatMask(0.3, size)))).toBe(76);
  expect(byte(average([white, white, black]))).toBe(170);
  expect(byte(average([black, white, black, black]))).toBe(63);
  expect(byte(scale(flatImage(0.5, size), 0.5))).toBe(63);
});

test('inputs stay as they were', () => {
  const white = flatImage(1, size);
  scale(white, 0);
  average([white, white]);
  combine(white, flatImage(0, size), multiply);
  expect(new Set(white.data)).toEqual(new Set([1]));
});

test('the mean is that of all numbers', () => {
  expect(meanOf(image(1, 1, 2, 2, [0, 1, 2, 5]))).toBe(2);
});

test('a picture past 1 GiB is refused before memory is taken', () => {
  const huge = { height: 1024 ** 3, width: 4096 ** 3, batch_size: 1 };
  expect(() => flatImage(0, huge)).toThrow('choose less');
  expect(() => flatMask(0, huge)).toThrow('choose less');
});
