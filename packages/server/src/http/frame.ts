/** WebSocket frames from the server: whole messages, unmasked, never compressed. */

const TEXT = 0x81;
const BINARY = 0x82;

let last: { readonly data: string | Uint8Array; readonly frame: Buffer } | undefined;

/** The bytes of a message. One that goes to many, one socket after another, is encoded once. */
export function frameOf(data: string | Uint8Array): Buffer {
  if (last?.data !== data) last = { data, frame: encodeFrame(data) };
  return last.frame;
}

function encodeFrame(data: string | Uint8Array): Buffer {
  const isText = typeof data === 'string';
  const length = isText ? Buffer.byteLength(data) : data.length;
  const headLength = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(headLength + length);
  frame[0] = isText ? TEXT : BINARY;
  if (headLength === 2) frame[1] = length;
  else if (headLength === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  // a copy is enough where each character is one byte
  if (isText) frame.write(data, headLength, length === data.length ? 'latin1' : 'utf8');
  else frame.set(data, headLength);
  return frame;
}
