/** A block of EXIF data that holds texts: how WebP files carry a prompt. */
import type { TextEntry } from './png-text.ts';

const PROMPT_TAG = 0x0110;
const FIRST_OTHER_TAG = 0x010f;
const ASCII_TYPE = 2;
const HEADER_LENGTH = 8;

/**
 * The entries as tags of one directory, each with the text `key:text`: `prompt` under 0x0110, the others from 0x010F
 * downward in their order. Entries past the 271 tags below are left out.
 */
export function exifBlock(entries: readonly TextEntry[]): Buffer {
  const tags: [tag: number, text: Buffer][] = [];
  let next = FIRST_OTHER_TAG;
  for (const [key, text] of entries) {
    const tag = key === 'prompt' ? PROMPT_TAG : next--;
    if (tag > 0) tags.push([tag, Buffer.from(`${key}:${text}\0`, 'utf8')]);
  }
  // directories are sorted by tag; of two prompts the later stands
  const sorted = [...new Map(tags)].sort(([a], [b]) => a - b);

  const directory = Buffer.alloc(2 + sorted.length * 12 + 4);
  directory.writeUInt16LE(sorted.length, 0);
  const values: Buffer[] = [];
  let end = HEADER_LENGTH + directory.length;
  for (const [index, [tag, value]] of sorted.entries()) {
    const at = 2 + index * 12;
    directory.writeUInt16LE(tag, at);
    directory.writeUInt16LE(ASCII_TYPE, at + 2);
    directory.writeUInt32LE(value.length, at + 4);
    if (value.length <= 4) {
      directory.set(value, at + 8);
      continue;
    }
    directory.writeUInt32LE(end, at + 8);
    values.push(value);
    end += value.length;
    // values start at even offsets
    if (end % 2) {
      values.push(Buffer.alloc(1));
      end++;
    }
  }
  const header = Buffer.from([0x49, 0x49, 42, 0, HEADER_LENGTH, 0, 0, 0]);
  return Buffer.concat([header, directory, ...values]);
}
