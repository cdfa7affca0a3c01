import { badPattern } from './pattern-error.ts';

/** A pattern by code point, and a place in it. */
export class PatternReader {
  at = 0;
  readonly characters: readonly string[];
  constructor(pattern: string) {
    this.characters = Array.from(pattern);
  }
  get done(): boolean {
    return this.at >= this.characters.length;
  }
  /** The next character, or an empty text at the end. */
  peek(ahead = 0): string {
    return this.characters[this.at + ahead] ?? '';
  }
  next(): string {
    const character = this.peek();
    this.at++;
    return character;
  }
  /** Steps over the text if it comes next. */
  take(text: string): boolean {
    for (let index = 0; index < text.length; index++) if (this.peek(index) !== text[index]) return false;
    this.at += text.length;
    return true;
  }
  /** Everything up to the terminator, which is stepped over; undefined when there is none. */
  until(terminator: string): string | undefined {
    const start = this.at;
    while (!this.done && this.peek() !== terminator) this.at++;
    if (this.done) return undefined;
    return this.characters.slice(start, this.at++).join('');
  }
  /** As many of the allowed characters as come next, at most `limit`. */
  run(allowed: RegExp, limit: number): string {
    let text = '';
    while (text.length < limit && allowed.test(this.peek())) text += this.next();
    return text;
  }
}

export const OCTAL = /^[0-7]$/;
const HEX = /^[0-9a-fA-F]$/;
const CONTROL = new Map(Object.entries({ a: 7, f: 12, n: 10, r: 13, t: 9, v: 11, '\\': 92 }));
const HEX_LENGTH = new Map(Object.entries({ x: 2, u: 4, U: 8 }));

/** The code of an escaped character whose letter was just read; undefined when the letter stands for something else. */
export function escapedCode(reader: PatternReader, letter: string): number | undefined {
  const start = reader.at - 2;
  const control = CONTROL.get(letter);
  if (control !== undefined) return control;
  const length = HEX_LENGTH.get(letter);
  if (length !== undefined) {
    const digits = reader.run(HEX, length);
    const code = Number.parseInt(digits, 16);
    if (digits.length < length || code > 0x10ffff)
      throw badPattern(`incomplete or too large escape \\${letter}${digits}`, start);
    return code;
  }
  if (letter === '0') return Number.parseInt(`0${reader.run(OCTAL, 2)}`, 8);
  return undefined;
}

/** Three octal digits, of which the first was just read; undefined when they are no such number. */
export function octalCode(reader: PatternReader, first: string): number | undefined {
  if (!OCTAL.test(first) || !OCTAL.test(reader.peek()) || !OCTAL.test(reader.peek(1))) return undefined;
  const start = reader.at - 2;
  const code = Number.parseInt(first + reader.next() + reader.next(), 8);
  if (code > 0o377) throw badPattern('octal escape past \\377', start);
  return code;
}

export const isDigit = (character: string): boolean => /^[0-9]$/.test(character);
export const isAsciiLetter = (character: string): boolean => /^[a-zA-Z]$/.test(character);
