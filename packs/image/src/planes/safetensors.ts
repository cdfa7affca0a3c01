/**
 * The safetensors format: the length of a JSON header in 8 bytes, the header, the numbers. Files come from strangers: every
 * length and offset is checked, and numbers are only read when asked for. Bytes are little-endian, as all hosts of Node are.
 */
import { createTensor } from '@snug/node-kit';
import type { Tensor } from '@snug/node-kit';
import { asObject, parseJson, stringifyJson } from '@snug/protocol';
import type { Json, JsonObject } from '@snug/protocol';
import { MAX_NUMBERS } from './limit.ts';

/** The longest header that is read or written, in bytes. */
export const MAX_HEADER = 2 ** 20;
const MAX_AXES = 8;

/** Thrown for a file that is damaged, or holds what this reader does not know; the message says what. */
export class BadSafetensors extends Error {
  readonly code = 'bad_safetensors';
  constructor(problem: string) {
    super(`Not a usable safetensors file: ${problem}.`);
    this.name = 'BadSafetensors';
  }
}

export interface Safetensors {
  /** Texts by key, as the writer left them. */
  readonly metadata: ReadonlyMap<string, string>;
  has(name: string): boolean;
  /**
   * The numbers as 32-bit floats; F32, F16 and BF16 are known.
   * @throws {BadSafetensors} when there is no such tensor, or its entry is wrong.
   */
  read(name: string): Tensor;
}

const isSize = (value: Json | undefined): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/**
 * Opens a file held in memory.
 * @throws {BadSafetensors}
 */
export function openSafetensors(bytes: Uint8Array): Safetensors {
  if (bytes.length < 8) throw new BadSafetensors('it is too short');
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > MAX_HEADER) throw new BadSafetensors(`its header is longer than ${MAX_HEADER} bytes`);
  const start = 8 + Number(length);
  if (start > bytes.length) throw new BadSafetensors('its header is cut off');
  const header = readHeader(bytes.subarray(8, start));
  const body = bytes.subarray(start);
  const metadata = new Map<string, string>();
  for (const [key, text] of asObject(header.get('__metadata__')) ?? []) {
    if (typeof text === 'string') metadata.set(key, text);
  }
  header.delete('__metadata__');
  return { metadata, has: (name) => header.has(name), read: (name) => readTensor(name, header.get(name), body) };
}

function readHeader(bytes: Uint8Array): JsonObject {
  let header: JsonObject | undefined;
  try {
    header = asObject(parseJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes), { maxDepth: 4 }));
  } catch (error) {
    throw new BadSafetensors(`its header is no JSON (${error instanceof Error ? error.message : String(error)})`);
  }
  if (!header) throw new BadSafetensors('its header is no object');
  return header;
}

function readTensor(name: string, value: Json | undefined, body: Uint8Array): Tensor {
  const entry = asObject(value);
  const fail = (problem: string): never => {
    throw new BadSafetensors(`tensor ${name} ${problem}`);
  };
  if (!entry) return fail('is missing');
  const [shape, offsets] = [entry.get('shape'), entry.get('data_offsets')];
  if (!Array.isArray(shape) || shape.length > MAX_AXES || !shape.every(isSize)) return fail('has a bad shape');
  const count = shape.reduce((product, side) => product * side, 1);
  if (!(count <= MAX_NUMBERS)) return fail(`holds more than ${MAX_NUMBERS} numbers`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isSize)) return fail('has bad offsets');
  const [from, to] = offsets as [number, number];
  if (from > to || to > body.length) return fail('lies outside the file');
  const dtype = entry.get('dtype');
  if (dtype !== 'F32' && dtype !== 'F16' && dtype !== 'BF16') return fail('is not of type F32, F16 or BF16');
  if (to - from !== count * (dtype === 'F32' ? 4 : 2)) return fail('has offsets that do not fit its shape');
  const tensor = createTensor(shape);
  if (dtype === 'F32') {
    new Uint8Array(tensor.data.buffer).set(body.subarray(from, to));
    return tensor;
  }
  const halves = new Uint16Array(count);
  new Uint8Array(halves.buffer).set(body.subarray(from, to));
  if (dtype === 'F16') {
    for (let i = 0; i < count; i++) tensor.data[i] = halfValue(halves[i]!);
  } else {
    // a BF16 number is the upper half of an F32 one
    const bits = new Uint32Array(tensor.data.buffer);
    for (let i = 0; i < count; i++) bits[i] = halves[i]! << 16;
  }
  return tensor;
}

function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/**
 * The bytes of a file with 32-bit floats, tensors sorted by name.
 * @throws {BadSafetensors} when the metadata make the header longer than {@link MAX_HEADER}.
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: ReadonlyMap<string, string> = new Map(),
): Uint8Array {
  const header: JsonObject = new Map();
  if (metadata.size) header.set('__metadata__', new Map(metadata));
  const sorted = [...tensors].sort(([one], [other]) => (one < other ? -1 : 1));
  let size = 0;
  for (const [name, { data, shape }] of sorted) {
    const offsets = [size, (size += data.byteLength)];
    header.set(
      name,
      new Map<string, Json>([
        ['dtype', 'F32'],
        ['shape', [...shape]],
        ['data_offsets', offsets],
      ]),
    );
  }
  const text = new TextEncoder().encode(stringifyJson(header));
  const start = 8 + Math.ceil(text.length / 8) * 8;
  if (start - 8 > MAX_HEADER) throw new BadSafetensors(`its header would be longer than ${MAX_HEADER} bytes`);
  const bytes = new Uint8Array(start + size).fill(0x20, 8, start);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - 8), true);
  bytes.set(text, 8);
  let at = start;
  for (const [, { data }] of sorted) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}
