import { expectTypeOf, test } from 'vitest';
import type { JsonObject } from '@snug/protocol';
import {
  ANY,
  block,
  defineNode,
  expand,
  IMAGE,
  input,
  INT,
  Link,
  MASK,
  output,
  socket,
  STRING,
  withUi,
} from '../src/index.ts';
import type { Blocker, Image, Mask, NodeGraph } from '../src/index.ts';
import { runNode } from '../src/testing.ts';

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

test('[NK5] every kind of input gives its type of value', () => {
  const PALETTE = socket<readonly string[]>('PALETTE');
  defineNode({
    type: 'Kinds',
    category: 'test',
    inputs: {
      big: input.int64({ default: 0, min: 0, max: 2n ** 64n - 1n }),
      share: input.float({ min: 0, max: 1 }),
      text: input.string({ multiline: true }),
      yes: input.boolean(),
      palette: input.of(PALETTE),
      anything: input.of(ANY),
      either: input.anyOf<Image | Mask>([IMAGE, MASK]),
      same: input.match('t'),
      sameImage: input.match<Image>('t'),
      format: input.dynamicChoice<{ format: 'png' | 'jpeg'; quality?: number }>([
        { key: 'png', inputs: {} },
        { key: 'jpeg', inputs: { quality: input.int() } },
      ]),
      numbers: input.autogrow(input.float(), { names: ['a', 'b'] }),
      lazyText: input.string({ lazy: true }),
      optionalChoice: input.optional(input.choice(['a', 'b'])),
      prompt: input.hidden('PROMPT'),
      info: input.hidden('EXTRA_PNGINFO'),
      graph: input.hidden('DYNPROMPT'),
    },
    outputs: {},
    run(values) {
      expectTypeOf(values.big).toEqualTypeOf<bigint>();
      expectTypeOf(values.share).toEqualTypeOf<number>();
      expectTypeOf(values.text).toEqualTypeOf<string>();
      expectTypeOf(values.yes).toEqualTypeOf<boolean>();
      expectTypeOf(values.palette).toEqualTypeOf<readonly string[]>();
      expectTypeOf(values.anything).toEqualTypeOf<unknown>();
      expectTypeOf(values.either).toEqualTypeOf<Image | Mask>();
      expectTypeOf(values.same).toEqualTypeOf<unknown>();
      expectTypeOf(values.sameImage).toEqualTypeOf<Image>();
      expectTypeOf(values.format).toEqualTypeOf<{ format: 'png' | 'jpeg'; quality?: number }>();
      expectTypeOf(values.numbers).toEqualTypeOf<Readonly<Record<string, number>>>();
      expectTypeOf(values.lazyText).toEqualTypeOf<string | undefined>();
      expectTypeOf(values.optionalChoice).toEqualTypeOf<'a' | 'b' | undefined>();
      expectTypeOf(values.prompt).toEqualTypeOf<JsonObject>();
      expectTypeOf(values.info).toEqualTypeOf<JsonObject | null>();
      expectTypeOf(values.graph).toEqualTypeOf<NodeGraph>();
    },
  });
});

test('[NK6] what runs before the graph does sees values that may be missing', () => {
  defineNode({
    type: 'Early',
    category: 'test',
    inputs: { name: input.string(), image: input.of(IMAGE, { lazy: true }) },
    outputs: {},
    needs({ name }) {
      expectTypeOf(name).toEqualTypeOf<string>();
      return ['image'];
    },
    validate: {
      inputs: ['name'],
      check(values, context) {
        expectTypeOf(values.name).toEqualTypeOf<string | undefined>();
        expectTypeOf(context.types).toEqualTypeOf<ReadonlyMap<string, string>>();
        return values.name ? true : 'Give it a name.';
      },
    },
    fingerprint({ name }) {
      expectTypeOf(name).toEqualTypeOf<string | undefined>();
      return name ?? null;
    },
    run: () => undefined,
  });
});

test('[NK7] inputs that contradict themselves do not compile', () => {
  // @ts-expect-error the default is none of the choices
  input.choice(['box', 'gaussian'], { default: 'circle' });
  // @ts-expect-error a text is no number
  input.int({ default: '3' });
  // @ts-expect-error numbers have no such option
  input.int({ maximum: 3 });
  // @ts-expect-error a boolean has no limits
  input.boolean({ min: 0 });
  // @ts-expect-error the server fills in no such value
  input.hidden('PASSWORD');
  // @ts-expect-error it never ends
  input.autogrow(input.string(), { prefix: 'text' });
  // @ts-expect-error a socket is needed, not its name
  input.of('IMAGE');
});

test('[NK8] a node that lacks a part does not compile', () => {
  // @ts-expect-error it does nothing
  defineNode({ type: 'NoRun', category: 'test', inputs: {}, outputs: {} });
  // @ts-expect-error it has no name
  defineNode({ category: 'test', inputs: {}, outputs: {}, run: () => undefined });
  // @ts-expect-error it is nowhere in the menu
  defineNode({ type: 'NoCategory', inputs: {}, outputs: {}, run: () => undefined });
});

test('[NK9] a result that does not fit the outputs does not compile', () => {
  const outputs = { image: output.of(IMAGE), counts: output.list(INT) };
  const given = { category: 'test', inputs: { image: input.of(IMAGE) }, outputs } as const;
  // @ts-expect-error one number is no list
  defineNode({ ...given, type: 'A', run: ({ image }) => ({ image, counts: 1 }) });
  // @ts-expect-error an element is no number
  defineNode({ ...given, type: 'B', run: ({ image }) => ({ image, counts: ['1'] }) });
  // @ts-expect-error the output has another name
  defineNode({ ...given, type: 'C', run: ({ image }) => ({ images: image, counts: [1] }) });
  // @ts-expect-error nothing is returned, and there are outputs
  defineNode({ ...given, type: 'D', run: () => undefined });
  // @ts-expect-error a promise of nothing
  defineNode({ ...given, type: 'E', run: async () => undefined });
});

test('[NK10] an input that is not declared does not compile', () => {
  defineNode({
    type: 'Undeclared',
    category: 'test',
    inputs: { image: input.of(IMAGE) },
    outputs: {},
    // @ts-expect-error there is no input of this name
    run: ({ images }) => void images,
  });
  defineNode({
    type: 'UndeclaredCheck',
    category: 'test',
    inputs: { image: input.of(IMAGE) },
    outputs: {},
    // @ts-expect-error there is no input of this name
    validate: { inputs: ['images'], check: () => true },
    run: () => undefined,
  });
});

test('[NK11] a test of a node gets the types of its inputs and outputs', async () => {
  const node = defineNode({
    type: 'Tested',
    category: 'test',
    inputs: { count: input.int(), seed: input.optional(input.int64()), id: input.hidden('UNIQUE_ID') },
    outputs: { text: output.of(STRING), counts: output.list(INT) },
    run: () => ({ text: '', counts: [] }),
  });
  const { outputs } = await runNode(node, { count: 1 });
  expectTypeOf(outputs.text).toEqualTypeOf<string>();
  expectTypeOf(outputs.counts).toEqualTypeOf<readonly (number | Blocker)[]>();
  await runNode(node, { count: 1, seed: 5n, id: '9' });
  // @ts-expect-error the count is missing
  await runNode(node, { seed: 5n });
  // @ts-expect-error a seed is a bigint
  await runNode(node, { count: 1, seed: 5 });
  // @ts-expect-error there is no output of this name
  void outputs.image;
});
