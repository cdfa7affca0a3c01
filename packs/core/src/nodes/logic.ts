import { ANY, BOOLEAN, defineNode, input, output } from '@snug/node-kit';
import { pythonTruth } from '@snug/protocol';
import { unnamed } from '../unnamed.ts';

const category = 'utilities/logic';
const form = 'schema';

const either = defineNode({
  type: 'ComfySwitchNode',
  displayName: 'If/Else Switch',
  category,
  description: 'Passes on one of two values; the nodes behind the other one do not run.',
  searchAliases: ['if', 'condition', 'branch', 'select'],
  experimental: true,
  form,
  inputs: {
    switch: input.boolean(),
    on_false: input.match('switch', { lazy: true, exact: true }),
    on_true: input.match('switch', { lazy: true, exact: true }),
  },
  outputs: { output: output.match('switch') },
  needs: (values) => [values.switch ? 'on_true' : 'on_false'],
  run: (values) => ({ output: values.switch ? values.on_true : values.on_false }),
});

const not = defineNode({
  type: 'ComfyNotNode',
  displayName: 'Not',
  category,
  description: 'True for what counts as false: false, zero, and everything empty.',
  searchAliases: ['negate', 'invert boolean'],
  form,
  inputs: { value: input.of(ANY, { exact: true }) },
  outputs: { result: unnamed(BOOLEAN) },
  run: ({ value }) => ({ result: !pythonTruth(value) }),
});

const operands = input.autogrow(input.of(ANY, { exact: true }), { prefix: 'value', min: 1, max: 10 });

const and = defineNode({
  type: 'ComfyAndNode',
  displayName: 'And',
  category,
  description: 'True when all values count as true.',
  searchAliases: ['all', 'logic and'],
  form,
  inputs: { values: operands },
  outputs: { result: unnamed(BOOLEAN) },
  run: ({ values }) => ({ result: Object.values(values).every(pythonTruth) }),
});

const or = defineNode({
  type: 'ComfyOrNode',
  displayName: 'Or',
  category,
  description: 'True when at least one value counts as true.',
  searchAliases: ['any', 'logic or'],
  form,
  inputs: { values: operands },
  outputs: { result: unnamed(BOOLEAN) },
  run: ({ values }) => ({ result: Object.values(values).some(pythonTruth) }),
});

export const logicNodes = [either, not, and, or];
