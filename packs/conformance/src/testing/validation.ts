/** Checks of a node's own, of values and of the types of links. */
import { defineNode, FLOAT, IMAGE, input, isImage } from '@snug/node-kit';
import type { Image } from '@snug/node-kit';
import { Float, floatText } from '@snug/protocol';
import { unnamed } from '../unnamed.ts';
import { flatImage } from './flat-images.ts';
import { combine, multiply, scale } from './pixel-maths.ts';
import { typesWithin, variantOutput } from './variant.ts';

const category = 'experimental/custom_validation';

type Factor = Image | number | Float;

const factor = input.anyOf<Factor>([IMAGE, FLOAT], { exact: true });
const factors = { input1: factor, input2: factor };
const float = input.float({ exact: true });
const floats = { input1: float, input2: float };
const outputs = { image: unnamed(IMAGE) };
const run = ({ input1, input2 }: { input1: Factor; input2: Factor }): { image: Image } => ({
  image: product(input1, input2),
});

const byValue = defineNode({
  type: 'TestCustomValidation1',
  category,
  inputs: factors,
  outputs,
  validate: { inputs: ['input1', 'input2'], check: (values) => refusalOfValues(values, isImageOrFloat) ?? true },
  run,
});

const byValueAndType = defineNode({
  type: 'TestCustomValidation2',
  category,
  inputs: factors,
  outputs,
  validate: {
    inputs: ['input1', 'input2'],
    types: true,
    check: (values, { types }) => refusalOfValues(values, isImageOrFloat) ?? refusalOfTypes(types) ?? true,
  },
  run,
});

const byVariant = defineNode({
  type: 'TestCustomValidation3',
  category,
  inputs: factors,
  outputs: { image: variantOutput('IMAGE') },
  validate: typesWithin(factors),
  run,
});

const floatsOnly = defineNode({
  type: 'TestCustomValidation4',
  category,
  inputs: floats,
  outputs,
  validate: { inputs: ['input1', 'input2'], check: (values) => refusalOfValues(values, isFloat) ?? true },
  run,
});

const level = input.float({ default: 0.5, min: 0, max: 1 });

const everything = defineNode({
  type: 'TestCustomValidation5',
  category,
  inputs: { input1: level, input2: level },
  outputs,
  validate: {
    inputs: 'all',
    check: ({ input2 }) => input2 !== 7 || "7s are not allowed. I've never liked 7s.",
  },
  run,
});

const asyncValidation = defineNode({
  type: 'TestAsyncValidation',
  category,
  inputs: { value: input.float({ default: 5 }), threshold: input.float({ default: 10 }) },
  outputs,
  validate: {
    inputs: ['value', 'threshold'],
    async check({ value = -Infinity, threshold = Infinity }) {
      await Promise.resolve();
      return value > threshold ? `Value ${floatText(value)} exceeds threshold ${floatText(threshold)}` : true;
    },
  },
  run: ({ value }) => ({ image: flatImage(value / 10) }),
});

const asyncValidationError = defineNode({
  type: 'TestAsyncValidationError',
  category,
  inputs: { value: input.float({ default: 5 }), max_value: input.float({ default: 10 }) },
  outputs,
  validate: {
    inputs: ['value', 'max_value'],
    async check({ value = -Infinity, max_value = Infinity }) {
      await Promise.resolve();
      return value > max_value ? `Value ${floatText(value)} is above max_value ${floatText(max_value)}` : true;
    },
  },
  run: ({ value }) => ({ image: flatImage(value / 10) }),
});

interface Factors {
  readonly input1?: unknown;
  readonly input2?: unknown;
}

/** Values behind links are not known yet and pass. */
function refusalOfValues({ input1, input2 }: Factors, accepts: (value: unknown) => boolean): string | undefined {
  for (const [name, value] of [
    ['input1', input1],
    ['input2', input2],
  ] as const) {
    if (value !== undefined && value !== null && !accepts(value)) {
      return `Invalid type of ${name}: <class '${pythonClass(value)}'>`;
    }
  }
  return undefined;
}

function refusalOfTypes(types: ReadonlyMap<string, string>): string | undefined {
  for (const [name, type] of types) {
    if (type !== 'IMAGE' && type !== 'FLOAT') return `Invalid type of ${name}: ${type}`;
  }
  return undefined;
}

function isFloat(value: unknown): boolean {
  return value instanceof Float || (typeof value === 'number' && !Number.isSafeInteger(value));
}

function isImageOrFloat(value: unknown): boolean {
  return isFloat(value) || isImage(value);
}

/** The name of the value's class, as clients of the reference read it. */
function pythonClass(value: unknown): string {
  if (typeof value === 'string') return 'str';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number' || typeof value === 'bigint') return 'int';
  if (Array.isArray(value)) return 'list';
  return value instanceof Map ? 'dict' : 'object';
}

function product(a: Factor, b: Factor): Image {
  if (isImage(a)) return isImage(b) ? combine(a, b, multiply) : scale(a, Number(b));
  return isImage(b) ? scale(b, Number(a)) : flatImage(Number(a) * Number(b));
}

export const validationNodes = [
  byValue,
  byValueAndType,
  byVariant,
  floatsOnly,
  everything,
  asyncValidation,
  asyncValidationError,
];
