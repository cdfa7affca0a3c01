import { BOOLEAN, defineNode, FLOAT, input, INT, INT64, output, STRING } from '@snug/node-kit';
import { pythonRepr } from '@snug/protocol';
import { BadInput } from '../bad-input.ts';
import { evaluateExpression } from '../expression/evaluate.ts';
import { ExpressionError } from '../expression/expression-error.ts';
import { toScalar, truncate } from '../expression/scalar.ts';
import type { Scalar } from '../expression/scalar.ts';
import { LETTERS } from '../letters.ts';
import { strip } from '../python/whitespace.ts';
import { unnamed } from '../unnamed.ts';

const category = 'utilities';
const form = 'schema';

/** A number as float and as whole number. */
function bothKinds(value: Scalar, name: string): { float: number; int: bigint } {
  const float = Number(value);
  if (!Number.isFinite(float)) throw new BadInput(name, `the result is ${float}, which is not a finite number.`);
  return { float, int: truncate(value) };
}

const expression = defineNode({
  type: 'ComfyMathExpression',
  displayName: 'Math Expression',
  category,
  description: 'Calculates with the connected numbers, as in a + b, max(values) or a // 8 * 8 if a > 64 else 64.',
  searchAliases: ['calculator', 'formula', 'arithmetic', 'evaluate'],
  form,
  inputs: {
    expression: input.string({ default: 'a + b', multiline: true }),
    values: input.autogrow(input.anyOf<unknown>([FLOAT, INT, BOOLEAN], { exact: true }), { names: LETTERS, min: 1 }),
  },
  outputs: {
    float: unnamed(FLOAT),
    int: unnamed(INT64),
    bool: output.of(BOOLEAN, { name: 'BOOL' }),
  },
  run({ expression, values }) {
    const names = new Map<string, Scalar>();
    for (const [name, value] of Object.entries(values)) {
      const scalar = toScalar(value);
      if (scalar === undefined) throw new BadInput(`values.${name}`, 'connect a number or a truth value.');
      names.set(name, scalar);
    }
    try {
      const result = evaluateExpression(expression, names);
      return { ...bothKinds(result, 'expression'), bool: Boolean(result) };
    } catch (error) {
      if (error instanceof ExpressionError) throw new BadInput('expression', `${error.message}.`);
      throw error;
    }
  },
});

const WHOLE_TEXT = /^[+-]?\d+(?:_\d+)*$/;
const FLOAT_TEXT = /^[+-]?(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:[eE][+-]?\d+(?:_\d+)*)?$/;
const NOT_FINITE_TEXT = /^[+-]?(?:inf|infinity|nan)$/i;
/** Longer texts are not read as numbers. */
const MAX_NUMBER_TEXT = 4300;

function readNumber(source: string): Scalar {
  const text = strip(source);
  if (!text) throw new BadInput('value', 'the text is empty; give a number.');
  const digits = text.replaceAll('_', '').replace(/^\+/, '');
  if (text.length <= MAX_NUMBER_TEXT) {
    if (WHOLE_TEXT.test(text)) return BigInt(digits);
    if (FLOAT_TEXT.test(text)) return Number(digits);
    if (NOT_FINITE_TEXT.test(text)) throw new BadInput('value', `${text} is not a finite number.`);
  }
  throw new BadInput('value', `${pythonRepr(text.slice(0, 100))} is not a number.`);
}

const convert = defineNode({
  type: 'ComfyNumberConvert',
  displayName: 'Convert Number',
  category,
  description: 'Turns a number, a text or a truth value into a float and a whole number.',
  searchAliases: ['int to float', 'float to int', 'text to number', 'parse number', 'cast'],
  form,
  inputs: { value: input.anyOf<unknown>([INT, FLOAT, STRING, BOOLEAN], { exact: true }) },
  outputs: { float: unnamed(FLOAT), int: unnamed(INT64) },
  run({ value }) {
    const scalar = typeof value === 'string' ? readNumber(value) : toScalar(value);
    if (scalar === undefined) throw new BadInput('value', 'connect a number, a text or a truth value.');
    return bothKinds(scalar, 'value');
  },
});

export const numberNodes = [expression, convert];
