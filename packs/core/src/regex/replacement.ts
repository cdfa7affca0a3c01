/** Replacement texts in Python's form: `\1`, `\g<name>`, `\n`; a dollar sign is a dollar sign. */
import type { Match } from './search.ts';
import { escapedCode, isAsciiLetter, isDigit, octalCode, PatternReader } from './pattern-reader.ts';
import { PatternError } from './pattern-error.ts';
import type { Pattern } from './translate.ts';

/** Texts, and numbers of groups. */
export type Replacement = readonly (string | number)[];

function bad(problem: string): PatternError {
  return new PatternError('bad_replacement', `${problem} in the replacement`);
}

/** @throws {PatternError} `bad_replacement` when it is malformed or names a group that the pattern lacks. */
export function parseReplacement(template: string, pattern: Pattern): Replacement {
  const reader = new PatternReader(template);
  const pieces: (string | number)[] = [];
  let text: string[] = [];
  while (!reader.done) {
    const character = reader.next();
    const piece = character === '\\' ? readEscape(reader, pattern) : character;
    if (typeof piece === 'string') text.push(piece);
    else {
      pieces.push(text.join(''), piece);
      text = [];
    }
  }
  pieces.push(text.join(''));
  return pieces.filter((piece) => piece !== '');
}

function readEscape(reader: PatternReader, pattern: Pattern): string | number {
  if (reader.done) throw bad('nothing after \\');
  const letter = reader.next();
  if (letter === 'g') return readGroup(reader, pattern);
  const code = 'xuU'.includes(letter) ? undefined : (escapedCode(reader, letter) ?? octalCode(reader, letter));
  if (code !== undefined) return String.fromCodePoint(code);
  if (isDigit(letter)) return known(Number(isDigit(reader.peek()) ? letter + reader.next() : letter), pattern);
  if (letter === 'b') return '\b';
  if (isAsciiLetter(letter)) throw bad(`bad escape \\${letter}`);
  return `\\${letter}`;
}

function readGroup(reader: PatternReader, pattern: Pattern): number {
  if (!reader.take('<')) throw bad('missing < after \\g');
  const name = reader.until('>') ?? '';
  if (/^[0-9]{1,9}$/.test(name)) return known(Number(name), pattern);
  const number = pattern.names.get(name);
  if (number === undefined) throw bad(`unknown group name ${JSON.stringify(name.slice(0, 100))}`);
  return number;
}

function known(number: number, pattern: Pattern): number {
  if (number > pattern.groups) throw bad(`there is no group ${number}`);
  return number;
}

/** The text that takes a match's place; groups that took no part are empty. */
export function fillReplacement(replacement: Replacement, match: Match): string {
  return replacement.map((piece) => (typeof piece === 'string' ? piece : (match.group(piece) ?? ''))).join('');
}
