/** WebSocket frames from the server: whole messages, unmasked, never compressed. */
import { TextPieces } from '../wire/outgoing.ts';
import type { MessageData } from '../wire/outgoing.ts';

const TEXT = 0x81;
const BINARY = 0x82;

/** Frames lie behind each other in strips of so many bytes, and those of one socket can often leave as they lie. */
const STRIP = 64 * 1024;

let strip = Buffer.allocUnsafeSlow(STRIP);
let used = 0;
let last: { readonly data: MessageData; readonly frame: Buffer } | undefined;

/** The bytes of a message. One that goes to many, one socket after another, is encoded once. */
export function frameOf(data: MessageData): Buffer {
  if (last?.data !== data) last = { data, frame: encodeFrame(data) };
  return last.frame;
}

function encodeFrame(data: MessageData): Buffer {
  const pieces = data instanceof TextPieces ? data.pieces : [data];
  let length = 0;
  for (const piece of pieces) length += typeof piece === 'string' ? Buffer.byteLength(piece) : piece.length;
  const headLength = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = take(headLength + length);
  frame[0] = data instanceof Uint8Array ? BINARY : TEXT;
  if (headLength === 2) frame[1] = length;
  else if (headLength === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  let at = headLength;
  for (const piece of pieces) {
    if (typeof piece === 'string') at += frame.write(piece, at);
    else {
      frame.set(piece, at);
      at += piece.length;
    }
  }
  return frame;
}

/** Room in a strip; what is long has memory of its own. */
function take(length: number): Buffer {
  if (length > STRIP / 2) return Buffer.allocUnsafeSlow(length);
  if (used + length > STRIP) {
    strip = Buffer.allocUnsafeSlow(STRIP);
    used = 0;
  }
  used += length;
  return strip.subarray(used - length, used);
}
