/** Reads command lines the way the stock server's users write them: `--listen`, `--listen 0.0.0.0`, `--port=8000`. */

/** How many values a flag takes: none, one, at most one, at most two, or one each time it is given. */
export type Arity = 'none' | 'one' | 'optional' | 'up-to-two' | 'repeated';

export interface ParsedFlags {
  /** Values by flag; a flag without values has an empty list. */
  readonly flags: ReadonlyMap<string, readonly string[]>;
  /** What is no flag. */
  readonly rest: readonly string[];
  /** Flags that nobody knows. */
  readonly unknown: readonly string[];
}

const MOST: Record<Arity, number> = { none: 0, one: 1, optional: 1, 'up-to-two': 2, repeated: 1 };

/** Thrown for a flag that lacks its value. */
export class FlagError extends Error {
  readonly code = 'bad_flag';
}

export function parseFlags(args: readonly string[], known: Readonly<Record<string, Arity>>): ParsedFlags {
  const flags = new Map<string, string[]>();
  const rest: string[] = [];
  const unknown: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at]!;
    if (!arg.startsWith('--') || arg === '--') {
      rest.push(arg);
      continue;
    }
    const [name, inline] = split(arg.slice(2));
    const arity = Object.hasOwn(known, name) ? known[name] : undefined;
    if (!arity) {
      unknown.push(`--${name}`);
      // its value, if it has one, is no argument of ours
      if (inline === undefined && isValue(args[at + 1])) at++;
      continue;
    }
    const values = inline === undefined ? [] : [inline];
    while (values.length < MOST[arity] && isValue(args[at + 1])) values.push(args[++at]!);
    if ((arity === 'one' || arity === 'repeated') && !values.length) throw new FlagError(`--${name} needs a value.`);
    flags.set(name, arity === 'repeated' ? [...(flags.get(name) ?? []), ...values] : values);
  }
  return { flags, rest, unknown };
}

function split(text: string): [name: string, value: string | undefined] {
  const at = text.indexOf('=');
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

/** A negative number or a lone dash is a value, not a flag. */
function isValue(arg: string | undefined): arg is string {
  return arg !== undefined && (!arg.startsWith('-') || /^-\d/.test(arg) || arg === '-');
}
