/** Text in PNG files: how a prompt and its workflow travel inside a picture. */
import { inflateSync } from 'node:zlib';
import { PNG_HEADER_LENGTH, PNG_SIGNATURE, pngChunk, pngChunks } from './png-chunk.ts';

/** A key and its text, as files carry them. */
export type TextEntry = readonly [key: string, text: string];

/** Text of a file past this, once unpacked, is left unread. */
const MAX_TEXT_BYTES = 64 * 2 ** 20;

const KEY = /^[\x21-\x7e\xa1-\xff]+(?: [\x21-\x7e\xa1-\xff]+)*$/;
// oxlint-disable-next-line no-control-regex -- the format's own bounds
const LATIN_1 = /^[\x01-\xff]*$/;

/** Whether a key can name a text chunk: 1 to 79 printable Latin-1 characters, single spaces only inside. */
export function isTextKey(key: string): boolean {
  return key.length <= 79 && KEY.test(key);
}

/** `tEXt`, or `iTXt` when the text is not Latin-1. */
function textChunk(key: string, text: string): Buffer {
  if (!isTextKey(key)) throw new RangeError(`${JSON.stringify(key)} cannot be the key of a PNG text chunk.`);
  if (LATIN_1.test(text)) return pngChunk('tEXt', Buffer.from(`${key}\0${text}`, 'latin1'));
  const head = Buffer.from(`${key}\0\0\0\0\0`, 'latin1');
  return pngChunk('iTXt', Buffer.concat([head, Buffer.from(text.replaceAll('\0', ''), 'utf8')]));
}

/**
 * A copy of a PNG file with text chunks behind its header.
 * @throws {RangeError} when a key is none, see {@link isTextKey}.
 */
export function insertPngText(png: Buffer, entries: readonly TextEntry[]): Buffer {
  if (!entries.length) return png;
  if (!png.subarray(0, 8).equals(PNG_SIGNATURE)) throw new TypeError('Text can only be put into a PNG file.');
  const chunks = entries.map(([key, text]) => textChunk(key, text));
  return Buffer.concat([png.subarray(0, PNG_HEADER_LENGTH), ...chunks, png.subarray(PNG_HEADER_LENGTH)]);
}

/**
 * The texts of a PNG file by key, of `tEXt`, `zTXt` and `iTXt` chunks and of the `comf` chunks in animations. A later
 * chunk of a key wins. Chunks that are damaged or unpack to too much are left out; a file that is no PNG has none.
 */
export function readPngText(bytes: Uint8Array): Map<string, string> {
  const texts = new Map<string, string>();
  let left = MAX_TEXT_BYTES;
  for (const { type, data } of pngChunks(bytes)) {
    const read = READERS.get(type);
    const keyEnd = read ? data.indexOf(0) : -1;
    if (!read || keyEnd < 1) continue;
    const text = read(data.subarray(keyEnd + 1), left);
    if (text === undefined) continue;
    left -= text.length;
    texts.set(data.toString('latin1', 0, keyEnd), text);
  }
  return texts;
}

/** Reads what follows the key; undefined when it is damaged or longer than `limit` bytes. */
type TextReader = (body: Buffer, limit: number) => string | undefined;

const readPlain: TextReader = (body, limit) => (body.length > limit ? undefined : body.toString('latin1'));

const READERS: ReadonlyMap<string, TextReader> = new Map<string, TextReader>([
  ['tEXt', readPlain],
  ['comf', readPlain],
  ['zTXt', (body, limit) => (body[0] === 0 ? inflated(body.subarray(1), limit)?.toString('latin1') : undefined)],
  ['iTXt', readInternational],
]);

/** Flag and method of compression, language, translated key, text. */
function readInternational(body: Buffer, limit: number): string | undefined {
  const languageEnd = body.indexOf(0, 2);
  const keyEnd = languageEnd < 0 ? -1 : body.indexOf(0, languageEnd + 1);
  if (keyEnd < 0) return undefined;
  const text = body.subarray(keyEnd + 1);
  if (body[0] === 1) return body[1] === 0 ? inflated(text, limit)?.toString('utf8') : undefined;
  return text.length > limit ? undefined : text.toString('utf8');
}

function inflated(packed: Buffer, limit: number): Buffer | undefined {
  if (limit < 1) return undefined;
  try {
    return inflateSync(packed, { maxOutputLength: limit });
  } catch {
    return undefined;
  }
}
