import { asObject, parseJson, stringifyJson } from '@snug/protocol';
import type { Json, JsonObject } from '@snug/protocol';
import { describe, expect, test } from 'vitest';
import {
  ANY,
  defineNode,
  describeNode,
  FLOAT,
  IMAGE,
  input,
  INT,
  LATENT,
  MASK,
  output,
  socket,
  STRING,
} from '../src/index.ts';
import type { AnyNode, DescribeContext, InputSpec, NodeFiles } from '../src/index.ts';

const files: Pick<NodeFiles, 'list'> = { list: async () => ['a.png', 'b.png'] };
const context: DescribeContext = { files: files as NodeFiles };

async function described(node: Partial<AnyNode>): Promise<JsonObject> {
  const complete = { type: 'Sample', category: 'test', inputs: {}, outputs: {}, run: () => ({}), ...node };
  return describeNode(complete, 'custom_nodes.samples', context);
}

/** One member of the description, as the text that clients read. */
async function member(name: string, node: Partial<AnyNode>): Promise<string | undefined> {
  const value = (await described(node)).get(name);
  return value === undefined ? undefined : stringifyJson(value);
}

/** How one input is described in both forms. */
async function both(spec: InputSpec): Promise<[classic: string, schema: string]> {
  const forms = (['classic', 'schema'] as const).map(async (form) => {
    const groups = asObject((await described({ inputs: { it: spec }, form })).get('input'));
    return stringifyJson(asObject(groups?.get(spec.group))?.get('it') as Json);
  });
  return (await Promise.all(forms)) as [string, string];
}

const OPTIONS_OF_A_CHOICE = '"multiselect":false,"options":["box","gaussian"]';

test.each<[string, InputSpec, classic: string, schema?: string]>([
  ['int without options', input.int(), '["INT"]', '["INT",{}]'],
  ['int', input.int({ default: 3, min: 0, max: 9 }), '["INT",{"default":3,"min":0,"max":9}]'],
  ['int with a slider', input.int({ display: 'slider', step: 2 }), '["INT",{"display":"slider","step":2}]'],
  [
    'seed',
    input.int64({ default: 0, max: 2n ** 64n - 1n, controlAfterGenerate: true }),
    '["INT",{"default":0,"max":18446744073709551615,"control_after_generate":true}]',
  ],
  [
    'float: limits stay floats when they are whole',
    input.float({ default: 1, min: 0, max: 10, step: 0.5, round: 0.01 }),
    '["FLOAT",{"default":1.0,"min":0.0,"max":10.0,"step":0.5,"round":0.01}]',
  ],
  ['float that is not rounded', input.float({ round: false }), '["FLOAT",{"round":false}]'],
  [
    'string',
    input.string({ default: '', multiline: true, dynamicPrompts: true, placeholder: 'a cat' }),
    '["STRING",{"default":"","multiline":true,"dynamicPrompts":true,"placeholder":"a cat"}]',
  ],
  [
    'boolean',
    input.boolean({ default: true, labelOn: 'yes', labelOff: 'no' }),
    '["BOOLEAN",{"default":true,"label_on":"yes","label_off":"no"}]',
  ],
  ['choice', input.choice(['box', 'gaussian']), '[["box","gaussian"]]', `["COMBO",{${OPTIONS_OF_A_CHOICE}}]`],
  [
    'choice with a default',
    input.choice(['box', 'gaussian'], { default: 'box' }),
    '[["box","gaussian"],{"default":"box"}]',
    `["COMBO",{"default":"box",${OPTIONS_OF_A_CHOICE}}]`,
  ],
  [
    'choice that always has the newer form',
    input.choice(['box', 'gaussian'], { form: 'combo' }),
    '["COMBO",{"options":["box","gaussian"]}]',
    `["COMBO",{${OPTIONS_OF_A_CHOICE}}]`,
  ],
  [
    'choice that always has the older form',
    input.choice(['box', 'gaussian'], { form: 'list' }),
    '[["box","gaussian"]]',
    '[["box","gaussian"],{}]',
  ],
  [
    'choice of several',
    input.choice(['box', 'gaussian'], { form: 'combo', multiselect: true }),
    '["COMBO",{"multiselect":true,"options":["box","gaussian"]}]',
  ],
  [
    'choice of files',
    input.choice(({ files }) => files.list('input')),
    '[["a.png","b.png"]]',
    '["COMBO",{"multiselect":false,"options":["a.png","b.png"]}]',
  ],
  ['image', input.of(IMAGE), '["IMAGE"]', '["IMAGE",{}]'],
  ['own type', input.of(socket('PALETTE')), '["PALETTE"]', '["PALETTE",{}]'],
  ['any type', input.of(ANY, { rawLink: true }), '["*",{"rawLink":true}]'],
  ['several types', input.anyOf<unknown>([IMAGE, MASK, LATENT]), '["IMAGE,MASK,LATENT"]', '["IMAGE,MASK,LATENT",{}]'],
  [
    'common options',
    input.string({ tooltip: 'Why', displayName: 'Text', forceInput: true, advanced: true, socketless: true }),
    '["STRING",{"tooltip":"Why","display_name":"Text","forceInput":true,"advanced":true,"socketless":true}]',
  ],
  ['options that only the server knows', input.of(ANY, { exact: true }), '["*"]', '["*",{}]'],
  [
    'options of a front end',
    input.string({ extra: { remote: { route: '/names' }, image_upload: true } }),
    '["STRING",{"remote":{"route":"/names"},"image_upload":true}]',
  ],
  ['lazy', input.of(IMAGE, { lazy: true }), '["IMAGE",{"lazy":true}]'],
  ['optional', input.optional(input.int({ min: 1 })), '["INT",{"min":1}]'],
  ['hidden', input.hidden('UNIQUE_ID'), '"UNIQUE_ID"', '["UNIQUE_ID"]'],
  [
    'match',
    input.match('t', { allowed: 'IMAGE,MASK' }),
    '["COMFY_MATCHTYPE_V3",{"template":{"template_id":"t","allowed_types":"IMAGE,MASK"}}]',
  ],
  [
    'match of any type',
    input.match('t', { lazy: true }),
    '["COMFY_MATCHTYPE_V3",{"lazy":true,"template":{"template_id":"t","allowed_types":"*"}}]',
  ],
  [
    'autogrow by prefix',
    input.autogrow(input.of(IMAGE), { prefix: 'image', min: 2, max: 5 }),
    '["COMFY_AUTOGROW_V3",{"template":{"input":{"required":{"image":["IMAGE",{}]}},"prefix":"image","min":2,"max":5}}]',
  ],
  [
    'autogrow by names',
    input.autogrow(input.float(), { names: ['a', 'b'] }),
    '["COMFY_AUTOGROW_V3",{"template":{"input":{"required":{"input":["FLOAT",{}]}},"names":["a","b"],"min":1}}]',
  ],
  [
    'dynamic choice',
    input.dynamicChoice([
      { key: 'png', inputs: { level: input.int({ default: 4 }) } },
      { key: 'jpeg', inputs: { quality: input.optional(input.float({ default: 90 })) } },
    ]),
    '["COMFY_DYNAMICCOMBO_V3",{"options":[' +
      '{"key":"png","inputs":{"required":{"level":["INT",{"default":4}]}}},' +
      '{"key":"jpeg","inputs":{"required":{},"optional":{"quality":["FLOAT",{"default":90.0}]}}}]}]',
  ],
])('an input is described in both forms: %s', async (_title, spec, classic, schema = classic) => {
  expect(await both(spec)).toEqual([classic, schema]);
});

describe('a node in the classic form', () => {
  test('tells only what is set', async () => {
    const node = defineNode({
      type: 'Sample',
      category: 'test',
      inputs: { image: input.of(IMAGE), id: input.hidden('UNIQUE_ID'), amount: input.optional(input.int()) },
      outputs: { image: output.of(IMAGE), counts: output.list(INT, { name: 'COUNTS' }) },
      run: ({ image }) => ({ image, counts: [1] }),
    });
    expect(stringifyJson(await described(node), { indent: 1 })).toBe(
      stringifyJson(
        parseJson(`{
          "input": {"required": {"image": ["IMAGE"]}, "optional": {"amount": ["INT"]}, "hidden": {"id": "UNIQUE_ID"}},
          "input_order": {"required": ["image"], "optional": ["amount"], "hidden": ["id"]},
          "is_input_list": false,
          "output": ["IMAGE", "INT"], "output_is_list": [false, true], "output_name": ["image", "COUNTS"],
          "name": "Sample", "display_name": "Sample", "description": "", "python_module": "custom_nodes.samples",
          "category": "test", "output_node": false, "has_intermediate_output": false, "search_aliases": []
        }`),
        { indent: 1 },
      ),
    );
  });

  test('has no group without members', async () => {
    expect(await member('input', {})).toBe('{}');
    expect(await member('input_order', { inputs: { a: input.optional(input.int()) } })).toBe('{"optional":["a"]}');
  });

  test.each([
    ['deprecated', { deprecated: true }, 'true'],
    ['experimental', { experimental: true }, 'true'],
    ['dev_only', { devOnly: true }, 'true'],
    ['essentials_category', { essentialsCategory: 'Basics' }, '"Basics"'],
    ['output_tooltips', { outputs: { a: output.of(INT), b: output.of(INT, { tooltip: 'B' }) } }, '[null,"B"]'],
    ['is_input_list', { takesLists: true }, 'true'],
    ['output_node', { outputNode: true }, 'true'],
    ['has_intermediate_output', { intermediateOutput: true }, 'true'],
    ['search_aliases', { searchAliases: ['x'] }, '["x"]'],
    ['display_name', { displayName: 'A Sample' }, '"A Sample"'],
    ['description', { description: 'Does it.' }, '"Does it."'],
  ] as [string, Partial<AnyNode>, string][])('tells %s when it is set', async (name, node, text) => {
    expect(await member(name, node)).toBe(text);
  });

  test.each(['deprecated', 'experimental', 'dev_only', 'essentials_category', 'output_tooltips', 'output_matchtypes'])(
    'does not tell %s when it is not',
    async (name) => {
      expect(await member(name, {})).toBeUndefined();
    },
  );
});

describe('a node in the schema form', () => {
  test('tells everything, also what is not set', async () => {
    expect(stringifyJson(await described({ form: 'schema' }), { indent: 1 })).toBe(
      stringifyJson(
        parseJson(`{
          "input": {"required": {}}, "input_order": {"required": []}, "is_input_list": false,
          "output": [], "output_is_list": [], "output_name": [],
          "name": "Sample", "display_name": null, "description": "", "python_module": "custom_nodes.samples",
          "category": "test", "output_node": false, "has_intermediate_output": false,
          "output_tooltips": [], "output_matchtypes": null, "deprecated": false, "experimental": false,
          "dev_only": false, "api_node": false, "search_aliases": null, "essentials_category": null, "price_badge": null
        }`),
        { indent: 1 },
      ),
    );
  });

  test('names the templates of outputs that take the type of their inputs', async () => {
    const outputs = { first: output.match('t'), all: output.matchList('t'), count: output.of(INT) };
    expect(await member('output', { form: 'schema', outputs })).toBe(
      '["COMFY_MATCHTYPE_V3","COMFY_MATCHTYPE_V3","INT"]',
    );
    expect(await member('output_is_list', { form: 'schema', outputs })).toBe('[false,true,false]');
    expect(await member('output_matchtypes', { form: 'schema', outputs })).toBe('["t","t",null]');
  });
});

describe('choices that depend on files', () => {
  test('are asked for each time', async () => {
    let names = ['a.png'];
    const node: Partial<AnyNode> = { inputs: { file: input.choice(() => names) } };
    expect(await member('input', node)).toBe('{"required":{"file":[["a.png"]]}}');
    names = ['a.png', 'c.png'];
    expect(await member('input', node)).toBe('{"required":{"file":[["a.png","c.png"]]}}');
  });

  test('fail the description when they cannot be had', async () => {
    const choices = async (): Promise<string[]> => {
      throw new Error('the disk is gone');
    };
    await expect(described({ inputs: { file: input.choice(choices) } })).rejects.toThrow('the disk is gone');
  });
});

test('names of inputs and outputs are just names', async () => {
  const inputs = Object.fromEntries([['__proto__', input.string()]]);
  const outputs = Object.fromEntries([['__proto__', output.of(STRING)]]);
  expect(await member('input', { inputs, outputs })).toBe('{"required":{"__proto__":["STRING"]}}');
  expect(await member('output_name', { inputs, outputs })).toBe('["__proto__"]');
});

test('describing a node changes nothing in it', async () => {
  const spec = input.dynamicChoice([{ key: 'a', inputs: { x: input.float({ default: 1 }) } }]);
  const before = stringifyJson(spec.options);
  const first = await both(spec);
  expect(await both(spec)).toEqual(first);
  expect(stringifyJson(spec.options)).toBe(before);
});

test('an output of a choice type lists its options', async () => {
  const outputs = { mode: { ...output.of(FLOAT), type: ['a', 'b'] } };
  expect(await member('output', { outputs })).toBe('[["a","b"]]');
});
