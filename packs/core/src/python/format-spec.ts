/** Python's format specifications, such as `>10`, `,.2f`, `#06x`: what stands behind the colon of a field. */
import { Float, pythonRepr } from '@snug/protocol';
import { codePointLength, sliceCodePoints } from './code-points.ts';
import { floatBody } from './float-format.ts';
import { FormatError } from './format-error.ts';

export interface FormatSpec {
  readonly fill: string | undefined;
  readonly align: string | undefined;
  /** `+`, a space or `-`, as given. */
  readonly sign: string | undefined;
  /** Shows a zero that was rounded to as positive. */
  readonly positiveZero: boolean;
  readonly alternate: boolean;
  readonly zeroFill: boolean;
  readonly width: number;
  readonly grouping: string;
  readonly precision: number | undefined;
  readonly type: string;
}

/** Fields wider or more precise than this are refused. */
const MAX_WIDTH = 10_000;
const SPEC = /^(?:(.)?([<>=^]))?([-+ ])?(z)?(#)?(0)?(\d{1,9})?([,_])?(?:\.(\d{1,9}))?([a-zA-Z%])?$/su;

function parseSpec(text: string): FormatSpec {
  const found = SPEC.exec(text);
  if (!found) throw new FormatError(`the format ${pythonRepr(text.slice(0, 100))} is not one that Python knows`);
  const [, fill, align, sign, z, alternate, zero, width = '0', grouping = '', precision, type = ''] = found;
  if (grouping && type === 'n') throw new FormatError('format type n takes no grouping');
  const size = Math.max(Number(width), Number(precision ?? 0));
  if (size > MAX_WIDTH) throw new FormatError(`the format asks for ${size} characters; at most ${MAX_WIDTH} are made`);
  return {
    fill,
    align,
    sign,
    positiveZero: z !== undefined,
    alternate: alternate !== undefined,
    zeroFill: zero !== undefined,
    width: Number(width),
    grouping,
    precision: precision === undefined ? undefined : Number(precision),
    type,
  };
}

/**
 * `format(value, spec)` for texts and numbers.
 * @throws {FormatError} when the specification is malformed or does not fit the value.
 */
export function formatValue(value: unknown, text: string): string {
  const spec = parseSpec(text);
  if (typeof value === 'string') return formatString(value, spec);
  if (typeof value === 'boolean') return formatInteger(value ? 1n : 0n, spec);
  if (typeof value === 'bigint') return formatInteger(value, spec);
  if (typeof value === 'number') {
    return Number.isSafeInteger(value) ? formatInteger(BigInt(value), spec) : formatFloat(value, spec);
  }
  if (value instanceof Float) return formatFloat(value.value, spec);
  throw new FormatError(`only texts and numbers take a format; leave out ${pythonRepr(`:${text.slice(0, 100)}`)}`);
}

function refuseType({ type }: FormatSpec, kind: string): never {
  throw new FormatError(`format type ${pythonRepr(type)} does not fit ${kind}`);
}

function formatString(value: string, spec: FormatSpec): string {
  if (spec.type && spec.type !== 's') refuseType(spec, 'a text');
  if (spec.align === '=' || spec.sign || spec.alternate || spec.grouping || spec.positiveZero)
    throw new FormatError('signs, grouping, = and # are for numbers, not for a text');
  const cut = spec.precision === undefined ? value : sliceCodePoints(value, 0, spec.precision);
  return pad('', cut, { ...spec, align: spec.align ?? '<' });
}

const BASES: Record<string, readonly [base: number, prefix: string]> = {
  b: [2, '0b'],
  o: [8, '0o'],
  x: [16, '0x'],
  X: [16, '0X'],
};

function formatInteger(value: bigint, spec: FormatSpec): string {
  const { type } = spec;
  if (type && 'eEfFgG%'.includes(type)) {
    const near = Number(value);
    if (!Number.isFinite(near)) throw new FormatError('the whole number is too large to be shown as a float');
    return formatFloat(near, spec);
  }
  if (type && !'bcdnoxX'.includes(type)) refuseType(spec, 'a whole number');
  if (spec.precision !== undefined || spec.positiveZero)
    throw new FormatError('a precision is for floats; give the field a type such as f');
  if (type === 'c') return formatCharacter(value, spec);
  const size = value < 0n ? -value : value;
  const [base, prefix] = BASES[type] ?? [10, ''];
  if (base !== 10 && spec.grouping === ',') throw new FormatError('digits of this base are grouped with _, not with ,');
  const digits = type === 'X' ? size.toString(base).toUpperCase() : size.toString(base);
  return padNumber(value < 0n, spec.alternate ? prefix : '', digits, '', spec, base === 10 ? 3 : 4);
}

function formatCharacter(value: bigint, spec: FormatSpec): string {
  if (value < 0n || value > 0x10ffffn) throw new FormatError('format type c takes the number of a character');
  if (spec.sign || spec.alternate || spec.grouping) refuseType(spec, 'signs, grouping and #');
  const align = spec.align ?? (spec.zeroFill ? '=' : '<');
  return pad('', String.fromCodePoint(Number(value)), { ...spec, align });
}

function formatFloat(value: number, spec: FormatSpec): string {
  if (spec.type && !'eEfFgGn%'.includes(spec.type)) refuseType(spec, 'a float');
  let negative = value < 0 || Object.is(value, -0);
  if (!Number.isFinite(value)) {
    const word = Number.isNaN(value) ? 'nan' : 'inf';
    const shown = 'EFG'.includes(spec.type || '-') ? word.toUpperCase() : word;
    return padNumber(negative, '', shown, spec.type === '%' ? '%' : '', { ...spec, grouping: '' }, 3);
  }
  const [whole, rest] = floatBody(Math.abs(value), spec);
  if (spec.positiveZero && !/[1-9]/.test(whole + rest.split(/e/i)[0])) negative = false;
  return padNumber(negative, '', whole, rest, spec, 3);
}

/** Sign, prefix, grouped digits and the rest, filled up to the width. */
function padNumber(negative: boolean, prefix: string, digits: string, rest: string, spec: FormatSpec, every: number) {
  const lead = (negative ? '-' : (spec.sign ?? '').replace('-', '')) + prefix;
  const fill = spec.fill ?? (spec.zeroFill ? '0' : ' ');
  const align = spec.align ?? (spec.zeroFill ? '=' : '>');
  // zeros in front of grouped digits are grouped with them
  const least = fill === '0' && align === '=' ? spec.width - lead.length - rest.length : 0;
  const grouped = spec.grouping ? groupDigits(digits, spec.grouping, every, least) : digits;
  return pad(lead, grouped + rest, { ...spec, fill, align });
}

function groupDigits(digits: string, separator: string, every: number, least: number): string {
  // n digits take n + floor((n - 1) / every) places
  const wanted = Math.max(digits.length, least - Math.floor((least - 1) / (every + 1)));
  const all = digits.padStart(wanted, '0');
  const groups: string[] = [];
  for (let end = all.length; end > 0; end -= every) groups.push(all.slice(Math.max(0, end - every), end));
  return groups.reverse().join(separator);
}

function pad(lead: string, body: string, spec: FormatSpec & { align: string }): string {
  const fill = spec.fill ?? (spec.zeroFill ? '0' : ' ');
  const missing = spec.width - codePointLength(lead) - codePointLength(body);
  if (missing <= 0) return lead + body;
  if (spec.align === '<') return lead + body + fill.repeat(missing);
  if (spec.align === '=') return lead + fill.repeat(missing) + body;
  const left = spec.align === '^' ? Math.floor(missing / 2) : missing;
  return fill.repeat(left) + lead + body + fill.repeat(missing - left);
}
