/** Nodes whose results follow from their inputs alone, and tell how they came about. */
import { ANY, block, expand, input, output, withUi } from '@snug/node-kit';
import type { AnyNode } from '@snug/node-kit';
import { act, settle } from './run-fixtures.ts';

const any = input.optional(input.of(ANY));
const lazy = input.optional(input.of(ANY, { lazy: true }));
const inputs = { tag: input.string(), in0: any, in1: any, in2: any };

type Values = Readonly<Record<'tag' | 'in0' | 'in1' | 'in2', unknown>>;

export const join = ({ tag, in0, in1, in2 }: Values): string =>
  `${String(tag)}(${[in0, in1, in2]
    .filter((value) => value !== undefined)
    .map(String)
    .join()})`;
/** Whether a blocking node stops a value. */
export const stops = (text: string): boolean => text.length % 3 === 0;
export const manyOf = (text: string): string[] =>
  Array.from({ length: 1 + (text.length % 3) }, (_, at) => `${text}${at}`);
export const allOf = (tag: string, lists: readonly (readonly string[] | undefined)[]): string =>
  `${tag}[${lists.map((list) => list?.join('+') ?? '').join('|')}]`;

export const modelNodes: readonly AnyNode[] = [
  act('Join', (values: Values) => ({ value: join(values) }), { inputs }),
  act('Root', (values: Values) => withUi({ text: [join(values)] }, { value: join(values) }), {
    inputs,
    outputNode: true,
  }),
  act(
    'Later',
    async (values: Values) => {
      for (let turns = String(values.tag).length; turns > 0; turns--) await settle();
      return { value: join(values) };
    },
    { inputs, concurrent: true },
  ),
  act('Many', (values: Values) => ({ value: manyOf(join(values)) }), { inputs, outputs: { value: output.list(ANY) } }),
  act(
    'All',
    ({ tag, in0, in1, in2 }: { tag: string[]; in0?: string[]; in1?: string[]; in2?: string[] }) => ({
      value: allOf(tag[0]!, [in0, in1, in2]),
    }),
    { inputs, takesLists: true },
  ),
  act('Block', (values: Values) => ({ value: stops(join(values)) ? block() : join(values) }), { inputs }),
  act('Fail', (values: Values) => {
    throw new Error(join(values));
  }, { inputs }), // prettier-ignore
  act(
    'Lazy',
    ({ tag, in0, in1 }: Values) => ({ value: `${String(tag)}?${String(isFirst(String(tag)) ? in0 : in1)}` }),
    {
      inputs: { tag: input.string(), in0: lazy, in1: lazy, in2: any },
      // an input that nobody linked cannot be asked for
      needs: ({ tag, in0, in1 }: Values) => (isFirst(String(tag)) ? asked('in0', in0) : asked('in1', in1)),
    },
  ),
  act(
    'Expand',
    (values: Values, context) => {
      const graph = context.builder();
      const inner = graph.node('Join', { tag: 'inner', in0: join(values) });
      const outer = graph.node('Later', { tag: values.tag, in0: inner.out(0) });
      graph.node('Fail', { tag: 'unused' });
      return expand(graph.finish(), { value: outer.out(0) });
    },
    { inputs },
  ),
];

/** Which of its two lazy inputs a node takes. */
export const isFirst = (tag: string): boolean => tag.length % 2 === 1;
const asked = (name: string, value: unknown): string[] => (value === undefined ? [name] : []);
