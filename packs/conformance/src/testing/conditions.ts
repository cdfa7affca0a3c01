/** Whole-number arithmetic, comparisons and truth, as Python has them. */
import { ANY, BOOLEAN, defineNode, input, INT64, isImage, isMask } from '@snug/node-kit';
import { pythonTruth } from '@snug/protocol';
import { unnamed } from '../unnamed.ts';
import { ARITHMETIC, CASELESS_CONDITIONS, COMPARISONS, LOGIC, operate, TEXT_CONDITIONS } from './operations.ts';

const category = 'experimental/logic';
const U64_MAX = 2n ** 64n - 1n;
const WIDEST_FLOAT = 999_999_999_999;

const int = input.int64({ default: 0, min: -U64_MAX, max: U64_MAX });
const float = input.float({ default: 0, min: -WIDEST_FLOAT, max: WIDEST_FLOAT });
const comparison = input.choice([...COMPARISONS.keys()]);
const outputs = { result: unnamed(BOOLEAN) };

const intMath = defineNode({
  type: 'TestIntMathOperation',
  category,
  inputs: { a: int, b: int, operation: input.choice([...ARITHMETIC.keys()]) },
  outputs: { result: unnamed(INT64) },
  run: ({ a, b, operation }) => ({ result: operate(ARITHMETIC, operation, a, b) }),
});

const intConditions = defineNode({
  type: 'TestIntConditions',
  category,
  inputs: { a: int, b: int, operation: comparison },
  outputs,
  run: ({ a, b, operation }) => ({ result: operate(COMPARISONS, operation, a, b) }),
});

const floatConditions = defineNode({
  type: 'TestFloatConditions',
  category,
  inputs: { a: float, b: float, operation: comparison },
  outputs,
  run: ({ a, b, operation }) => ({ result: operate(COMPARISONS, operation, a, b) }),
});

const stringConditions = defineNode({
  type: 'TestStringConditions',
  category,
  inputs: {
    a: input.string(),
    b: input.string(),
    operation: input.choice([...TEXT_CONDITIONS.keys()]),
    case_sensitive: input.boolean({ default: true }),
  },
  outputs,
  run({ a, b, operation, case_sensitive }) {
    return { result: operate(case_sensitive ? TEXT_CONDITIONS : CASELESS_CONDITIONS, operation, a, b) };
  },
});

const toBool = defineNode({
  type: 'TestToBoolNode',
  category,
  inputs: { value: input.of(ANY), invert: input.optional(input.boolean({ default: false })) },
  outputs,
  run: ({ value, invert = false }) => ({ result: isTrue(value) !== invert }),
});

/** A tensor is false when all of it is zero. */
function isTrue(value: unknown): boolean {
  return isImage(value) || isMask(value) ? value.data.some((number) => number !== 0) : pythonTruth(value);
}

const boolOperation = defineNode({
  type: 'TestBoolOperationNode',
  category,
  inputs: { a: input.boolean(), b: input.boolean(), op: input.choice([...LOGIC.keys()]) },
  outputs,
  run: ({ a, b, op }) => ({ result: operate(LOGIC, op, a, b) }),
});

export const conditionNodes = [intMath, intConditions, floatConditions, stringConditions, toBool, boolOperation];
