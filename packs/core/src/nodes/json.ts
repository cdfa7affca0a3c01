import { defineNode, input, socket, STRING } from '@snug/node-kit';
import { JsonError, parseJson, pythonStr, stringifyJson } from '@snug/protocol';
import type { Json } from '@snug/protocol';
import { BadInput } from '../bad-input.ts';
import { jsonData } from '../python/shown-text.ts';
import { unnamed } from '../unnamed.ts';

const category = 'text';
const form = 'schema';
const DICT = socket<unknown>('DICT');
const ARRAY = socket<unknown>('ARRAY');

const extract = defineNode({
  type: 'JsonExtractString',
  displayName: 'Extract Text from JSON',
  category,
  description: 'Takes one member out of a JSON object, as text; empty when there is no such member.',
  searchAliases: ['json get', 'parse json', 'json key'],
  form,
  inputs: { json_string: input.string({ multiline: true }), key: input.string({ multiline: false }) },
  outputs: { text: unnamed(STRING) },
  run({ json_string, key }) {
    const json = readJson(json_string);
    return { text: json instanceof Map && json.has(key) ? pythonStr(json.get(key)) : '' };
  },
});

/** The value of a JSON text; undefined when it is none. */
export function readJson(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof JsonError) return undefined;
    throw error;
  }
}

/** A value as JSON of many lines, as Python writes it: with an indent of 0 there are still many lines. */
function jsonText(value: unknown, indent: number, name: string): string {
  const json = jsonData(value);
  if (json === undefined)
    throw new BadInput(name, 'holds something that JSON has no form for, such as an image; connect plain data.');
  const text = stringifyJson(json, { indent: indent || 1 });
  // no string of JSON holds a line break
  return indent ? text : text.replace(/\n +/g, '\n');
}

const indent = input.int({ default: 2, min: 0, max: 8 });

const fromDictionary = defineNode({
  type: 'ConvertDictionaryToString',
  displayName: 'Convert Dictionary to String',
  category,
  description: 'Writes a dictionary as JSON.',
  searchAliases: ['dict to json', 'object to text', 'stringify'],
  form,
  inputs: { dictionary: input.of(DICT, { exact: true }), indent },
  outputs: { text: unnamed(STRING) },
  run: ({ dictionary, indent }) => ({ text: jsonText(dictionary, indent, 'dictionary') }),
});

const fromArray = defineNode({
  type: 'ConvertArrayToString',
  displayName: 'Convert Array to String',
  category,
  description: 'Writes an array as JSON.',
  searchAliases: ['list to json', 'array to text', 'stringify'],
  form,
  inputs: { array: input.of(ARRAY, { exact: true }), indent },
  outputs: { text: unnamed(STRING) },
  run: ({ array, indent }) => ({ text: jsonText(array, indent, 'array') }),
});

export const jsonNodes = [extract, fromDictionary, fromArray];
