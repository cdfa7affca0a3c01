/** `[a-z\d]`: Python's form into JavaScript's. */
import { characterSet, literal, setClass } from './character-sets.ts';
import type { CharacterSet } from './character-sets.ts';
import { badPattern } from './pattern-error.ts';
import { escapedCode, OCTAL } from './pattern-reader.ts';
import type { PatternReader } from './pattern-reader.ts';

type Member = { readonly code: number } | { readonly set: CharacterSet };

/** Reads a class whose opening bracket was just read. */
export function bracketClass(reader: PatternReader, ascii: boolean): string {
  const start = reader.at - 1;
  const negated = reader.take('^');
  const members: string[] = [];
  const others: string[] = [];
  for (let first = true; ; first = false) {
    if (reader.done) throw badPattern('[ without its ]', start);
    // a bracket in the first place is a member
    if (!first && reader.take(']')) break;
    const from = reader.at;
    const member = readMember(reader, ascii);
    if (reader.peek() !== '-' || reader.peek(1) === ']' || reader.peek(1) === '') {
      if (!('set' in member)) members.push(literal(member.code));
      else if (member.set.negated) others.push(setClass(member.set));
      else members.push(member.set.members);
      continue;
    }
    reader.at++;
    const end = readMember(reader, ascii);
    if ('set' in member || 'set' in end || end.code < member.code) throw badPattern('bad character range', from);
    members.push(`${literal(member.code)}-${literal(end.code)}`);
  }
  if (!others.length) return setClass({ members: members.join(''), negated });
  if (members.length) others.push(setClass({ members: members.join(''), negated: false }));
  return negated ? `(?:(?!${others.join('|')})[\\s\\S])` : `(?:${others.join('|')})`;
}

function readMember(reader: PatternReader, ascii: boolean): Member {
  const character = reader.next();
  if (character !== '\\') return { code: character.codePointAt(0)! };
  const at = reader.at - 1;
  if (reader.done) throw badPattern('nothing after \\', at);
  const letter = reader.next();
  if (letter === 'b') return { code: 8 };
  const set = characterSet(letter, ascii);
  if (set) return { set };
  const code = escapedCode(reader, letter) ?? shortOctalCode(reader, letter, at);
  if (code !== undefined) return { code };
  if (/^[a-zA-Z89]$/.test(letter)) throw badPattern(`bad escape \\${letter}`, at);
  return { code: letter.codePointAt(0)! };
}

/** Inside brackets one octal digit is enough. */
function shortOctalCode(reader: PatternReader, first: string, at: number): number | undefined {
  if (!OCTAL.test(first)) return undefined;
  const code = Number.parseInt(first + reader.run(OCTAL, 2), 8);
  if (code > 0o377) throw badPattern('octal escape past \\377', at);
  return code;
}
