/**
 * JSON as servers really send it: bare `NaN` and `Infinity`, which Python writes, and integers past 2^53, which
 * `JSON.parse` would round. And the way back.
 */
import { ClientError } from './errors.ts';

/** Only a number with as many digits can lose some. */
const LONG_NUMBER = /\d{16}/;
/** A word that JSON lacks, or a number. */
const TOKEN = /-?Infinity|NaN|-?\d[\d.eE+-]*/y;
const LONG_INTEGER = /^-?[1-9]\d{15,4299}$/;
/** Stands for what JSON lacks on the way. Nobody sends a text that begins like this. */
const MARK = '\u0000number:';
const MAX_DEPTH = 256;

/**
 * A JSON text as plain data; integers past 2^53 are `bigint`.
 * @throws {SyntaxError} when the text is no JSON, not even with bare words.
 */
export function parseText(text: string): unknown {
  if (!LONG_NUMBER.test(text)) {
    try {
      return JSON.parse(text);
    } catch {
      // perhaps only for its bare words
    }
  }
  const marked = markTokens(text);
  if (marked === text) return JSON.parse(text);
  return JSON.parse(marked, (_key, value: unknown) => {
    if (typeof value !== 'string' || !value.startsWith(MARK)) return value;
    const token = value.slice(MARK.length);
    return /\d/.test(token) ? BigInt(token) : Number(token);
  });
}

/** By hand: one expression for texts too would run out of stack on long ones. */
function markTokens(text: string): string {
  let marked = '';
  let from = 0;
  for (let at = 0; at < text.length;) {
    const unit = text[at]!;
    if (unit === '"') {
      at = endOfText(text, at);
      continue;
    }
    TOKEN.lastIndex = at;
    const token = /[-\dIN]/.test(unit) ? TOKEN.exec(text)?.[0] : undefined;
    if (token !== undefined && isLossy(token)) {
      marked += text.slice(from, at) + JSON.stringify(MARK + token);
      from = at + token.length;
    }
    at += token?.length ?? 1;
  }
  return marked + text.slice(from);
}

function endOfText(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function isLossy(token: string): boolean {
  return !/\d/.test(token) || (LONG_INTEGER.test(token) && !Number.isSafeInteger(Number(token)));
}

/**
 * JSON text of plain data and of maps, whose order of keys is kept, as are the digits of a `bigint` and the kind of a float.
 * @throws {ClientError} `invalid_workflow` for data that is nested too deep, as it is when it contains itself.
 */
export function writeText(value: unknown, depth = 0): string | undefined {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (depth > MAX_DEPTH) throw new ClientError('invalid_workflow', `The data is nested deeper than ${MAX_DEPTH}.`);
  if ('toJSON' in value && typeof value.toJSON === 'function') return writeText(value.toJSON(), depth + 1);
  const number = ownNumber(value);
  if (number !== undefined) return Number.isFinite(number) ? (value as { toString(): string }).toString() : 'null';
  if (Array.isArray(value)) return `[${value.map((item) => writeText(item, depth + 1) ?? 'null').join(',')}]`;
  const parts: string[] = [];
  for (const [key, item] of value instanceof Map ? (value as Map<unknown, unknown>) : Object.entries(value)) {
    const text = writeText(item, depth + 1);
    if (text !== undefined) parts.push(`${JSON.stringify(String(key))}:${text}`);
  }
  return `{${parts.join(',')}}`;
}

/** Whole floats of our own JSON are objects that write themselves. A member that is called `valueOf` is just a member. */
function ownNumber(value: object): number | undefined {
  if (Object.hasOwn(value, 'valueOf') || typeof value.valueOf !== 'function') return undefined;
  const number: unknown = value.valueOf();
  return typeof number === 'number' ? number : undefined;
}
