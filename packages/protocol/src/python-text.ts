/**
 * How the reference shows values as text. Clients see it in the details of refused prompts, in the inputs of a failed
 * node and in text outputs, so it is part of the contract: `True`, `None`, `1.0`, `'a'`.
 */
import { Float, floatText } from './json.ts';

/** Characters that are shown as escapes: all that have no shape of their own, but the space. */
const UNPRINTABLE = /\\|(?! )[\p{C}\p{Z}]/gu;
const SHORT_ESCAPES: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const body = text.replace(UNPRINTABLE, (character) => SHORT_ESCAPES[character] ?? numericEscape(character));
  return quote + (quote === "'" ? body.replaceAll("'", "\\'") : body) + quote;
}

function numericEscape(character: string): string {
  const point = character.codePointAt(0)!;
  const hex = point.toString(16);
  if (point < 0x100) return `\\x${hex.padStart(2, '0')}`;
  return point < 0x1_0000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}

/** The text of a value as a developer would type it: strings quoted, containers spelt out. */
export function pythonRepr(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  switch (typeof value) {
    case 'string':
      return quoted(value);
    case 'boolean':
      return value ? 'True' : 'False';
    case 'number':
      return Number.isSafeInteger(value) ? String(value) : floatText(value);
    case 'bigint':
      return value.toString();
    case 'object':
      break;
    default:
      return `<${typeof value}>`;
  }
  if (value instanceof Float) return floatText(value.value);
  if (Array.isArray(value)) return `[${value.map(pythonRepr).join(', ')}]`;
  const entries = value instanceof Map ? [...value] : plainEntries(value);
  if (!entries) return `<${value.constructor?.name ?? 'object'} object>`;
  return `{${entries.map(([key, member]) => `${pythonRepr(key)}: ${pythonRepr(member)}`).join(', ')}}`;
}

/** The text of a value as it is shown to a person: strings as they are, the rest as {@link pythonRepr}. */
export function pythonStr(value: unknown): string {
  return typeof value === 'string' ? value : pythonRepr(value);
}

/** Python's idea of true: everything but null, false, zero and what is empty. */
export function pythonTruth(value: unknown): boolean {
  if (value instanceof Float) return value.value !== 0;
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof Map || value instanceof Set) return value.size > 0;
  if (typeof value === 'number') return value !== 0; // NaN is true there
  if (value && typeof value === 'object') return plainEntries(value)?.length !== 0;
  return Boolean(value);
}

/** Members of a plain object; undefined for instances of classes, which are opaque. */
function plainEntries(value: object): [string, unknown][] | undefined {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype ? Object.entries(value) : undefined;
}
