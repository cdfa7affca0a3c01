import { describe, expect, it } from 'vitest';
import { stringifyJson } from '@snug/protocol';
import type { Json } from '@snug/protocol';
import { describedType, errorsOf, nodes, refusalOf, validate } from './validate-fixtures.ts';
import type { PlainErrors } from './validate-fixtures.ts';

type Table = Record<string, [string, object]>;

/** A ring of so many nodes, and an output behind its first one. */
function ring(size: number, prefix = 'n'): Table {
  const table: Table = { [`${prefix}end`]: ['End', { in: [`${prefix}0`, 0] }] };
  for (let at = 0; at < size; at++) table[`${prefix}${at}`] = ['Pass', { in: [`${prefix}${(at + 1) % size}`, 0] }];
  return table;
}
const cyclic = (errors: PlainErrors): string[] =>
  Object.keys(errors).filter((id) => errors[id]?.errors.some((one) => one.type === 'dependency_cycle'));

describe('a cycle', () => {
  it('is told to each of its nodes, from consumer to source', async () => {
    const validation = await validate(nodes(ring(3)));
    expect(refusalOf(validation)).toMatchObject({ type: 'prompt_outputs_failed_validation', details: '' });
    const errors = errorsOf(validation);
    expect(Object.keys(errors).sort()).toEqual(['n0', 'n1', 'n2']);
    for (const id of ['n0', 'n1', 'n2']) {
      expect(errors[id]).toEqual({
        errors: [
          {
            type: 'dependency_cycle',
            message: 'Dependency cycle detected',
            details: 'n0 (Pass) -> n1 (Pass) -> n2 (Pass) -> n0 (Pass)',
            extra_info: { node_id: id, cycle_nodes: ['n0', 'n1', 'n2'] },
          },
        ],
        dependent_outputs: ['nend'],
        class_type: 'Pass',
      });
    }
  });

  it('of one node, also of an output node', async () => {
    expect(errorsOf(await validate(nodes({ 1: ['End', { in: ['1', 0] }] })))['1']?.errors).toMatchObject([
      // an output node without outputs has nothing to link to
      { type: 'exception_during_validation' },
    ]);
    const errors = errorsOf(await validate(nodes({ 1: ['Pass', { in: ['1', 0] }], 2: ['End', { in: ['1', 0] }] })));
    expect(errors['1']?.errors).toMatchObject([
      { details: '1 (Pass) -> 1 (Pass)', extra_info: { cycle_nodes: ['1'] } },
    ]);
  });

  it('leaves other outputs alone, and refuses those behind it', async () => {
    const table: Table = { ...ring(2), behind: ['End', { in: ['n1', 0] }], fine: ['End', { in: 1 }] };
    expect(await validate(nodes(table))).toMatchObject({ kind: 'valid', targets: ['fine'] });
  });

  it('that no output needs is nobody’s business', async () => {
    const { nend: _, ...unneeded } = ring(2);
    expect(await validate(nodes({ ...unneeded, fine: ['End', { in: 1 }] }))).toMatchObject({
      kind: 'valid',
      nodeErrors: new Map(),
    });
  });

  it('of 10,000 nodes is told by its first ones, to all', async () => {
    const errors = errorsOf(await validate(nodes(ring(10_000))));
    expect(cyclic(errors)).toHaveLength(10_000);
    const [told] = errors.n5000?.errors ?? [];
    expect(told?.details).toMatch(/^n0 \(Pass\) -> n1 \(Pass\) .* \.\.\. 9980 more -> n0 \(Pass\)$/);
    expect(told?.extra_info.cycle_nodes).toHaveLength(20);
  });
});

describe('many cycles', () => {
  it('are all told while they are few', async () => {
    const table: Table = {};
    for (let at = 0; at < 100; at++) Object.assign(table, ring(3, `r${at}_`));
    const validation = await validate(nodes(table));
    expect(validation.kind).toBe('refused');
    expect(cyclic(errorsOf(validation))).toHaveLength(300);
  });

  it('are all refused, in an answer of bounded size, when they are very many', async () => {
    const table: Table = {};
    for (let at = 0; at < 1000; at++) Object.assign(table, ring(100, `r${at}_`));
    const validation = await validate(nodes({ ...table, fine: ['End', { in: 1 }] }));
    expect(validation).toMatchObject({ kind: 'valid', targets: ['fine'] });
    expect(stringifyJson(validation.nodeErrors).length).toBeLessThan(100_000_000);
  });

  it('through one node, on a path that closes at each step, are refused', async () => {
    // each node links back to the first before it goes on
    const size = 50_000;
    const table: Table = { end: ['End', { in: ['n0', 0] }] };
    for (let at = 0; at < size; at++)
      table[`n${at}`] = ['Two', { a: ['n0', 0], b: at + 1 < size ? [`n${at + 1}`, 0] : 1 }];
    const two = describedType('Two', {
      required: { a: ['*'], b: ['*'] },
      outputs: ['*'],
    });
    const prompt: Json = nodes(table);
    expect((await validate(prompt, { types: [two] })).kind).toBe('refused');
  });
});
