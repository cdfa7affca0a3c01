import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asObject, Float, float, JsonError, parseJson, stringifyJson, toJson, toPlain } from '@snug/protocol';
import type { Json } from '@snug/protocol';

const SEED = 20_260_101;

/** Numbers as the parser makes them: each value has one form only. */
const numbers = fc.oneof(
  fc.maxSafeInteger().map((value) => value + 0),
  fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }).map((value) => {
    const small = Number(value);
    return Number.isSafeInteger(small) ? small : value;
  }),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(float),
  fc.constantFrom<Json>(new Float(-0), new Float(0), 2n ** 64n - 1n, 5e-324, 1.7976931348623157e308),
);
const texts = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('__proto__', 'constructor', '', '\ud800', 'a\udc00b', '\u2028', '"\\', '\u0000', '2', '1'),
);
const { value: arbitraryJson } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 6 },
    numbers,
    texts,
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.array(fc.tuple(texts, tie('value')), { maxLength: 5 }).map((entries) => new Map(entries)),
  ),
}));

const read = (text: string): Json => parseJson(text);
function problemOf(text: string, maxDepth?: number): JsonError {
  try {
    parseJson(text, { maxDepth });
  } catch (error) {
    if (error instanceof JsonError) return error;
    throw error;
  }
  throw new Error(`${text.slice(0, 50)} was read`);
}

describe('a value that is written and read again', () => {
  it('[HT20] is the same, with its number kinds, digits and key order', () => {
    fc.assert(
      fc.property(arbitraryJson, fc.constantFrom(0, 2), fc.boolean(), (value, indent, ascii) => {
        const text = stringifyJson(value, { indent, ascii });
        const back = parseJson(text);
        expect(back).toStrictEqual(value);
        expect(stringifyJson(back, { indent, ascii })).toBe(text);
        if (ascii) expect(text).toMatch(/^[ -~\n]*$/);
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  it('is the same to every other JSON reader', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 8 }), (text) => {
        expect(JSON.parse(stringifyJson(parseJson(text)))).toStrictEqual(JSON.parse(text));
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  it('keeps as many levels as are allowed', () => {
    for (const depth of [1, 2, 256]) {
      const text = '['.repeat(depth) + ']'.repeat(depth);
      expect(stringifyJson(parseJson(text))).toBe(text);
    }
  });

  it('keeps keys that look like numbers in their order', () => {
    const text = '{"10":1,"2":2,"a":3,"1":4,"__proto__":5}';
    expect(stringifyJson(parseJson(text))).toBe(text);
  });

  it('writes every character as the engine does, in texts and in keys', () => {
    const texts = Array.from({ length: 0x1_0000 }, (_, unit) => `a${String.fromCharCode(unit)}`);
    const written = texts.map((text) => stringifyJson(new Map([[text, text]])));
    expect(written).toEqual(texts.map((text) => JSON.stringify({ [text]: text })));
  });
});

describe('numbers', () => {
  it.each<[string, Json]>([
    ['5', 5],
    ['5.0', new Float(5)],
    ['-0', 0],
    ['-0.0', new Float(-0)],
    ['1e3', new Float(1000)],
    ['1E+3', new Float(1000)],
    ['2.5', 2.5],
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', 9007199254740992n],
    ['18446744073709551615', 18446744073709551615n],
    ['-18446744073709551616', -18446744073709551616n],
    ['1e22', 1e22],
    ['5e-324', 5e-324],
    ['1e-400', new Float(0)],
  ])('[HT20] %s keeps its kind', (text, value) => {
    expect(read(text)).toStrictEqual(value);
  });

  it('writes floats so that Python reads floats', () => {
    const floats = [new Float(5), new Float(-0), 0.1, 1e22, 1e-5, 0.0001, 123456789012345680, new Float(1e15)];
    const texts = ['5.0', '-0.0', '0.1', '1e+22', '1e-05', '0.0001', '1.2345678901234568e+17', '1000000000000000.0'];
    expect(floats.map((value) => stringifyJson(value))).toEqual(texts);
  });

  it('[HT21] writes null for floats that JSON cannot hold', () => {
    expect(stringifyJson([NaN, Infinity, -Infinity])).toBe('[null,null,null]');
  });

  it.each(['1e400', '-1e400', '1.0e309'])('refuses %s, which no float holds', (text) => {
    expect(problemOf(text)).toMatchObject({ code: 'invalid_json', offset: 0, message: 'number too large at offset 0' });
  });

  it('refuses numbers of more digits than are worth reading', () => {
    expect(read('9'.repeat(4300))).toBe(BigInt('9'.repeat(4300)));
    expect(problemOf('9'.repeat(4301)).message).toContain('too many digits');
    expect(problemOf(`0.${'1'.repeat(5000)}`).message).toContain('too many digits');
  });

  it('tells a float from a whole number only where it matters', () => {
    expect([float(5), float(5.5), float(1e300)]).toStrictEqual([new Float(5), 5.5, 1e300]);
    expect([new Float(2).toString(), new Float(2).valueOf() + 1]).toEqual(['2.0', 3]);
  });
});

describe('refused texts', () => {
  it.each<[text: string, offset: number]>([
    ['', 0],
    ['   ', 3],
    ['nul', 0],
    ['tru ', 0],
    ['[1,]', 3],
    ['[1 2]', 3],
    ['[', 1],
    ['{"a"}', 4],
    ['{"a":1,}', 7],
    ['{a:1}', 1],
    ["{'a':1}", 1],
    ['"abc', 0],
    ['"a\\', 0],
    ['"a\nb"', 2],
    ['"\\x41"', 0],
    ['"\\ud8"', 0],
    ['01', 1],
    ['1.', 1],
    ['.5', 0],
    ['+1', 0],
    ['-', 0],
    ['NaN', 0],
    ['Infinity', 0],
    ['1 2', 2],
    ['\u00a01', 0],
    ['\ufeff1', 0],
    ['// c', 0],
  ])('%j at offset %i', (text, offset) => {
    expect(problemOf(text)).toMatchObject({ name: 'JsonError', code: 'invalid_json', offset });
  });

  it('[HT22] tells where the nesting became too deep', () => {
    expect(problemOf('['.repeat(257))).toMatchObject({ offset: 257, message: 'nested deeper than 256 at offset 257' });
    expect(problemOf('{"a":{"a":1}}', 1).offset).toBe(6);
  });

  it('[HT22] refuses a million levels without running out of stack', () => {
    expect(problemOf('['.repeat(1_000_000)).offset).toBe(257);
    expect(problemOf('{"a":'.repeat(1_000_000)).message).toContain('nested deeper');
  });

  it('takes exactly what JSON.parse takes, but for numbers past all floats', () => {
    const alphabet = fc.constantFrom(...Array.from('{}[]:,"\\ \n01.-+eEnulltruefalse'), '\u0000', 'é', '\ud800');
    const hostile = fc.oneof(fc.string({ unit: alphabet, maxLength: 40 }), fc.string({ unit: 'binary' }));
    const accepts = (parse: (text: string) => unknown, text: string): boolean => {
      try {
        parse(text);
        return true;
      } catch (error) {
        expect(error).toBeInstanceOf(parse === JSON.parse ? SyntaxError : JsonError);
        return false;
      }
    };
    fc.assert(
      fc.property(hostile, (text) => {
        const [ours, theirs] = [accepts(parseJson, text), accepts(JSON.parse, text)];
        if (ours !== theirs) expect(text).toMatch(/[eE]\+?\d{3}/);
      }),
      { seed: SEED, numRuns: 3000 },
    );
  });

  it('reads a text of many megabytes in one pass, whatever is in it', { timeout: 10_000 }, () => {
    const size = 2_000_000;
    const hostile = [
      '"'.repeat(size),
      `"${'\\'.repeat(size)}`,
      `"${'\\"'.repeat(size / 2)}`,
      ' '.repeat(size),
      '1'.repeat(size),
      `[${'1,'.repeat(size / 2)}`,
      `{${'"a":1,'.repeat(size / 6)}`,
      '-'.repeat(size),
      `1${'e'.repeat(size)}`,
    ];
    const from = performance.now();
    for (const text of hostile) problemOf(text);
    // a reader that goes over the text again for each character takes hours
    expect(performance.now() - from).toBeLessThan(8000);
  });
});

describe('data of programs', () => {
  it('becomes JSON without what JSON cannot hold', () => {
    const data = {
      a: 1,
      b: undefined,
      c: () => 1,
      d: [undefined, Symbol('s')],
      e: new Map([['f', 2n]]),
      g: new Float(1),
    };
    expect(stringifyJson(toJson(data))).toBe('{"a":1,"d":[null,null],"e":{"f":2},"g":1.0}');
  });

  it('comes back as plain objects, with ids of any text as keys', () => {
    const plain = toPlain(parseJson('{"__proto__":{"x":1.0},"constructor":[2]}')) as Record<string, unknown>;
    expect(Object.keys(plain)).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(plain)).toBe(Object.prototype);
    expect(Object.getOwnPropertyDescriptor(plain, '__proto__')?.value).toEqual({ x: 1 });
  });

  it('is an object or it is not', () => {
    expect(asObject(parseJson('{}'))).toBeInstanceOf(Map);
    for (const value of [null, 1, 'a', [], undefined, new Float(1)]) expect(asObject(value)).toBeUndefined();
  });

  it('can be written with sorted keys, for comparing', () => {
    expect(stringifyJson(parseJson('{"b":{"d":1,"c":2},"a":3}'), { sortKeys: true })).toBe('{"a":3,"b":{"c":2,"d":1}}');
    expect(stringifyJson(parseJson('{"a":[1,{}],"b":[]}'), { indent: 1 })).toBe(
      '{\n "a": [\n  1,\n  {}\n ],\n "b": []\n}',
    );
  });
});
