import { ANY, defineNode, input, STRING, withUi } from '@snug/node-kit';
import { Float, stringifyJson } from '@snug/protocol';
import { jsonData, kindText, shownText } from '../python/shown-text.ts';
import { unnamed } from '../unnamed.ts';

/** Texts as they are, numbers as Python shows them, the rest as indented JSON where there is a JSON of it. */
function previewText(value: unknown): string {
  if (typeof value !== 'object' || value === null || value instanceof Float) return shownText(value);
  const json = jsonData(value);
  return json === undefined ? kindText(value) : stringifyJson(json, { indent: 4 });
}

const previewAny = defineNode({
  type: 'PreviewAny',
  displayName: 'Preview as Text',
  category: 'utilities',
  description: 'Shows any value as text.',
  searchAliases: ['show text', 'inspect', 'debug', 'print', 'display value'],
  outputNode: true,
  inputs: { source: input.of(ANY, { exact: true }) },
  outputs: { text: unnamed(STRING) },
  run({ source }) {
    const text = previewText(source);
    return withUi({ text: [text] }, { text });
  },
});

export const previewNodes = [previewAny];
