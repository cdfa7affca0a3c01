/** Texts that pictures carry: PNG text chunks, the `comf` chunks of animated PNG, the EXIF of WebP. */

const MAX_TEXTS = 1000;
/** Longer texts are left out, in bytes. */
const MAX_TEXT_LENGTH = 64 * 2 ** 20;
const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/**
 * The texts of a PNG or WebP picture by key; of several with one key the first. Compressed texts are skipped. Never
 * throws: anything else, and what is cut off, gives what could be read.
 */
export function readPictureText(bytes: Uint8Array): Map<string, string> {
  const texts = new Map<string, string>();
  if (PNG_SIGNATURE.every((byte, at) => bytes[at] === byte)) readPng(bytes, texts);
  else if (tagAt(bytes, 0) === 'RIFF' && tagAt(bytes, 8) === 'WEBP') readWebp(bytes, texts);
  return texts;
}

function put(texts: Map<string, string>, key: string, value: string): void {
  if (key !== '' && texts.size < MAX_TEXTS && !texts.has(key)) texts.set(key, value);
}

function readPng(bytes: Uint8Array, texts: Map<string, string>): void {
  const view = viewOf(bytes);
  for (let at = 8; at + 8 <= bytes.length;) {
    const length = view.getUint32(at);
    const tag = tagAt(bytes, at + 4);
    const data = bytes.subarray(at + 8, at + 8 + length);
    if (tag === 'IEND' || data.length < length) return;
    if (length <= MAX_TEXT_LENGTH) readChunk(tag, data, texts);
    at += length + 12;
  }
}

function readChunk(tag: string, data: Uint8Array, texts: Map<string, string>): void {
  const keyEnd = tag === 'tEXt' || tag === 'comf' || tag === 'iTXt' ? data.indexOf(0) : -1;
  if (keyEnd === -1) return;
  const key = latin1(data.subarray(0, keyEnd));
  if (tag !== 'iTXt') {
    put(texts, key, latin1(data.subarray(keyEnd + 1)));
    return;
  }
  // a flag and a method of compression, then language and translated key
  const languageEnd = data.indexOf(0, keyEnd + 3);
  const translatedEnd = languageEnd === -1 ? -1 : data.indexOf(0, languageEnd + 1);
  if (data[keyEnd + 1] === 0 && translatedEnd !== -1) put(texts, key, utf8(data.subarray(translatedEnd + 1)));
}

function readWebp(bytes: Uint8Array, texts: Map<string, string>): void {
  const view = viewOf(bytes);
  for (let at = 12; at + 8 <= bytes.length;) {
    const length = view.getUint32(at + 4, true);
    if (tagAt(bytes, at) === 'EXIF') readExif(bytes.subarray(at + 8, at + 8 + length), texts);
    at += 8 + length + (length % 2);
  }
}

const HIGHEST_TAG = 0x0110;
const LOWEST_TAG = 0x0100;
const TEXT_TYPE = 2;
const ENTRY_LENGTH = 12;

/** Entries that hold `key:value`, from tag 0x0110 downward. */
function readExif(chunk: Uint8Array, texts: Map<string, string>): void {
  const hasHeader = tagAt(chunk, 0) === 'Exif' && chunk[4] === 0;
  const tiff = hasHeader ? chunk.subarray(6) : chunk;
  if (tiff.length < 8) return;
  const view = viewOf(tiff);
  const little = tiff[0] === 0x49;
  const directory = view.getUint32(4, little);
  if (directory + 2 > tiff.length) return;
  const count = Math.min(view.getUint16(directory, little), HIGHEST_TAG);
  for (let index = 0; index < count; index++) {
    const entry = directory + 2 + index * ENTRY_LENGTH;
    if (entry + ENTRY_LENGTH > tiff.length) return;
    const tag = view.getUint16(entry, little);
    const length = view.getUint32(entry + 4, little);
    const isText = view.getUint16(entry + 2, little) === TEXT_TYPE && length <= MAX_TEXT_LENGTH;
    if (!isText || tag > HIGHEST_TAG || tag <= LOWEST_TAG) continue;
    const start = length <= 4 ? entry + 8 : view.getUint32(entry + 8, little);
    const data = tiff.subarray(start, start + length);
    const end = data.indexOf(0);
    const text = utf8(end === -1 ? data : data.subarray(0, end));
    const colon = text.indexOf(':');
    if (colon > 0) put(texts, text.slice(0, colon), text.slice(colon + 1));
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function tagAt(bytes: Uint8Array, at: number): string {
  return latin1(bytes.subarray(at, at + 4));
}

const PIECE = 8192;

function latin1(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += PIECE) text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  return text;
}

/** Written out because this package knows no platform; what is not UTF-8 becomes U+FFFD. */
function utf8(bytes: Uint8Array): string {
  let text = '';
  let piece: number[] = [];
  for (let at = 0; at < bytes.length;) {
    const first = bytes[at]!;
    const more = first < 0x80 ? 0 : first < 0xc2 ? -1 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : first < 0xf5 ? 3 : -1;
    let code = more === -1 ? 0xfffd : first & (more === 0 ? 0x7f : 0x3f >> more);
    at++;
    for (let index = 0; index < more; index++) {
      const next = bytes[at] ?? 0;
      if (next >> 6 !== 2) {
        code = 0xfffd;
        break;
      }
      code = (code << 6) | (next & 0x3f);
      at++;
    }
    piece.push(code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ? 0xfffd : code);
    if (piece.length === PIECE) {
      text += String.fromCodePoint(...piece);
      piece = [];
    }
  }
  return text + String.fromCodePoint(...piece);
}
