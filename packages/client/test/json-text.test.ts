import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Float, parseJson, stringifyJson } from '@snug/protocol/json';
import { parseText, writeText } from '../src/json-text.ts';

describe('reading JSON', () => {
  it.each([
    ['9223372036854775807', 9_223_372_036_854_775_807n],
    ['18446744073709551615', 18_446_744_073_709_551_615n],
    ['-9007199254740993', -9_007_199_254_740_993n],
    ['9007199254740991', 9_007_199_254_740_991],
    ['0.1234567890123456789', 0.123_456_789_012_345_68],
    ['1e30', 1e30],
    ['NaN', NaN],
    ['-Infinity', -Infinity],
    ['"18446744073709551615"', '18446744073709551615'],
    ['"a\\"NaN"', 'a"NaN'],
  ])('keeps %s', (text, value) => {
    expect(parseText(text)).toEqual(value);
    expect(parseText(`{"a":[${text},1]}`)).toEqual({ a: [value, 1] });
  });

  it.each(['', '{', '[1,]', 'NaNs', '{"a":nan}', '"open', '01234567890123456789'])('refuses %s', (text) => {
    expect(() => parseText(text)).toThrow(SyntaxError);
  });

  it('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const plain = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value);
        expect(JSON.stringify(parseText(text), plain)).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
  });

  it('reads a text of 20 MB with a long number beside it', () => {
    const long = 'x\\"'.repeat(7e6);
    expect(parseText(`["${long}",18446744073709551615]`)).toEqual([
      JSON.parse(`"${long}"`),
      18_446_744_073_709_551_615n,
    ]);
  });
});

describe('writing JSON', () => {
  it('loses nothing of our own JSON', () => {
    const text = '{"10":{"seed":18446744073709551615,"cfg":5.0,"steps":20},"9":[null,true,"é\\n"]}';
    expect(writeText(parseJson(text))).toBe(text);
  });
  it('writes plain data as JSON.stringify does', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(writeText(value)).toBe(JSON.stringify(value));
      }),
    );
    const odd = { a: undefined, b: () => 1, c: [undefined], d: new Date(0), e: NaN, f: Object(5) as unknown };
    expect(writeText(odd)).toBe(JSON.stringify(odd));
  });
  it('takes members with the names of methods, and objects without any, for data', () => {
    const named = { valueOf: 0, toString: null, toJSON: 'x', hasOwnProperty: [1] };
    expect(writeText(named)).toBe(JSON.stringify(named));
    const bare: unknown = Object.assign(Object.create(null), { a: 1 });
    expect(writeText(bare)).toBe('{"a":1}');
  });
  it('writes floats as our own writer does', () => {
    for (const value of [5, -0, 1e21, 0.5]) expect(writeText(new Float(value))).toBe(stringifyJson(new Float(value)));
  });
  it('refuses data that contains itself', () => {
    const circle: unknown[] = [];
    circle.push(circle);
    expect(() => writeText(circle)).toThrow('nested deeper');
  });
});
