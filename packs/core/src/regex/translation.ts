import { badPattern } from './pattern-error.ts';
import { PatternReader } from './pattern-reader.ts';

export interface PatternOptions {
  readonly ignoreCase?: boolean | undefined;
  readonly multiline?: boolean | undefined;
  readonly dotAll?: boolean | undefined;
}

/** The flags that may differ from group to group. */
export interface Flags {
  readonly multiline: boolean;
  readonly dotAll: boolean;
  readonly ascii: boolean;
  readonly verbose: boolean;
}

/** A group under way. */
export interface Group {
  readonly start: number;
  readonly opening: string;
  readonly closing: string;
  readonly number: number | undefined;
  flags: Flags;
  readonly parts: string[];
  /** What the last part is, for the quantifier that may follow. */
  last: 'none' | 'atom' | 'place' | 'repeat';
}

const MAX_NESTING = 100;

/** What is known while a pattern is read. */
export class Translation {
  readonly reader: PatternReader;
  readonly stack: Group[];
  readonly names = new Map<string, number>();
  readonly closed = new Set<number>();
  groups = 0;
  atomics = 0;
  ignoreCase: boolean;
  mayPreferEmpty = false;

  constructor(pattern: string, options: PatternOptions) {
    this.reader = new PatternReader(pattern);
    this.ignoreCase = options.ignoreCase === true;
    const flags: Flags = {
      multiline: options.multiline === true,
      dotAll: options.dotAll === true,
      ascii: false,
      verbose: false,
    };
    this.stack = [{ start: 0, opening: '', closing: '', number: undefined, flags, parts: [], last: 'none' }];
  }
  get top(): Group {
    return this.stack.at(-1)!;
  }
  /** Adds something that a quantifier may follow, or a place (`^`, `\b`), which none may follow. */
  add(text: string, last: 'atom' | 'place' = 'atom'): void {
    this.top.parts.push(text);
    this.top.last = last;
  }
  open(group: Group): void {
    if (this.stack.length > MAX_NESTING) throw badPattern(`groups nested deeper than ${MAX_NESTING}`, group.start);
    this.stack.push(group);
  }
  /** Text that matches what X matches and never tries less. */
  atomic(): readonly [opening: string, closing: string] {
    const name = `a${++this.atomics}`;
    return [`(?:(?=(?<${name}>`, `))\\k<${name}>)`];
  }
}

/** What a closed group matched, once more. */
export function addReference(state: Translation, number: number, at: number): void {
  if (number > state.groups) throw badPattern(`no group ${number} yet`, at);
  if (!state.closed.has(number)) throw badPattern(`group ${number} is still open`, at);
  state.add(`\\k<g${number}>`);
}
