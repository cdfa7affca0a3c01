import { describe, expect, it } from 'vitest';
import { firstOutput } from '../run-node.ts';

const plain = { case_insensitive: false, multiline: false, dotall: false };

describe('RegexMatch', () => {
  it.each([
    ['Hello', 'hello', { case_insensitive: true }, true],
    ['Hello', 'hello', {}, false],
    ['a\nb', '^b', {}, false],
    ['a\nb', '^b', { multiline: true }, true],
    ['a\nb', 'a.b', {}, false],
    ['a\nb', 'a.b', { dotall: true }, true],
    ['', '', {}, true],
  ])('%j against %j with %j is %j', async (string, regex_pattern, flags, expected) => {
    expect(await firstOutput('RegexMatch', { string, regex_pattern, ...plain, ...flags })).toBe(expected);
  });

  it('takes a malformed pattern for one that matches nothing', async () => {
    expect(await firstOutput('RegexMatch', { string: '(', regex_pattern: '(', ...plain })).toBe(false);
  });

  it('fails, not false, on a pattern that it cannot run', async () => {
    const values = { string: 'a', regex_pattern: '(a)?(?(1)b|c)', ...plain };
    await expect(firstOutput('RegexMatch', values)).rejects.toMatchObject({ input: 'regex_pattern' });
  });

  it('gives up a pattern that runs wild', async () => {
    const values = { string: `${'a'.repeat(40)}b`, regex_pattern: '^(a+)+$', ...plain };
    await expect(firstOutput('RegexMatch', values)).rejects.toThrow(/regex_pattern: .*more than 1000 ms/);
    expect(await firstOutput('RegexMatch', { ...values, string: 'aaa' })).toBe(true);
  });

  it('gives up a pattern that remembers too many choices', async () => {
    const values = { string: 'a'.repeat(10_000_000), regex_pattern: '(?:a|a)*c', ...plain };
    await expect(firstOutput('RegexMatch', values)).rejects.toMatchObject({
      code: 'bad_input',
      input: 'regex_pattern',
    });
  });
});

describe('RegexExtract', () => {
  const text = 'x1 y2 z';
  it.each([
    ['First Match', '[a-z]\\d', 1, 'x1'],
    ['First Match', 'q', 1, ''],
    ['All Matches', '[a-z]\\d', 1, 'x1\ny2'],
    ['All Matches', '([a-z])(\\d)', 1, 'x\ny'],
    ['All Matches', 'z(q)?', 1, ''],
    ['First Group', '([a-z])(\\d)', 2, '1'],
    ['First Group', '([a-z])(\\d)', 0, 'x1'],
    ['First Group', '([a-z])(\\d)', 3, ''],
    ['First Group', 'z(q)?', 1, ''],
    ['All Groups', '([a-z])(\\d)', 2, '1\n2'],
    ['All Groups', '[a-z]\\d', 1, ''],
    ['All Groups', '([a-z])(\\d)', 3, ''],
    ['First Match', '(', 1, ''],
  ])('%s of %j, group %i, gives %j', async (mode, regex_pattern, group_index, expected) => {
    const values = { string: text, regex_pattern, mode, group_index, ...plain };
    expect(await firstOutput('RegexExtract', values)).toBe(expected);
  });
});

describe('RegexReplace', () => {
  it.each([
    ['a1b2', '([a-z])(\\d)', '\\2\\1', 0, '1a2b'],
    ['a1b2', '(?P<letter>[a-z])', '<\\g<letter>>', 0, '<a>1<b>2'],
    ['aaa', 'a', 'b', 2, 'bba'],
    ['abxd', 'x*', '-', 0, '-a-b--d-'],
    ['a', 'a', '$1 $& $$', 0, '$1 $& $$'],
    ['a', '(b)?a', '[\\1]', 0, '[]'],
    ['a', 'a', '\\n\\\\ \\. \\g<0>\\060', 0, '\n\\ \\. a0'],
    ['é🎉', '', '-', 0, '-é-🎉-'],
  ])('in %j, %j by %j (count %i) gives %j', async (string, regex_pattern, replace, count, expected) => {
    expect(await firstOutput('RegexReplace', { string, regex_pattern, replace, count, ...plain })).toBe(expected);
  });

  it('ignores case and replaces all when the options are left out', async () => {
    expect(await firstOutput('RegexReplace', { string: 'aA', regex_pattern: 'a', replace: 'b' })).toBe('bb');
  });

  it.each([
    ['(', 'x', 'regex_pattern'],
    ['a', '\\1', 'replace'],
    ['a', '\\q', 'replace'],
    ['a', '\\g<none>', 'replace'],
    ['a', '\\g<1', 'replace'],
    ['a', '\\', 'replace'],
  ])('fails on the pattern %j with the replacement %j, naming %s', async (regex_pattern, replace, input) => {
    const values = { string: 'a', regex_pattern, replace };
    await expect(firstOutput('RegexReplace', values)).rejects.toMatchObject({ code: 'bad_input', input });
  });

  it('refuses a result that no memory holds', async () => {
    const long = 'a'.repeat(20_000);
    const values = { string: long, regex_pattern: 'a', replace: long };
    await expect(firstOutput('RegexReplace', values)).rejects.toMatchObject({ input: 'replace' });
  });
});
