import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { encodeExr } from '../src/files/exr.ts';
import { randomImage } from './pixel-cards.ts';

interface Exr {
  readonly flags: number;
  readonly attributes: Map<string, { type: string; value: Buffer }>;
  /** Rows of each channel, by name. */
  readonly planes: Map<string, number[]>;
}

/** A reader written apart from the writer, from the format's description. */
function readExr(file: Buffer): Exr {
  expect(file.readInt32LE(0)).toBe(0x01312f76);
  const flags = file.readInt32LE(4);
  let at = 8;
  const word = (): string => {
    const end = file.indexOf(0, at);
    const found = file.toString('utf8', at, end);
    at = end + 1;
    return found;
  };
  const attributes: Exr['attributes'] = new Map();
  while (file[at] !== 0) {
    const name = word();
    const type = word();
    const length = file.readInt32LE(at);
    attributes.set(name, { type, value: file.subarray(at + 4, at + 4 + length) });
    at += 4 + length;
  }
  at++;
  const list = attributes.get('channels')!.value;
  const names: string[] = [];
  for (let from = 0; list[from] !== 0; from = list.indexOf(0, from) + 17) {
    const end = list.indexOf(0, from);
    names.push(list.toString('latin1', from, end));
    expect(list.readInt32LE(end + 1)).toBe(2);
  }
  const window = attributes.get('dataWindow')!.value;
  const [width, height] = [window.readInt32LE(8) + 1, window.readInt32LE(12) + 1];
  const zipped = attributes.get('compression')!.value[0] === 3;
  const lines = zipped ? 16 : 1;
  const planes = new Map(names.map((name): [string, number[]] => [name, []]));
  for (let block = 0; block * lines < height; block++) {
    const start = Number(file.readBigUInt64LE(at + block * 8));
    expect(file.readInt32LE(start)).toBe(block * lines);
    const rows = Math.min(lines, height - block * lines);
    const packed = file.subarray(start + 8, start + 8 + file.readInt32LE(start + 4));
    const length = rows * width * names.length * 4;
    const plain = packed.length === length ? packed : unpacked(packed);
    expect(plain.length).toBe(length);
    let from = 0;
    for (let row = 0; row < rows; row++) {
      for (const name of names) {
        for (let x = 0; x < width; x++, from += 4) planes.get(name)!.push(plain.readFloatLE(from));
      }
    }
  }
  return { flags, attributes, planes };
}

function unpacked(packed: Buffer): Buffer {
  const bytes = inflateSync(packed);
  for (let at = 1; at < bytes.length; at++)
    bytes.writeUInt8((bytes.readUInt8(at - 1) + bytes.readUInt8(at) + 128) & 255, at);
  const plain = Buffer.alloc(bytes.length);
  const half = (bytes.length + 1) >> 1;
  for (let at = 0; at < bytes.length; at++) plain[at] = bytes[at % 2 ? half + (at >> 1) : at >> 1]!;
  return plain;
}

const plane = (data: Float32Array, channels: number, channel: number): number[] =>
  [...data].filter((_, at) => at % channels === channel);

describe('EXR files', () => {
  it.each(['none', 'zip'] as const)('hold every float, compression %s', async (compression) => {
    const { data } = randomImage(2, 1, 37, 11, 4);
    data.set([-2.5, 1e6, 3e-9, 0.5]);
    const { planes } = readExr(await encodeExr({ data, width: 11, height: 37, channels: 4 }, { compression }));
    expect([...planes.keys()]).toEqual(['A', 'B', 'G', 'R']);
    for (const [channel, name] of ['R', 'G', 'B', 'A'].entries()) {
      expect(planes.get(name)).toEqual(plane(data, 4, channel));
    }
  });

  it('are smaller with compression, and never larger', async () => {
    const even = { data: new Float32Array(3 * 64 * 64).fill(0.25), width: 64, height: 64, channels: 3 };
    expect((await encodeExr(even)).length).toBeLessThan((await encodeExr(even, { compression: 'none' })).length / 20);
    expect([...new Set(readExr(await encodeExr(even)).planes.get('G'))]).toEqual([0.25]);
    const { data } = randomImage(4, 1, 16, 16);
    const noise = { data, width: 16, height: 16, channels: 3 };
    expect((await encodeExr(noise)).length).toBeLessThanOrEqual(
      (await encodeExr(noise, { compression: 'none' })).length,
    );
  });

  it('carry texts as string attributes, but never over their own', async () => {
    const picture = { data: Float32Array.of(1), width: 1, height: 1, channels: 1 };
    const text = [
      ['prompt', '{"a":1}'],
      ['channels', 'no'],
    ] as const;
    const { attributes, planes, flags } = readExr(await encodeExr(picture, { text }));
    expect(attributes.get('prompt')).toEqual({ type: 'string', value: Buffer.from('{"a":1}') });
    expect(attributes.get('channels')!.type).toBe('chlist');
    expect(planes.get('Y')).toEqual([1]);
    expect(flags).toBe(2);
  });

  it('announce long names', async () => {
    const picture = { data: Float32Array.of(1), width: 1, height: 1, channels: 1 };
    const { flags, attributes } = readExr(await encodeExr(picture, { text: [['n'.repeat(32), 'x']] }));
    expect(flags).toBe(0x402);
    expect(attributes.has('n'.repeat(32))).toBe(true);
  });

  it('are not written with channels that have no names', async () => {
    const picture = { data: Float32Array.of(1, 1), width: 1, height: 1, channels: 2 };
    await expect(encodeExr(picture)).rejects.toMatchObject({ code: 'picture_unwritable' });
  });
});
