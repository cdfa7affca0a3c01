/** What a node sends to clients while it runs and when it ends. */
import { ANY, defineNode, input, STRING, withUi } from '@snug/node-kit';
import { unnamed } from '../unnamed.ts';

const emit = defineNode({
  type: 'ConformEmit',
  category: 'conformance',
  inputs: {
    value: input.of(ANY, { exact: true }),
    text: input.string({ default: 'hello' }),
    node_id: input.hidden('UNIQUE_ID'),
  },
  outputs: { value: unnamed(ANY) },
  validate: { inputs: [], types: true, check: () => true },
  run({ value, text, node_id }, context) {
    context.send('conform.message', { node: node_id, text });
    return { value };
  },
});

const ui = defineNode({
  type: 'ConformUi',
  category: 'conformance',
  inputs: { text: input.string({ default: 'hello', forceInput: false }) },
  outputs: { text: unnamed(STRING) },
  outputNode: true,
  run: ({ text }) => withUi({ text: [text] }, { text }),
});

const uiOnly = defineNode({
  type: 'ConformUiOnly',
  category: 'conformance',
  inputs: { text: input.string({ default: 'hello' }) },
  outputs: {},
  outputNode: true,
  run: ({ text }) => withUi({ text: [text] }),
});

const progress = defineNode({
  type: 'ConformProgress',
  category: 'conformance',
  inputs: { text: input.string({ default: 'hello' }), steps: input.int({ default: 3, min: 1, max: 1000 }) },
  outputs: { text: unnamed(STRING) },
  async run({ text, steps }, context) {
    for (let step = 1; step <= steps; step++) await context.progress(step, steps);
    return { text };
  },
});

const preview = defineNode({
  type: 'ConformPreview',
  category: 'conformance',
  inputs: {
    text: input.string({ default: 'hello' }),
    steps: input.int({ default: 2, min: 1, max: 1000 }),
    format: input.choice(['JPEG', 'PNG']),
    width: input.int({ default: 64, min: 1, max: 4096 }),
    height: input.int({ default: 32, min: 1, max: 4096 }),
    max_size: input.int({ default: 512, min: 1, max: 4096 }),
  },
  outputs: { text: unnamed(STRING) },
  async run({ text, steps, format, width, height, max_size }, context) {
    for (let step = 1; step <= steps; step++) {
      const data = new Uint8Array(width * height * 3).fill((40 * step) % 256);
      await context.progress(step, steps, {
        image: { data, width, height, channels: 3 },
        format: format === 'PNG' ? 'png' : 'jpeg',
        maxSize: max_size,
      });
    }
    return { text };
  },
});

const text = defineNode({
  type: 'ConformText',
  category: 'conformance',
  inputs: { text: input.string({ default: 'hello' }), node_id: input.hidden('UNIQUE_ID') },
  outputs: { text: unnamed(STRING) },
  run({ text }, context) {
    context.text(text);
    return { text };
  },
});

export const messageNodes = [emit, ui, uiOnly, progress, preview, text];
