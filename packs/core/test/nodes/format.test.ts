import { float } from '@snug/protocol';
import { createImage } from '@snug/node-kit';
import { describe, expect, it } from 'vitest';
import { firstOutput } from '../run-node.ts';

const format = (f_string: string, values: Readonly<Record<string, unknown>>): Promise<unknown> =>
  firstOutput('StringFormat', { f_string, values });

/** Value, format, what Python makes of them. */
const FORMATTED: readonly (readonly [unknown, string, string])[] = [
  [42, 'd', '42'],
  [42, '5', '   42'],
  [42, '<5', '42   '],
  [42, '^5', ' 42  '],
  [42, '05', '00042'],
  [-42, '=6', '-   42'],
  [-42, '06', '-00042'],
  [42, '+', '+42'],
  [42, ' ', ' 42'],
  [255, 'x', 'ff'],
  [255, '#X', '0XFF'],
  [5, '#b', '0b101'],
  [8, 'o', '10'],
  [1234567, ',', '1,234,567'],
  [65535, '_x', 'ffff'],
  [1234, '010,', '00,001,234'],
  [1234, '08,', '0,001,234'],
  [65, 'c', 'A'],
  [42, '.1f', '42.0'],
  [42, 'g', '42'],
  [float(0.25), '%', '25.000000%'],
  [float(2.5), '.0f', '2'],
  [float(3.5), '.0f', '4'],
  [float(0.125), '.2f', '0.12'],
  [float(1e22), ',.2f', '10,000,000,000,000,000,000,000.00'],
  [float(1234.5), '012,.2f', '0,001,234.50'],
  [float(123456789.0), 'g', '1.23457e+08'],
  [float(1e-5), 'g', '1e-05'],
  [float(123.0), '.3', '1.23e+02'],
  [float(1.0), '.3', '1.0'],
  [float(12345.678), '.3e', '1.235e+04'],
  [float(0.0), 'e', '0.000000e+00'],
  [float(1.5), '#.0f', '2.'],
  [float(-0.0001), 'z.1f', '0.0'],
  [float(-0.0001), '.1f', '-0.0'],
  [float(1e16), '>10', '     1e+16'],
  [float(1.0), '', '1.0'],
  [Infinity, '6', '   inf'],
  [NaN, 'F', 'NAN'],
  ['abc', '>5', '  abc'],
  ['abc', '.2', 'ab'],
  ['abc', 'é^7', 'ééabcéé'],
  ['🎉', '*>3', '**🎉'],
  [true, 'd', '1'],
  [true, '', 'True'],
  [float(100000.0), 'n', '100000'],
  [float(5e-324), '.3e', '4.941e-324'],
  [float(99.995), '.2f', '100.00'],
];

describe('StringFormat', () => {
  it.each(FORMATTED)('shows %j as {a:%s} as %j', async (value, spec, expected) => {
    expect(await format(`{a:${spec}}`, { a: value })).toBe(expected);
  });

  it.each([
    ['{a} and {b}', { a: 'x', b: float(1) }, 'x and 1.0'],
    ['{{{a}}}', { a: 1 }, '{1}'],
    ['{a}{a}', { a: true }, 'TrueTrue'],
    ['{a}', { a: null }, 'None'],
    ['{a!r} {b!s} {c!a}', { a: "it's", b: 'x', c: 'é🎉' }, "\"it's\" x '\\xe9\\U0001f389'"],
    ['{a!r:>6}', { a: 'x' }, "   'x'"],
    ['{a:{b}}', { a: 7, b: '>3' }, '  7'],
    ['{a:{b}.{c}f}', { a: float(2), b: 8, c: 2 }, '    2.00'],
    [
      '{a[key]} {a[n][1]}',
      {
        a: new Map<string, unknown>([
          ['key', 1],
          ['n', [2, 3]],
        ]),
      },
      '1 3',
    ],
    ['{a.x}', { a: { x: 5 } }, '5'],
    ['{a[0]}', { a: '🎉b' }, '🎉'],
    ['{a}', { a: [1, float(2), 'x'] }, "[1, 2.0, 'x']"],
    ['no fields', {}, 'no fields'],
    ['', {}, ''],
  ])('fills %j', async (template, values, expected) => {
    expect(await format(template, values)).toBe(expected);
  });

  it('names the shape of an image instead of writing out its pixels', async () => {
    expect(await format('{a}', { a: createImage(1, 2, 3, 4) })).toBe('<image [1, 2, 3, 4]>');
  });

  it.each([
    ['{', /not closed/],
    ['}', /'}}' for a brace/],
    ['{}', /needs the name/],
    ['{0}', /needs the name/],
    ['{z}', /no value is called 'z' \(there are: a\)/],
    ['{a!x}', /unknown conversion/],
    ['{a.__proto__}', /no member/],
    ['{a.constructor}', /no member/],
    ['{a[9]}', /no member/],
    ['{a:q}', /does not fit/],
    ['{a:>>>}', /not one that Python knows/],
    ['{a:.2d}', /precision is for floats/],
    ['{a:99999}', /at most 10000/],
    ['{a:{a:{a}}}', /two levels/],
  ])('fails on %j with a reason', async (template, reason) => {
    const run = format(template, { a: 1 });
    await expect(run).rejects.toThrow(reason);
    await expect(run).rejects.toMatchObject({ code: 'bad_input', input: 'f_string' });
  });

  it('gives formats to texts and numbers only', async () => {
    await expect(format('{a:5}', { a: [1] })).rejects.toThrow(/only texts and numbers/);
    await expect(format('{a:d}', { a: 'x' })).rejects.toThrow(/does not fit a text/);
  });

  it('refuses a result that no memory holds', async () => {
    await expect(format('{a}'.repeat(100), { a: 'x'.repeat(1_000_000) })).rejects.toThrow(/would be longer/);
  });
});
