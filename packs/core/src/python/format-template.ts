/** Texts with fields in braces, filled in as Python's `str.format` does it with named values. */
import { pythonRepr } from '@snug/protocol';
import { sliceCodePoints } from './code-points.ts';
import { FormatError } from './format-error.ts';
import { formatValue } from './format-spec.ts';
import { shownRepr, shownText } from './shown-text.ts';

/** Longer results are refused, in UTF-16 units. */
const MAX_LENGTH = 2 ** 26;
const BRACE = /[{}]/g;
const FIELD = /^([^.[!:{}]*)((?:[.[][^!:]*?)?)(?:!([^:]*))?(?::([\s\S]*))?$/;
const ACCESS = /\.([^.[\]]+)|\[([^\]]+)\]/y;

/**
 * Fills in a template: `{a}`, `{a:.2f}`, `{a!r}`, `{a[key]}`, `{a.name}`, `{a:{b}}`; `{{` and `}}` are braces.
 * @throws {FormatError} when the template is malformed, names an unknown value, or the result grows too long.
 */
export function formatTemplate(template: string, values: ReadonlyMap<string, unknown>): string {
  return fill(template, values, 0);
}

// recursion ends at the second level: a format may hold fields, which may not hold fields in turn
function fill(template: string, values: ReadonlyMap<string, unknown>, level: number): string {
  const parts: string[] = [];
  let length = 0;
  const add = (part: string): void => {
    length += part.length;
    if (length > MAX_LENGTH) throw new FormatError(`the result would be longer than ${MAX_LENGTH} characters`);
    parts.push(part);
  };
  let at = 0;
  while (at < template.length) {
    BRACE.lastIndex = at;
    const brace = BRACE.exec(template);
    add(template.slice(at, brace?.index ?? template.length));
    if (!brace) break;
    const { index } = brace;
    if (level === 0 && template[index + 1] === brace[0]) {
      add(brace[0]);
      at = index + 2;
    } else if (brace[0] === '}') {
      throw new FormatError("a single '}' stands in the text; write '}}' for a brace");
    } else {
      const end = fieldEnd(template, index);
      add(fieldText(template.slice(index + 1, end), values, level));
      at = end + 1;
    }
  }
  return parts.join('');
}

/** The position of the brace that closes the one at `start`. */
function fieldEnd(template: string, start: number): number {
  let open = 0;
  BRACE.lastIndex = start;
  for (let brace = BRACE.exec(template); brace; brace = BRACE.exec(template)) {
    open += brace[0] === '{' ? 1 : -1;
    if (open === 0) return brace.index;
  }
  throw new FormatError("a '{' is not closed; write '{{' for a brace");
}

function fieldText(field: string, values: ReadonlyMap<string, unknown>, level: number): string {
  if (level > 1) throw new FormatError('fields are nested more than two levels deep');
  const found = FIELD.exec(field);
  const shownField = `{${field.slice(0, 100)}}`;
  if (!found) throw new FormatError(`the field ${shownField} is malformed`);
  const [, name = '', path = '', conversion, spec = ''] = found;
  if (!name || /^\d+$/.test(name))
    throw new FormatError(`the field ${shownField} needs the name of a value, such as {a}`);
  if (!values.has(name)) {
    const known = [...values.keys()].join(', ') || 'none';
    throw new FormatError(`no value is called ${pythonRepr(name.slice(0, 100))} (there are: ${known})`);
  }
  const value = convert(follow(values.get(name), path, shownField), conversion, shownField);
  const format = spec.includes('{') || spec.includes('}') ? fill(spec, values, level + 1) : spec;
  return format === '' ? shownText(value) : formatValue(value, format);
}

/** Goes down `.name` and `[key]`, through members of their own only. */
function follow(value: unknown, path: string, field: string): unknown {
  let current = value;
  ACCESS.lastIndex = 0;
  for (let at = 0; at < path.length; at = ACCESS.lastIndex) {
    ACCESS.lastIndex = at;
    const step = ACCESS.exec(path);
    if (!step) throw new FormatError(`the field ${field} is malformed`);
    const member = memberOf(current, (step[1] ?? step[2])!);
    if (!member) throw new FormatError(`the field ${field} has no member ${pythonRepr(step[1] ?? step[2])}`);
    current = member.value;
  }
  return current;
}

function memberOf(value: unknown, key: string): { value: unknown } | undefined {
  if (value instanceof Map) return value.has(key) ? { value: value.get(key) as unknown } : undefined;
  if (Array.isArray(value) || typeof value === 'string') {
    if (!/^\d{1,15}$/.test(key)) return undefined;
    const at = Number(key);
    if (Array.isArray(value)) return at < value.length ? { value: value[at] as unknown } : undefined;
    const letter = sliceCodePoints(value, at, at + 1);
    return letter ? { value: letter } : undefined;
  }
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return { value: (value as Record<string, unknown>)[key] };
}

// oxlint-disable-next-line no-control-regex -- everything but ASCII
const NOT_ASCII = /[^\u0000-\u007f]/gu;

function convert(value: unknown, conversion: string | undefined, field: string): unknown {
  switch (conversion) {
    case undefined:
      return value;
    case 's':
      return shownText(value);
    case 'r':
      return shownRepr(value);
    case 'a':
      return shownRepr(value).replace(NOT_ASCII, asciiEscape);
    default:
      throw new FormatError(`the field ${field} has an unknown conversion; there are !s, !r and !a`);
  }
}

function asciiEscape(character: string): string {
  const code = character.codePointAt(0)!.toString(16);
  if (code.length <= 2) return `\\x${code}`;
  return code.length <= 4 ? `\\u${code.padStart(4, '0')}` : `\\U${code.padStart(8, '0')}`;
}
