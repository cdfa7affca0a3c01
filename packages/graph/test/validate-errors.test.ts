import { describe, expect, it } from 'vitest';
import { float } from '@snug/protocol';
import type { NodeType } from '../src/index.ts';
import { describedType, errorsOf, nodes, problemsOf, promptOf, refusalOf, validate } from './validate-fixtures.ts';

const CHOICES_20 = Array.from({ length: 20 }, (_, at) => `c${at}`);
const withInput = (declaration: unknown, name = 'x'): NodeType =>
  describedType('T', { required: { [name]: declaration }, outputs: ['*'] });

describe('the whole prompt', () => {
  it.each([
    ['a list', '[]', 'invalid_prompt'],
    ['null', 'null', 'invalid_prompt'],
    ['a node that is no object', '{"1": 5}', 'invalid_prompt'],
    ['no nodes', '{}', 'prompt_no_outputs'],
    ['no output node', '{"1":{"class_type":"Make","inputs":{}}}', 'prompt_no_outputs'],
  ])('is refused when it is %s', async (_, text, type) => {
    const validation = await validate(promptOf(text));
    expect([refusalOf(validation).type, validation.nodeErrors.size]).toEqual([type, 0]);
  });

  it.each([
    ['{"1":{"inputs":{}}}', { node_id: '1', class_type: null, node_title: null }],
    ['{"1":{"inputs":{},"_meta":{"title":"Mine"}}}', { node_id: '1', class_type: null, node_title: 'Mine' }],
    ['{"1":{"class_type":5}}', { node_id: '1', class_type: null, node_title: null }],
    ['{"1":{"class_type":"Gone"}}', { node_id: '1', class_type: 'Gone', node_title: 'Gone' }],
    ['{"1":{"class_type":"Gone","_meta":{"title":"Mine"}}}', { node_id: '1', class_type: 'Gone', node_title: 'Mine' }],
    [
      '{"2":{"class_type":"End","inputs":{"in":1}},"1":{"class_type":"__proto__"}}',
      { node_id: '1', class_type: '__proto__', node_title: '__proto__' },
    ],
  ])('names the first node without a known class: %s', async (text, extra_info) => {
    const validation = await validate(promptOf(text));
    expect(refusalOf(validation)).toMatchObject({ type: 'missing_node_type', details: "Node ID '#1'", extra_info });
    expect(validation.nodeErrors.size).toBe(0);
  });

  it('is refused with more nodes than allowed', async () => {
    const prompt = nodes({ 1: ['End', { in: 1 }], 2: ['End', { in: 1 }] });
    expect(refusalOf(await validate(prompt, { maxNodes: 1 })).type).toBe('graph_too_large');
    expect((await validate(prompt, { maxNodes: 2 })).kind).toBe('valid');
  });

  it.each([
    [null, ['1', '12']],
    [['1'], ['1']],
    [['12', 'gone', 'make', 5], ['12']],
    ['a 12 b', ['1', '12']],
    ['1', ['1']],
    [new Map([['12', true]]), ['12']],
  ])('runs the targets of %j', async (targets, expected) => {
    const prompt = nodes({ 1: ['End', { in: 1 }], make: ['Make', {}], 12: ['End', { in: 1 }] });
    expect(await validate(prompt, { targets })).toMatchObject({ kind: 'valid', targets: expected });
  });

  it.each([[[]], ['x'], [['make']], [5], [false]])('is refused when %j leaves no target', async (targets) => {
    const prompt = nodes({ 1: ['End', { in: 1 }], make: ['Make', {}] });
    expect(refusalOf(await validate(prompt, { targets }))).toEqual({
      type: 'prompt_no_outputs',
      message: 'Prompt has no outputs',
      details: '',
      extra_info: {},
    });
  });
});

describe('problems of one input', () => {
  it('required_input_missing', async () => {
    expect(await problemsOf(withInput(['INT', { min: 0 }]), {})).toEqual([
      {
        type: 'required_input_missing',
        message: 'Required input is missing',
        details: 'x',
        extra_info: { input_name: 'x' },
      },
    ]);
    expect(await problemsOf(describedType('T', { optional: { x: ['INT'] }, outputs: ['*'] }), {})).toEqual([]);
  });

  it.each([[[]], [['make']], [['make', 0, 0]], [[1, 2, 3, 4]]])('bad_linked_input: %j', async (value) => {
    expect(await problemsOf(withInput(['IMAGE']), { x: value })).toEqual([
      {
        type: 'bad_linked_input',
        message: 'Bad linked input, must be a length-2 list of [node_id, slot_index]',
        details: 'x',
        extra_info: { input_name: 'x', input_config: ['IMAGE', {}], received_value: value },
      },
    ]);
  });

  it('return_type_mismatch', async () => {
    expect(await problemsOf(withInput(['IMAGE', { lazy: true }]), { x: ['make', 2] })).toEqual([
      {
        type: 'return_type_mismatch',
        message: 'Return type mismatch between linked nodes',
        details: 'x, received_type(STRING) mismatch input_type(IMAGE)',
        extra_info: {
          input_name: 'x',
          input_config: ['IMAGE', { lazy: true }],
          received_type: 'STRING',
          linked_node: ['make', 2],
        },
      },
    ]);
    expect(await problemsOf(withInput([['p', 'q']]), { x: ['make', 5] })).toMatchObject([
      { details: "x, received_type(['a', 'b']) mismatch input_type(['p', 'q'])" },
    ]);
  });

  it('a source behind a mismatch is not looked at', async () => {
    const prompt = nodes({ 1: ['Image', { image: ['2', 0] }], 2: ['Pass', {}], 3: ['End', { in: ['1', 0] }] });
    const strict = describedType('Pass', { required: { in: ['*'] }, outputs: ['STRING'] });
    expect(Object.keys(errorsOf(await validate(prompt, { types: [strict] })))).toEqual(['1']);
  });

  it.each([
    ['INT', 'abc', "x, 'abc', invalid literal for int() with base 10: 'abc'"],
    ['INT', '1.0', "x, '1.0', invalid literal for int() with base 10: '1.0'"],
    ['FLOAT', 'abc', "x, 'abc', could not convert string to float: 'abc'"],
  ])('invalid_input_type: %s from %j', async (type, value, details) => {
    expect(await problemsOf(withInput([type, { default: 1 }]), { x: value })).toEqual([
      {
        type: 'invalid_input_type',
        message: `Failed to convert an input value to a ${type} value`,
        details,
        extra_info: {
          input_name: 'x',
          input_config: [type, { default: 1 }],
          received_value: value,
          exception_message: details.slice(details.indexOf(', ', 3) + 2),
        },
      },
    ]);
  });

  it.each([
    [{ min: 0, max: 10 }, -1, 'value_smaller_than_min', 'Value -1 smaller than min of 0'],
    [{ min: 0, max: 10 }, 11, 'value_bigger_than_max', 'Value 11 bigger than max of 10'],
    [
      { max: 2 ** 53 },
      2n ** 64n,
      'value_bigger_than_max',
      'Value 18446744073709551616 bigger than max of 9007199254740992',
    ],
  ])('%j against %s: %s', async (options, value, type, message) => {
    const prompt = nodes({ 1: ['T', { x: value }], 2: ['End', { in: ['1', 0] }] });
    const validation = await validate(prompt, { types: [withInput(['INT', options])] });
    expect(errorsOf(validation)['1']?.errors).toEqual([
      { type, message: message.replace(/max of 9007199254740992$/, 'max of 9007199254740992.0'), details: 'x', extra_info: { input_name: 'x', input_config: ['INT', options], received_value: value } }, // prettier-ignore
    ]);
  });

  it('writes floats as the reference does: 5.0, not 5', async () => {
    const options = { min: float(0), max: float(1) };
    expect(await problemsOf(withInput(['FLOAT', options]), { x: 5 })).toMatchObject([
      { message: 'Value 5.0 bigger than max of 1.0' },
    ]);
    expect(await problemsOf(withInput(['FLOAT', options]), { x: float(-2) })).toMatchObject([
      { message: 'Value -2.0 smaller than min of 0.0' },
    ]);
  });

  it('value_not_in_list, in both forms of a choice', async () => {
    const refused = { type: 'value_not_in_list', message: 'Value not in list', details: "x: 'c' not in ['a', 'b']" };
    expect(await problemsOf(withInput([['a', 'b']]), { x: 'c' })).toEqual([
      { ...refused, extra_info: { input_name: 'x', input_config: [['a', 'b'], {}], received_value: 'c' } },
    ]);
    expect(await problemsOf(withInput(['COMBO', { options: ['a', 'b'] }]), { x: 'c' })).toEqual([
      {
        ...refused,
        extra_info: { input_name: 'x', input_config: ['COMBO', { options: ['a', 'b'] }], received_value: 'c' },
      },
    ]);
    expect(await problemsOf(withInput(['COMBO']), { x: 'c' })).toMatchObject([{ details: "x: 'c' not in []" }]);
  });

  it('value_not_in_list past 20 choices gives their number only', async () => {
    const [twenty] = await problemsOf(withInput([CHOICES_20]), { x: 'no' });
    expect(twenty?.details).toContain("'c19']");
    expect(twenty?.extra_info.input_config).toEqual([CHOICES_20, {}]);
    const [more] = await problemsOf(withInput([[...CHOICES_20, 'c20']]), { x: 'no' });
    expect(more).toMatchObject({ details: "x: 'no' not in (list of length 21)", extra_info: { input_config: null } });
  });

  it('value_not_in_list of several values names those that are not', async () => {
    const many = withInput(['COMBO', { options: ['a', 'b'], multiselect: true }]);
    expect(await problemsOf(many, { x: { __value__: ['a', 'c', 'b', 'd'] } })).toMatchObject([
      { details: "x: 'c', 'd' not in ['a', 'b']" },
    ]);
    expect(await problemsOf(many, { x: { __value__: ['b', 'a'] } })).toEqual([]);
    const one = withInput(['COMBO', { options: ['a', 'b'] }]);
    expect(await problemsOf(one, { x: { __value__: ['b', 'a'] } })).toMatchObject([
      { details: "x: ['b', 'a'] not in ['a', 'b']" },
    ]);
  });

  it('the first of min, max and choices counts', async () => {
    const both = withInput(['COMBO', { options: [7], min: 5, max: 6 }]);
    for (const [value, type] of [
      [1, 'value_smaller_than_min'],
      [9, 'value_bigger_than_max'],
      [5, 'value_not_in_list'],
    ]) {
      // prettier-ignore
      expect((await problemsOf(both, { x: value })).map((one) => one.type)).toEqual([type]);
    }
  });

  it('all inputs are told at once', async () => {
    const type = describedType('T', {
      required: { i: ['INT', { max: 1 }], c: [['a']], gone: ['INT'] },
      outputs: ['*'],
    });
    expect((await problemsOf(type, { i: 2, c: 'b' })).map((one) => one.type)).toEqual([
      'value_bigger_than_max',
      'value_not_in_list',
      'required_input_missing',
    ]);
  });
});

describe('exceptions', () => {
  const thrown = (text: string, type: string): object => ({
    type: 'exception_during_validation',
    message: 'Exception when validating node',
    details: text,
    extra_info: { exception_type: type, traceback: [expect.any(String)] },
  });

  it.each([
    ['a link to nowhere', '["9", 0]', "'9'", 'KeyError'],
    ['an id that is no text', '[9, 0]', '9', 'KeyError'],
    ['an id from the prototype', '["__proto__", 0]', "'__proto__'", 'KeyError'],
  ])('%s: %s', async (_, link, text, type) => {
    const validation = await validate(promptOf(`{"1":{"class_type":"End","inputs":{"in":${link}}}}`));
    expect(errorsOf(validation)).toEqual({
      1: { errors: [thrown(text, type)], dependent_outputs: ['1'], class_type: 'End' },
    });
  });

  it.each([
    ['["make", 6]', 'IndexError'],
    ['["make", -7]', 'IndexError'],
    ['["make", 1e300]', 'IndexError'],
    ['["make", 0.5]', 'TypeError'],
    ['["make", "0"]', 'TypeError'],
    ['["make", null]', 'TypeError'],
    ['["make", 18446744073709551616]', 'TypeError'],
  ])('a slot that is none: %s', async (link, exception_type) => {
    const text = `{"make":{"class_type":"Make","inputs":{}},"1":{"class_type":"End","inputs":{"in":${link}}}}`;
    expect(errorsOf(await validate(promptOf(text)))['1']?.errors).toMatchObject([
      { type: 'exception_during_validation', extra_info: { exception_type } },
    ]);
  });

  it('a negative slot counts from the end, as in the reference, and 0.0 is a slot', async () => {
    const text = (slot: string): string =>
      `{"make":{"class_type":"Make","inputs":{}},"1":{"class_type":"Image","inputs":{"image":["make", ${slot}]}},"2":{"class_type":"End","inputs":{"in":["1",0.0]}}}`;
    expect((await validate(promptOf(text('-3')))).kind).toBe('valid');
    expect((await validate(promptOf(text('-4')))).kind).toBe('refused');
  });

  it('at an inner node are told there, with the input that led to it', async () => {
    const prompt = nodes({ 1: ['Pass', { in: ['9', 0] }], 2: ['Ends', { a: ['1', 0], b: 1 }] });
    expect(errorsOf(await validate(prompt))).toEqual({
      1: {
        errors: [
          {
            type: 'exception_during_inner_validation',
            message: 'Exception when validating inner node',
            details: "'9'",
            extra_info: {
              input_name: 'a',
              input_config: ['*', {}],
              exception_message: "'9'",
              exception_type: 'KeyError',
              traceback: [expect.any(String)],
              linked_node: ['1', 0],
            },
          },
        ],
        dependent_outputs: ['2'],
        class_type: 'Pass',
      },
    });
  });

  it.each(['{"class_type":"End"}', '{"class_type":"End","inputs":[]}', '{"class_type":"End","inputs":null}'])(
    'a node without inputs: %s',
    async (node) => {
      const validation = await validate(promptOf(`{"1":${node}}`));
      expect(errorsOf(validation)['1']?.errors).toEqual([thrown("'inputs'", 'KeyError')]);
    },
  );

  it('a literal without order against a limit', async () => {
    expect(await problemsOf(withInput(['STRING', { min: 1 }]), { x: 'text' })).toMatchObject([
      { type: 'exception_during_inner_validation', extra_info: { exception_type: 'TypeError' } },
    ]);
  });

  it('discard what else was found at the node', async () => {
    const type = describedType('T', { required: { c: [['a']], link: ['*'] }, outputs: ['*'] });
    expect((await problemsOf(type, { c: 'b', link: ['9', 0] })).map((one) => one.type)).toEqual([
      'exception_during_inner_validation',
    ]);
  });

  it('in nodes that no output needs are nobody’s business', async () => {
    const text =
      '{"1":{"class_type":"End","inputs":{"in":1}},"2":{"class_type":"Pass"},"3":{"class_type":"Pass","inputs":{"in":["9",0]}}}';
    expect(await validate(promptOf(text))).toMatchObject({ kind: 'valid', targets: ['1'] });
  });
});
