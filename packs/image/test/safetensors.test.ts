import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BadSafetensors, MAX_HEADER, openSafetensors, writeSafetensors } from '../src/planes/safetensors.ts';
import { counting, tensorOf } from './node-call.ts';

/** A file from its header and the bytes behind it. */
function fileOf(header: unknown, body: ArrayLike<number> = [], length?: number): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + body.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length ?? text.length), true);
  bytes.set(text, 8);
  bytes.set(body, 8 + text.length);
  return bytes;
}

const entry = (dtype: string, shape: unknown, data_offsets: unknown) => ({ a: { dtype, shape, data_offsets } });
const read = (bytes: Uint8Array, name = 'a') => openSafetensors(bytes).read(name);

describe('a written file', () => {
  it('reads back, with names and texts that look like members of objects', () => {
    const tensors = new Map([
      ['constructor', counting(2, 1, 3)],
      ['__proto__', tensorOf([0], [])],
      ['b', tensorOf([1], [-0.1])],
    ]);
    const metadata = new Map([['__proto__', '{"é": "\u0000"}']]);
    const file = openSafetensors(writeSafetensors(tensors, metadata));
    for (const [name, tensor] of tensors) expect(file.read(name)).toEqual(tensor);
    expect(file.metadata).toEqual(metadata);
    expect(file.has('toString')).toBe(false);
  });

  it('begins its numbers at a multiple of 8, sorted by name', () => {
    const bytes = writeSafetensors(
      new Map([
        ['b', counting(1)],
        ['a', tensorOf([1], [1])],
      ]),
    );
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(length % 8).toBe(0);
    expect(new TextDecoder().decode(bytes.subarray(8, 8 + length)).trimEnd()).toBe(
      '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}',
    );
    expect([...bytes.subarray(8 + length)]).toEqual([0, 0, 0x80, 0x3f, 0, 0, 0, 0]);
  });

  it('is refused when its header would not be read again', () => {
    const write = () => writeSafetensors(new Map(), new Map([['a', 'x'.repeat(MAX_HEADER)]]));
    expect(write).toThrow(BadSafetensors);
  });

  it('reads from the middle of a larger buffer', () => {
    const bytes = writeSafetensors(new Map([['a', counting(3)]]));
    const larger = new Uint8Array(bytes.length + 3);
    larger.set(bytes, 3);
    expect(read(larger.subarray(3))).toEqual(counting(3));
  });
});

describe('half numbers', () => {
  it('F16', () => {
    const bits = [0x3c00, 0xc000, 0x0001, 0x03ff, 0x7bff, 0x7c00, 0xfc00, 0x7e00, 0x8000, 0x3555];
    const body = bits.flatMap((one) => [one & 255, one >> 8]);
    const want = [1, -2, 2 ** -24, 1023 * 2 ** -24, 65504, Infinity, -Infinity, NaN, -0, 0.333251953125];
    expect([...read(fileOf(entry('F16', [10], [0, 20]), body)).data]).toEqual(want);
  });

  it('BF16', () => {
    const body = [0x80, 0x3f, 0x00, 0xc0, 0x49, 0x40];
    expect([...read(fileOf(entry('BF16', [3], [0, 6]), body)).data]).toEqual([1, -2, 3.140625]);
  });
});

describe('a damaged file', () => {
  const eight = new Uint8Array(8);
  it.each<[string, Uint8Array]>([
    ['too short', new Uint8Array(7)],
    ['a header longer than the limit', fileOf({}, [], MAX_HEADER + 1)],
    ['a header that is cut off', fileOf({}, [], 3)],
    ['no JSON', fileOf('{"a"')],
    ['JSON that nests', fileOf('['.repeat(1000))],
    ['no object', fileOf('[]')],
    ['no such tensor', fileOf({})],
    ['an entry that is no object', fileOf({ a: 1 })],
    ['a negative side', fileOf(entry('F32', [-2], [0, 8]), eight)],
    ['a fraction as a side', fileOf(entry('F32', [1.5], [0, 6]), eight)],
    [
      'a side too many',
      fileOf(
        entry(
          'F32',
          Array.from({ length: 9 }, () => 1),
          [0, 4],
        ),
        eight,
      ),
    ],
    ['more numbers than the limit', fileOf(entry('F32', [2 ** 31], [0, 8]), eight)],
    [
      'numbers past counting',
      fileOf(
        entry(
          'F32',
          Array.from({ length: 8 }, () => 2 ** 52),
          [0, 8],
        ),
        eight,
      ),
    ],
    ['offsets outside', fileOf(entry('F32', [4], [0, 16]), eight)],
    ['offsets the wrong way round', fileOf(entry('F32', [1], [8, 4]), eight)],
    ['offsets that do not fit the shape', fileOf(entry('F32', [1], [0, 8]), eight)],
    ['offsets that are no pair', fileOf(entry('F32', [1], [4]), eight)],
    ['an unknown type', fileOf(entry('I64', [1], [0, 8]), eight)],
  ])('%s', (_, bytes) => {
    expect(() => read(bytes)).toThrow(BadSafetensors);
  });

  it('of any bytes ends in that error or in a tensor', () => {
    const good = writeSafetensors(new Map([['a', counting(4)]]), new Map([['k', 'v']]));
    const edits = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 4 });
    const property = fc.property(edits, fc.nat(good.length), (edits, length) => {
      const bytes = good.slice(0, length);
      for (const [at, value] of edits) if (at < length) bytes[at] = value;
      let outcome: unknown;
      try {
        outcome = read(bytes).data;
      } catch (error) {
        outcome = error;
      }
      const kinds = [Float32Array, BadSafetensors];
      expect(kinds.some((kind) => outcome instanceof kind) ? 'fine' : outcome).toBe('fine');
    });
    fc.assert(property, { seed: 11, numRuns: 500 });
  });
});
