import { describeNode } from '@snug/node-kit';
import { stringifyJson, toPlain } from '@snug/protocol';
import { describe, expect, it } from 'vitest';
import { pack } from '../src/index.ts';
import { NO_FILES, nodeOf } from './run-node.ts';

const context = { files: NO_FILES };

/**
 * Type, display name, category, output types, output names, and flags: O output node, X experimental, L takes lists,
 * I intermediate output.
 */
const TABLE: readonly (readonly [string, string, string, string, string, string])[] = [
  ['StringConcatenate', 'Concatenate Text', 'text', 'STRING', 'STRING', ''],
  ['StringSubstring', 'Substring', 'text', 'STRING', 'STRING', ''],
  ['StringLength', 'Text Length', 'text', 'INT', 'length', ''],
  ['CaseConverter', 'Convert Text Case', 'text', 'STRING', 'STRING', ''],
  ['StringTrim', 'Trim Text', 'text', 'STRING', 'STRING', ''],
  ['StringReplace', 'Replace Text', 'text', 'STRING', 'STRING', ''],
  ['StringContains', 'Contains Text', 'text', 'BOOLEAN', 'contains', ''],
  ['StringCompare', 'Compare Text', 'text', 'BOOLEAN', 'BOOLEAN', ''],
  ['RegexMatch', 'Match Text', 'text', 'BOOLEAN', 'matches', ''],
  ['RegexExtract', 'Extract Text', 'text', 'STRING', 'STRING', ''],
  ['RegexReplace', 'Replace Text (Regex)', 'text', 'STRING', 'STRING', ''],
  ['PrimitiveString', 'Text', 'utilities/primitive', 'STRING', 'STRING', ''],
  ['PrimitiveStringMultiline', 'Text (Multiline)', 'utilities/primitive', 'STRING', 'STRING', ''],
  ['PrimitiveInt', 'Int', 'utilities/primitive', 'INT', 'INT', ''],
  ['PrimitiveFloat', 'Float', 'utilities/primitive', 'FLOAT', 'FLOAT', ''],
  ['PrimitiveBoolean', 'Boolean', 'utilities/primitive', 'BOOLEAN', 'BOOLEAN', ''],
  ['PrimitiveBoundingBox', 'Bounding Box', 'utilities/primitive', 'BOUNDING_BOX', 'BOUNDING_BOX', ''],
  ['PreviewAny', 'Preview as Text', 'utilities', 'STRING', 'STRING', 'O'],
  ['ComfySwitchNode', 'If/Else Switch', 'utilities/logic', 'COMFY_MATCHTYPE_V3', 'output', 'X'],
  ['CustomCombo', 'Custom Combo', 'utilities', 'STRING,INT', 'STRING,INDEX', 'X'],
  ['StringFormat', 'Format Text', 'text', 'STRING', 'STRING', ''],
  ['JsonExtractString', 'Extract Text from JSON', 'text', 'STRING', 'STRING', ''],
  ['ConvertDictionaryToString', 'Convert Dictionary to String', 'text', 'STRING', 'STRING', ''],
  ['ConvertArrayToString', 'Convert Array to String', 'text', 'STRING', 'STRING', ''],
  ['SaveText', 'Save Text', 'text', 'STRING', 'text', 'O'],
  ['ComfyMathExpression', 'Math Expression', 'utilities', 'FLOAT,INT,BOOLEAN', 'FLOAT,INT,BOOL', ''],
  ['ComfyNumberConvert', 'Convert Number', 'utilities', 'FLOAT,INT', 'FLOAT,INT', ''],
  ['ComfyNotNode', 'Not', 'utilities/logic', 'BOOLEAN', 'BOOLEAN', ''],
  ['ComfyAndNode', 'And', 'utilities/logic', 'BOOLEAN', 'BOOLEAN', ''],
  ['ComfyOrNode', 'Or', 'utilities/logic', 'BOOLEAN', 'BOOLEAN', ''],
  ['CreateList', 'Create List', 'utilities', 'COMFY_MATCHTYPE_V3', 'list', 'L'],
  ['SeedNode', 'Seed', 'utilities', 'INT', 'seed', ''],
  ['ColorToRGBInt', 'Color Picker', 'utilities', 'INT,COLOR,FLOAT', 'rgb_int,hex,alpha', ''],
  ['ResolutionSelector', 'Resolution Selector', 'utilities', 'INT,INT', 'width,height', ''],
  ['CurveEditor', 'Curve Editor', 'utilities', 'CURVE', 'curve', 'I'],
];

/** Node, group, input, then the description exactly as it goes over the wire. */
const INPUTS: readonly (readonly [string, string, string, string])[] = [
  ['StringConcatenate', 'required', 'string_a', '["STRING",{"multiline":true}]'],
  ['StringConcatenate', 'required', 'delimiter', '["STRING",{"default":"","multiline":false}]'],
  ['StringSubstring', 'required', 'end', '["INT",{}]'],
  [
    'CaseConverter',
    'required',
    'mode',
    '["COMBO",{"multiselect":false,"options":["UPPERCASE","lowercase","Capitalize","Title Case"]}]',
  ],
  ['StringContains', 'required', 'case_sensitive', '["BOOLEAN",{"default":true,"advanced":true}]'],
  ['RegexMatch', 'required', 'dotall', '["BOOLEAN",{"default":false,"advanced":true}]'],
  ['RegexExtract', 'required', 'group_index', '["INT",{"default":1,"min":0,"max":100,"advanced":true}]'],
  ['RegexReplace', 'optional', 'case_insensitive', '["BOOLEAN",{"default":true,"advanced":true}]'],
  [
    'PrimitiveInt',
    'required',
    'value',
    '["INT",{"min":-9223372036854775807,"max":9223372036854775807,"control_after_generate":"fixed"}]',
  ],
  [
    'PrimitiveFloat',
    'required',
    'value',
    '["FLOAT",{"min":-9223372036854775807,"max":9223372036854775807,"step":0.1}]',
  ],
  ['PrimitiveBoundingBox', 'required', 'x', '["INT",{"default":0,"min":0,"max":16384}]'],
  ['PrimitiveBoundingBox', 'required', 'height', '["INT",{"default":512,"min":1,"max":16384}]'],
  ['SeedNode', 'required', 'seed', '["INT",{"min":0,"max":9223372036854775807,"control_after_generate":"fixed"}]'],
  [
    'ComfySwitchNode',
    'required',
    'on_true',
    '["COMFY_MATCHTYPE_V3",{"lazy":true,"template":{"template_id":"switch","allowed_types":"*"}}]',
  ],
  ['CustomCombo', 'required', 'choice', '["COMBO",{"multiselect":false,"options":[]}]'],
  ['StringFormat', 'required', 'f_string', '["STRING",{"default":"{a}","multiline":true}]'],
  ['ConvertArrayToString', 'required', 'indent', '["INT",{"default":2,"min":0,"max":8}]'],
  ['SaveText', 'required', 'text', '["STRING",{"multiline":false,"forceInput":true}]'],
  [
    'SaveText',
    'required',
    'format',
    '["COMBO",{"default":"txt","multiselect":false,"options":["txt","csv","md","json"]}]',
  ],
  ['SaveText', 'hidden', 'extra_pnginfo', '["EXTRA_PNGINFO"]'],
  ['ComfyNumberConvert', 'required', 'value', '["INT,FLOAT,STRING,BOOLEAN",{}]'],
  ['ColorToRGBInt', 'required', 'color', '["COLOR",{"default":"#ffffff","socketless":true}]'],
  ['ResolutionSelector', 'required', 'megapixels', '["FLOAT",{"default":1.0,"min":0.1,"max":16.0,"step":0.1}]'],
  ['ResolutionSelector', 'required', 'multiple', '["INT",{"default":8,"min":8,"max":128,"step":4}]'],
  [
    'CurveEditor',
    'required',
    'curve',
    '["CURVE",{"default":{"points":[[0.0,0.0],[1.0,1.0]],"interpolation":"monotone_cubic"},"socketless":true}]',
  ],
  ['CurveEditor', 'optional', 'histogram', '["HISTOGRAM",{}]'],
];

async function described(type: string) {
  return describeNode(nodeOf(type), pack.module, context);
}

describe('the pack', () => {
  it('holds the nodes of the table and no others', () => {
    expect(pack.nodes.map((node) => node.type).sort()).toEqual(TABLE.map(([type]) => type).sort());
  });

  it.each(TABLE)('describes %s', async (type, displayName, category, types, names, flags) => {
    const description = toPlain(await described(type)) as Record<string, unknown>;
    expect(description).toMatchObject({
      name: type,
      display_name: displayName,
      category,
      output: types.split(','),
      output_name: names.split(','),
      output_node: flags.includes('O'),
      is_input_list: flags.includes('L'),
      has_intermediate_output: flags.includes('I'),
      python_module: 'snug.core',
    });
    expect(description['output_is_list']).toEqual(types.split(',').map(() => type === 'CreateList'));
    // only PreviewAny is of the older form, which leaves out what is unset
    const schema = type !== 'PreviewAny';
    expect('api_node' in description).toBe(schema);
    expect(description['experimental']).toBe(schema ? flags.includes('X') : undefined);
    expect(description['description']).toMatch(/^[A-Z].*\.$/);
  });

  it.each(INPUTS)('describes %s: %s %s', async (type, group, name, wire) => {
    const groups = (await described(type)).get('input') as Map<string, Map<string, never>>;
    expect(stringifyJson(groups.get(group)!.get(name)!)).toBe(wire);
  });

  it.each([
    ['StringFormat', 'values', { min: 0, names: 26 }],
    ['ComfyMathExpression', 'values', { min: 1, names: 26 }],
    ['ComfyAndNode', 'values', { min: 1, max: 10, prefix: 'value' }],
    ['ComfyOrNode', 'values', { min: 1, max: 10, prefix: 'value' }],
    ['CreateList', 'inputs', { min: 1, max: 10, prefix: 'input' }],
  ])('lets %s grow: %s', async (type, name, growth) => {
    const { input } = toPlain(await described(type)) as {
      input: { required: Record<string, [string, { template: { names?: string[] } }]> };
    };
    const [wire, { template }] = input.required[name]!;
    expect(wire).toBe('COMFY_AUTOGROW_V3');
    expect({ ...template, ...(template.names && { names: template.names.length }) }).toMatchObject(growth);
  });
});
