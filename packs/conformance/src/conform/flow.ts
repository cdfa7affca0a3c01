/** Everything but a plain result: errors, interrupts, blocks, refusals, lazy branches, expansion. */
import { block, defineNode, expand, input, Interrupted, STRING } from '@snug/node-kit';
import type { Link } from '@snug/node-kit';
import { pythonStr } from '@snug/protocol';
import { unnamed } from '../unnamed.ts';
import { blockThread } from '../waiting.ts';

const fail = defineNode({
  type: 'ConformFail',
  category: 'conformance',
  inputs: { text: input.string({ default: 'boom' }), count: input.int({ default: 1 }) },
  outputs: { text: unnamed(STRING) },
  run({ text }): never {
    throw new Error(text);
  },
});

const stop = defineNode({
  type: 'ConformStop',
  category: 'conformance',
  inputs: { text: input.string({ default: 'stop' }) },
  outputs: { text: unnamed(STRING) },
  run(): never {
    throw new Interrupted();
  },
});

const wait = defineNode({
  type: 'ConformWait',
  category: 'conformance',
  inputs: {
    text: input.string({ default: 'hello' }),
    seconds: input.float({ default: 1, min: 0, max: 600, step: 0.01 }),
  },
  outputs: { text: unnamed(STRING) },
  // blocks its thread: interrupts have to reach a node that never lets go
  run({ text, seconds }, context) {
    const end = performance.now() + seconds * 1000;
    while (performance.now() < end) {
      context.throwIfInterrupted();
      blockThread(10);
    }
    return { text };
  },
});

const blocked = defineNode({
  type: 'ConformBlock',
  category: 'conformance',
  inputs: {
    text: input.string({ default: 'hello' }),
    message: input.string({ default: '' }),
    block: input.boolean({ default: true }),
  },
  outputs: { text: unnamed(STRING) },
  run: (values) => ({ text: values.block ? block(values.message || undefined) : values.text }),
});

const volatile = defineNode({
  type: 'ConformVolatile',
  category: 'conformance',
  inputs: { text: input.string({ default: 'hello' }) },
  outputs: { text: unnamed(STRING) },
  fingerprint: () => NaN,
  run: ({ text }) => ({ text }),
});

const picky = defineNode({
  type: 'ConformPicky',
  category: 'conformance',
  inputs: { text: input.string({ default: 'good' }) },
  outputs: { text: unnamed(STRING) },
  validate: { inputs: ['text'], check: ({ text }) => text === 'good' || `not good: ${pythonStr(text)}` },
  run: ({ text }) => ({ text }),
});

const lazy = defineNode({
  type: 'ConformLazy',
  category: 'conformance',
  inputs: {
    first: input.boolean({ default: true }),
    a: input.string({ forceInput: true, lazy: true }),
    b: input.string({ forceInput: true, lazy: true }),
  },
  outputs: { text: unnamed(STRING) },
  needs: ({ first }) => [first ? 'a' : 'b'],
  run({ first, a, b }) {
    const text = first ? a : b;
    if (text === undefined) throw new Error(`Input ${first ? 'a' : 'b'} has no value: link it or set it.`);
    return { text };
  },
});

const expansion = defineNode({
  type: 'ConformExpand',
  category: 'conformance',
  inputs: { text: input.string({ default: 'x' }), count: input.int({ default: 2, min: 1, max: 50 }) },
  outputs: { text: unnamed(STRING) },
  run({ text, count }, context) {
    const chain = context.builder();
    let end: string | Link = text;
    for (let at = 0; at < count; at++) end = chain.node('ConformConcat', { a: end, b: '+' }).out(0);
    return expand(chain.finish(), { text: end });
  },
});

export const flowNodes = [fail, stop, wait, blocked, volatile, picky, lazy, expansion];
