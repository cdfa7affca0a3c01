/** The frame of every PNG file: a signature, then chunks of a type, data and a checksum. */
import { crc32 } from 'node:zlib';

export const PNG_SIGNATURE: Uint8Array = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10);

/** Signature and header chunk: text chunks go in right behind. */
export const PNG_HEADER_LENGTH = 33;

export interface PngChunk {
  readonly type: string;
  readonly data: Buffer;
}

/** A chunk with its length and checksum; `type` is four Latin letters. */
export function pngChunk(type: string, data: Uint8Array): Buffer {
  const chunk = Buffer.alloc(data.length + 12);
  chunk.writeUInt32BE(data.length, 0);
  chunk.write(type, 4, 'latin1');
  chunk.set(data, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, -4)), data.length + 8);
  return chunk;
}

/**
 * The chunks of a file in order, checksums unread. Ends at the last chunk that is there whole; yields nothing for what
 * is no PNG.
 */
export function* pngChunks(bytes: Uint8Array): Generator<PngChunk> {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!file.subarray(0, 8).equals(PNG_SIGNATURE)) return;
  for (let at = 8; at + 12 <= file.length;) {
    const end = at + 8 + file.readUInt32BE(at);
    if (end + 4 > file.length) return;
    yield { type: file.toString('latin1', at + 4, at + 8), data: file.subarray(at + 8, end) };
    at = end + 4;
  }
}
