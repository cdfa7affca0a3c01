/**
 * The header of a safetensors file: its length in 8 bytes, JSON, and then the numbers. Files come from strangers, so nothing in
 * it is believed before it is checked, and every range that is handed out lies inside the file.
 */
import { asObject, parseJson } from '@snug/protocol';
import type { Json, JsonObject } from '@snug/protocol';

/** The longest header that is read, in bytes; the format itself allows no more. */
export const MAX_HEADER = 100_000_000;
const MAX_MEMBERS = 1_000_000;
const MAX_AXES = 8;

/** Bits of one number. */
const BITS = {
  F64: 64,
  I64: 64,
  U64: 64,
  C64: 64,
  F32: 32,
  I32: 32,
  U32: 32,
  F16: 16,
  BF16: 16,
  I16: 16,
  U16: 16,
  F8_E4M3: 8,
  F8_E5M2: 8,
  F8_E8M0: 8,
  I8: 8,
  U8: 8,
  BOOL: 8,
  F4: 4,
} as const;
export type NumberType = keyof typeof BITS;

/** Where the numbers of one tensor lie, counted from the start of the file. */
export interface TensorEntry {
  readonly type: NumberType;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly length: number;
}

export interface Header {
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  /** Texts that the writer left. */
  readonly metadata: ReadonlyMap<string, string>;
}

/** Why a header is refused; says nothing of the file, which the caller names. */
export class BadHeader extends Error {
  readonly code = 'bad_header';
}

/**
 * Reads the JSON of a header.
 * @param text its bytes, without the length before them
 * @param fileSize of the whole file in bytes
 * @throws {BadHeader}
 */
export function parseHeader(text: Uint8Array, fileSize: number): Header {
  const header = parseObject(text);
  const start = 8 + text.length;
  const metadata = readMetadata(header.get('__metadata__'));
  header.delete('__metadata__');
  const tensors = new Map<string, TensorEntry>();
  for (const [name, value] of header) tensors.set(name, readEntry(name, value, start, fileSize));
  refuseOverlaps(tensors);
  return { tensors, metadata };
}

function parseObject(bytes: Uint8Array): JsonObject {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new BadHeader('its header is not UTF-8');
  }
  // told before parsing, which takes much more memory than the text
  const members = countMembers(text);
  if (members > MAX_MEMBERS) throw new BadHeader(`its header has more than ${MAX_MEMBERS} members`);
  let header: JsonObject | undefined;
  try {
    header = asObject(parseJson(text, { maxDepth: 4 }));
  } catch (error) {
    throw new BadHeader(`its header is no JSON (${error instanceof Error ? error.message : String(error)})`);
  }
  if (!header) throw new BadHeader('its header is no object');
  if (countIn(header) !== members) throw new BadHeader('its header has two members of the same name');
  return header;
}

/** Strings that are followed by a colon: the members as written, with those that a later one of the same name hides. */
function countMembers(text: string): number {
  let members = 0;
  for (const match of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?/gs)) {
    if (match[1] !== undefined && ++members > MAX_MEMBERS) break;
  }
  return members;
}

function countIn(value: Json): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, one) => sum + countIn(one), 0);
  const object = asObject(value);
  if (!object) return 0;
  let members = object.size;
  for (const one of object.values()) members += countIn(one);
  return members;
}

function readMetadata(value: Json | undefined): Map<string, string> {
  const metadata = new Map<string, string>();
  if (value === undefined) return metadata;
  const object = asObject(value);
  if (!object) throw new BadHeader('its metadata are no object');
  for (const [key, text] of object) if (typeof text === 'string') metadata.set(key, text);
  return metadata;
}

const isSize = (value: Json): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
const isNumberType = (value: Json | undefined): value is NumberType =>
  typeof value === 'string' && Object.hasOwn(BITS, value);

function readEntry(name: string, value: Json, start: number, fileSize: number): TensorEntry {
  const fail = (problem: string): never => {
    throw new BadHeader(`tensor ${JSON.stringify(name.slice(0, 200))} ${problem}`);
  };
  const entry = asObject(value);
  if (!entry) return fail('is described by no object');
  const type = entry.get('dtype');
  if (!isNumberType(type)) return fail('has a type of numbers that is not known');
  const shape = entry.get('shape');
  if (!Array.isArray(shape) || shape.length > MAX_AXES || !shape.every(isSize)) return fail('has a bad shape');
  const bits = shape.reduce((product, side) => product * side, BITS[type]);
  if (!Number.isSafeInteger(bits)) return fail('has a shape past all counting');
  const range = entry.get('data_offsets');
  if (!Array.isArray(range) || range.length !== 2 || !range.every(isSize)) return fail('has bad offsets');
  const [from = 0, to = 0] = range;
  if (from > to) return fail('ends before it begins');
  if (start + to > fileSize)
    return fail(`ends ${start + to - fileSize} bytes behind the end of the file: it is cut off`);
  if ((to - from) * 8 !== bits) return fail('has offsets that do not fit its shape');
  return { type, shape, offset: start + from, length: to - from };
}

function refuseOverlaps(tensors: ReadonlyMap<string, TensorEntry>): void {
  const sorted = [...tensors]
    .filter(([, { length }]) => length)
    .sort(([, one], [, other]) => one.offset - other.offset);
  let end = 0;
  for (const [name, { offset, length }] of sorted) {
    if (offset < end) throw new BadHeader(`tensor ${JSON.stringify(name.slice(0, 200))} overlaps another one`);
    end = offset + length;
  }
}
