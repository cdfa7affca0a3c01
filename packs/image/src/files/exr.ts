/** Writing OpenEXR files: 32-bit floats, scan lines, no compression or ZIP. */
import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import { PictureRefused } from './picture-refused.ts';
import type { TextEntry } from './png-text.ts';

/** Pixels of one picture as floats, scene-linear. */
export interface FloatPicture {
  readonly data: Float32Array;
  readonly width: number;
  readonly height: number;
  /** 1 (luminance), 3 (RGB) or 4 (RGBA). */
  readonly channels: number;
}

export interface ExrOptions {
  /** Default `zip`: blocks of 16 lines. */
  compression?: 'none' | 'zip' | undefined;
  /** String attributes. Names that the format itself uses are left out. */
  text?: readonly TextEntry[] | undefined;
}

const CHANNEL_NAMES: ReadonlyMap<number, readonly string[]> = new Map([
  [1, ['Y']],
  [3, ['R', 'G', 'B']],
  [4, ['R', 'G', 'B', 'A']],
]);
const FLOAT_TYPE = 2;
const LONG_NAMES_FLAG = 0x400;
const SHORT_NAME_LENGTH = 31;
const MAX_NAME_LENGTH = 255;
const compress = promisify(deflate);

/**
 * An EXR file.
 * @throws {PictureRefused} when the picture has another number of channels.
 */
export async function encodeExr(picture: FloatPicture, options: ExrOptions = {}): Promise<Buffer> {
  const { compression = 'zip', text = [] } = options;
  const names = CHANNEL_NAMES.get(picture.channels);
  if (!names) {
    throw new PictureRefused(
      'picture_unwritable',
      `images: an EXR file holds 1, 3 or 4 channels, not ${picture.channels}. Convert the image to RGB first.`,
    );
  }
  // lines hold one channel after the other, sorted by name
  const order = names.map((name, channel) => ({ name, channel })).sort((a, b) => (a.name < b.name ? -1 : 1));

  const header = exrHeader(
    picture,
    order.map(({ name }) => name),
    compression,
    text,
  );
  const linesPerBlock = compression === 'zip' ? 16 : 1;
  const blocks: Buffer[] = [];
  for (let y = 0; y < picture.height; y += linesPerBlock) {
    const lines = Math.min(linesPerBlock, picture.height - y);
    const plain = blockOf(picture, order, y, lines);
    const packed = compression === 'zip' ? await compress(predicted(plain)) : plain;
    const body = packed.length < plain.length ? packed : plain;
    const head = Buffer.alloc(8);
    head.writeInt32LE(y, 0);
    head.writeInt32LE(body.length, 4);
    blocks.push(head, body);
  }
  return Buffer.concat([header, offsetTable(header.length, blocks), ...blocks]);
}

function blockOf(picture: FloatPicture, order: readonly { channel: number }[], y: number, lines: number): Buffer {
  const { data, width, channels } = picture;
  const block = Buffer.alloc(lines * width * channels * 4);
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  let to = 0;
  for (let line = y; line < y + lines; line++) {
    for (const { channel } of order) {
      for (let x = 0, from = line * width * channels + channel; x < width; x++, from += channels, to += 4) {
        view.setFloat32(to, data[from]!, true);
      }
    }
  }
  return block;
}

/** Bytes at even places first, then the odd ones; then each as the difference to the one before. */
function predicted(plain: Buffer): Buffer {
  const target = Buffer.alloc(plain.length);
  const half = (plain.length + 1) >> 1;
  for (let at = 0; at < plain.length; at++) target[at % 2 ? half + (at >> 1) : at >> 1] = plain[at]!;
  for (let at = plain.length - 1; at > 0; at--) target[at] = target[at]! - target[at - 1]! + 128;
  return target;
}

/** Where each block begins, counted from the start of the file. */
function offsetTable(headerLength: number, blocks: readonly Buffer[]): Buffer {
  const table = Buffer.alloc((blocks.length / 2) * 8);
  let offset = headerLength + table.length;
  for (let block = 0; block < blocks.length; block += 2) {
    table.writeBigUInt64LE(BigInt(offset), block * 4);
    offset += blocks[block]!.length + blocks[block + 1]!.length;
  }
  return table;
}

function exrHeader(
  { width, height }: FloatPicture,
  names: readonly string[],
  compression: 'none' | 'zip',
  text: readonly TextEntry[],
): Buffer {
  const channels = names.map((name) => {
    const channel = Buffer.alloc(name.length + 17);
    channel.write(name, 0, 'latin1');
    channel.writeInt32LE(FLOAT_TYPE, name.length + 1);
    channel.writeInt32LE(1, name.length + 9);
    channel.writeInt32LE(1, name.length + 13);
    return channel;
  });
  const window = int32s(0, 0, width - 1, height - 1);
  const attributes: Map<string, [type: string, value: Buffer]> = new Map([
    ['channels', ['chlist', Buffer.concat([...channels, Buffer.alloc(1)])]],
    ['compression', ['compression', Buffer.of(compression === 'zip' ? 3 : 0)]],
    ['dataWindow', ['box2i', window]],
    ['displayWindow', ['box2i', window]],
    ['lineOrder', ['lineOrder', Buffer.of(0)]],
    ['pixelAspectRatio', ['float', floats(1)]],
    ['screenWindowCenter', ['v2f', floats(0, 0)]],
    ['screenWindowWidth', ['float', floats(1)]],
  ]);
  for (const [key, value] of text) {
    const fits = Buffer.byteLength(key) <= MAX_NAME_LENGTH && !attributes.has(key);
    if (fits) attributes.set(key, ['string', Buffer.from(value, 'utf8')]);
  }
  const longest = Math.max(...[...attributes.keys()].map((key) => Buffer.byteLength(key)));
  const parts = [int32s(20000630, 2 | (longest > SHORT_NAME_LENGTH ? LONG_NAMES_FLAG : 0))];
  for (const [name, [type, value]] of attributes) {
    parts.push(Buffer.from(`${name}\0${type}\0`, 'utf8'), int32s(value.length), value);
  }
  return Buffer.concat([...parts, Buffer.alloc(1)]);
}

function int32s(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [at, value] of values.entries()) bytes.writeInt32LE(value, at * 4);
  return bytes;
}

function floats(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [at, value] of values.entries()) bytes.writeFloatLE(value, at * 4);
  return bytes;
}
