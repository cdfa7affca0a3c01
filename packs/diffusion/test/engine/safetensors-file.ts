/** Safetensors files for tests. */
import { writeFileSync } from 'node:fs';

export interface TestTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array | readonly number[];
}

/** Numbers to the 16 bits of a file; rounded towards zero, subnormal ones to 0. */
export function toHalves(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.slice().buffer);
  const halves = new Uint16Array(values.length);
  for (let at = 0; at < bits.length; at++) {
    const one = bits[at]!;
    const exponent = ((one >>> 23) & 255) - 112;
    const sign = (one >>> 16) & 0x8000;
    halves[at] = exponent <= 0 ? sign : sign | (exponent << 10) | ((one >>> 13) & 0x3ff);
  }
  return halves;
}

/** A header as bytes, with its length before it; `length` tells another one than it has. */
export function headerBytes(header: unknown, length?: bigint): Buffer {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const start = Buffer.alloc(8);
  start.writeBigUInt64LE(length ?? BigInt(text.length));
  return Buffer.concat([start, text]);
}

export type FileType = 'F32' | 'F16' | 'BF16';

function encode(values: Float32Array, type: FileType): Buffer {
  if (type === 'F32') return Buffer.from(values.slice().buffer);
  if (type === 'F16') return Buffer.from(toHalves(values).buffer);
  const bits = new Uint32Array(values.slice().buffer);
  const halves = new Uint16Array(values.length);
  for (let at = 0; at < bits.length; at++) halves[at] = bits[at]! >>> 16;
  return Buffer.from(halves.buffer);
}

/** Writes tensors in the given order. */
export function writeTensorFile(
  path: string,
  tensors: ReadonlyMap<string, TestTensor>,
  { type = 'F32', metadata }: { type?: FileType; metadata?: Record<string, string> } = {},
): void {
  const header: Record<string, unknown> = metadata ? { __metadata__: metadata } : {};
  const parts: Buffer[] = [];
  let at = 0;
  for (const [name, { shape, values }] of tensors) {
    const bytes = encode(values instanceof Float32Array ? values : new Float32Array(values), type);
    header[name] = { dtype: type, shape, data_offsets: [at, at + bytes.length] };
    parts.push(bytes);
    at += bytes.length;
  }
  writeFileSync(path, Buffer.concat([headerBytes(header), ...parts]));
}
