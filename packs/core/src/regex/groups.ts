/** Everything that starts with an opening parenthesis. */
import { badPattern, unsupportedPattern } from './pattern-error.ts';
import { addReference } from './translation.ts';
import type { Flags, Translation } from './translation.ts';

const NAME = /^[\p{ID_Start}_]\p{ID_Continue}*$/u;
const FLAG_NAMES = new Map<string, keyof Flags>([
  ['m', 'multiline'],
  ['s', 'dotAll'],
  ['a', 'ascii'],
  ['x', 'verbose'],
]);

/** Reads the start of a group whose parenthesis was just read. */
export function openGroup(state: Translation, at: number): void {
  const { reader } = state;
  if (!reader.take('?')) return capture(state, at);
  // wrapped, as JavaScript repeats no look-around
  for (const look of ['=', '!', '<=', '<!']) {
    if (reader.take(look)) return push(state, at, `(?:(?${look}`, '))');
  }
  if (reader.take(':')) return push(state, at, '(?:', ')');
  if (reader.take('>')) return push(state, at, ...state.atomic());
  if (reader.take('#')) {
    if (reader.until(')') === undefined) throw badPattern('a comment without its )', at);
    return;
  }
  if (reader.take('P<')) return capture(state, at, readName(state, '>'));
  if (reader.take('P=')) {
    const name = readName(state, ')');
    const number = state.names.get(name);
    if (number === undefined) throw badPattern(`no group is called ${name}`, at);
    return addReference(state, number, at);
  }
  if (reader.take('(')) throw unsupportedPattern('a group that depends on another', at);
  return readFlags(state, at);
}

function push(state: Translation, start: number, opening: string, closing: string, number?: number): void {
  state.open({ start, opening, closing, number, flags: state.top.flags, parts: [], last: 'none' });
}

function capture(state: Translation, at: number, name?: string): void {
  const number = ++state.groups;
  if (name !== undefined) {
    if (state.names.has(name)) throw badPattern(`two groups are called ${name}`, at);
    state.names.set(name, number);
  }
  push(state, at, `(?<g${number}>`, ')', number);
}

function readName(state: Translation, terminator: string): string {
  const at = state.reader.at;
  const name = state.reader.until(terminator) ?? '';
  if (!NAME.test(name)) throw badPattern('bad group name', at);
  return name;
}

/** `(?im)` for the whole pattern, `(?m-s:...)` for a group. */
function readFlags(state: Translation, at: number): void {
  const { reader } = state;
  const on = reader.run(/^[a-zA-Z]$/, 16);
  const off = reader.take('-') ? reader.run(/^[a-zA-Z]$/, 16) : undefined;
  const scoped = reader.take(':');
  if (!(scoped || (off === undefined && on && reader.take(')')))) throw badPattern('unknown kind of group', at);
  if (scoped && off === '') throw badPattern('missing flag', at);
  const { top } = state;
  if (!scoped && (state.stack.length > 1 || top.parts.length))
    throw badPattern('flags for the whole pattern after its start', at);
  const flags = { ...top.flags };
  for (const letter of on) switchFlag(state, flags, letter, true, scoped, at);
  for (const letter of off ?? '') switchFlag(state, flags, letter, false, scoped, at);
  if (!scoped) {
    top.flags = flags;
    return;
  }
  push(state, at, '(?:', ')');
  state.top.flags = flags;
}

function switchFlag(
  state: Translation,
  flags: { -readonly [K in keyof Flags]: Flags[K] },
  letter: string,
  value: boolean,
  scoped: boolean,
  at: number,
): void {
  const name = FLAG_NAMES.get(letter);
  if (letter === 'u' && value) flags.ascii = false;
  else if (letter === 'i') {
    if (scoped && state.ignoreCase !== value)
      throw unsupportedPattern('upper and lower case told apart in a part only', at);
    state.ignoreCase = value;
  } else if (name && (value || name !== 'ascii')) flags[name] = value;
  else throw badPattern(`unknown flag ${letter}`, at);
}
