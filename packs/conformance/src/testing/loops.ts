/** Loops that are built by expansion: the closing node clones the body until its condition is false. */
import { ANY, block, defineNode, expand, input, socket } from '@snug/node-kit';
import type { InputSpec } from '@snug/node-kit';
import { asLink, cloneLoop } from './loop-body.ts';
import { typesWithin, variantOutput } from './variant.ts';

const category = 'experimental/flow';

/** What links an opening node to its closing node; the value means nothing. */
const FLOW_CONTROL = socket<unknown>('FLOW_CONTROL');
const FLOW = 'stub';
const flowControl = input.of(FLOW_CONTROL, { rawLink: true });
const anything = input.optional(input.of(ANY));

const whileValues = {
  initial_value0: anything,
  initial_value1: anything,
  initial_value2: anything,
  initial_value3: anything,
  initial_value4: anything,
};
const forOutputs = {
  value1: variantOutput('value1'),
  value2: variantOutput('value2'),
  value3: variantOutput('value3'),
  value4: variantOutput('value4'),
};
const whileOutputs = { value0: variantOutput('value0'), ...forOutputs };

type WhileValues = { readonly [K in keyof typeof whileValues]?: unknown };

function finalValues(values: WhileValues): Record<keyof typeof whileOutputs, unknown> {
  return {
    value0: values.initial_value0 ?? null,
    value1: values.initial_value1 ?? null,
    value2: values.initial_value2 ?? null,
    value3: values.initial_value3 ?? null,
    value4: values.initial_value4 ?? null,
  };
}

const whileOpenInputs = { condition: input.boolean({ default: true }), ...whileValues };

const whileOpen = defineNode({
  type: 'TestWhileLoopOpen',
  category,
  inputs: whileOpenInputs,
  outputs: { flow_control: variantOutput('flow_control'), ...whileOutputs },
  validate: typesWithin(whileOpenInputs),
  run: (values) => ({ flow_control: FLOW, ...finalValues(values) }),
});

const whileCloseInputs = {
  flow_control: flowControl,
  condition: input.boolean({ forceInput: true }),
  ...whileValues,
  dynprompt: input.hidden('DYNPROMPT'),
  unique_id: input.hidden('UNIQUE_ID'),
};

const whileClose = defineNode({
  type: 'TestWhileLoopClose',
  category,
  inputs: whileCloseInputs,
  outputs: whileOutputs,
  validate: typesWithin(whileCloseInputs),
  run({ flow_control, condition, dynprompt, unique_id, ...values }, context) {
    if (!condition) return finalValues(values);
    const open = asLink(flow_control)?.node;
    if (open === undefined) throw new Error('Input flow_control is no link: link it to the node that opens the loop.');
    const builder = context.builder();
    const clone = cloneLoop(dynprompt, { open, close: unique_id }, builder);
    // what is null is left out, as it was in the first round
    for (const name of Object.keys(whileValues) as (keyof WhileValues)[]) {
      clone.open.set(name, values[name] ?? undefined);
    }
    const { close } = clone;
    return expand(builder.finish(), {
      value0: close.out(0),
      value1: close.out(1),
      value2: close.out(2),
      value3: close.out(3),
      value4: close.out(4),
    });
  },
});

/** Only the clone of a round has it, as an input that front ends do not show; the server has no value for such a key. */
const counterOfRound: InputSpec<unknown, 'hidden'> = {
  group: 'hidden',
  type: ['*'],
  kind: 'plain',
  options: new Map(),
};

const forOpenInputs = {
  remaining: input.int64({ default: 1, min: 0, max: 100_000 }),
  initial_value1: anything,
  initial_value2: anything,
  initial_value3: anything,
  initial_value4: anything,
  initial_value0: counterOfRound,
};

const forOpen = defineNode({
  type: 'TestForLoopOpen',
  category,
  inputs: forOpenInputs,
  outputs: { flow_control: variantOutput('flow_control'), remaining: variantOutput('remaining'), ...forOutputs },
  validate: typesWithin(forOpenInputs),
  run({ remaining: first, initial_value0, ...values }, context) {
    const remaining = initial_value0 ?? first;
    const builder = context.builder();
    builder.node('TestWhileLoopOpen', { condition: Boolean(remaining), initial_value0: remaining, ...values });
    const { value0: _, ...later } = finalValues(values);
    return expand(builder.finish(), { flow_control: FLOW, remaining, ...later });
  },
});

const rawLink = input.optional(input.of(ANY, { rawLink: true }));

const forCloseInputs = {
  flow_control: flowControl,
  initial_value1: rawLink,
  initial_value2: rawLink,
  initial_value3: rawLink,
  initial_value4: rawLink,
};

const forClose = defineNode({
  type: 'TestForLoopClose',
  category,
  inputs: forCloseInputs,
  outputs: forOutputs,
  validate: typesWithin(forCloseInputs),
  run({ flow_control, ...values }, context) {
    const open = asLink(flow_control);
    if (!open) throw new Error('Input flow_control is no link: link it to the node that opens the loop.');
    const builder = context.builder();
    const counter = asLink([open.node, 1]);
    const left = builder.node('TestIntMathOperation', { operation: 'subtract', a: counter, b: 1 }).out(0);
    const condition = builder.node('TestToBoolNode', { value: left }).out(0);
    const close = builder.node('TestWhileLoopClose', { flow_control: open, condition, initial_value0: left });
    for (const [name, value] of Object.entries(values)) close.set(name, asLink(value) ?? value);
    return expand(builder.finish(), {
      value1: close.out(1),
      value2: close.out(2),
      value3: close.out(3),
      value4: close.out(4),
    });
  },
});

const blockerInputs = {
  input: input.of(ANY),
  block: input.boolean(),
  verbose: input.boolean({ default: false }),
};

const blocker = defineNode({
  type: 'TestExecutionBlocker',
  category,
  inputs: blockerInputs,
  outputs: { output: variantOutput('output') },
  validate: typesWithin(blockerInputs),
  run(values) {
    if (!values.block) return { output: values.input };
    return { output: block(values.verbose ? 'Blocked Execution' : undefined) };
  },
});

export const loopNodes = [whileOpen, whileClose, forOpen, forClose, blocker];
