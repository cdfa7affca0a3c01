import { describe, expect, it } from 'vitest';
import { ANY, input } from '@snug/node-kit';
import type { AnyNode } from '@snug/node-kit';
import type { OwnCheckResult } from '@snug/graph';
import type { Json } from '@snug/protocol';
import { createMemoryFiles } from '@snug/testkit';
import { runOwnValidation } from '../src/own-validation.ts';
import { registryOf, testNode } from './graph-fixtures.ts';

const inputs = {
  text: input.string(),
  seed: input.int64(),
  any: input.optional(input.of(ANY)),
  id: input.hidden('UNIQUE_ID'),
};
type Check = NonNullable<AnyNode['validate']>['check'];

function validate(check: Check, values: Record<string, Json>, parts: Partial<AnyNode> = {}): Promise<OwnCheckResult> {
  const registry = registryOf(
    testNode('T', { inputs, ...parts, validate: { inputs: 'all', types: true, check } }),
    testNode('Plain'),
  );
  const given = new Map(Object.entries(values));
  const types = new Map([['any', 'IMAGE']]);
  return runOwnValidation(
    registry,
    { nodeId: '1', classType: 'T', values: given, types },
    { files: createMemoryFiles() },
  );
}

describe('a node that checks its own inputs', () => {
  it('accepts with true, and only with true', async () => {
    expect(await validate(() => true, { text: 'a' })).toEqual({ kind: 'accepted' });
    expect(await validate(() => 'too short', { text: 'a' })).toEqual({ kind: 'refused', text: 'too short' });
    // a pack in JavaScript may return anything
    for (const other of [false, undefined, 1, {}]) {
      expect(await validate(() => other as true, { text: 'a' })).toEqual({ kind: 'refused', text: undefined }); // prettier-ignore
    }
  });

  it('may answer later', async () => {
    expect(await validate(async () => 'later', { text: 'a' })).toEqual({ kind: 'refused', text: 'later' });
  });

  it('gets literals as its run would, nothing for links and hidden inputs, and the types of links', async () => {
    const seen: unknown[] = [];
    await validate(
      (values: unknown, context) => {
        seen.push(values, context.types.get('any'));
        return true;
      },
      { text: 'a', seed: 5, any: null },
    );
    expect(seen).toEqual([{ text: 'a', seed: 5n, any: undefined, id: undefined }, 'IMAGE']);
  });

  it('gets lists when it takes lists', async () => {
    const seen: unknown[] = [];
    await validate((values: unknown) => Boolean(seen.push(values)) || '', { text: 'a' }, { takesLists: true });
    expect(seen).toEqual([{ text: ['a'], id: [undefined] }]);
  });

  it('is told when it throws, whatever it throws', async () => {
    const failing = validate(() => {
      throw new RangeError('broken');
    }, {});
    expect(await failing).toMatchObject({ kind: 'thrown', thrown: { type: 'RangeError', text: 'broken' } });
    const strange = validate(() => {
      // oxlint-disable-next-line no-throw-literal -- strange things are the point
      throw Object.create(null);
    }, {});
    expect(await strange).toMatchObject({ kind: 'thrown', thrown: { type: 'object', text: expect.any(String) } });
    expect(await validate(async () => Promise.reject(new Error('later')), {})).toMatchObject({
      kind: 'thrown',
      thrown: { text: 'later' },
    });
  });

  it('accepts when there is nothing to check', async () => {
    const registry = registryOf(testNode('Plain'));
    const check = { nodeId: '1', values: new Map(), types: new Map() };
    const context = { files: createMemoryFiles() };
    expect(await runOwnValidation(registry, { ...check, classType: 'Plain' }, context)).toEqual({ kind: 'accepted' });
    expect(await runOwnValidation(registry, { ...check, classType: 'Gone' }, context)).toEqual({ kind: 'accepted' });
  });
});
