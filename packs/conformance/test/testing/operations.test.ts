import { createImage, createMask } from '@snug/node-kit';
import { Float } from '@snug/protocol';
import { expect, test } from 'vitest';
import { run } from '../fake-context.ts';

const maths = (a: bigint, operation: string, b: bigint): Promise<unknown> =>
  run('TestIntMathOperation', { a, operation, b });

test.each([
  [7n, 'add', 3n, 10n],
  [18446744073709551615n, 'add', 1n, 18446744073709551616n],
  [7n, 'subtract', 9n, -2n],
  [4294967296n, 'multiply', 4294967296n, 18446744073709551616n],
  [7n, 'divide', 2n, 3n],
  [-7n, 'divide', 2n, -4n],
  [7n, 'divide', -2n, -4n],
  [-8n, 'divide', 2n, -4n],
  [-7n, 'divide', -2n, 3n],
  [-7n, 'modulo', 3n, 2n],
  [7n, 'modulo', -3n, -2n],
  [-6n, 'modulo', 3n, 0n],
  [2n, 'power', 64n, 18446744073709551616n],
  [0n, 'power', 0n, 1n],
  [-1n, 'power', 18446744073709551615n, -1n],
  [-1n, 'power', 18446744073709551614n, 1n],
])('%d %s %d is %d, as in Python', async (a, operation, b, result) => {
  expect(await maths(a, operation, b)).toEqual({ result });
});

test('what has no whole result, or too large a one, is refused', async () => {
  await expect(maths(1n, 'divide', 0n)).rejects.toThrow('Input b is 0');
  await expect(maths(1n, 'modulo', 0n)).rejects.toThrow('Input b is 0');
  await expect(maths(2n, 'power', -1n)).rejects.toThrow('Input b is negative');
  await expect(maths(3n, 'power', 18446744073709551615n)).rejects.toThrow('too many digits');
  await expect(maths(3n, 'constructor', 1n)).rejects.toThrow('There is no operation constructor');
});

test.each([
  ['==', [false, true, false]],
  ['!=', [true, false, true]],
  ['<', [true, false, false]],
  ['>', [false, false, true]],
  ['<=', [true, true, false]],
  ['>=', [false, true, true]],
])('numbers compare by %s', async (operation, results) => {
  for (const [at, b] of [9007199254740993n, 9007199254740992n, 9007199254740991n].entries()) {
    const values = { a: 9007199254740992n, b, operation };
    expect(await run('TestIntConditions', values)).toEqual({ result: results[at] });
  }
  for (const [at, b] of [0.75, 0.5, 0.25].entries()) {
    expect(await run('TestFloatConditions', { a: 0.5, b, operation })).toEqual({ result: results[at] });
  }
});

test.each([
  ['Abc', 'a == b', 'abc', false, true],
  ['abc', 'a != b', 'ABC', true, false],
  ['B', 'a IN b', 'abc', false, true],
  ['abc', 'a BEGINSWITH b', 'A', false, true],
  ['abc', 'a ENDSWITH b', 'bC', false, true],
  ['abc', 'a MATCH REGEX(b)', 'AB+', false, true],
  ['xabc', 'a MATCH REGEX(b)', 'ab', false, false],
  ['abc', 'a MATCH REGEX(b)', '\\S+', true, true],
  ['abc', 'a MATCH REGEX(b)', '(', false, false],
])('%s: %s: %s', async (a, operation, b, caseSensitive, caseless) => {
  const values = { a, b, operation };
  expect(await run('TestStringConditions', { ...values, case_sensitive: true })).toEqual({ result: caseSensitive });
  expect(await run('TestStringConditions', { ...values, case_sensitive: false })).toEqual({ result: caseless });
});

test('TestToBoolNode knows truth as Python does, and of tensors', async () => {
  const mask = createMask(1, 2, 2);
  for (const value of [0, 0n, '', null, false, [], new Map(), new Float(0), mask, createImage(1, 2, 2, 3)]) {
    expect(await run('TestToBoolNode', { value })).toEqual({ result: false });
    expect(await run('TestToBoolNode', { value, invert: true })).toEqual({ result: true });
  }
  const lit = createMask(1, 2, 2);
  lit.data[3] = 0.5;
  for (const value of [1, -1n, 'no', [0], new Float(0.5), lit, {}.constructor]) {
    expect(await run('TestToBoolNode', { value })).toEqual({ result: true });
  }
});

test.each([
  ['a AND b', [false, false, false, true]],
  ['a OR b', [false, true, true, true]],
  ['a XOR b', [false, true, true, false]],
  ['NOT a', [true, true, false, false]],
])('TestBoolOperationNode: %s', async (op, results) => {
  for (const [at, result] of results.entries()) {
    expect(await run('TestBoolOperationNode', { a: at > 1, b: at % 2 === 1, op })).toEqual({ result });
  }
});
