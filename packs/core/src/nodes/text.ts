import { BOOLEAN, defineNode, input, INT, output, STRING } from '@snug/node-kit';
import { codePointLength, sliceCodePoints } from '../python/code-points.ts';
import { capitalize, titleCase } from '../python/letter-case.ts';
import { strip } from '../python/whitespace.ts';
import { checkLength } from '../text-limit.ts';
import { unnamed } from '../unnamed.ts';

const category = 'text';
const form = 'schema';
const paragraph = input.string({ multiline: true });
const caseSensitive = input.boolean({ default: true, advanced: true });

const concatenate = defineNode({
  type: 'StringConcatenate',
  displayName: 'Concatenate Text',
  category,
  description: 'Joins two texts, with a delimiter between them.',
  searchAliases: ['join text', 'append text', 'concat', 'combine prompts'],
  form,
  inputs: { string_a: paragraph, string_b: paragraph, delimiter: input.string({ default: '', multiline: false }) },
  outputs: { text: unnamed(STRING) },
  run({ string_a, string_b, delimiter }) {
    checkLength(string_a.length + delimiter.length + string_b.length, 'string_b');
    return { text: string_a + delimiter + string_b };
  },
});

const substring = defineNode({
  type: 'StringSubstring',
  displayName: 'Substring',
  category,
  description: 'Cuts out the characters from start up to, but without, end; negative positions count from the end.',
  searchAliases: ['slice text', 'cut text', 'crop text'],
  form,
  inputs: { string: paragraph, start: input.int(), end: input.int() },
  outputs: { text: unnamed(STRING) },
  run: ({ string, start, end }) => ({ text: sliceCodePoints(string, start, end) }),
});

const length = defineNode({
  type: 'StringLength',
  displayName: 'Text Length',
  category,
  description: 'Counts the characters of a text.',
  searchAliases: ['count characters', 'string length', 'text size'],
  form,
  inputs: { string: paragraph },
  outputs: { length: output.of(INT) },
  run: ({ string }) => ({ length: codePointLength(string) }),
});

const CASES = {
  UPPERCASE: (text: string) => text.toUpperCase(),
  lowercase: (text: string) => text.toLowerCase(),
  Capitalize: capitalize,
  'Title Case': titleCase,
} as const;

const convertCase = defineNode({
  type: 'CaseConverter',
  displayName: 'Convert Text Case',
  category,
  description: 'Rewrites a text in capitals, in small letters, or with capitals where sentences or words begin.',
  searchAliases: ['uppercase', 'lowercase', 'capitalize', 'title case'],
  form,
  inputs: { string: paragraph, mode: input.choice(['UPPERCASE', 'lowercase', 'Capitalize', 'Title Case']) },
  outputs: { text: unnamed(STRING) },
  run: ({ string, mode }) => ({ text: CASES[mode](string) }),
});

const SIDES = { Both: 'both', Left: 'left', Right: 'right' } as const;

const trim = defineNode({
  type: 'StringTrim',
  displayName: 'Trim Text',
  category,
  description: 'Takes away white space at the start of a text, at its end, or both.',
  searchAliases: ['strip whitespace', 'remove spaces', 'clean text'],
  form,
  inputs: { string: paragraph, mode: input.choice(['Both', 'Left', 'Right']) },
  outputs: { text: unnamed(STRING) },
  run: ({ string, mode }) => ({ text: strip(string, SIDES[mode]) }),
});

const replace = defineNode({
  type: 'StringReplace',
  displayName: 'Replace Text',
  category,
  description: 'Puts one text in the place of another, wherever it occurs.',
  searchAliases: ['find and replace', 'substitute', 'swap text'],
  form,
  inputs: { string: paragraph, find: paragraph, replace: paragraph },
  outputs: { text: unnamed(STRING) },
  run: ({ string, find, replace }) => {
    // nothing is found before, between and after all characters
    const parts = find === '' ? ['', ...Array.from(string), ''] : string.split(find);
    checkLength(string.length + (parts.length - 1) * (replace.length - find.length), 'replace');
    return { text: parts.join(replace) };
  },
});

const contains = defineNode({
  type: 'StringContains',
  displayName: 'Contains Text',
  category,
  description: 'Tells whether a text occurs in another one.',
  searchAliases: ['includes text', 'has substring', 'find text'],
  form,
  inputs: { string: paragraph, substring: paragraph, case_sensitive: caseSensitive },
  outputs: { contains: output.of(BOOLEAN) },
  run({ string, substring, case_sensitive }) {
    return {
      contains: case_sensitive ? string.includes(substring) : string.toLowerCase().includes(substring.toLowerCase()),
    };
  },
});

const COMPARISONS = {
  'Starts With': (a: string, b: string) => a.startsWith(b),
  'Ends With': (a: string, b: string) => a.endsWith(b),
  Equal: (a: string, b: string) => a === b,
} as const;

const compare = defineNode({
  type: 'StringCompare',
  displayName: 'Compare Text',
  category,
  description: 'Tells whether two texts are equal, or the first one starts or ends with the second.',
  searchAliases: ['text equals', 'starts with', 'ends with'],
  form,
  inputs: {
    string_a: paragraph,
    string_b: paragraph,
    mode: input.choice(['Starts With', 'Ends With', 'Equal']),
    case_sensitive: caseSensitive,
  },
  outputs: { result: unnamed(BOOLEAN) },
  run({ string_a, string_b, mode, case_sensitive }) {
    const test = COMPARISONS[mode];
    const result = case_sensitive ? test(string_a, string_b) : test(string_a.toLowerCase(), string_b.toLowerCase());
    return { result };
  },
});

export const textNodes = [concatenate, substring, length, convertCase, trim, replace, contains, compare];
