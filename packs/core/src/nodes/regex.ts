import { BOOLEAN, defineNode, input, output, STRING } from '@snug/node-kit';
import { BadInput } from '../bad-input.ts';
import { PatternError } from '../regex/pattern-error.ts';
import { fillReplacement, parseReplacement } from '../regex/replacement.ts';
import { findMatches, withinTime } from '../regex/search.ts';
import type { Match } from '../regex/search.ts';
import { translatePattern } from '../regex/translate.ts';
import type { Pattern } from '../regex/translate.ts';
import { checkLength, MAX_TEXT } from '../text-limit.ts';
import { unnamed } from '../unnamed.ts';

const category = 'text';
const form = 'schema';
const paragraph = input.string({ multiline: true });
const flags = {
  case_insensitive: input.boolean({ default: true, advanced: true }),
  multiline: input.boolean({ default: false, advanced: true }),
  dotall: input.boolean({ default: false, advanced: true }),
};

interface RegexInputs {
  readonly regex_pattern: string;
  readonly case_insensitive?: boolean | undefined;
  readonly multiline?: boolean | undefined;
  readonly dotall?: boolean | undefined;
}

/** What `use` makes of the pattern; `ifBad` for what is no regular expression, or an error that names the input. */
function withPattern<T>(values: RegexInputs, use: (pattern: Pattern) => T, ifBad?: { readonly value: T }): T {
  const { regex_pattern, case_insensitive = true, multiline = false, dotall = false } = values;
  try {
    const pattern = translatePattern(regex_pattern, { ignoreCase: case_insensitive, multiline, dotAll: dotall });
    return withinTime(() => use(pattern));
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    if (error.code === 'bad_pattern' && ifBad) return ifBad.value;
    throw new BadInput(error.code === 'bad_replacement' ? 'replace' : 'regex_pattern', `${error.message}.`);
  }
}

const match = defineNode({
  type: 'RegexMatch',
  displayName: 'Match Text',
  category,
  description: 'Tells whether a regular expression matches anywhere in a text; a malformed one matches nothing.',
  searchAliases: ['regex test', 'regular expression', 'pattern match'],
  form,
  inputs: { string: paragraph, regex_pattern: paragraph, ...flags },
  outputs: { matches: output.of(BOOLEAN) },
  run: (values) => ({
    matches: withPattern(values, (pattern) => !findMatches(pattern, values.string).next().done, { value: false }),
  }),
});

type ExtractMode = 'First Match' | 'All Matches' | 'First Group' | 'All Groups';

function extracted(pattern: Pattern, text: string, mode: ExtractMode, group: number): string {
  const matches = findMatches(pattern, text);
  // of groups that took no part, nothing
  const join = (number: number): string => Array.from(matches, (one) => one.group(number) ?? '').join('\n');
  const first = (number: number): string => (matches.next().value as Match | undefined)?.group(number) ?? '';
  switch (mode) {
    case 'First Match':
      return first(0);
    case 'All Matches':
      return join(pattern.groups ? 1 : 0);
    case 'First Group':
      return group <= pattern.groups ? first(group) : '';
    case 'All Groups':
    default:
      return pattern.groups && group <= pattern.groups ? join(group) : '';
  }
}

const extract = defineNode({
  type: 'RegexExtract',
  displayName: 'Extract Text',
  category,
  description: 'Takes out what a regular expression matches, or one of its groups, a line for each match.',
  searchAliases: ['regex extract', 'regular expression', 'parse text', 'capture group'],
  form,
  inputs: {
    string: paragraph,
    regex_pattern: paragraph,
    mode: input.choice(['First Match', 'All Matches', 'First Group', 'All Groups']),
    ...flags,
    group_index: input.int({ default: 1, min: 0, max: 100, advanced: true }),
  },
  outputs: { text: unnamed(STRING) },
  run(values) {
    const { string, mode, group_index } = values;
    return { text: withPattern(values, (pattern) => extracted(pattern, string, mode, group_index), { value: '' }) };
  },
});

function replaced(pattern: Pattern, text: string, template: string, count: number): string {
  const replacement = parseReplacement(template, pattern);
  const parts: string[] = [];
  let length = text.length;
  let at = 0;
  let left = count || Infinity;
  for (const one of findMatches(pattern, text)) {
    const filled = fillReplacement(replacement, one);
    length += filled.length;
    if (length > MAX_TEXT) checkLength(length, 'replace');
    parts.push(text.slice(at, one.start), filled);
    at = one.end;
    if (--left === 0) break;
  }
  parts.push(text.slice(at));
  return parts.join('');
}

const replace = defineNode({
  type: 'RegexReplace',
  displayName: 'Replace Text (Regex)',
  category,
  description: 'Rewrites what a regular expression matches; \\1 and \\g<name> in the replacement stand for its groups.',
  searchAliases: ['regex substitute', 'regular expression', 'pattern replace'],
  form,
  inputs: {
    string: paragraph,
    regex_pattern: paragraph,
    replace: paragraph,
    case_insensitive: input.optional(flags.case_insensitive),
    multiline: input.optional(flags.multiline),
    dotall: input.optional(flags.dotall),
    count: input.optional(
      input.int({ default: 0, min: 0, max: 100, advanced: true, tooltip: 'How many matches to replace; 0 for all.' }),
    ),
  },
  outputs: { text: unnamed(STRING) },
  run: (values) => ({
    text: withPattern(values, (pattern) => replaced(pattern, values.string, values.replace, values.count ?? 0)),
  }),
});

export const regexNodes = [match, extract, replace];
