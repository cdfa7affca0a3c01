import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateExpression } from '../../src/expression/evaluate.ts';
import type { Scalar } from '../../src/expression/scalar.ts';

const evaluate = (text: string, names: Readonly<Record<string, Scalar>> = {}): Scalar =>
  evaluateExpression(text, new Map(Object.entries(names)));

/** Expression, what Python makes of it: bigint for int, number for float. */
const VALUES: readonly (readonly [string, Scalar])[] = [
  // whole numbers and floats
  ['7 / 2', 3.5],
  ['6 / 2', 3],
  ['7 // 2', 3n],
  ['-7 // 2', -4n],
  ['7 // -2', -4n],
  ['7.5 // 2', 3],
  ['-7 % 3', 2n],
  ['7 % -3', -2n],
  ['-7.5 % 2', 0.5],
  ['5.5 % -2', -0.5],
  ['2 ** 10', 1024n],
  ['2 ** -1', 0.5],
  ['2 ** 0.5', Math.SQRT2],
  ['(-8) ** 2', 64n],
  ['1_000 + .5e1', 1005],
  ['True + True', 2n],
  ['10 ** 20 / 10 ** 18', 100],
  ['(2 ** 64 + 1) / 2 ** 64', 1],
  // rank
  ['-2 ** 2', -4n],
  ['2 ** -2 ** 2', 0.0625],
  ['2 ** 3 ** 2', 512n],
  ['2 + 3 * 4 - 1', 13n],
  ['not 1 == 2', true],
  ['1 + 1 == 2 and 3 > 2 > 1', true],
  ['1 < 2 > 3', false],
  ['1 or 1 / 0', 1n],
  ['0 and 1 / 0', 0n],
  ['0 or 2.5', 2.5],
  ['1 if 0 else 2 if 0 else 3', 3n],
  ['1 / 0 if 0 else 5', 5n],
  // functions
  ['round(2.5)', 2n],
  ['round(3.5)', 4n],
  ['round(-2.5)', -2n],
  ['round(2.675, 2)', 2.67],
  ['round(0.125, 2)', 0.12],
  ['round(15, -1)', 20n],
  ['round(25, -1)', 20n],
  ['round(-15, -1)', -20n],
  ['round(1234.5, -2)', 1200],
  ['ceil(1.2) + floor(-1.2)', 0n],
  ['int(-1.9)', -1n],
  ['float(3)', 3],
  ['abs(-3) + abs(True)', 4n],
  ['min(2, 1.5) + max(1, 2, 3)', 4.5],
  ['sum(values) + sum()', 0n],
  ['pow(2, 8)', 256n],
  ['sqrt(9)', 3],
  ['log(8, 2)', 3],
  ['log2(8) + log10(1000) + log(1)', 6],
  ['sin(0) + cos(0) + tan(0)', 1],
  // past 2^53 nothing is rounded
  ['2 ** 53 + 1 == 2.0 ** 53', false],
  ['2 ** 53 + 1 > 2.0 ** 53', true],
  ['9007199254740993 % 10', 3n],
  ['1 ** 10 ** 100', 1n],
  ['(-1) ** (10 ** 30 + 1)', -1n],
];

describe('evaluateExpression', () => {
  it.each(VALUES)('%s is %s', (text, expected) => {
    expect(evaluate(text)).toBe(expected);
  });

  it.each([
    ['1 +', /not complete/],
    ['1 2', /unexpected "2" at position 2/],
    ['(1', /not complete/],
    ['max(1,,2)', /unexpected ","/],
    ['007', /starts with a zero/],
    ['a = 1', /unexpected "="/],
    ['round()', /takes 1 to 2/],
    ['max()', /takes 1 or more/],
    ['sqrt(-1)', /not defined for -1/],
    ['log(0)', /positive/],
    ['(-1) ** 0.5', /not a real number/],
    ['0 ** -1', /division by zero/],
    ['1 % 0', /division by zero/],
    ['1.0 // 0', /division by zero/],
    ['10.0 ** 400', /too large/],
    ['2 ** 10 ** 10', /too large/],
    ['int(1e308 * 10)', /no whole part/],
    ['values[0]', /no member 0/],
    ['1[0]', /only values/],
    ['lambda', /nothing is called lambda/],
  ])('%s has no value', (text, reason) => {
    const run = (): Scalar => evaluate(text);
    expect(run).toThrow(reason);
    expect(run).toThrow(expect.objectContaining({ code: 'bad_expression' }));
  });

  it('bounds length, nesting and the size of numbers', () => {
    expect(() => evaluate('1'.repeat(10_001))).toThrow(/longer than/);
    expect(() => evaluate('9'.repeat(5000))).toThrow(/digits/);
    for (const text of [
      '('.repeat(2000),
      '-'.repeat(2000),
      'not '.repeat(2000),
      '2**'.repeat(2000),
      'abs('.repeat(2000),
    ])
      expect(() => evaluate(text)).toThrow(/nested deeper/);
    expect(() => evaluate(`${'9**'.repeat(40)}9`)).toThrow(/too large/);
    expect(() => evaluate(`${'2**60000*'.repeat(100)}1`)).toThrow(/too large/);
    expect(evaluate(`${'1+'.repeat(4999)}1`)).toBe(5000n);
  });

  it('agrees with whole-number arithmetic on any tree of operators', () => {
    interface Tree {
      readonly text: string;
      readonly value: bigint;
    }
    const mod = (a: bigint, b: bigint): bigint => ((a % b) + b) % b;
    const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.bigInt({ min: 0n, max: 10n ** 20n }).map((value) => ({ text: String(value), value })),
        fc
          .tuple(tie('tree'), fc.constantFrom('+', '-', '*', '//', '%'), tie('tree'))
          .map(([left, operator, right]): Tree => {
            const text = `(${left.text} ${operator} ${right.text})`;
            if (operator === '+') return { text, value: left.value + right.value };
            if (operator === '-') return { text, value: left.value - right.value };
            if (operator === '*') return { text, value: left.value * right.value };
            // a positive divisor: the remainder is never negative
            const by = (right.value < 0n ? -right.value : right.value) + 1n;
            const divisor = `(abs(${right.text}) + 1)`;
            const rest = mod(left.value, by);
            return operator === '%'
              ? { text: `(${left.text} % ${divisor})`, value: rest }
              : { text: `(${left.text} // ${divisor})`, value: (left.value - rest) / by };
          }),
        tie('tree').map(({ text, value }): Tree => ({ text: `-${text}`, value: -value })),
      ),
    }));
    fc.assert(
      fc.property(tree, ({ text, value }) => {
        expect(evaluate(text)).toBe(value);
      }),
      { seed: 4, numRuns: 500 },
    );
  });

  it('agrees with float arithmetic, and floor division fits its remainder', () => {
    const float = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 });
    fc.assert(
      fc.property(float, float, (a, b) => {
        expect(evaluate('a + b * a - b', { a, b })).toBe(a + b * a - b);
        expect(evaluate('a <= b', { a, b })).toBe(a <= b);
        if (Math.abs(b) < 1e-3) return;
        expect(evaluate('a / b', { a, b })).toBe(a / b);
        const rest = evaluate('a % b', { a, b }) as number;
        expect(Math.abs(rest) <= Math.abs(b) && (rest === 0 || rest < 0 === b < 0)).toBe(true);
        expect(evaluate('a // b * b + a % b', { a, b })).toBeCloseTo(a, 3);
      }),
      { seed: 5, numRuns: 500 },
    );
  });
});
