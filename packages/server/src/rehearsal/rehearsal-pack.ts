/**
 * Nodes that a server rehearses with: they read and write nothing, and no prompt of a user can name them. Together they go every
 * way that nodes take through the executor. Code that was made fast for fewer ways is thrown away when it meets another.
 */
import { block, defineNode, definePack, expand, input, output, STRING, withUi } from '@snug/node-kit';

/** Texts stay as short as this, however long the workflow. */
const MAX_TEXT = 40;

/** Nothing of it is shown, but it is waited for like others; the library for pictures need not load. */
const NO_PICTURE = { data: new Uint8Array(), width: 0, height: 0, channels: 3 } as const;

const category = 'rehearsal';
const text = input.string({ default: '' });
const linked = input.string({ forceInput: true });
const outputs = { text: output.of(STRING) };

const values = defineNode({
  type: 'RehearsalValues',
  category,
  inputs: {
    text,
    mode: input.choice(['plain', 'upper']),
    count: input.int({ default: 1, min: 0, max: 10 }),
    strength: input.float({ default: 1, min: 0, max: 10, step: 0.01 }),
    flag: input.boolean({ default: true }),
    seed: input.int64({ default: 0, min: 0 }),
    note: input.optional(input.string({ multiline: true })),
  },
  outputs,
  run: (given) => ({ text: `${given.text}${given.count}`.slice(-MAX_TEXT) }),
});

const split = defineNode({
  type: 'RehearsalSplit',
  category,
  inputs: { text },
  outputs: { texts: output.list(STRING), rest: output.of(STRING, { name: '' }) },
  run: (given) => ({ texts: [given.text, '-'], rest: '' }),
});

const join = defineNode({
  type: 'RehearsalJoin',
  category,
  takesLists: true,
  inputs: { texts: linked, separator: input.string({ default: '' }) },
  outputs,
  run: ({ texts, separator }) => ({ text: texts.join(separator[0]).slice(-MAX_TEXT) }),
});

const choose = defineNode({
  type: 'RehearsalChoose',
  category,
  inputs: { first: input.boolean(), a: input.string({ lazy: true }), b: input.string({ lazy: true }) },
  outputs,
  needs: ({ first }) => [first ? 'a' : 'b'],
  run: ({ first, a, b }) => ({ text: (first ? a : b) ?? '' }),
});

const grow = defineNode({
  type: 'RehearsalGrow',
  category,
  inputs: { parts: input.autogrow(text, { prefix: 'part', max: 4 }) },
  outputs,
  run: ({ parts }) => ({ text: Object.values(parts).join('').slice(-MAX_TEXT) }),
});

const work = defineNode({
  type: 'RehearsalWork',
  category,
  inputs: { text, id: input.hidden('UNIQUE_ID'), info: input.hidden('EXTRA_PNGINFO') },
  outputs,
  async run(given, { progress }) {
    for (let step = 1; step <= 2; step++) await progress(step, 2, { image: NO_PICTURE });
    return { text: given.text };
  },
});

const beside = defineNode({
  type: 'RehearsalBeside',
  category,
  concurrent: true,
  inputs: { text },
  outputs,
  run: async (given) => ({ text: given.text }),
});

const stop = defineNode({
  type: 'RehearsalStop',
  category,
  inputs: { text, stops: input.boolean() },
  outputs,
  run: ({ stops, ...given }) => ({ text: stops ? block() : given.text }),
});

const unfold = defineNode({
  type: 'RehearsalUnfold',
  category,
  inputs: { text },
  outputs,
  run(given, { builder }) {
    const graph = builder();
    const inner = graph.node(values.type, { text: given.text, count: 2 });
    return expand(graph.finish(), { text: inner.out(0) });
  },
});

const show = defineNode({
  type: 'RehearsalShow',
  category,
  outputNode: true,
  inputs: { text },
  outputs: {},
  run: (given) => withUi({ text: [given.text] }),
});

const showOn = defineNode({
  type: 'RehearsalShowOn',
  category,
  outputNode: true,
  intermediateOutput: true,
  inputs: { text },
  outputs,
  run: (given) => withUi({ text: [given.text] }, { text: given.text }),
});

export const rehearsalPack = definePack({
  name: 'rehearsal',
  nodes: [values, split, join, choose, grow, work, beside, stop, unfold, show, showOn],
});
