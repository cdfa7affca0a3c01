import { expectTypeOf, test } from 'vitest';
import { block, defineNode, expand, IMAGE, input, INT, Link, output, withUi } from '../src/index.ts';
import type { Image } from '../src/index.ts';

test('[NK1] inputs and outputs are inferred', () => {
  defineNode({
    type: 'Sample',
    category: 'test',
    inputs: {
      image: input.of(IMAGE),
      radius: input.int({ default: 3, min: 0 }),
      seed: input.int64({ max: 2n ** 64n - 1n }),
      mode: input.choice(['box', 'gaussian']),
      mask: input.optional(input.of(IMAGE)),
      later: input.of(IMAGE, { lazy: true }),
      id: input.hidden('UNIQUE_ID'),
      files: input.choice(({ files }) => files.list('input')),
      many: input.autogrow(input.of(IMAGE), { prefix: 'image', max: 5 }),
    },
    outputs: { image: output.of(IMAGE), counts: output.list(INT) },
    async run(values) {
      expectTypeOf(values.radius).toEqualTypeOf<number>();
      expectTypeOf(values.seed).toEqualTypeOf<bigint>();
      expectTypeOf(values.mode).toEqualTypeOf<'box' | 'gaussian'>();
      expectTypeOf(values.mask).toEqualTypeOf<Image | undefined>();
      expectTypeOf(values.later).toEqualTypeOf<Image | undefined>();
      expectTypeOf(values.id).toEqualTypeOf<string>();
      expectTypeOf(values.files).toEqualTypeOf<string>();
      expectTypeOf(values.many).toEqualTypeOf<Readonly<Record<string, Image>>>();
      return { image: values.image, counts: [1, 2] };
    },
  });
});

test('[NK2] a node that takes lists receives lists', () => {
  defineNode({
    type: 'Lists',
    category: 'test',
    takesLists: true,
    inputs: { items: input.string() },
    outputs: {},
    run({ items }) {
      expectTypeOf(items).toEqualTypeOf<readonly string[]>();
    },
  });
});

test('[NK3] a wrong or forgotten output does not compile', () => {
  defineNode({
    type: 'Wrong',
    category: 'test',
    inputs: { image: input.of(IMAGE) },
    outputs: { image: output.of(IMAGE) },
    // @ts-expect-error the output is missing
    run: () => ({}),
  });
  defineNode({
    type: 'WrongType',
    category: 'test',
    inputs: {},
    outputs: { image: output.of(IMAGE) },
    // @ts-expect-error a number is no image
    run: () => ({ image: 5 }),
  });
});

test('[NK4] results with ui, expansion and blocks fit the outputs', () => {
  defineNode({
    type: 'Rich',
    category: 'test',
    inputs: { image: input.of(IMAGE), which: input.int() },
    outputs: { image: output.of(IMAGE) },
    run({ image, which }, context) {
      if (which === 0) return block('no');
      if (which === 1) return withUi({ text: ['hi'] }, { image });
      if (which === 2) return { image: block() };
      const graph = context.builder();
      return expand(graph.finish(), { image: new Link('1', 0) });
    },
  });
});
