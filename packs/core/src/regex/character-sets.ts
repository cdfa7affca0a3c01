/**
 * Python's sets of characters, for JavaScript's flag `u`. Flag `v` has classes inside classes, but V8 (11.3, Node 20) loses
 * the `^` of a class when it unrolls a repeat around it.
 */
import { WHITESPACE } from '../python/whitespace.ts';

const SETS: Record<string, readonly [text: string, ascii: string]> = {
  d: ['\\p{Nd}', '0-9'],
  s: [WHITESPACE, '\\t-\\r\\u{20}'],
  w: ['\\p{L}\\p{N}_', 'a-zA-Z0-9_'],
};

export interface CharacterSet {
  /** What stands between brackets. */
  readonly members: string;
  /** True when it is everything else. */
  readonly negated: boolean;
}

/** `\d`, `\W` and the like; undefined for other letters. */
export function characterSet(letter: string, ascii: boolean): CharacterSet | undefined {
  const members = SETS[letter.toLowerCase()]?.[ascii ? 1 : 0];
  return members === undefined ? undefined : { members, negated: letter !== letter.toLowerCase() };
}

export function setClass({ members, negated }: CharacterSet): string {
  return `[${negated ? '^' : ''}${members}]`;
}

/** One character, whatever it is, inside brackets or outside. */
export function literal(code: number): string {
  const plain = (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
  return plain ? String.fromCharCode(code) : `\\u{${code.toString(16)}}`;
}

/** `\b`, or `\B`: where a word begins or ends. */
export function wordBoundary(inside: boolean, ascii: boolean): string {
  const word = `[${SETS['w']![ascii ? 1 : 0]}]`;
  return inside
    ? // in an empty text Python finds no such place
      `(?:(?<=${word})(?=${word})|(?<!${word})(?!${word})(?:(?=[\\s\\S])|(?<=[\\s\\S])))`
    : `(?:(?<=${word})(?!${word})|(?<!${word})(?=${word}))`;
}
