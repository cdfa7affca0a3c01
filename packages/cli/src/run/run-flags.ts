/** The flags of `snug run`. */
import { FlagError, parseFlags } from '../flags.ts';
import type { Arity } from '../flags.ts';
import { SERVE_FLAGS } from '../serve-flags.ts';
import { serveOptions } from '../serve-options.ts';
import type { ServeOptions } from '../serve-options.ts';
import { DEFAULT_URL, parseAddress } from './server-address.ts';
import type { ServerAddress } from './server-address.ts';

/** Where prompts run. */
export type Where =
  | { readonly kind: 'server'; readonly address: ServerAddress; readonly options: ServeOptions }
  | { readonly kind: 'local'; readonly options: ServeOptions };

export interface WhereFlags {
  readonly where: Where;
  readonly flags: ReadonlyMap<string, readonly string[]>;
  readonly rest: readonly string[];
}

const WHERE_FLAGS: Readonly<Record<string, Arity>> = { url: 'one', local: 'none', help: 'none' };

/**
 * Reads flags of a command that takes a server or `--local`: its own, and those of `snug serve` for folders and packs.
 * @throws {FlagError}
 */
export function readWhere(args: readonly string[], own: Readonly<Record<string, Arity>>): WhereFlags {
  const { flags, rest, unknown } = parseFlags(args, { ...SERVE_FLAGS, ...WHERE_FLAGS, ...own });
  if (unknown.length) throw new FlagError(`${unknown.join(', ')} is not known here: see --help.`);
  // what it does not know are our own flags
  const { options } = serveOptions(args);
  if (flags.has('local')) {
    if (flags.has('url')) throw new FlagError('--local runs without a server: leave --url out.');
    return { where: { kind: 'local', options }, flags, rest: withoutDashes(rest) };
  }
  const text = flags.get('url')?.[0] ?? (process.env['SNUG_URL'] || DEFAULT_URL);
  const address = parseAddress(text);
  if (!address) throw new FlagError(`--url needs an address like ${DEFAULT_URL}, not ${text}.`);
  return { where: { kind: 'server', address, options }, flags, rest: withoutDashes(rest) };
}

const withoutDashes = (rest: readonly string[]): string[] => rest.filter((arg) => arg !== '--');

export const WHERE_HELP = `  --url URL              the server (default ${DEFAULT_URL}, or SNUG_URL)
  --local                without a server, in this process
  --pack NAME            with --local: a pack to load beside the usual ones (repeatable)
  --base-directory DIR   with --local: where input and output are (default ./snug-data)`;
