/** Reads what a server sends as text: any server, of any version, and whatever its nodes put into it. */
import * as v from 'valibot';
import { serverMessages } from './messages.ts';
import type { MessageSpec, ServerMessage } from './messages.ts';

/** A text that is no message that the table knows. */
export interface UnknownMessage {
  readonly type: 'unknown';
  /** `text`: no JSON. `form`: no object with a type. `type`: a type of its own, as nodes may send. `data`: not as promised. */
  readonly reason: 'text' | 'form' | 'type' | 'data';
  /** What was read; the text itself when it is no JSON. */
  readonly raw: unknown;
}

const SPECS: ReadonlyMap<string, MessageSpec> = new Map(Object.entries(serverMessages));

/**
 * A text message as a value. Never throws: what is not understood is `{type: 'unknown', reason, raw}`. The data is handed
 * over as it came, with members that the table does not name.
 */
export function decodeMessage(text: string): ServerMessage | UnknownMessage {
  const unknown = (reason: UnknownMessage['reason'], raw: unknown): UnknownMessage => ({
    type: 'unknown',
    reason,
    raw,
  });
  let raw: unknown;
  try {
    raw = parseTolerantly(text);
  } catch {
    return unknown('text', text);
  }
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return unknown('form', raw);
  const { type, data } = raw as { type?: unknown; data?: unknown };
  if (typeof type !== 'string') return unknown('form', raw);
  const spec = SPECS.get(type);
  if (!spec) return unknown('type', raw);
  if (!isValid(spec, data)) return unknown('data', raw);
  return { type, data } as ServerMessage;
}

function isValid({ schema }: MessageSpec, data: unknown): boolean {
  try {
    return v.is(schema, data);
  } catch {
    return false;
  }
}

/** Stands for NaN on the way: a list with one text that nobody sends. */
const MARK = '\u0000NaN';
const isMark = (value: unknown): boolean => Array.isArray(value) && value.length === 1 && value[0] === MARK;

/**
 * Reads JSON as `JSON.parse` does, and also the bare `NaN`, `Infinity` and `-Infinity` that the reference writes for
 * floats of nodes.
 * @throws {SyntaxError} when the text is neither.
 */
export function parseTolerantly(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const plain = withoutBareWords(text);
    if (plain === text) throw error;
    // an infinity is a number that is too large; only NaN has no number to stand for it
    return JSON.parse(plain, (_key, value: unknown) => (isMark(value) ? NaN : value));
  }
}

const QUOTE = 34;
const BACKSLASH = 92;

/** Replaces bare words outside of strings, in one pass. */
function withoutBareWords(text: string): string {
  const parts: string[] = [];
  let kept = 0;
  let at = 0;
  const replace = (word: string, by: string): void => {
    parts.push(text.slice(kept, at), by);
    at += word.length;
    kept = at;
  };
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (text.startsWith('NaN', at)) replace('NaN', JSON.stringify([MARK]));
    else if (text.startsWith('Infinity', at)) replace('Infinity', '1e999');
    else at++;
  }
  return parts.length ? parts.join('') + text.slice(kept) : text;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  for (let code = text.charCodeAt(at); at < text.length && code !== QUOTE; code = text.charCodeAt(at)) {
    at += code === BACKSLASH ? 2 : 1;
  }
  return at + 1;
}
