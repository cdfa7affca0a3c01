import { defineNode, input, output, STRING, withUi } from '@snug/node-kit';
import { stringifyJson } from '@snug/protocol';
import { readJson } from './json.ts';

const saveText = defineNode({
  type: 'SaveText',
  displayName: 'Save Text',
  category: 'text',
  description: 'Writes a text to a file in the output folder and shows it.',
  searchAliases: ['export text', 'write file', 'save prompt'],
  outputNode: true,
  form: 'schema',
  inputs: {
    text: input.string({ multiline: false, forceInput: true }),
    filename_prefix: input.string({ default: 'ComfyUI', multiline: false }),
    format: input.choice(['txt', 'csv', 'md', 'json'], { default: 'txt' }),
    prompt: input.hidden('PROMPT'),
    extra_pnginfo: input.hidden('EXTRA_PNGINFO'),
  },
  outputs: { text: output.of(STRING) },
  async run({ text, filename_prefix, format }, { files }) {
    const series = await files.series(filename_prefix);
    const { path, ...file } = series.next({ extension: format, closing: '' });
    await files.write(path, new TextEncoder().encode(format === 'json' ? indented(text) : text));
    return withUi({ text: [text], files: [file] }, { text });
  },
});

/** JSON made readable; anything else stays as it is. */
function indented(text: string): string {
  const json = readJson(text);
  return json === undefined ? text : stringifyJson(json, { indent: 2 });
}

export const saveTextNodes = [saveText];
