/** CLIP's vocabulary: pieces of words, made from bytes by merges. See data/README.md for where they come from. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

export interface Vocabulary {
  /** Token of a piece; the last piece of a word ends with {@link WORD_END}. */
  readonly ids: ReadonlyMap<string, number>;
  /** Place of a pair of pieces, joined by a space, in the order of merging. */
  readonly ranks: ReadonlyMap<string, number>;
}

export const WORD_END = '</w>';
export const START_TOKEN = 49406;
export const END_TOKEN = 49407;

let loaded: Vocabulary | undefined;

/** Reads the vocabulary once. Takes some 50 ms the first time. */
export function clipVocabulary(): Vocabulary {
  loaded ??= readVocabulary();
  return loaded;
}

function readVocabulary(): Vocabulary {
  const file = new URL('../../data/clip-merges.txt.gz', import.meta.url);
  const merges = gunzipSync(readFileSync(file)).toString('utf8').trimEnd().split('\n');
  const bytes = [...byteCharacters()].sort(([one], [other]) => one - other);
  // printable bytes first, each under its own number; then those that borrow a character
  const characters = [
    ...bytes.filter(([byte, character]) => character.codePointAt(0) === byte),
    ...bytes.filter(([byte, character]) => character.codePointAt(0) !== byte),
  ].map(([, character]) => character);
  const pieces = [
    ...characters,
    ...characters.map((character) => character + WORD_END),
    ...merges.map((merge) => merge.replace(' ', '')),
  ];
  return {
    ids: new Map(pieces.map((piece, id) => [piece, id])),
    ranks: new Map(merges.map((merge, rank) => [merge, rank])),
  };
}

let characters: ReadonlyMap<number, string> | undefined;

/** A visible character for each byte: itself where it is one, else the next free one from U+0100 on. */
export function byteCharacters(): ReadonlyMap<number, string> {
  if (characters) return characters;
  const isVisible = (byte: number): boolean =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  const found = new Map<number, string>();
  let borrowed = 0x100;
  for (let byte = 0; byte < 256; byte++) {
    found.set(byte, String.fromCharCode(isVisible(byte) ? byte : borrowed++));
  }
  characters = found;
  return found;
}
