/** PNG files made by hand, also ones that no program would make. */
import { crc32, deflateSync } from 'node:zlib';

export function chunk(kind: string, data: Uint8Array): Buffer {
  const out = Buffer.alloc(data.length + 12);
  out.writeUInt32BE(data.length, 0);
  out.write(kind, 4, 'latin1');
  out.set(data, 8);
  out.writeUInt32BE(crc32(out.subarray(4, 8 + data.length)), 8 + data.length);
  return out;
}

export interface PngOptions {
  /** Channels of 8 bits; 4 has alpha. */
  readonly channels?: 1 | 3 | 4;
  /** The value of a channel of a pixel. */
  readonly pixel?: (x: number, y: number, channel: number) => number;
  readonly chunks?: readonly Buffer[];
  /** Writes other sides into the header than the data has. */
  readonly claim?: readonly [width: number, height: number];
}

export function makePng(width: number, height: number, options: PngOptions = {}): Buffer {
  const { channels = 3, pixel = () => 0, chunks = [], claim = [width, height] } = options;
  const head = Buffer.alloc(13);
  head.writeUInt32BE(claim[0], 0);
  head.writeUInt32BE(claim[1], 4);
  head.set([8, { 1: 0, 3: 2, 4: 6 }[channels], 0, 0, 0], 8);
  const rows: number[] = [];
  for (let y = 0; y < height; y++) {
    rows.push(0);
    for (let x = 0; x < width; x++) for (let c = 0; c < channels; c++) rows.push(pixel(x, y, c));
  }
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  const data = chunk('IDAT', deflateSync(Buffer.from(rows)));
  return Buffer.concat([signature, chunk('IHDR', head), ...chunks, data, chunk('IEND', Buffer.alloc(0))]);
}
