/**
 * JSON as servers really send it: bare `NaN` and `Infinity`, which Python writes, and integers past 2^53, which
 * `JSON.parse` would round.
 */
import { parseJson, toPlain } from '@snug/protocol/json';

/** Only a number with as many digits can lose some. */
const LONG_NUMBER = /\d{16}/;
/** Stand for bare words on the way. Nobody sends a text that begins like this. */
const MARK = '\u0000number:';
const WORDS: ReadonlyMap<string, number> = new Map([
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
]);
const MAX_DEPTH = 1000;

/**
 * A JSON text as plain data; integers past 2^53 are `bigint`.
 * @throws {SyntaxError} when the text is no JSON, not even with bare words.
 */
export function parseText(text: string): unknown {
  if (!LONG_NUMBER.test(text)) {
    try {
      return JSON.parse(text);
    } catch {
      // perhaps only for its bare words
    }
  }
  const marked = markWords(text);
  try {
    const value = toPlain(parseJson(marked, { maxDepth: MAX_DEPTH }));
    return marked === text ? value : unmark(value);
  } catch {
    return JSON.parse(text);
  }
}

function markWords(text: string): string {
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text[at];
    if (unit === '"') {
      for (at++; at < text.length && text[at] !== '"'; at++) if (text[at] === '\\') at++;
    } else if (unit === 'N' || unit === 'I' || unit === '-') {
      const word = ['NaN', 'Infinity', '-Infinity'].find((one) => text.startsWith(one, at));
      if (word === undefined) continue;
      parts.push(text.slice(from, at), JSON.stringify(MARK + word));
      from = at + word.length;
      at = from - 1;
    }
  }
  return parts.length ? parts.join('') + text.slice(from) : text;
}

function unmark(value: unknown): unknown {
  const plain = (item: unknown): unknown =>
    typeof item === 'string' && item.startsWith(MARK) ? WORDS.get(item.slice(MARK.length)) : item;
  const open: unknown[] = [value];
  while (open.length) {
    const holder = open.pop();
    if (typeof holder !== 'object' || holder === null) continue;
    const members = holder as Record<string, unknown>;
    for (const key of Object.keys(holder)) {
      const item = members[key];
      if (typeof item === 'string') members[key] = plain(item);
      else open.push(item);
    }
  }
  return plain(value);
}
