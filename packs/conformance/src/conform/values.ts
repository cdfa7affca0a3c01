/** Values in, text out: what widgets of every kind become. */
import { defineNode, input, output, STRING } from '@snug/node-kit';
import { floatText } from '@snug/protocol';
import { unnamed, unnamedList } from '../unnamed.ts';

const types = defineNode({
  type: 'ConformTypes',
  category: 'conformance',
  description: 'Every widget kind.',
  inputs: {
    i: input.int({ default: 5, min: 0, max: 10 }),
    f: input.float({ default: 0.5, min: 0, max: 1, step: 0.01 }),
    s: input.string({ default: 'x', multiline: true }),
    b: input.boolean({ default: true }),
    c: input.choice(['one', 'two', 'three']),
    extra: input.optional(input.string({ default: 'none' })),
    link: input.optional(input.string({ forceInput: true })),
    node_id: input.hidden('UNIQUE_ID'),
    prompt: input.hidden('PROMPT'),
    extra_pnginfo: input.hidden('EXTRA_PNGINFO'),
  },
  outputs: { echo: output.of(STRING) },
  run({ i, f, s, b, c, extra = 'absent', link = 'absent', node_id, prompt, extra_pnginfo }) {
    const embedded = [...(extra_pnginfo?.keys() ?? [])].sort().join(',');
    return { echo: [i, floatText(f), s, b, c, extra, link, node_id, prompt.size, embedded].join('|') };
  },
});

const seed = defineNode({
  type: 'ConformSeed',
  category: 'conformance',
  inputs: { seed: input.int64({ default: 0, min: 0, max: 2n ** 64n - 1n }) },
  outputs: { text: unnamed(STRING) },
  run: ({ seed }) => ({ text: String(seed) }),
});

const concat = defineNode({
  type: 'ConformConcat',
  category: 'conformance',
  inputs: { a: input.string({ forceInput: true }), b: input.string({ forceInput: true }) },
  outputs: { text: unnamed(STRING) },
  run: ({ a, b }) => ({ text: a + b }),
});

const listOut = defineNode({
  type: 'ConformListOut',
  category: 'conformance',
  inputs: { prefix: input.string({ default: 'a' }), count: input.int({ default: 3, min: 0, max: 100 }) },
  outputs: { texts: unnamedList(STRING) },
  run: ({ prefix, count }) => ({ texts: Array.from({ length: count }, (_, at) => `${prefix}${at}`) }),
});

const listIn = defineNode({
  type: 'ConformListIn',
  category: 'conformance',
  takesLists: true,
  inputs: { items: input.string({ forceInput: true }), sep: input.string({ default: ',' }) },
  outputs: { text: unnamed(STRING) },
  run: ({ items, sep }) => ({ text: items.join(sep[0]) }),
});

export const valueNodes = [types, seed, concat, listOut, listIn];
