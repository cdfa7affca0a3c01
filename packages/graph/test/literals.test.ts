import { describe, expect, it } from 'vitest';
import { Float, parseJson, stringifyJson } from '@snug/protocol';
import type { Json } from '@snug/protocol';
import { brokenLimit, coerce, unlistedChoice } from '../src/literals.ts';
import type { InputFacts } from '../src/node-type.ts';

/** The coerced value as JSON text, which shows its kind; undefined when it is refused. */
function coerced(type: string, value: Json): string | undefined {
  const result = coerce(type, value);
  return result.ok ? stringifyJson(result.value) : undefined;
}
const fromText = (type: string, text: string): string | undefined => coerced(type, parseJson(text));

describe('INT', () => {
  it.each([
    ['5', '5'],
    ['5.0', '5'],
    ['5.9', '5'],
    ['-5.9', '-5'],
    ['-0.5', '0'],
    ['1e20', '100000000000000000000'],
    ['18446744073709551616', '18446744073709551616'],
    ['true', '1'],
    ['false', '0'],
    ['"12"', '12'],
    ['"  -7\\n"', '-7'],
    ['"+1_000"', '1000'],
    ['"007"', '7'],
    ['"18446744073709551615"', '18446744073709551615'],
  ])('takes %s as %s', (text, expected) => {
    expect(fromText('INT', text)).toBe(expected);
  });

  it.each([
    '"1.0"',
    '"abc"',
    '""',
    '"1__0"',
    '"_1"',
    '"1_"',
    '"0x10"',
    '"1e3"',
    '"--1"',
    'null',
    '[]',
    '[1]',
    '{}',
    '{"a":1}',
  ])('refuses %s', (text) => {
    expect(fromText('INT', text)).toBeUndefined();
  });

  it('refuses what is not finite, and texts without end', () => {
    for (const value of [NaN, Infinity, -Infinity, '9'.repeat(5000)]) expect(coerced('INT', value)).toBeUndefined();
  });
});

describe('FLOAT', () => {
  it.each([
    ['5', '5.0'],
    ['5.0', '5.0'],
    ['0.1', '0.1'],
    ['true', '1.0'],
    ['"1.5"', '1.5'],
    ['" -1e-3 "', '-0.001'],
    ['".5"', '0.5'],
    ['"5."', '5.0'],
    ['"1_0.2_5"', '10.25'],
    ['18446744073709551615', '1.8446744073709552e+19'],
  ])('takes %s as %s', (text, expected) => {
    expect(fromText('FLOAT', text)).toBe(expected);
  });

  it.each(['"abc"', '""', '"."', '"1e"', '"1e999"', '"0x1"', 'null', '[]', '{}'])('refuses %s', (text) => {
    expect(fromText('FLOAT', text)).toBeUndefined();
  });

  it('refuses the texts nan and inf, which no JSON could carry back: ours', () => {
    for (const text of ['nan', 'inf', '-inf', 'Infinity']) expect(coerced('FLOAT', text)).toBeUndefined();
  });

  it('refuses an integer that no float can hold', () => {
    expect(coerced('FLOAT', 10n ** 400n)).toBeUndefined();
  });
});

describe('STRING', () => {
  it.each([
    ['null', '"None"'],
    ['true', '"True"'],
    ['1', '"1"'],
    ['1.0', '"1.0"'],
    ['"x"', '"x"'],
    ['[1,"a",null]', '"[1, \'a\', None]"'],
    ['{"a":1.0}', '"{\'a\': 1.0}"'],
  ])('takes %s as %s', (text, expected) => {
    expect(fromText('STRING', text)).toBe(expected);
  });
});

describe('BOOLEAN', () => {
  it.each([
    ['"false"', 'true'],
    ['""', 'false'],
    ['0', 'false'],
    ['0.0', 'false'],
    ['-1', 'true'],
    ['null', 'false'],
    ['[]', 'false'],
    ['[0]', 'true'],
    ['{}', 'false'],
  ])('takes %s as %s', (text, expected) => {
    expect(fromText('BOOLEAN', text)).toBe(expected);
  });
});

describe('other types', () => {
  it.each(['BOOL', 'COMBO', 'INT,FLOAT', '*', 'MY_TYPE', 'int'])('%s is left as it is', (type) => {
    for (const value of ['5', 5, new Float(5), null, [1], new Map()])
      expect(coerce(type, value)).toEqual({ ok: true, value });
    expect(coerce(['a', 'b'], 'c')).toEqual({ ok: true, value: 'c' });
  });
});

const facts = (options: Record<string, Json>, type: InputFacts['type'] = 'INT'): InputFacts => {
  return { name: 'x', required: true, type, options: new Map(Object.entries(options)) };
};

describe('limits', () => {
  it('hold at their edges, across kinds', () => {
    const limits = facts({ min: new Float(0), max: 2n ** 64n - 1n });
    for (const fine of [0, new Float(0), 2n ** 64n - 1n, true, 0.5]) expect(brokenLimit(limits, fine)).toBeUndefined();
    expect(brokenLimit(limits, -1)?.type).toBe('value_smaller_than_min');
    expect(brokenLimit(limits, 2n ** 64n)?.type).toBe('value_bigger_than_max');
  });

  it('do not exist where they are no numbers', () => {
    expect(brokenLimit(facts({ min: 'low', max: null }), -5)).toBeUndefined();
    expect(brokenLimit(facts({}), 'text')).toBeUndefined();
  });

  it.each<[Json]>([['text'], [null], [[1]], [new Map()]])('cannot be held against %j', (value) => {
    expect(brokenLimit(facts({ min: 0 }), value)?.type).toBe('not_comparable');
  });
});

describe('choices', () => {
  it('compare numbers by value and texts by text', () => {
    const choices = facts({}, ['a', 1, new Float(2.5), 10n ** 20n]);
    for (const listed of ['a', 1, new Float(1), true, 2.5, 10n ** 20n])
      expect(unlistedChoice(choices, listed)).toBeUndefined();
    for (const other of ['1', 'A', 2, null, [1], new Map()]) expect(unlistedChoice(choices, other)).toBeDefined();
  });

  it('are asked of lists and COMBO alone', () => {
    expect(unlistedChoice(facts({ options: ['a'] }, 'STRING'), 'b')).toBeUndefined();
    expect(unlistedChoice(facts({ options: 'a' }, 'COMBO'), 'a')?.details).toBe("x: 'a' not in []");
  });
});
