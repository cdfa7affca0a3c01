/** Saved values are read as conversion reads them: whatever the node, however its list looks. */
import { parseWorkflow, workflowToPrompt } from '@snug/graph';
import { toJson, toPlain } from '@snug/protocol';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCatalogue } from '../../src/catalogue/index.ts';
import type { Catalogue } from '../../src/catalogue/index.ts';
import { setValue, writeWorkflow } from '../../src/document/index.ts';
import { readValues } from '../../src/document/read-values.ts';
import { arrangeValues } from '../../src/document/write-values.ts';
import { opened } from './workflow-files.ts';

const INPUTS: readonly (readonly [string, unknown])[] = [
  ['a', ['INT', { default: 1 }]],
  ['seed', ['INT', { default: 2 }]],
  ['b', ['FLOAT', { default: 3.5 }]],
  ['c', ['STRING', { default: 'c' }]],
  ['d', ['STRING', { forceInput: true }]],
  ['e', ['BOOLEAN', { default: true }]],
  ['f', [['one', 'two', 'fixed']]],
  ['g', [['p.png'], { image_upload: true }]],
  ['h', ['COMBO', { options: ['x', 'y'], control_after_generate: true }]],
  ['i', ['IMAGE']],
  ['j', ['CURVE', { default: { k: 1 } }]],
  [
    'k',
    [
      'COMFY_DYNAMICCOMBO_V3',
      {
        options: [
          { key: 'png', inputs: { required: { depth: ['INT', { default: 8 }] } } },
          { key: 'jpg', inputs: { optional: { quality: ['INT', {}], note: ['STRING', {}] } } },
        ],
      },
    ],
  ],
  ['l', ['COMBO', { options: ['s', 't'], multiselect: true }]],
  ['m', ['COLOR', { default: '#fff000' }]],
];

const inputs = fc.shuffledSubarray([...INPUTS], { minLength: 1 });
const description = fc.tuple(inputs, fc.nat({ max: 4 })).map(([list, optional]) => ({
  input: {
    required: Object.fromEntries(list.slice(optional)),
    optional: Object.fromEntries(list.slice(0, optional)),
  },
}));
const value = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constantFrom('fixed', 'randomize', 'increment', 'one', 'two', 'p.png', 'image', 'x', '', 'png', 'jpg', null),
  fc.constantFrom(['s'], { k: 2 }, 2 ** 53, -0),
);
const saved = fc.oneof(
  fc.array(value, { maxLength: 16 }),
  fc.dictionary(fc.constantFrom(...INPUTS.map(([name]) => name), 'k.depth', 'control_after_generate', 'zzz'), value),
);
const seed = 20_261_125;

function converted(catalogue: Catalogue, values: unknown): unknown {
  const nodes = [{ id: 1, type: 'A', inputs: [], outputs: [], widgets_values: values }];
  const parsed = parseWorkflow(toJson({ nodes, links: [] }));
  if (Array.isArray(parsed)) throw new Error(JSON.stringify(parsed));
  const conversion = workflowToPrompt(parsed, catalogue.descriptions);
  if (conversion.kind === 'refused') throw new Error(JSON.stringify(conversion.problems));
  const { inputs: read } = (toPlain(conversion.prompt) as Record<string, { inputs: Record<string, unknown> }>)['1']!;
  const plain = ([name, one]: [string, unknown]): [string, unknown] => {
    const isList = typeof one === 'object' && one !== null && '__value__' in one;
    return [name, isList ? one.__value__ : one];
  };
  return Object.fromEntries(Object.entries(read).map(plain));
}

describe('saved values', () => {
  test('are read as conversion reads them', () => {
    fc.assert(
      fc.property(description, saved, (node, values) => {
        const catalogue = readCatalogue({ A: node });
        const read = readValues(catalogue.definitions.get('A')!.inputs, [], toJson(values) as Map<string, never>);
        expect(Object.fromEntries(read.values)).toEqual(converted(catalogue, values));
      }),
      { seed, numRuns: 500 },
    );
  });

  test('are written where they stood: what was not set is as it was', () => {
    fc.assert(
      fc.property(description, saved, (node, values) => {
        const { inputs: declared } = readCatalogue({ A: node }).definitions.get('A')!;
        const before = toJson(values) as Map<string, never>;
        const { values: held, controls } = readValues(declared, [], before);
        const written = arrangeValues(declared, [], { values: held, controls }, before);
        const again = readValues(declared, [], written.savedValues);
        expect([...again.values]).toEqual([...written.values]);
        if (!Array.isArray(before)) return;
        // a list that ended early is filled up; the rest stands where it stood
        const list = written.savedValues as unknown[];
        expect(list.slice(0, before.length)).toEqual(before);
      }),
      { seed, numRuns: 500 },
    );
  });

  test('that a person sets reach the prompt', () => {
    const nodes = [{ id: 1, type: 'A', inputs: [], outputs: [], widgets_values: [] }];
    fc.assert(
      fc.property(description, fc.integer(), fc.string(), (node, number, text) => {
        const catalogue = readCatalogue({ A: node });
        let document = opened({ nodes, links: [] }, catalogue);
        const set = new Map<string, unknown>();
        for (const [name, given] of Object.entries({ a: number, seed: number, b: number / 4, c: text, k: 'jpg' })) {
          const edit = setValue(document, [], '1', name, given, catalogue);
          if (edit.kind === 'refused') continue;
          document = edit.document;
          set.set(name, given);
        }
        const [written] = toPlain(writeWorkflow(document).get('nodes')!) as { widgets_values: unknown }[];
        expect(converted(catalogue, written!.widgets_values)).toMatchObject(Object.fromEntries(set));
      }),
      { seed, numRuns: 300 },
    );
  });
});
