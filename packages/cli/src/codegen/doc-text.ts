/** Comments from texts that anybody may have written. */
import { Float } from '@snug/protocol';
import type { Json, JsonObject } from '@snug/protocol';

const MAX_TEXT = 1500;
const MAX_VALUE = 60;
const LINE = 100;
/** All that has no shape, line ends apart. */
const SHAPELESS = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Lines of a comment: no text can end it, and none begins a tag. */
export function commentLines(text: string): string[] {
  const safe = text
    .slice(0, MAX_TEXT)
    .replaceAll('\r\n', '\n')
    .replace(SHAPELESS, ' ')
    .replaceAll('*/', '*\\/')
    .replace(/(^|\s)@/g, '$1\\@');
  return safe
    .split('\n')
    .flatMap((line) => wrapped(line.trim()))
    .filter((line, at, all) => line || (at > 0 && all[at - 1]));
}

function wrapped(line: string): string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(/\s+/)) {
    if (current && current.length + word.length >= LINE) {
      lines.push(current);
      current = '';
    }
    current += current ? ` ${word}` : word;
  }
  return [...lines, current];
}

export const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value.trim() : '');

/** A value as a person would write it, shortened. */
export function shownValue(value: Json | undefined): string | undefined {
  if (value instanceof Float) return String(value.value);
  if (typeof value === 'string') {
    return JSON.stringify(value.length > MAX_VALUE ? `${value.slice(0, MAX_VALUE)}...` : value);
  }
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

/** What there is to say of an input: its tooltip, its usual value, its limits. */
export function inputDoc(options: JsonObject, counts?: { readonly min: Json; readonly max: Json }): string[] {
  const usual = shownValue(options.get('default'));
  const [min, max] = [shownValue(options.get('min')), shownValue(options.get('max'))];
  const facts: string[] = [];
  if (usual !== undefined && usual !== '""') facts.push(`Default ${usual}.`);
  if (min !== undefined && max !== undefined) facts.push(`${min} to ${max}.`);
  else if (min !== undefined) facts.push(`At least ${min}.`);
  else if (max !== undefined) facts.push(`At most ${max}.`);
  if (counts) facts.push(`${shownValue(counts.min)} to ${shownValue(counts.max)} values.`);
  return trimmed([...commentLines(textOf(options.get('tooltip'))), ...commentLines(facts.join(' '))]);
}

/** What there is to say of a node. */
export function nodeDoc(classType: string, description: JsonObject): string[] {
  const name = textOf(description.get('display_name')) || classType;
  const category = textOf(description.get('category'));
  const lines = commentLines((category ? `${name} (${category})` : name).replaceAll('\n', ' '));
  const about = trimmed(commentLines(textOf(description.get('description'))));
  if (about.length) lines.push('', ...about);
  if (description.get('experimental') === true) lines.push('', 'Experimental: it may change.');
  if (description.get('deprecated') === true) lines.push('', '@deprecated');
  return lines;
}

const trimmed = (lines: readonly string[]): string[] => {
  const first = lines.findIndex(Boolean);
  return first < 0 ? [] : lines.slice(first, lines.findLastIndex(Boolean) + 1);
};
