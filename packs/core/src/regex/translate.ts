/**
 * Regular expressions in Python's syntax into JavaScript's, with Python's meaning. Two differences remain: a
 * group that took no part is an empty text to a later reference, where Python fails to match; and a repeated group that
 * could match nothing keeps what it matched last, where Python ends with an empty match.
 */
import { bracketClass } from './bracket-class.ts';
import { characterSet, literal, setClass, wordBoundary } from './character-sets.ts';
import { openGroup } from './groups.ts';
import { badPattern, PatternError, unsupportedPattern } from './pattern-error.ts';
import { escapedCode, isAsciiLetter, isDigit, octalCode } from './pattern-reader.ts';
import { addReference, Translation } from './translation.ts';
import type { PatternOptions } from './translation.ts';

export interface Pattern {
  /** For `new RegExp`. Group n is called `gn`. */
  readonly source: string;
  readonly flags: 'u' | 'iu';
  readonly groups: number;
  readonly names: ReadonlyMap<string, number>;
  /** Whether it may match nothing where it could also match something. */
  readonly mayPreferEmpty: boolean;
}

const MAX_PATTERN = 10_000;
const ANYTHING = '[\\s\\S]';

/**
 * Translates a pattern.
 * @throws {PatternError} `bad_pattern` when Python refuses it, too; `unsupported_pattern` for what JavaScript lacks:
 * conditional groups, `\N{name}`, and case that is switched on or off for a part of the pattern.
 */
export function translatePattern(pattern: string, options: PatternOptions = {}): Pattern {
  if (pattern.length > MAX_PATTERN)
    throw new PatternError('bad_pattern', `the pattern is longer than ${MAX_PATTERN} characters`);
  const state = new Translation(pattern, options);
  const { reader } = state;
  while (!reader.done) readPiece(state);
  if (state.stack.length > 1) throw badPattern('( without its )', state.top.start);
  const { groups, names, mayPreferEmpty } = state;
  return { source: state.top.parts.join(''), flags: state.ignoreCase ? 'iu' : 'u', groups, names, mayPreferEmpty };
}

function readPiece(state: Translation): void {
  const { reader, top } = state;
  const at = reader.at;
  const character = reader.next();
  if (top.flags.verbose) {
    if (/^[ \t-\r]$/.test(character)) return;
    if (character === '#') {
      while (!reader.done && reader.next() !== '\n');
      return;
    }
  }
  switch (character) {
    case '\\':
      return readEscape(state, at);
    case '[':
      return state.add(bracketClass(reader, top.flags.ascii));
    case '(':
      return openGroup(state, at);
    case ')':
      return closeGroup(state, at);
    case '.':
      return state.add(top.flags.dotAll ? ANYTHING : '[^\\n]');
    case '^':
      return state.add(top.flags.multiline ? '(?<![^\\n])' : `(?<!${ANYTHING})`, 'place');
    case '$':
      return state.add(top.flags.multiline ? '(?![^\\n])' : `(?=\\n?(?!${ANYTHING}))`, 'place');
    case '|':
      top.parts.push('|');
      top.last = 'none';
      state.mayPreferEmpty = true;
      return undefined;
    case '*':
      return repeat(state, '*', at);
    case '+':
      return repeat(state, '+', at);
    case '?':
      return repeat(state, '?', at);
    case '{':
      return readCounts(state, at);
    default:
      return state.add(literal(character.codePointAt(0)!));
  }
}

function closeGroup(state: Translation, at: number): void {
  const group = state.top;
  if (state.stack.length === 1) throw badPattern(') without its (', at);
  state.stack.pop();
  if (group.number !== undefined) state.closed.add(group.number);
  state.add(group.opening + group.parts.join('') + group.closing);
}

/** `{2,3}`; a brace that starts no such thing is a character. */
function readCounts(state: Translation, at: number): void {
  const { reader } = state;
  const rest = reader.characters.slice(reader.at, reader.at + 24).join('');
  const found = /^(\d{0,9})(?:(,)(\d{0,9}))?\}/.exec(rest);
  if (!found || found[0] === '}') return state.add(literal(123));
  reader.at += found[0].length;
  const [, least = '', comma = '', most = ''] = found;
  if (most && Number(most) < Number(least || 0)) throw badPattern('least repeat above the most', at);
  return repeat(state, `{${least || '0'}${comma}${most}}`, at);
}

function repeat(state: Translation, counts: string, at: number): void {
  const { reader, top } = state;
  if (top.last === 'repeat') throw badPattern('multiple repeat', at);
  if (top.last !== 'atom') throw badPattern('nothing to repeat', at);
  const atom = top.parts.pop()!;
  if (reader.take('+')) {
    const [opening, closing] = state.atomic();
    top.parts.push(opening + atom + counts + closing);
  } else {
    const lazy = reader.take('?');
    if (lazy) state.mayPreferEmpty = true;
    top.parts.push(atom + counts + (lazy ? '?' : ''));
  }
  top.last = 'repeat';
}

function readEscape(state: Translation, at: number): void {
  const { reader, top } = state;
  if (reader.done) throw badPattern('nothing after \\', at);
  const letter = reader.next();
  const { ascii } = top.flags;
  if (letter === 'A') return state.add(`(?<!${ANYTHING})`, 'place');
  if (letter === 'Z') return state.add(`(?!${ANYTHING})`, 'place');
  if (letter === 'b' || letter === 'B') return state.add(wordBoundary(letter === 'B', ascii), 'place');
  const set = characterSet(letter, ascii);
  if (set) return state.add(setClass(set));
  if (letter === 'N') throw unsupportedPattern('a character by name', at);
  const code = escapedCode(reader, letter);
  if (code !== undefined) return state.add(literal(code));
  if (isDigit(letter)) return readReference(state, letter, at);
  if (isAsciiLetter(letter)) throw badPattern(`bad escape \\${letter}`, at);
  return state.add(literal(letter.codePointAt(0)!));
}

/** A group that matched before, by number; three octal digits are a character instead. */
function readReference(state: Translation, first: string, at: number): void {
  const { reader } = state;
  const code = octalCode(reader, first);
  if (code !== undefined) return state.add(literal(code));
  const number = Number(isDigit(reader.peek()) ? first + reader.next() : first);
  return addReference(state, number, at);
}
