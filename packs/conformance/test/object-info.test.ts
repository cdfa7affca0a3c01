import { readFile } from 'node:fs/promises';
import { describeNode } from '@snug/node-kit';
import { toPlain } from '@snug/protocol';
import { expect, test } from 'vitest';
import { pack } from '../src/index.ts';
import { fakeContext, nodeOf } from './fake-context.ts';

interface Golden {
  readonly http: readonly { readonly body: Readonly<Record<string, { readonly python_module: string }>> }[];
}

const golden = JSON.parse(
  await readFile(new URL('../../../tests/conformance/suite/golden/object-info-types.json', import.meta.url), 'utf8'),
) as Golden;
const recorded = golden.http.flatMap(({ body }) => Object.entries(body));

async function describe(type: string, module = '<module>'): Promise<Record<string, unknown>> {
  return toPlain(await describeNode(nodeOf(type), module, fakeContext())) as Record<string, unknown>;
}

test('five nodes are recorded', () => {
  expect(recorded.map(([type]) => type)).toEqual([
    'ConformTypes',
    'ConformListIn',
    'ConformListOut',
    'ConformUiOnly',
    'ConformLazy',
  ]);
});

test.each(recorded)('%s is described as the reference describes it, key for key', async (type, expected) => {
  expect(JSON.stringify(await describe(type))).toBe(JSON.stringify(expected));
});

test('the pack holds 19 Conform nodes and 52 testing nodes', () => {
  const types = pack.nodes.map((node) => node.type);
  expect(types.filter((type) => type.startsWith('Conform'))).toHaveLength(19);
  expect(types.filter((type) => /^(Stub|Test)/.test(type))).toHaveLength(52);
  expect(types).toHaveLength(71);
  expect(pack.module).toBe('custom_nodes.conformance');
});

test('every node can be described, in a category of its family', async () => {
  for (const { type } of pack.nodes) {
    const { category } = await describe(type);
    expect(category).toMatch(type.startsWith('Conform') ? /^conformance$/ : /^experimental\//);
  }
});

test('outputs without a name of their own are named by their type', async () => {
  for (const { type } of pack.nodes.filter((node) => node.type.startsWith('Conform') && node.type !== 'ConformTypes')) {
    const { output, output_name } = await describe(type);
    expect(output_name).toEqual(output);
  }
});

test('testing nodes are titled by the words of their type', async () => {
  expect(await describe('TestLazyMixImages')).toMatchObject({ display_name: 'Lazy Mix Images' });
  expect(await describe('TestCustomValidation1')).toMatchObject({ display_name: 'Custom Validation 1' });
  expect(await describe('StubInt')).toMatchObject({ display_name: 'Stub Int' });
});

test('limits past 2^53 keep every digit', async () => {
  const described = await describe('ConformSeed');
  expect(described).toMatchObject({
    input: { required: { seed: ['INT', { default: 0, min: 0, max: 18446744073709551615n }] } },
  });
});

test('the hidden counter of a for loop is described as the reference has it', async () => {
  const { input } = await describe('TestForLoopOpen');
  expect(input).toMatchObject({ hidden: { initial_value0: ['*'] } });
});

test('outputs of variant nodes fit everywhere and are labelled by what they hold', async () => {
  expect(await describe('TestForLoopOpen')).toMatchObject({
    output: ['*', '*', '*', '*', '*', '*'],
    output_name: ['flow_control', 'remaining', 'value1', 'value2', 'value3', 'value4'],
  });
});
