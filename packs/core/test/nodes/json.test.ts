import { createImage } from '@snug/node-kit';
import { parseJson } from '@snug/protocol';
import { describe, expect, it } from 'vitest';
import { firstOutput } from '../run-node.ts';

describe('JsonExtractString', () => {
  it.each([
    ['{"a": "x"}', 'a', 'x'],
    ['{"a": 1.0}', 'a', '1.0'],
    ['{"a": 18446744073709551615}', 'a', '18446744073709551615'],
    ['{"a": true}', 'a', 'True'],
    ['{"a": null}', 'a', 'None'],
    ['{"a": {"b": [1, "c"]}}', 'a', "{'b': [1, 'c']}"],
    ['{"a": {"b": 1}}', 'b', ''],
    ['{"__proto__": "own"}', '__proto__', 'own'],
    ['{}', '__proto__', ''],
    ['[1]', '0', ''],
    ['not json', 'a', ''],
    ['', '', ''],
    ['['.repeat(100_000), 'a', ''],
  ])('of %.40j takes %j: %j', async (json_string, key, expected) => {
    expect(await firstOutput('JsonExtractString', { json_string, key })).toBe(expected);
  });
});

describe('ConvertDictionaryToString and ConvertArrayToString', () => {
  it('write JSON with the indent, keeping the order, floats and letters', async () => {
    const dictionary = parseJson('{"2": 1.0, "1": "é", "n": null}');
    expect(await firstOutput('ConvertDictionaryToString', { dictionary, indent: 2 })).toBe(
      '{\n  "2": 1.0,\n  "1": "é",\n  "n": null\n}',
    );
    expect(await firstOutput('ConvertArrayToString', { array: [1, [2]], indent: 1 })).toBe('[\n 1,\n [\n  2\n ]\n]');
    expect(await firstOutput('ConvertDictionaryToString', { dictionary: { x: 1 }, indent: 4 })).toBe(
      '{\n    "x": 1\n}',
    );
  });
  it('with an indent of 0 break lines, too, and leave texts alone', async () => {
    expect(await firstOutput('ConvertArrayToString', { array: ['a  b\n  c', [1]], indent: 0 })).toBe(
      '[\n"a  b\\n  c",\n[\n1\n]\n]',
    );
  });
  it('refuse what JSON has no form for', async () => {
    const dictionary = { image: createImage(1, 1, 1, 3) };
    await expect(firstOutput('ConvertDictionaryToString', { dictionary, indent: 2 })).rejects.toMatchObject({
      code: 'bad_input',
      input: 'dictionary',
    });
  });
});
