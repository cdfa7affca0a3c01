/** The text chunks of PNG files, where prompts and workflows are: carried over byte by byte, never decoded. */
import { HEAD_BYTES, imageKind } from './media-types.ts';
import { openPlainFile, readHead } from './send-file.ts';
import type { OpenFile } from './send-file.ts';

const SIGNATURE_BYTES = 8;
/** Length, kind and check sum around the data of a chunk. */
const FRAME_BYTES = 12;
/** The signature and the header chunk, which comes first. */
const START_BYTES = SIGNATURE_BYTES + FRAME_BYTES + 13;
const MAX_CHUNKS = 100_000;
const MAX_TEXT_BYTES = 64 * 1024 * 1024;
const TEXT_KINDS = new Set(['tEXt', 'zTXt', 'iTXt']);

/** All text chunks of a PNG file, one after the other; empty when it is no PNG. */
export async function readPngText(path: string): Promise<Buffer> {
  const file = await openPlainFile(path);
  if (!file) return Buffer.alloc(0);
  try {
    return imageKind(await readHead(file, HEAD_BYTES)) === 'png' ? await readChunks(file) : Buffer.alloc(0);
  } finally {
    await file.handle.close();
  }
}

async function readChunks({ handle, size }: OpenFile): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const head = Buffer.alloc(8);
  let bytes = 0;
  let at = SIGNATURE_BYTES;
  for (let count = 0; count < MAX_CHUNKS && at + FRAME_BYTES <= size; count++) {
    await handle.read(head, 0, 8, at);
    const length = head.readUInt32BE(0) + FRAME_BYTES;
    if (at + length > size) break;
    if (TEXT_KINDS.has(head.toString('latin1', 4, 8)) && bytes + length <= MAX_TEXT_BYTES) {
      const { buffer } = await handle.read(Buffer.alloc(length), 0, length, at);
      chunks.push(buffer);
      bytes += length;
    }
    at += length;
  }
  return Buffer.concat(chunks);
}

/** A PNG with text chunks put behind its header. */
export function insertPngText(png: Buffer, chunks: Buffer): Buffer {
  return Buffer.concat([png.subarray(0, START_BYTES), chunks, png.subarray(START_BYTES)]);
}
