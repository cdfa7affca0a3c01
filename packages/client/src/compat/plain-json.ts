/** JSON as programs of the platform expect it, and as the core has it. */
import { parseText } from '../json-text.ts';
import { isObject } from '../wire.ts';

export type Bigints = 'safe' | 'number';

/** With rounded numbers in the place of every `bigint`. */
export function withoutBigints(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(withoutBigints);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutBigints(item)]));
}

/** Reads JSON, bare `NaN` and `Infinity` too. @throws {SyntaxError} */
export function readJsonText(text: string, bigints: Bigints): unknown {
  if (bigints === 'safe') return parseText(text);
  try {
    return JSON.parse(text);
  } catch {
    return withoutBigints(parseText(text));
  }
}
