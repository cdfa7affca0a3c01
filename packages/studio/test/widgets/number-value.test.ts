import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  clampNumber,
  compactInteger,
  isWorthShowing,
  readNumber,
  shareOf,
  showNumber,
  stepNumber,
  valueAtShare,
} from '../../src/widgets/number-value.ts';

const WHOLE = { isInteger: true, min: 0, max: 18446744073709551615n };
const SHARE = { isInteger: false, min: 0, max: 1, step: 0.05 };

describe('reading what was typed', () => {
  it.each([
    ['18446744073709551615', 18446744073709551615n],
    ['99999999999999999999', 18446744073709551615n],
    ['9007199254740993', 9007199254740993n],
    ['5', 5],
    ['-5', 0],
    ['5.9', 5],
    ['1_000', 1000],
    ['+7', 7],
  ])('a whole number: %s is %s', (text, value) => {
    expect(readNumber(text, WHOLE)).toBe(value);
  });
  it.each([
    ['0.25', 0.25],
    ['0,25', 0.25],
    ['1e-1', 0.1],
    ['2', 1],
  ])('a fraction: %s is %s', (text, value) => {
    expect(readNumber(text, SHARE)).toBe(value);
  });
  it.each(['', ' ', 'five', '1.2.3', 'NaN', 'Infinity'])('%j is no number', (text) => {
    expect(readNumber(text, SHARE)).toBeUndefined();
    expect(readNumber(text, WHOLE)).toBeUndefined();
  });
});

describe('stepping', () => {
  it('leaves no crumbs of binary fractions', () => {
    expect(stepNumber(0.1, 4, { isInteger: false, step: 0.05 })).toBe(0.3);
    expect(stepNumber(0.7, 1, { isInteger: false, step: 0.1 })).toBe(0.8);
  });
  it('keeps all digits of whole numbers', () => {
    expect(stepNumber(9007199254740991, 2, WHOLE)).toBe(9007199254740993n);
    expect(stepNumber(9007199254740993n, -2, WHOLE)).toBe(9007199254740991);
  });
  it('never leaves the limits, and goes back to where it came from between them', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 64n - 1n), fc.integer({ min: -1000, max: 1000 }), (from, steps) => {
        const value = compactInteger(from);
        const there = stepNumber(value, steps, WHOLE);
        expect(clampNumber(there, WHOLE)).toBe(there);
        const isFree = from + BigInt(steps) >= 0n && from + BigInt(steps) <= WHOLE.max;
        if (isFree) expect(stepNumber(there, -steps, WHOLE)).toBe(value);
      }),
    );
  });
});

it('a slider stands on steps only, from end to end', () => {
  expect(valueAtShare(0, SHARE)).toBe(0);
  expect(valueAtShare(1, SHARE)).toBe(1);
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (share) => {
      const value = valueAtShare(share, SHARE);
      expect(shareOf(value ?? -1, SHARE)).toBeCloseTo(share, 1);
      expect(Math.abs(Number(value) * 20 - Math.round(Number(value) * 20))).toBeLessThan(1e-9);
    }),
  );
});

it('a bar is shown only where it tells something', () => {
  expect(isWorthShowing(SHARE)).toBe(true);
  expect(isWorthShowing({ isInteger: true, min: 0, max: 16384 })).toBe(false);
  expect(isWorthShowing({ isInteger: true, min: 0 })).toBe(false);
});

it('shows that a fraction is one', () => {
  expect(showNumber(1, SHARE)).toBe('1.0');
  expect(showNumber(0.25, SHARE)).toBe('0.25');
  expect(showNumber(1, WHOLE)).toBe('1');
  expect(showNumber(18446744073709551615n, WHOLE)).toBe('18446744073709551615');
});
