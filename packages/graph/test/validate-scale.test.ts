import { describe, expect, it } from 'vitest';
import { describedType, errorsOf, nodes, validate } from './validate-fixtures.ts';

type Table = Record<string, [string, object]>;
const SIZE = 100_000;

describe('large prompts', () => {
  it('a chain of 100,000 nodes is valid', async () => {
    const table: Table = { end: ['End', { in: [`n${SIZE - 1}`, 0] }], n0: ['Pass', { in: 1 }] };
    for (let at = 1; at < SIZE; at++) table[`n${at}`] = ['Pass', { in: [`n${at - 1}`, 0] }];
    expect(await validate(nodes(table))).toMatchObject({ kind: 'valid', targets: ['end'] });
  });

  it('a chain of 100,000 nodes with a fault at its far end is refused', async () => {
    const table: Table = { end: ['End', { in: [`n${SIZE - 1}`, 0] }], n0: ['Pass', {}] };
    for (let at = 1; at < SIZE; at++) table[`n${at}`] = ['Pass', { in: [`n${at - 1}`, 0] }];
    expect(Object.keys(errorsOf(await validate(nodes(table))))).toEqual(['n0']);
  });

  it('100,000 outputs of one node are valid, all of them named as targets', async () => {
    const table: Table = { source: ['Make', {}] };
    for (let at = 0; at < SIZE; at++) table[`n${at}`] = ['End', { in: ['source', 0] }];
    const targets = Object.keys(table);
    const validation = await validate(nodes(table), { targets });
    expect(validation.kind === 'valid' && validation.targets.length).toBe(SIZE);
  });

  it('100,000 failing outputs are told in an answer of bounded size', async () => {
    const table: Table = {};
    for (let at = 0; at < SIZE; at++) table[`n${at}`] = ['End', {}];
    const validation = await validate(nodes(table));
    const errors = errorsOf(validation);
    expect(Object.keys(errors)).toHaveLength(SIZE);
    const dependents = Object.values(errors).reduce((sum, { dependent_outputs }) => sum + dependent_outputs.length, 0);
    expect(dependents).toBeLessThanOrEqual(SIZE);
  });

  it('one node with 100,000 inputs, declared or not', async () => {
    const required = Object.fromEntries(Array.from({ length: SIZE }, (_, at) => [`x${at}`, ['*']]));
    const wide = describedType('Wide', { required, isOutput: true });
    const inputs = Object.fromEntries(Object.keys(required).map((name) => [name, ['source', 0]]));
    expect((await validate(nodes({ source: ['Make', {}], end: ['Wide', inputs] }), { types: [wide] })).kind).toBe(
      'valid',
    );
    expect((await validate(nodes({ source: ['Make', {}], end: ['End', { in: 1, ...inputs }] }))).kind).toBe('valid');
  });

  it('100,000 chosen values among 10,000 choices', async () => {
    const options = Array.from({ length: 10_000 }, (_, at) => `c${at}`);
    const choice = describedType('Choice', {
      required: { c: ['COMBO', { options, multiselect: true }] },
      isOutput: true,
    });
    const chosen = Array.from({ length: SIZE }, (_, at) => `c${at % 10_000}`);
    expect((await validate(nodes({ 1: ['Choice', { c: { __value__: chosen } }] }), { types: [choice] })).kind).toBe(
      'valid',
    );
  });
});
