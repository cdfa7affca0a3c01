import { describe, expect, it } from 'vitest';
import { Float, stringifyJson } from '@snug/protocol';
import type { Json, JsonObject } from '@snug/protocol';
import { listProblems } from '../src/index.ts';
import type { OwnCheck, OwnCheckResult } from '../src/index.ts';
import { describedType, errorsOf, nodes, promptOf, refusalOf, validate } from './validate-fixtures.ts';

const small = describedType('Small', { required: { i: ['INT', { max: 10 }] }, outputs: ['INT'] });

describe('the outcome', () => {
  it('is every output node, in the order of the prompt', async () => {
    const text =
      '{"10":{"class_type":"End","inputs":{"in":1}},"9":{"class_type":"End","inputs":{"in":1}},"a":{"class_type":"End","inputs":{"in":1}}}';
    const validation = await validate(promptOf(text));
    expect(validation).toEqual({ kind: 'valid', targets: ['10', '9', 'a'], nodeErrors: new Map() });
  });

  it('leaves out what cannot run, and reports it, while something can', async () => {
    const prompt = nodes({ 1: ['Small', { i: 99 }], 2: ['End', { in: ['1', 0] }], 3: ['End', { in: 1 }] });
    const validation = await validate(prompt, { types: [small] });
    expect(validation).toMatchObject({ kind: 'valid', targets: ['3'] });
    expect(errorsOf(validation)).toMatchObject({
      1: { errors: [{ type: 'value_bigger_than_max' }], dependent_outputs: ['2'], class_type: 'Small' },
    });
  });

  it('reports nodes with problems of their own, no others', async () => {
    const prompt = nodes({ 1: ['Small', { i: 99 }], 2: ['Pass', { in: ['1', 0] }], 3: ['End', { in: ['2', 0] }] });
    expect(Object.keys(errorsOf(await validate(prompt, { types: [small] })))).toEqual(['1']);
  });

  it('tells the details of the output nodes’ own problems only', async () => {
    const prompt = nodes({ 1: ['Small', { i: 99 }], 2: ['End', { in: ['1', 0] }], 3: ['End', {}], 4: ['Ends', {}] });
    const validation = await validate(prompt, { types: [small] });
    expect(refusalOf(validation)).toEqual({
      type: 'prompt_outputs_failed_validation',
      message: 'Prompt outputs failed validation',
      details: ['Required input is missing: in', 'Required input is missing: a', 'Required input is missing: b'].join(
        '\n',
      ),
      extra_info: {},
    });
    expect(listProblems(validation.nodeErrors).map(({ nodeId, text }) => `${nodeId} ${text}`)).toEqual([
      '1 Value 99 bigger than max of 10: i',
      '3 Required input is missing: in',
      '4 Required input is missing: a',
      '4 Required input is missing: b',
    ]);
  });

  it('notes a later failing output at every problem found before, as the reference does', async () => {
    const prompt = nodes({
      bad1: ['Small', { i: 99 }],
      bad2: ['Small', { i: 98 }],
      end1: ['End', { in: ['bad1', 0] }],
      fine: ['End', { in: 1 }],
      end2: ['End', { in: ['bad2', 0] }],
    });
    const errors = errorsOf(await validate(prompt, { types: [small] }));
    expect([errors.bad1?.dependent_outputs, errors.bad2?.dependent_outputs]).toEqual([['end1', 'end2'], ['end2']]);
  });

  it('never lets one node be found twice', async () => {
    const prompt = nodes({
      1: ['Small', { i: 99 }],
      2: ['Ends', { a: ['1', 0], b: ['1', 0] }],
      3: ['End', { in: ['1', 0] }],
    });
    const errors = errorsOf(await validate(prompt, { types: [small] }));
    expect(errors['1']).toMatchObject({ errors: [{ type: 'value_bigger_than_max' }], dependent_outputs: ['2', '3'] });
  });
});

describe('literals', () => {
  it('are coerced in place, and keep their kinds', async () => {
    const type = describedType('T', {
      required: { i: ['INT'], f: ['FLOAT'], s: ['STRING'], b: ['BOOLEAN'], c: [['a', 1]] },
      outputs: ['*'],
    });
    const prompt = promptOf(
      '{"1":{"class_type":"T","inputs":{"c":1,"b":"false","s":1.0,"f":5,"i":"18446744073709551615","extra":"5"}},"2":{"class_type":"End","inputs":{"in":["1",0]}}}',
    );
    expect((await validate(prompt, { types: [type] })).kind).toBe('valid');
    expect(stringifyJson(prompt)).toBe(
      '{"1":{"class_type":"T","inputs":{"c":1,"b":true,"s":"1.0","f":5.0,"i":18446744073709551615,"extra":"5"}},"2":{"class_type":"End","inputs":{"in":["1",0]}}}',
    );
  });

  it.each([
    ['[1,2,3]', '[1,2,3]'],
    ['null', 'null'],
    ['{"a":1}', '{"a":1}'],
    ['[1,2]', '[1,2]'],
    // it would be taken for a link from here on
    ['["x",1]', '{"__value__":["x",1]}'],
  ])('are unwrapped: %s', async (value, stored) => {
    const prompt = promptOf(`{"1":{"class_type":"End","inputs":{"in":{"__value__":${value}}}}}`);
    expect((await validate(prompt)).kind).toBe('valid');
    expect(stringifyJson(prompt)).toContain(`"in":${stored}`);
  });

  it('that validation never sees stay as they are', async () => {
    const prompt = promptOf(
      '{"1":{"class_type":"End","inputs":{"in":1,"hidden":["9",0],"__proto__":{"__value__":5}}}}',
    );
    expect((await validate(prompt)).kind).toBe('valid');
    expect(stringifyJson(prompt)).toContain('"hidden":["9",0],"__proto__":{"__value__":5}');
  });
});

describe('types of links', () => {
  it('connect by wildcard, match template and comma list', async () => {
    const types = [
      describedType('Any', { outputs: ['*'] }),
      describedType('Match', { outputs: ['COMFY_MATCHTYPE_V3'] }),
      describedType('Mask', { outputs: ['MASK'] }),
      describedType('Takes', { required: { x: ['IMAGE, MASK'] }, isOutput: true }),
    ];
    for (const [source, isFine] of [
      ['Any', true],
      ['Match', true],
      ['Mask', true],
      ['Make', false],
    ] as const) {
      // prettier-ignore
      const prompt = nodes({ 1: [source, {}], 2: ['Takes', { x: ['1', 0] }] });
      expect([source, (await validate(prompt, { types })).kind]).toEqual([source, isFine ? 'valid' : 'refused']);
    }
  });
});

describe('a validation of the node’s own', () => {
  const inputs = {
    required: { i: ['INT', { max: 10 }], c: [['a']], image: ['IMAGE'] },
    outputs: ['*'],
    isOutput: true,
  };
  const prompt = (): JsonObject => nodes({ 1: ['Own', { i: 99, c: 'b', image: ['2', 3], extra: 1 }], 2: ['Make', {}] });

  it('takes over limits and choices of the inputs it names, and sees just those', async () => {
    const own = describedType('Own', { ...inputs, own: { inputs: new Set(['i', 'image']), types: false } });
    const seen: OwnCheck[] = [];
    const check = (one: OwnCheck): OwnCheckResult => {
      seen.push(one);
      return { kind: 'accepted' };
    };
    const errors = errorsOf(await validate(prompt(), { types: [own], check }));
    expect(errors['1']?.errors.map((one) => one.type)).toEqual(['value_not_in_list']);
    expect(seen).toEqual([
      { nodeId: '1', classType: 'Own', values: new Map<string, Json>([['i', 99], ['image', null]]), types: new Map([['image', 'IMAGE']]) }, // prettier-ignore
    ]);
  });

  it('that takes all sees undeclared inputs, too', async () => {
    const own = describedType('Own', { ...inputs, own: { inputs: 'all', types: false } });
    let names: string[] = [];
    const check = ({ values }: OwnCheck): OwnCheckResult => {
      names = [...values.keys()];
      return { kind: 'accepted' };
    };
    expect((await validate(prompt(), { types: [own], check })).kind).toBe('valid');
    expect(names).toEqual(['i', 'c', 'image', 'extra']);
  });

  it('is asked with coerced literals and unwrapped lists', async () => {
    const own = describedType('Own', {
      required: { f: ['FLOAT'], l: ['*'], link: ['*'] },
      isOutput: true,
      own: { inputs: 'all', types: false },
    });
    const seen: Json[] = [];
    const check = ({ values }: OwnCheck): OwnCheckResult => {
      seen.push(...values.values());
      return { kind: 'accepted' };
    };
    const own1 = nodes({ 1: ['Own', { f: '5', l: { __value__: [1, 2, 3] }, link: { __value__: ['x', 1] } }] });
    await validate(own1, { types: [own], check });
    expect(seen).toEqual([new Float(5), [1, 2, 3], ['x', 1]]);
  });

  it('that looks at types switches off the check of links for the whole node', async () => {
    const own = describedType('Own', {
      required: { image: ['IMAGE'], choice: [['p']] },
      isOutput: true,
      own: { inputs: new Set(), types: true },
    });
    let types: unknown;
    const check = (one: OwnCheck): OwnCheckResult => {
      types = Object.fromEntries(one.types);
      return { kind: 'accepted' };
    };
    const wrong = nodes({ 1: ['Own', { image: ['2', 0], choice: ['2', 5] }], 2: ['Make', {}] });
    expect((await validate(wrong, { types: [own], check })).kind).toBe('valid');
    expect(types).toEqual({ image: 'INT', choice: 'COMBO' });
  });

  it.each([
    ['a text', 'too dark', ['i - too dark', 'input_types - too dark']],
    ['no text', undefined, ['i', 'input_types']],
    ['an empty text', '', ['i', 'input_types']],
  ])('refuses with %s, once for each thing it was given', async (_, text, details) => {
    const own = describedType('Own', {
      required: { i: ['INT'] },
      isOutput: true,
      own: { inputs: new Set(['i', 'absent']), types: true },
    });
    const validation = await validate(nodes({ 1: ['Own', { i: 1 }] }), {
      types: [own],
      check: () => ({ kind: 'refused', text }),
    });
    expect(errorsOf(validation)['1']?.errors).toEqual(
      details.map((one) => ({
        type: 'custom_validation_failed',
        message: 'Custom validation failed for node',
        details: one,
        extra_info: { input_name: one.split(' ')[0] },
      })),
    );
  });

  it('refuses also when it was given nothing', async () => {
    const own = describedType('Own', { isOutput: true, own: { inputs: new Set(['absent']), types: false } });
    const validation = await validate(nodes({ 1: ['Own', {}] }), {
      types: [own],
      check: () => ({ kind: 'refused', text: 'no' }),
    });
    expect(errorsOf(validation)['1']?.errors).toMatchObject([
      { type: 'custom_validation_failed', details: 'no', extra_info: {} },
    ]);
  });

  it('is told when it throws, instead of everything else', async () => {
    const own = describedType('Own', { ...inputs, own: { inputs: new Set(['i']), types: false } });
    const thrown = { type: 'ValueError', text: 'broken', trace: ['line\n'] };
    const validation = await validate(prompt(), { types: [own], check: () => ({ kind: 'thrown', thrown }) });
    expect(errorsOf(validation)['1']?.errors).toMatchObject([
      {
        type: 'exception_during_validation',
        details: 'broken',
        extra_info: { exception_type: 'ValueError', traceback: ['line\n'] },
      },
    ]);
  });

  it('is asked once a node, in one go for all nodes that are needed', async () => {
    const own = describedType('Own', {
      required: { i: ['INT'] },
      outputs: ['*'],
      own: { inputs: new Set(['i']), types: false },
    });
    const asked: string[] = [];
    const check = ({ nodeId }: OwnCheck): OwnCheckResult => {
      asked.push(nodeId);
      return { kind: 'accepted' };
    };
    const several = nodes({
      1: ['Own', { i: 1 }],
      2: ['Own', { i: 2 }],
      unneeded: ['Own', { i: 3 }],
      3: ['Ends', { a: ['1', 0], b: ['2', 0] }],
      4: ['End', { in: ['1', 0] }],
    });
    await validate(several, { types: [own], check });
    expect(asked.sort()).toEqual(['1', '2']);
  });
});

describe('dynamic inputs', () => {
  const template = (inner: object): object => ({
    input: { required: { image: inner } },
    prefix: 'image',
    min: 1,
    max: 3,
  });
  const grow = describedType('Grow', {
    required: { images: ['COMFY_AUTOGROW_V3', { template: template(['IMAGE', {}]) }] },
    isOutput: true,
  });

  it('miss what the least number asks for, and name the last part', async () => {
    expect(errorsOf(await validate(nodes({ 1: ['Grow', {}] }), { types: [grow] }))['1']?.errors).toEqual([
      {
        type: 'required_input_missing',
        message: 'Required input is missing',
        details: 'image0',
        extra_info: { input_name: 'images.image0' },
      },
    ]);
  });

  it('are checked where they are named, up to the most', async () => {
    const prompt = nodes({
      1: ['Grow', { 'images.image0': ['2', 3], 'images.image2': ['2', 2], 'images.image3': ['2', 2], images: 'bare' }],
      2: ['Make', {}],
    });
    const { errors } = errorsOf(await validate(prompt, { types: [grow] }))['1'] ?? {};
    expect(errors).toMatchObject([{ type: 'return_type_mismatch', extra_info: { input_name: 'images.image2' } }]);
  });

  it('follow the choice that was made', async () => {
    const inputs = { required: { quality: ['INT', { max: 100 }] } };
    const options = [{ key: 'jpeg', inputs }, { key: 'png', inputs: {} }]; // prettier-ignore
    const choice = describedType('Choice', {
      required: { format: ['COMFY_DYNAMICCOMBO_V3', { options }] },
      isOutput: true,
    });
    const typesOf = async (given: object): Promise<string[]> =>
      (errorsOf(await validate(nodes({ 1: ['Choice', given] }), { types: [choice] }))['1']?.errors ?? []).map(
        (one) => `${one.type} ${one.details}`,
      );
    expect(await typesOf({ format: 'jpeg', 'format.quality': 90 })).toEqual([]);
    expect(await typesOf({ format: 'jpeg' })).toEqual(['required_input_missing quality']);
    expect(await typesOf({ format: 'jpeg', 'format.quality': 101 })).toEqual(['value_bigger_than_max format.quality']);
    expect(await typesOf({ format: 'png', 'format.quality': 101 })).toEqual([]);
    // the node refuses these when it runs, as in the reference
    expect(await typesOf({ format: 'gif' })).toEqual([]);
    expect(await typesOf({})).toEqual([]);
  });

  it('of a slot exist when it is linked', async () => {
    const slot = describedType('Slot', {
      optional: { s: ['COMFY_DYNAMICSLOT_V3', { inputs: { required: { n: ['INT'] } } }] },
      isOutput: true,
    });
    expect((await validate(nodes({ 1: ['Slot', {}] }), { types: [slot] })).kind).toBe('valid');
    const linked = await validate(nodes({ 1: ['Slot', { s: ['2', 4] }], 2: ['Make', {}] }), { types: [slot] });
    expect(errorsOf(linked)['1']?.errors).toMatchObject([{ type: 'required_input_missing', details: 'n' }]);
  });
});
