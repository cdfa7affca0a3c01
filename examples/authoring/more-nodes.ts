/** One small node for each thing that the kit can do. docs/node-authoring.md shows them. */
import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { block, defineNode, definePack, FLOAT, IMAGE, input, INT, output, STRING, withUi } from '@snug/node-kit';

export const joinTexts = defineNode({
  type: 'MoreJoinTexts',
  category: 'more-nodes',
  inputs: {
    texts: input.autogrow(input.string(), { prefix: 'text', min: 1, max: 20 }),
    layout: input.dynamicChoice<{ layout: 'lines' } | { layout: 'row'; separator: string }>([
      { key: 'lines', inputs: {} },
      { key: 'row', inputs: { separator: input.string({ default: ', ' }) } },
    ]),
  },
  outputs: { text: output.of(STRING) },
  run({ texts, layout }) {
    const separator = layout.layout === 'row' ? layout.separator : '\n';
    return { text: Object.values(texts).join(separator) };
  },
});

export const splitText = defineNode({
  type: 'MoreSplitText',
  category: 'more-nodes',
  inputs: { text: input.string({ multiline: true }) },
  outputs: { lines: output.list(STRING), count: output.of(INT) },
  run({ text }) {
    const lines = text.split('\n');
    return { lines, count: lines.length };
  },
});

export const mean = defineNode({
  type: 'MoreMean',
  category: 'more-nodes',
  takesLists: true,
  inputs: { values: input.float(), digits: input.int({ default: 2, min: 0, max: 15 }) },
  outputs: { mean: output.of(FLOAT) },
  run({ values, digits }) {
    const sum = values.reduce((total, value) => total + value, 0);
    return { mean: Number((sum / values.length).toFixed(digits[0])) };
  },
});

export const choose = defineNode({
  type: 'MoreChoose',
  category: 'more-nodes',
  inputs: {
    first: input.of(IMAGE, { lazy: true }),
    second: input.of(IMAGE, { lazy: true }),
    which: input.choice(['first', 'second']),
  },
  outputs: { image: output.of(IMAGE) },
  needs: ({ which }) => [which],
  run: (values) => ({ image: values[values.which]! }),
});

export const gate = defineNode({
  type: 'MoreGate',
  category: 'more-nodes',
  inputs: { image: input.of(IMAGE), open: input.boolean({ default: true }) },
  outputs: { image: output.of(IMAGE), text: output.of(STRING) },
  run({ image, open }) {
    if (!open) return { image: block('The gate is closed.'), text: 'closed' };
    return { image, text: 'open' };
  },
});

export const readNote = defineNode({
  type: 'MoreReadNote',
  category: 'more-nodes',
  inputs: { note: input.choice(({ files }) => files.list('input', ['.txt', '.md'])) },
  outputs: { text: output.of(STRING) },
  validate: {
    inputs: ['note'],
    check: ({ note }) => note === undefined || /\.(?:txt|md)$/.test(note) || 'A note is a .txt or .md file.',
  },
  async fingerprint({ note }, { files }) {
    if (note === undefined) return NaN;
    return createHash('sha256')
      .update(await files.read(files.resolve(note)))
      .digest('hex');
  },
  async run({ note }, { files }) {
    return { text: new TextDecoder().decode(await files.read(files.resolve(note))) };
  },
});

export const countRuns = defineNode({
  type: 'MoreCountRuns',
  category: 'more-nodes',
  outputNode: true,
  notIdempotent: true,
  inputs: { label: input.string() },
  outputs: {},
  fingerprint: () => NaN,
  run({ label }, context) {
    const counter = context.state(() => ({ runs: 0 }));
    counter.runs++;
    context.text(`${label}: ${counter.runs}`);
    context.send('more-nodes.counted', { node: context.nodeId, runs: counter.runs });
    return withUi({ text: [`${label}: ${counter.runs}`] });
  },
});

export const pause = defineNode({
  type: 'MorePause',
  category: 'more-nodes',
  concurrent: true,
  inputs: { image: input.of(IMAGE), seconds: input.float({ default: 1, min: 0, max: 60 }) },
  outputs: { image: output.of(IMAGE) },
  async run({ image, seconds }, { signal }) {
    await wait(seconds * 1000, undefined, { signal });
    return { image };
  },
});

export const seedText = defineNode({
  type: 'MoreSeedText',
  category: 'more-nodes',
  inputs: { seed: input.int64({ default: 0, min: 0, max: 2n ** 64n - 1n, controlAfterGenerate: true }) },
  outputs: { text: output.of(STRING) },
  run: ({ seed }) => ({ text: seed.toString(16).padStart(16, '0') }),
});

/** Says which input is wrong, and what to do about it. */
class NotSquare extends Error {
  override readonly name = 'NotSquare';
  readonly code = 'not_square';
}

export const square = defineNode({
  type: 'MoreSquare',
  category: 'more-nodes',
  inputs: { image: input.of(IMAGE) },
  outputs: { image: output.of(IMAGE) },
  run({ image }) {
    const { width, height } = image;
    if (width !== height) throw new NotSquare(`image: it is ${width}×${height}; crop it to a square first.`);
    return { image };
  },
});

export default definePack({
  name: 'more-nodes',
  nodes: [joinTexts, splitText, mean, choose, gate, readNote, countRuns, pause, seedText, square],
});
