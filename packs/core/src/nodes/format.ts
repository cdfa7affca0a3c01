import { ANY, defineNode, input, STRING } from '@snug/node-kit';
import { BadInput } from '../bad-input.ts';
import { LETTERS } from '../letters.ts';
import { FormatError } from '../python/format-error.ts';
import { formatTemplate } from '../python/format-template.ts';
import { unnamed } from '../unnamed.ts';

const format = defineNode({
  type: 'StringFormat',
  displayName: 'Format Text',
  category: 'text',
  description: 'Fills the fields of a text, such as {a} or {b:.2f}, with the connected values.',
  searchAliases: ['template', 'f-string', 'interpolate', 'fill in text'],
  form: 'schema',
  inputs: {
    values: input.autogrow(input.of(ANY, { exact: true }), { names: LETTERS, min: 0 }),
    f_string: input.string({ default: '{a}', multiline: true }),
  },
  outputs: { text: unnamed(STRING) },
  run({ values, f_string }) {
    try {
      return { text: formatTemplate(f_string, new Map(Object.entries(values))) };
    } catch (error) {
      if (error instanceof FormatError) throw new BadInput('f_string', `${error.message}.`);
      throw error;
    }
  },
});

export const formatNodes = [format];
