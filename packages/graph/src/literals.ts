/** Literal inputs: coerced to the declared type, then held to its limits and choices. */
import { Float, float, pythonRepr, pythonStr, pythonTruth } from '@snug/protocol';
import type { Json } from '@snug/protocol';
import type { InputFacts } from './node-type.ts';

export type Coerced = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly problem: string };

/** Strings longer than this are not read as numbers. */
const MAX_NUMBER_TEXT = 4300;
const INTEGER_TEXT = /^[+-]?\d+(?:_\d+)*$/;
const FLOAT_TEXT = /^[+-]?(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:[eE][+-]?\d+)?$/;

const ok = (value: Json): Coerced => ({ ok: true, value });
const refused = (problem: string): Coerced => ({ ok: false, problem });

function kindName(value: Json): string {
  if (value === null) return 'NoneType';
  if (Array.isArray(value)) return 'list';
  return value instanceof Map ? 'dict' : typeof value;
}

function toInteger(value: Json): Coerced {
  if (typeof value === 'boolean') return ok(value ? 1 : 0);
  if (typeof value === 'bigint') return ok(value);
  const number = value instanceof Float ? value.value : value;
  if (typeof number === 'number') {
    if (!Number.isFinite(number)) return refused('a number that is not finite is no whole number');
    const whole = Math.trunc(number) + 0; // no negative zero
    return ok(Number.isSafeInteger(whole) ? whole : BigInt(whole));
  }
  if (typeof value === 'string') {
    const text = value.trim();
    if (text.length > MAX_NUMBER_TEXT || !INTEGER_TEXT.test(text))
      return refused(`invalid literal for int() with base 10: ${pythonRepr(value.slice(0, 200))}`);
    const large = BigInt(text.replaceAll('_', '').replace(/^\+/, ''));
    const small = Number(large);
    return ok(Number.isSafeInteger(small) ? small : large);
  }
  return refused(`a whole number is needed, not '${kindName(value)}'`);
}

function toFloat(value: Json): Coerced {
  if (typeof value === 'boolean') return ok(float(value ? 1 : 0));
  if (value instanceof Float) return ok(value);
  if (typeof value === 'number') return ok(float(value));
  if (typeof value === 'bigint') return finite(Number(value), value.toString());
  if (typeof value === 'string') {
    const text = value.trim();
    if (text.length > MAX_NUMBER_TEXT || !FLOAT_TEXT.test(text))
      return refused(`could not convert string to float: ${pythonRepr(value.slice(0, 200))}`);
    return finite(Number(text.replaceAll('_', '')), text);
  }
  return refused(`a number is needed, not '${kindName(value)}'`);
}

function finite(number: number, text: string): Coerced {
  return Number.isFinite(number) ? ok(float(number)) : refused(`${text.slice(0, 50)} is too large for a float`);
}

/** The value as the declared type takes it. Types without a rule take it as it is. */
export function coerce(type: InputFacts['type'], value: Json): Coerced {
  switch (type) {
    case 'INT':
      return toInteger(value);
    case 'FLOAT':
      return toFloat(value);
    case 'STRING':
      return ok(pythonStr(value));
    case 'BOOLEAN':
      return ok(pythonTruth(value));
    default:
      return ok(value);
  }
}

/** A number in any of its forms; undefined for what is no number. */
function numeric(value: Json | undefined): number | bigint | undefined {
  if (value instanceof Float) return value.value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'number' || typeof value === 'bigint' ? value : undefined;
}

export type Limit =
  | { readonly type: 'value_smaller_than_min' | 'value_bigger_than_max'; readonly message: string }
  | { readonly type: 'not_comparable'; readonly message: string };

/** The limit that a value breaks, smallest first. */
export function brokenLimit(facts: InputFacts, value: Json): Limit | undefined {
  const min = numeric(facts.options.get('min'));
  const max = numeric(facts.options.get('max'));
  if (min === undefined && max === undefined) return undefined;
  const number = numeric(value);
  if (number === undefined) {
    return { type: 'not_comparable', message: `a value of type '${kindName(value)}' has no order among numbers` };
  }
  const shown = pythonStr(value);
  if (min !== undefined && number < min)
    return {
      type: 'value_smaller_than_min',
      message: `Value ${shown} smaller than min of ${pythonStr(facts.options.get('min'))}`,
    };
  if (max !== undefined && number > max)
    return {
      type: 'value_bigger_than_max',
      message: `Value ${shown} bigger than max of ${pythonStr(facts.options.get('max'))}`,
    };
  return undefined;
}

/** Past so many choices an error no longer lists them. */
const MAX_LISTED_CHOICES = 20;

export interface UnlistedChoice {
  readonly details: string;
  /** The choices are too many to repeat them in the error. */
  readonly isLong: boolean;
}

/** The values that are not among the choices of an input, as an error shows them. */
export function unlistedChoice(facts: InputFacts, value: Json): UnlistedChoice | undefined {
  const choices = choicesOf(facts);
  if (!choices) return undefined;
  const values = facts.options.get('multiselect') === true && Array.isArray(value) ? value : [value];
  const listed = new Set(choices.map(scalarKey));
  const unlisted = values.filter((one) => !listed.has(scalarKey(one)));
  if (!unlisted.length) return undefined;
  const isLong = choices.length > MAX_LISTED_CHOICES;
  const list = isLong ? `(list of length ${choices.length})` : pythonRepr(choices);
  return { details: `${facts.name}: ${unlisted.map(pythonRepr).join(', ')} not in ${list}`, isLong };
}

function choicesOf(facts: InputFacts): Json[] | undefined {
  if (Array.isArray(facts.type)) return facts.type;
  if (facts.type !== 'COMBO') return undefined;
  const choices = facts.options.get('options');
  return Array.isArray(choices) ? choices : [];
}

/** Equal for scalars that are the same choice, as 1, 1.0 and true are; lists and objects equal only themselves. */
function scalarKey(value: Json): Json {
  const number = numeric(value);
  return typeof number === 'bigint' && Number.isSafeInteger(Number(number)) ? Number(number) : (number ?? value);
}
