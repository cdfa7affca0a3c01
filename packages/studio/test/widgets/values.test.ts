import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filterChoices, MOST_SHOWN } from '../../src/widgets/choices.ts';
import { readColour } from '../../src/widgets/colour-value.ts';
import { readFileValue } from '../../src/widgets/file-value.ts';
import { drawSeed } from '../../src/widgets/seed-value.ts';

describe('seeds', () => {
  const rules = { isInteger: true, min: 0, max: 18446744073709551615n };
  it('are within the limits, whatever chance gives, and every script can read them', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 8, maxLength: 8 }),
        fc.bigInt(-(2n ** 63n), 2n ** 64n),
        fc.bigInt(0n, 2n ** 64n),
        (bytes, min, size) => {
          const seed = BigInt(drawSeed({ isInteger: true, min, max: min + size }, () => bytes));
          expect(seed >= min && seed <= min + size).toBe(true);
        },
      ),
    );
    expect(drawSeed(rules, () => new Uint8Array(8).fill(255))).toBeLessThanOrEqual(Number.MAX_SAFE_INTEGER);
  });
  it('differ where chance does', () => {
    const one = drawSeed(rules, () => Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1));
    expect(one).toBe(1);
    expect(drawSeed(rules, () => Uint8Array.of(0, 0, 0, 0, 0, 0, 1, 0))).toBe(256);
  });
});

describe('choices', () => {
  const all = ['euler', 'euler_ancestral', 'dpm_2', 'res_euler', 7];
  it('contain every word, and begin with it first', () => {
    expect(filterChoices(all, 'eul')).toEqual(['euler', 'euler_ancestral', 'res_euler']);
    expect(filterChoices(all, 'anc eul')).toEqual(['euler_ancestral']);
    expect(filterChoices(all, '7')).toEqual([7]);
    expect(filterChoices(all, 'nothing')).toEqual([]);
  });
  it('are not drawn by the thousand', () => {
    const many = Array.from({ length: 5000 }, (_, at) => `file ${at}`);
    expect(filterChoices(many, '')).toHaveLength(MOST_SHOWN);
    expect(filterChoices(many, '4999')).toEqual(['file 4999']);
  });
});

it.each([
  ['#AbC', '#aabbcc'],
  ['00ff7f', '#00ff7f'],
  [' #123456 ', '#123456'],
  ['red', undefined],
  ['#12345', undefined],
])('the colour %s is %s', (text, colour) => {
  expect(readColour(text)).toBe(colour);
});

it.each([
  ['photo.png', { filename: 'photo.png', subfolder: '', folder: 'input' }],
  ['clipspace/a b.png [temp]', { filename: 'a b.png', subfolder: 'clipspace', folder: 'temp' }],
  ['x/y/z.png [output]', { filename: 'z.png', subfolder: 'x/y', folder: 'output' }],
  ['odd [name].png', { filename: 'odd [name].png', subfolder: '', folder: 'input' }],
])('the file %s is found', (value, place) => {
  expect(readFileValue(value, 'input')).toEqual(place);
});

it('what names no file is none', () => {
  expect(readFileValue('', 'input')).toBeUndefined();
  expect(readFileValue(undefined, 'input')).toBeUndefined();
});
