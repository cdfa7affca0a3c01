/**
 * Lossless JSON: what came in goes out again.
 *
 * `JSON.parse` reorders keys that look like integers, turns 5.0 into 5 and rounds integers past 2^53. Prompts need all
 * three kept: node order decides the order of events, node code tells 5 from 5.0, and seeds go up to 2^64-1.
 */

/** A float whose value is a whole number: `5.0`, `1e3`, `-0.0`. Floats with a fraction are plain numbers. */
export class Float {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
  valueOf(): number {
    return this.value;
  }
  toString(): string {
    return floatText(this.value);
  }
}

/** Keys in source order. A key may be any text: `__proto__` is just a key. */
export type JsonObject = Map<string, Json>;

/**
 * A JSON value with nothing lost. A safe integer `number` is an integer of the source, any other `number` a float;
 * larger integers are `bigint`, whole floats are {@link Float}.
 */
export type Json = null | boolean | string | number | bigint | Float | Json[] | JsonObject;

/** A number of the given value that stays a float when it is written: 5 becomes `5.0`. */
export function float(value: number): number | Float {
  return Number.isSafeInteger(value) ? new Float(value) : value;
}

/** How Python writes a float: the shortest digits that read back, always with a point or an exponent. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e16 || size < 1e-4)) {
    const [digits, exponent] = value.toExponential().split('e') as [string, string];
    return `${digits}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`;
  }
  if (Object.is(value, -0)) return '-0.0';
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

/** Any plain JavaScript data as {@link Json}; members that JSON cannot hold (functions, undefined) are left out. */
export function toJson(value: unknown): Json {
  if (value === null || value === undefined) return null;
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'number':
    case 'bigint':
      return value;
    case 'object':
      break;
    default:
      return null;
  }
  if (value instanceof Float) return value;
  if (Array.isArray(value)) return value.map(toJson);
  const entries: Iterable<[unknown, unknown]> = value instanceof Map ? value : Object.entries(value);
  const members: JsonObject = new Map();
  for (const [key, member] of entries) {
    if (member === undefined || typeof member === 'function' || typeof member === 'symbol') continue;
    members.set(String(key), toJson(member));
  }
  return members;
}

/** {@link Json} as plain JavaScript data: objects for maps, numbers for whole floats. Key order and kinds are lost. */
export function toPlain(value: Json): unknown {
  if (value instanceof Float) return value.value;
  if (Array.isArray(value)) return value.map(toPlain);
  if (!(value instanceof Map)) return value;
  const object: Record<string, unknown> = {};
  for (const [key, member] of value) {
    // a plain assignment of `__proto__` would change the object's prototype
    Object.defineProperty(object, key, {
      value: toPlain(member),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return object;
}

/** The value as an object, or undefined when it is something else. */
export function asObject(value: Json | undefined): JsonObject | undefined {
  return value instanceof Map ? value : undefined;
}
