/** Reads lossless JSON: a scanner of its own, since the engine's reader loses what {@link Json} keeps. */
import { float } from './json-values.ts';
import type { Json, JsonObject } from './json-values.ts';

/** Thrown by {@link parseJson}; `code` is stable, `offset` counts UTF-16 units from the start. */
export class JsonError extends Error {
  readonly code = 'invalid_json';
  readonly offset: number;
  constructor(problem: string, offset: number) {
    super(`${problem} at offset ${offset}`);
    this.name = 'JsonError';
    this.offset = offset;
  }
}

export interface ParseJsonOptions {
  /** Arrays and objects inside each other; more is refused. Default 256. */
  maxDepth?: number | undefined;
}

const WHOLE_NUMBER = /^-?\d+$/;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
/** More digits than this in one number are refused: reading them costs the square of their count. */
const MAX_NUMBER_LENGTH = 4300;
/** Any whole number of so many digits is safe. */
const SAFE_DIGITS = 15;

/**
 * Reads JSON text.
 * @throws {JsonError} when the text is not JSON, nests too deep, or holds a number that no finite float can hold.
 */
export function parseJson(text: string, { maxDepth = 256 }: ParseJsonOptions = {}): Json {
  // Every reader takes the place where it starts and leaves the place behind what it read here: inside a reader the place is
  // a variable of its own, which the engine keeps in a register.
  let end = 0;
  let depth = 0;

  const fail = (problem: string, offset: number): never => {
    throw new JsonError(problem, offset);
  };
  /** There seldom is any: the engine puts this in where it is called, but not a loop. */
  function skipSpace(from: number): number {
    return text.charCodeAt(from) > 32 ? from : skipSome(from);
  }
  function skipSome(from: number): number {
    for (let at = from; ; at++) {
      const code = text.charCodeAt(at);
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return at;
    }
  }
  function readString(quote: number): string {
    for (let at = quote + 1; ; at++) {
      const code = text.charCodeAt(at);
      if (code === 34) {
        end = at + 1;
        return text.slice(quote + 1, at);
      }
      if (code === 92) return readEscaped(quote, at);
      if (!(code >= 32)) failInString(quote, at);
    }
  }
  function readEscaped(quote: number, from: number): string {
    let at = from;
    for (;;) {
      const code = text.charCodeAt(at);
      if (code === 34) break;
      if (code === 92) at += 2;
      else if (code >= 32) at++;
      else failInString(quote, at);
    }
    end = at + 1;
    try {
      return JSON.parse(text.slice(quote, end)) as string;
    } catch {
      return fail('bad escape in a string', quote);
    }
  }
  function failInString(quote: number, at: number): never {
    return at < text.length ? fail('control character in a string', at) : fail('unfinished string', quote);
  }
  function readNumber(from: number): Json {
    let at = from;
    let value = 0;
    let code = text.charCodeAt(at);
    while (code >= 48 && code <= 57 && at - from < SAFE_DIGITS) {
      value = 10 * value + code - 48;
      code = text.charCodeAt(++at);
    }
    const isMore = code === 46 || code === 69 || code === 101 || (code >= 48 && code <= 57);
    const isPlain = at > from && !isMore && (at === from + 1 || text.charCodeAt(from) !== 48);
    if (!isPlain) return readAnyNumber(from);
    end = at;
    return value;
  }
  function readAnyNumber(from: number): Json {
    NUMBER.lastIndex = from;
    const found = NUMBER.exec(text)?.[0] ?? fail('unexpected character', from);
    if (found.length > MAX_NUMBER_LENGTH) fail('number with too many digits', from);
    end = from + found.length;
    const value = Number(found);
    if (WHOLE_NUMBER.test(found)) return Number.isSafeInteger(value) ? value + 0 : BigInt(found);
    return Number.isFinite(value) ? float(value) : fail('number too large', from);
  }
  function readWord(from: number, word: string, value: null | boolean): Json {
    if (!text.startsWith(word, from)) fail('unexpected character', from);
    end = from + word.length;
    return value;
  }
  /** Behind a bracket: false when the closing one follows at once. */
  function opens(bracket: number, closing: number): boolean {
    if (++depth > maxDepth) fail(`nested deeper than ${maxDepth}`, bracket + 1);
    const at = skipSpace(bracket + 1);
    if (text.charCodeAt(at) !== closing) {
      end = at;
      return true;
    }
    end = at + 1;
    depth--;
    return false;
  }
  /** Behind a member: false when it was the last. */
  function goesOn(closing: number, problem: string): boolean {
    const at = skipSpace(end);
    const code = text.charCodeAt(at);
    if (code !== closing && code !== 44) fail(problem, at);
    end = at + 1;
    if (code === 44) return true;
    depth--;
    return false;
  }
  function readArray(bracket: number): Json[] {
    const items: Json[] = [];
    if (!opens(bracket, 93)) return items;
    do items.push(readValue(end));
    while (goesOn(93, 'expected , or ]'));
    return items;
  }
  function readObject(bracket: number): JsonObject {
    const members: JsonObject = new Map();
    if (!opens(bracket, 125)) return members;
    do {
      const quote = skipSpace(end);
      if (text.charCodeAt(quote) !== 34) fail('expected a key', quote);
      const key = readString(quote);
      const colon = skipSpace(end);
      if (text.charCodeAt(colon) !== 58) fail('expected :', colon);
      members.set(key, readValue(colon + 1));
    } while (goesOn(125, 'expected , or }'));
    return members;
  }
  // recursion is bounded by maxDepth
  function readValue(from: number): Json {
    const at = skipSpace(from);
    switch (text.charCodeAt(at)) {
      case 34:
        return readString(at);
      case 123:
        return readObject(at);
      case 91:
        return readArray(at);
      case 116:
        return readWord(at, 'true', true);
      case 102:
        return readWord(at, 'false', false);
      case 110:
        return readWord(at, 'null', null);
      default:
        return readNumber(at);
    }
  }

  const value = readValue(0);
  const rest = skipSpace(end);
  if (rest < text.length) fail('text after the value', rest);
  return value;
}
