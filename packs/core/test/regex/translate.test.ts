import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findMatches } from '../../src/regex/search.ts';
import { translatePattern } from '../../src/regex/translate.ts';

function all(pattern: string, text: string, options = {}): (string | undefined)[] {
  return Array.from(findMatches(translatePattern(pattern, options), text), (match) => match.group(0));
}

/** Pattern, text, what Python's `finditer` finds. */
const FOUND: readonly (readonly [string, string, readonly string[]])[] = [
  // classes
  ['\\w+', 'né_1 漢字-\u0301', ['né_1', '漢字']],
  ['(?a)\\w+', 'né_1', ['n', '_1']],
  ['\\d', '1٣²', ['1', '٣']],
  ['\\s', 'a\u0085\u001c\ufeff', ['\u0085', '\u001c']],
  ['[^\\W\\d_]+', 'ab1_é', ['ab', 'é']],
  ['[\\W\\d]', 'a1-', ['1', '-']],
  ['[]a]', ']a[', [']', 'a']],
  ['[^]a]', ']a[', ['[']],
  ['[a\\-z-]', 'a-zb', ['a', '-', 'z']],
  ['[\\b\\x41\\101\\u0042]', '\bAB', ['\b', 'A', 'B']],
  ['.', 'a\r\n\u2028🎉', ['a', '\r', '\u2028', '🎉']],
  // places
  ['a$', 'a\n', ['a']],
  ['a\\Z', 'a\n', []],
  ['(?m)^.', 'a\nb\rc', ['a', 'b']],
  ['\\A.', 'a\nb', ['a']],
  ['\\b\\w', 'éa b', ['é', 'b']],
  ['\\Ba', 'aa', ['a']],
  ['\\B', '', []],
  // repeats
  ['a{,2}', 'aaa', ['aa', 'a', '']],
  ['a{2}', 'aaaa', ['aa', 'aa']],
  ['a{,b{', 'a{,b{', ['a{,b{']],
  ['a++b', 'aab', ['aab']],
  ['a++a', 'aa', []],
  ['(?>a|ab)c', 'abc', []],
  ['(?=a)*b', 'b', ['b']],
  // a repeat around a negated class, which flag v gets wrong
  ['(?m)(?:^b)+', 'ab ab', []],
  ['(?:[^\\W]b){2}', 'abab', ['abab']],
  // groups
  ['(?P<q>[\'"]).*?(?P=q)', `'a' "b'"`, ["'a'", `"b'"`]],
  ['(a)(?:b)\\1', 'aba', ['aba']],
  ['a(?#note)+', 'aa', ['aa']],
  ['(?x) a b # c\n c', 'abc', ['abc']],
  ['(?s:.)(?-s:.)', '\na', ['\na']],
  ['(?i)É', 'é', ['é']],
  ['(?<=a)b|(?<!a)c', 'abc', ['b', 'c']],
  // after an empty match a longer one at the same place comes next
  ['|a', 'a', ['', 'a', '']],
  ['a*?', 'aa', ['', 'a', '', 'a', '']],
  ['$', 'é🎉', ['']],
];

/** Patterns that Python refuses. */
const REFUSED = [
  '(',
  ')',
  '[',
  '[]',
  '*',
  'a**',
  'a{2}{3}',
  '^*',
  '|+',
  '\\',
  '\\q',
  '[\\q]',
  '[b-a]',
  '[\\w-z]',
  'a{3,2}',
  '\\1',
  '(\\1)',
  '(?P=n)',
  '(?P<n>a)(?P<n>b)',
  '(?P<1>a)',
  '(?P<n',
  '(?<n>a)',
  '(?z)',
  'a(?i)',
  '(?',
  '(?#',
  '\\x4',
  '\\400',
  '[\\8]',
  '(?i-)',
  '(?-a:b)',
];

describe('translatePattern', () => {
  it.each(FOUND)('%j in %j finds %j', (pattern, text, found) => {
    expect(all(pattern, text)).toEqual(found);
  });

  it.each(REFUSED)('refuses %j', (pattern) => {
    expect(() => translatePattern(pattern)).toThrow(expect.objectContaining({ code: 'bad_pattern' }));
  });

  it.each(['(a)(?(1)b)', '\\N{DIGIT ONE}', '(?i:a)'])('says that it cannot do %j', (pattern) => {
    expect(() => translatePattern(pattern)).toThrow(expect.objectContaining({ code: 'unsupported_pattern' }));
  });

  it('refuses patterns too long or too deep', () => {
    for (const pattern of ['a'.repeat(10_001), '('.repeat(200) + ')'.repeat(200)])
      expect(() => translatePattern(pattern)).toThrow(expect.objectContaining({ code: 'bad_pattern' }));
  });

  it('matches any text that is escaped, and nothing else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }), (text) => {
        const escaped = text.replace(/[^a-zA-Z0-9]/gu, (character) => (character === '\0' ? '\\0' : `\\${character}`));
        expect(all(escaped.replaceAll('\\0', '\\x00'), `<${text}>`)).toContain(text);
      }),
      { seed: 2 },
    );
  });

  it('reads any text as a pattern, or refuses it, without another error', () => {
    const piece = fc.constantFrom(...Array.from('ab()[]{}|*+?^$.\\-=!:<>P#i1,2n '));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        try {
          const { source, flags } = translatePattern(pieces.join(''));
          expect(new RegExp(source, flags)).toBeInstanceOf(RegExp);
        } catch (error) {
          expect(error).toMatchObject({ name: 'PatternError' });
        }
      }),
      { seed: 3, numRuns: 2000 },
    );
  });

  it('takes time in proportion to the text for plain patterns', () => {
    expect(all('z', `${'🎉 '.repeat(100_000)}z`)).toEqual(['z']);
    expect(all('\\Z', '🎉'.repeat(100_000))).toEqual(['']);
  });
});
