import { describe, expect, it } from 'vitest';
import { Float, floatText, parseJson, pythonRepr, pythonStr, pythonTruth } from '@snug/protocol';

class Opaque {
  readonly member = 1;
}

describe('[VA17] values as clients see them in texts', () => {
  it.each<[text: string, value: unknown]>([
    ['None', null],
    ['None', undefined],
    ['True', true],
    ['False', false],
    ['0', 0],
    ['-7', -7],
    ['18446744073709551615', 18446744073709551615n],
    ['1.0', new Float(1)],
    ['-0.0', new Float(-0)],
    ['0.5', 0.5],
    ["''", ''],
    ["'a'", 'a'],
    [`"it's"`, "it's"],
    [`'say "hi"'`, 'say "hi"'],
    [`'it\\'s "both"'`, `it's "both"`],
    ["'back\\\\slash'", 'back\\slash'],
    ["'line\\nfeed\\tand\\rreturn'", 'line\nfeed\tand\rreturn'],
    ["'\\x00\\x1f\\x7f'", '\u0000\u001f\u007f'],
    ["'\\xa0\\xad\\x85'", '\u00a0\u00ad\u0085'],
    ["'é ß ü'", 'é ß ü'],
    ["'\\u200b\\u2028\\ufeff'", '\u200b\u2028\ufeff'],
    ["'日本 😀'", '日本 😀'],
    ["'\\U000e0001'", '\u{e0001}'],
    ["'\\ud800'", '\ud800'],
    ['[]', []],
    ["[1, 'a', [None]]", [1, 'a', [null]]],
    ['{}', {}],
    ["{'a': 1}", { a: 1, __proto__: null }],
    ["{'b': [1.0, True], 'a': {}}", parseJson('{"b":[1.0,true],"a":{}}')],
    ['<Opaque object>', new Opaque()],
  ])('%s', (text, value) => {
    expect(pythonRepr(value)).toBe(text);
  });

  it('leaves texts as they are where they are shown to a person', () => {
    expect(['it\'s "x"\n', 5, null, ['a']].map(pythonStr)).toEqual(['it\'s "x"\n', '5', 'None', "['a']"]);
  });
});

describe('floats', () => {
  it.each<[number, string]>([
    [0, '0.0'],
    [-0, '-0.0'],
    [5, '5.0'],
    [0.1, '0.1'],
    [-2.5, '-2.5'],
    [1e15, '1000000000000000.0'],
    [1e16, '1e+16'],
    [123456789012345680, '1.2345678901234568e+17'],
    [1e22, '1e+22'],
    [1e100, '1e+100'],
    [0.0001, '0.0001'],
    [0.00012345, '0.00012345'],
    [0.00001, '1e-05'],
    [1.5e-7, '1.5e-07'],
    [5e-324, '5e-324'],
    [1.7976931348623157e308, '1.7976931348623157e+308'],
    [NaN, 'nan'],
    [Infinity, 'inf'],
    [-Infinity, '-inf'],
  ])('%d is written %s', (value, text) => {
    expect(floatText(value)).toBe(text);
  });
});

describe('[VA11] what counts as true', () => {
  it('is nothing that is zero or empty', () => {
    const values = [0, -0, 0n, new Float(0), '', null, undefined, false, [], {}, new Map(), new Set()];
    for (const value of values) expect(pythonTruth(value), pythonRepr(value)).toBe(false);
  });

  it('is everything else, also the text of what is not', () => {
    const values = [1, -1, 2n, new Float(0.5), NaN, 'false', '0', ' ', true, [0], { a: 0 }, new Opaque()];
    for (const value of values) expect(pythonTruth(value), pythonRepr(value)).toBe(true);
  });
});
