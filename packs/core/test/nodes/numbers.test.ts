import { Float } from '@snug/protocol';
import { describe, expect, it } from 'vitest';
import { runNode } from '../run-node.ts';

const calculate = async (expression: string, values: Readonly<Record<string, unknown>>) =>
  (await runNode('ComfyMathExpression', { expression, values })).outputs;
const convert = async (value: unknown) => (await runNode('ComfyNumberConvert', { value })).outputs;

describe('ComfyMathExpression', () => {
  it('gives the result as float, whole number and truth value', async () => {
    expect(await calculate('a + b', { a: 1, b: new Float(1) })).toEqual({ float: 2, int: 2n, bool: true });
    expect(await calculate('a / b', { a: -7, b: 2 })).toEqual({ float: -3.5, int: -3n, bool: true });
    expect(await calculate('a < b', { a: 1, b: 1 })).toEqual({ float: 0, int: 0n, bool: false });
  });

  it('keeps every digit of large whole numbers', async () => {
    expect(await calculate('a + 1', { a: 2n ** 63n })).toMatchObject({ int: 2n ** 63n + 1n });
    expect(await calculate('a * a', { a: 9_007_199_254_740_991 })).toMatchObject({
      int: 81129638414606663681390495662081n,
    });
  });

  it('knows all values as a list', async () => {
    expect(await calculate('max(values) - values[0]', { a: 1, b: 5, c: true })).toMatchObject({ int: 4n });
  });

  it.each([
    ['a / 0', /division by zero/],
    ['1e308 * 10', /not a finite number/],
    ['10 ** 400', /not a finite number/],
    ['values', /is a list/],
    ['b', /nothing is called b \(there are: a, values\)/],
    ['', /not complete/],
    ['__import__("os")', /unexpected/],
    ['a.b', /unexpected/],
    ['constructor(a)', /no function constructor/],
  ])('fails on %j, naming the input', async (expression, reason) => {
    const run = calculate(expression, { a: 1 });
    await expect(run).rejects.toThrow(reason);
    await expect(run).rejects.toMatchObject({ code: 'bad_input', input: 'expression' });
  });

  it('refuses a value that is no number', async () => {
    await expect(calculate('a', { a: 'x' })).rejects.toMatchObject({ input: 'values.a' });
  });
});

describe('ComfyNumberConvert', () => {
  it.each([
    [true, { float: 1, int: 1n }],
    [5, { float: 5, int: 5n }],
    [-1.9, { float: -1.9, int: -1n }],
    [new Float(3), { float: 3, int: 3n }],
    [2n ** 63n, { float: 2 ** 63, int: 2n ** 63n }],
    [' 12 ', { float: 12, int: 12n }],
    ['+1_000', { float: 1000, int: 1000n }],
    ['-1.5e1', { float: -15, int: -15n }],
    ['.5', { float: 0.5, int: 0n }],
    ['9007199254740993', { float: 9007199254740992, int: 9007199254740993n }],
  ])('turns %o into both kinds', async (value, expected) => {
    expect(await convert(value)).toEqual(expected);
  });

  it.each([
    ['', /empty/],
    [' \n', /empty/],
    ['12px', /'12px' is not a number/],
    ['0x10', /not a number/],
    ['1__0', /not a number/],
    ['inf', /not a finite number/],
    ['-NaN', /not a finite number/],
    ['1e999', /not a finite number/],
    ['9'.repeat(400), /not a finite number/],
    ['9'.repeat(5000), /not a number/],
    [Number.NaN, /not a finite number/],
    [null, /connect a number/],
  ])('refuses %o', async (value, reason) => {
    await expect(convert(value)).rejects.toThrow(reason);
  });
});
