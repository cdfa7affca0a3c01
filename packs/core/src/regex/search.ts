/** Runs translated patterns over texts, with Python's idea of where the next match begins, in bounded time. */
import { createContext, Script } from 'node:vm';
import type { Context } from 'node:vm';
import { PatternError } from './pattern-error.ts';
import type { Pattern } from './translate.ts';

/** A pattern that takes longer, in milliseconds, is given up. */
const TIME_LIMIT = 1000;
const SCRIPT = new Script('run()');
let context: Context | undefined;

export interface Match {
  readonly start: number;
  readonly end: number;
  /** The whole match is group 0. Undefined when the group took no part. */
  group(number: number): string | undefined;
}

/**
 * Runs code that matches user patterns: nothing else stops a regular expression that has run wild.
 * @throws {PatternError} `pattern_timeout` after a second, or when it runs out of stack.
 */
export function withinTime<T>(code: () => T): T {
  let result: { value: T } | undefined;
  context ??= createContext({ run: undefined });
  context['run'] = () => {
    result = { value: code() };
  };
  try {
    SCRIPT.runInContext(context, { timeout: TIME_LIMIT });
  } catch (error) {
    if (error instanceof RangeError)
      throw new PatternError('pattern_timeout', 'the pattern takes more memory on this text than there is');
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    throw new PatternError(
      'pattern_timeout',
      `the pattern takes more than ${TIME_LIMIT} ms on this text; simplify nested repeats such as (a+)+`,
    );
  } finally {
    context['run'] = undefined;
  }
  return result!.value;
}

function compile(source: string, flags: string): RegExp {
  try {
    return new RegExp(source, flags);
  } catch {
    throw new PatternError('unsupported_pattern', 'the pattern is too large or too involved for this server');
  }
}

/** The matches of a pattern from left to right. Run it inside {@link withinTime}. */
export function* findMatches(pattern: Pattern, text: string): Generator<Match, void> {
  const search = compile(pattern.source, `${pattern.flags}g`);
  let nonEmpty: RegExp | undefined;
  let at = 0;
  let afterEmpty = false;
  while (at <= text.length) {
    let found: RegExpExecArray | null = null;
    if (afterEmpty) {
      // after an empty match Python looks for a longer one at the same place before it moves on
      if (pattern.mayPreferEmpty) {
        nonEmpty ??= compile(
          `(?=(?<rest>[\\s\\S]*))(?:${pattern.source})(?!\\k<rest>(?![\\s\\S]))`,
          `${pattern.flags}y`,
        );
        nonEmpty.lastIndex = at;
        found = nonEmpty.exec(text);
      }
      if (!found) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
      if (at > text.length) return;
    }
    while (!found) {
      search.lastIndex = at;
      found = search.exec(text);
      if (!found) return;
      // V8 also finds empty matches between the halves of a surrogate pair
      if (!splitsPair(text, found.index)) break;
      at = found.index + 1;
      found = null;
    }
    const match = found;
    const start = match.index;
    at = start + match[0].length;
    afterEmpty = at === start;
    yield { start, end: at, group: (number) => (number === 0 ? match[0] : match.groups?.[`g${number}`]) };
  }
}

function splitsPair(text: string, at: number): boolean {
  return at > 0 && (text.codePointAt(at - 1) ?? 0) > 0xffff;
}
