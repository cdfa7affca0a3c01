import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_TEXT } from '../../src/text-limit.ts';
import { firstOutput } from '../run-node.ts';

describe('StringConcatenate', () => {
  it('joins two texts with the delimiter between them', async () => {
    expect(await firstOutput('StringConcatenate', { string_a: 'a', string_b: 'b', delimiter: ', ' })).toBe('a, b');
    expect(await firstOutput('StringConcatenate', { string_a: '', string_b: '', delimiter: '' })).toBe('');
  });
});

/** `text[start:end]` as the language reference tells it, one index at a time. */
function sliceOracle(text: string, start: number, end: number): string {
  const points = Array.from(text);
  const place = (at: number): number => Math.min(points.length, Math.max(0, at < 0 ? at + points.length : at));
  let result = '';
  for (let at = place(start); at < place(end); at++) result += points[at];
  return result;
}

describe('StringSubstring', () => {
  it('slices by code point as Python does', async () => {
    const texts = fc.string({ unit: 'binary', maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(
        texts,
        fc.integer({ min: -15, max: 15 }),
        fc.integer({ min: -15, max: 15 }),
        async (string, start, end) => {
          expect(await firstOutput('StringSubstring', { string, start, end })).toBe(sliceOracle(string, start, end));
        },
      ),
      { seed: 1 },
    );
  });

  it('never cuts a character outside the basic plane in two', async () => {
    expect(await firstOutput('StringSubstring', { string: 'a🎉b', start: 1, end: 2 })).toBe('🎉');
    expect(await firstOutput('StringSubstring', { string: 'a🎉b', start: -1, end: 99 })).toBe('b');
  });
});

describe('StringLength', () => {
  it.each([
    ['', 0],
    ['abc', 3],
    ['🎉', 1],
    ['e\u0301', 2],
  ])('counts the code points of %j', async (string, length) => {
    expect(await firstOutput('StringLength', { string })).toBe(length);
  });
});

describe('CaseConverter', () => {
  it.each([
    ['UPPERCASE', 'straße', 'STRASSE'],
    ['lowercase', 'ΟΔΥΣΣΕΥΣ İ', 'οδυσσευς i̇'],
    ['Capitalize', 'hELLO World', 'Hello world'],
    ['Capitalize', 'ßA', 'Ssa'],
    ['Capitalize', 'ǆA', 'ǅa'],
    ['Capitalize', '', ''],
    ['Title Case', "don't stop x2y", "Don'T Stop X2Y"],
    ['Title Case', 'ﬁne ǆ ŉ', 'Fine ǅ ʼN'],
    ['Title Case', "ΑΣ'Α Σ ΑΣ. ΑΣ", "Ασ'Α Σ Ας. Ας"],
    ['Title Case', 'ᾳᾳ ა', 'ᾼᾳ ა'],
  ])('%s turns %j into %j', async (mode, string, expected) => {
    expect(await firstOutput('CaseConverter', { string, mode })).toBe(expected);
  });
});

describe('StringTrim', () => {
  it.each([
    ['Both', ' \t\u00a0a b\u2003\n', 'a b'],
    ['Left', '  a  ', 'a  '],
    ['Right', '  a  ', '  a'],
    ['Both', '\u001c\u0085a\u001f', 'a'],
    // the byte order mark is no white space to Python
    ['Both', '\ufeffa', '\ufeffa'],
    ['Both', ' \n ', ''],
  ])('%s strips %j to %j', async (mode, string, expected) => {
    expect(await firstOutput('StringTrim', { string, mode })).toBe(expected);
  });
});

describe('StringReplace', () => {
  it.each([
    ['a.b.c', '.', '$&', 'a$&b$&c'],
    ['aaa', 'aa', 'b', 'ba'],
    ['a🎉', '', '-', '-a-🎉-'],
    ['', '', 'x', 'x'],
    ['abc', 'z', 'x', 'abc'],
  ])('in %j replaces %j by %j', async (string, find, replace, expected) => {
    expect(await firstOutput('StringReplace', { string, find, replace })).toBe(expected);
  });

  it('refuses a result that no memory holds', async () => {
    const long = 'a'.repeat(10_000);
    const values = { string: long, find: 'a', replace: long };
    await expect(firstOutput('StringReplace', values)).rejects.toMatchObject({ code: 'bad_input', input: 'replace' });
    expect(long.length * long.length).toBeGreaterThan(MAX_TEXT);
  });
});

describe('StringContains and StringCompare', () => {
  it.each([
    ['Hello', 'ELL', false, true],
    ['Hello', 'ELL', true, false],
    ['Hello', '', true, true],
  ])('in %j, %j (case sensitive: %j) is contained: %j', async (string, substring, case_sensitive, expected) => {
    expect(await firstOutput('StringContains', { string, substring, case_sensitive })).toBe(expected);
  });

  it.each([
    ['Hello', 'he', 'Starts With', false, true],
    ['Hello', 'he', 'Starts With', true, false],
    ['Hello', 'LO', 'Ends With', false, true],
    ['Hello', 'hello', 'Equal', false, true],
    ['Hello', 'hello', 'Equal', true, false],
  ])('%j, %j: %s (case sensitive: %j) is %j', async (string_a, string_b, mode, case_sensitive, expected) => {
    expect(await firstOutput('StringCompare', { string_a, string_b, mode, case_sensitive })).toBe(expected);
  });
});
