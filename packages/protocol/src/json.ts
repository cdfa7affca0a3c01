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

/** Thrown by {@link parseJson}; `code` is stable, `offset` counts UTF-16 units from the start. */
export class JsonError extends Error {
  readonly code = 'invalid_json';
  readonly offset: number;
  constructor(problem: string, offset: number) {
    super(`${problem} at offset ${offset}`);
    this.name = 'JsonError';
    this.offset = offset;
  }
}

export interface ParseJsonOptions {
  /** Arrays and objects inside each other; more is refused. Default 256. */
  maxDepth?: number | undefined;
}

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

const WHOLE_NUMBER = /^-?\d+$/;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
/** More digits than this in one number are refused: reading them costs the square of their count. */
const MAX_NUMBER_LENGTH = 4300;

/**
 * Reads JSON text.
 * @throws {JsonError} when the text is not JSON, nests too deep, or holds a number that no finite float can hold.
 */
export function parseJson(text: string, { maxDepth = 256 }: ParseJsonOptions = {}): Json {
  let at = 0;
  let depth = 0;

  const fail = (problem: string, offset = at): never => {
    throw new JsonError(problem, offset);
  };
  function skipSpace(): number {
    for (;;) {
      const code = text.charCodeAt(at);
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return code;
      at++;
    }
  }
  function readString(): string {
    const start = ++at;
    let escaped = false;
    for (;;) {
      const code = text.charCodeAt(at);
      if (code === 34) break;
      if (code === 92) {
        escaped = true;
        at += 2;
      } else if (code < 32) fail('control character in a string');
      else if (Number.isNaN(code)) fail('unfinished string', start - 1);
      else at++;
    }
    const end = at++;
    if (!escaped) return text.slice(start, end);
    try {
      return JSON.parse(text.slice(start - 1, at)) as string;
    } catch {
      return fail('bad escape in a string', start - 1);
    }
  }
  function readNumber(): Json {
    NUMBER.lastIndex = at;
    const found = NUMBER.exec(text)?.[0] ?? fail('unexpected character');
    if (found.length > MAX_NUMBER_LENGTH) fail('number with too many digits');
    const start = at;
    at += found.length;
    const value = Number(found);
    if (WHOLE_NUMBER.test(found)) return Number.isSafeInteger(value) ? value + 0 : BigInt(found);
    if (!Number.isFinite(value)) fail('number too large', start);
    return float(value);
  }
  function readWord(word: string, value: null | boolean): Json {
    if (!text.startsWith(word, at)) fail('unexpected character');
    at += word.length;
    return value;
  }
  function enter(): void {
    at++;
    if (++depth > maxDepth) fail(`nested deeper than ${maxDepth}`);
  }
  function readArray(): Json[] {
    enter();
    const items: Json[] = [];
    if (skipSpace() === 93) at++;
    else
      for (;;) {
        items.push(readValue());
        const code = skipSpace();
        at++;
        if (code === 93) break;
        if (code !== 44) fail('expected , or ]', at - 1);
      }
    depth--;
    return items;
  }
  function readObject(): JsonObject {
    enter();
    const members: JsonObject = new Map();
    if (skipSpace() === 125) at++;
    else
      for (;;) {
        if (skipSpace() !== 34) fail('expected a key');
        const key = readString();
        if (skipSpace() !== 58) fail('expected :');
        at++;
        members.set(key, readValue());
        const code = skipSpace();
        at++;
        if (code === 125) break;
        if (code !== 44) fail('expected , or }', at - 1);
      }
    depth--;
    return members;
  }
  // recursion is bounded by maxDepth
  function readValue(): Json {
    switch (skipSpace()) {
      case 34:
        return readString();
      case 123:
        return readObject();
      case 91:
        return readArray();
      case 116:
        return readWord('true', true);
      case 102:
        return readWord('false', false);
      case 110:
        return readWord('null', null);
      default:
        return readNumber();
    }
  }

  const value = readValue();
  skipSpace();
  if (at < text.length) fail('text after the value');
  return value;
}

const NOT_ASCII = /[\u007f-\uffff]/g;
const escapeUnit = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

export interface StringifyJsonOptions {
  /** Write every character past ASCII as `\uXXXX`, as files with Latin-1 text need. Default false. */
  ascii?: boolean | undefined;
  /** Sort the keys of objects by UTF-16 code unit: the form that is compared and hashed. Default false. */
  sortKeys?: boolean | undefined;
  /** Spaces of indentation; 0 writes one line. Default 0. */
  indent?: number | undefined;
}

/**
 * Writes JSON text. Floats that JSON cannot hold become `null`: a reader of our output never meets a bare `NaN`.
 * The nesting of the value must be bounded, as everything that {@link parseJson} returns is.
 */
export function stringifyJson(value: Json, options: StringifyJsonOptions = {}): string {
  const { ascii = false, sortKeys = false, indent = 0 } = options;
  return ascii || sortKeys || indent ? stringifyStyled(value, { ascii, sortKeys, indent }) : stringifyPlain(value);
}

/** The longest text that is looked through here: of a longer one, the engine's own writer is faster. */
const SHORT = 40;

/** A text in quotes. Keys and ids are short and plain, and there are many. */
function quoted(text: string): string {
  if (text.length > SHORT) return JSON.stringify(text);
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 32 || code > 126 || code === 34 || code === 92) return JSON.stringify(text);
  }
  return `"${text}"`;
}

/** The common case: prompts pass through here on every submission. */
function stringifyPlain(item: Json): string {
  switch (typeof item) {
    case 'string':
      return quoted(item);
    case 'number':
      return numberText(item);
    case 'boolean':
      return item ? 'true' : 'false';
    case 'bigint':
      return item.toString();
    default:
  }
  if (item === null) return 'null';
  if (item instanceof Float) return floatText(item.value);
  let text = '';
  if (Array.isArray(item)) {
    for (const element of item) text += (text ? ',' : '') + stringifyPlain(element);
    return `[${text}]`;
  }
  for (const [key, member] of item) text += `${text ? ',' : ''}${quoted(key)}:${stringifyPlain(member)}`;
  return `{${text}}`;
}

function stringifyStyled(
  value: Json,
  { ascii, sortKeys, indent }: { ascii: boolean; sortKeys: boolean; indent: number },
): string {
  const quote = (text: string): string => {
    const quoted = JSON.stringify(text);
    return ascii ? quoted.replace(NOT_ASCII, escapeUnit) : quoted;
  };
  const colon = indent ? ': ' : ':';
  const write = (item: Json, margin: string): string => {
    if (typeof item === 'string') return quote(item);
    if (typeof item === 'number') return numberText(item);
    if (item === null || typeof item === 'boolean') return String(item);
    if (typeof item === 'bigint') return item.toString();
    if (item instanceof Float) return floatText(item.value);
    const inner = indent ? `${margin}${' '.repeat(indent)}` : '';
    const [open, close] = indent ? [`\n${inner}`, `\n${margin}`] : ['', ''];
    const comma = indent ? `,\n${inner}` : ',';
    if (Array.isArray(item)) {
      if (!item.length) return '[]';
      return `[${open}${item.map((element) => write(element, inner)).join(comma)}${close}]`;
    }
    if (!item.size) return '{}';
    const keys = sortKeys ? [...item.keys()].sort() : [...item.keys()];
    return `{${open}${keys.map((key) => quote(key) + colon + write(item.get(key)!, inner)).join(comma)}${close}}`;
  };
  return write(value, '');
}

function numberText(value: number): string {
  if (Number.isSafeInteger(value)) return String(value);
  return Number.isFinite(value) ? floatText(value) : 'null';
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
