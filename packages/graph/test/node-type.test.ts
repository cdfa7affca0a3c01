import { describe, expect, it } from 'vitest';
import { parseJson, toJson } from '@snug/protocol';
import type { Json, JsonObject } from '@snug/protocol';
import { compileNodeType, inputsInUse } from '../src/index.ts';
import { autogrowNames } from '../src/node-type.ts';
import { describedType } from './validate-fixtures.ts';

const given = (inputs: object): ReadonlyMap<string, Json> => toJson(inputs) as JsonObject;
/** Names in use, with `?` behind those that may be left out. */
const used = (type: ReturnType<typeof describedType>, inputs: object): string[] =>
  [...inputsInUse(type, given(inputs)).values()].map(({ name, required }) => (required ? name : `${name}?`));

describe('a description', () => {
  it('is taken apart: required before optional inputs, each with its options', () => {
    const type = describedType('T', {
      optional: { b: ['INT'] },
      required: { a: ['FLOAT', { min: 1 }] },
      outputs: ['X', ['p']],
      isOutput: true,
    });
    expect(type).toMatchObject({ classType: 'T', outputs: ['X', ['p']], isOutput: true, isDynamic: false });
    expect([...type.inputs.values()]).toMatchObject([
      { name: 'a', required: true, type: 'FLOAT', options: new Map([['min', 1]]) },
      { name: 'b', required: false, type: 'INT', options: new Map() },
    ]);
  });

  it('of hidden inputs is passed over: nobody validates them', () => {
    const text = '{"name":"T","input":{"hidden":{"id":"UNIQUE_ID"},"required":{"x":["INT"]}},"output":[]}';
    expect([...compileNodeType(parseJson(text) as JsonObject).inputs.keys()]).toEqual(['x']);
  });

  it.each(['{}', '{"input":5,"output":{}}', '{"input":{"required":[],"optional":{"x":5,"y":[],"z":[5]}}}'])(
    'of a strange form has no inputs: %s',
    (text) => {
      const type = compileNodeType(parseJson(text) as JsonObject);
      expect([type.inputs.size, type.outputs.length, type.isOutput]).toEqual([0, 0, false]);
    },
  );
});

describe('dynamic inputs in use', () => {
  const grow = (template: object, group: 'required' | 'optional' = 'required'): ReturnType<typeof describedType> =>
    describedType('T', {
      [group]: {
        g: [
          'COMFY_AUTOGROW_V3',
          { template: { input: { required: { i: ['IMAGE', { tooltip: 't' }] } }, ...template } },
        ],
        z: ['INT'],
      },
    });

  it('are those of an autogrow that the prompt names, and as many as it must', () => {
    const type = grow({ prefix: 'p', min: 2, max: 4 });
    expect(used(type, {})).toEqual(['g.p0', 'g.p1', 'z']);
    expect(used(type, { 'g.p3': 1, 'g.p4': 1, 'g.x': 1, g: 1 })).toEqual(['g.p0', 'g.p1', 'g.p3?', 'z']);
    expect(inputsInUse(type, given({})).get('g.p1')).toMatchObject({
      type: 'IMAGE',
      options: new Map([['tooltip', 't']]),
    });
  });

  it('of an optional autogrow may all be left out', () => {
    expect(used(grow({ names: ['a', 'b'], min: 1 }, 'optional'), { 'g.b': 1 })).toEqual(['g.b?', 'z?']);
  });

  it('are those of the choice made, nested to any depth of the description', () => {
    const inner = [
      'COMFY_DYNAMICCOMBO_V3',
      { options: [{ key: 'deep', inputs: { required: { d: ['INT'] }, optional: { o: ['INT'] } } }] },
    ];
    const options = [
      { key: 'one', inputs: { required: { n: ['INT'], inner } } },
      { key: 'two', inputs: {} },
    ];
    const type = describedType('T', { required: { c: ['COMFY_DYNAMICCOMBO_V3', { options }] } });
    expect(used(type, { c: 'one' })).toEqual(['c?', 'c.n', 'c.inner?']);
    expect(used(type, { c: 'one', 'c.inner': 'deep' })).toEqual(['c?', 'c.n', 'c.inner?', 'c.inner.d', 'c.inner.o?']);
    for (const value of ['two', 'gone', null, ['x', 0]]) expect(used(type, { c: value })).toEqual(['c?']);
  });

  it('of a node without any are the declared ones, as they are', () => {
    const type = describedType('T', { required: { a: ['INT'] } });
    expect(inputsInUse(type, given({ b: 1 }))).toBe(type.inputs);
  });
});

describe('the names of an autogrow', () => {
  const names = (template: object): string[] => autogrowNames(toJson(template) as JsonObject);

  it('are counted from 0, or given', () => {
    expect(names({ prefix: 'p', max: 2 })).toEqual(['p0', 'p1']);
    expect(names({ names: ['x', 'y'] })).toEqual(['x', 'y']);
  });

  it('are at most 100, whatever the description says', () => {
    expect(names({ prefix: 'p', max: 1e9 })).toHaveLength(100);
    expect(names({ prefix: 'p' })).toHaveLength(100);
    expect(names({ names: Array.from({ length: 500 }, String) })).toHaveLength(100);
    expect(names({ prefix: 'p', max: -1 })).toEqual([]);
  });
});
