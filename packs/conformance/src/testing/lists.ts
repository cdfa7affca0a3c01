/** Lists on links, and accumulations: one value that holds a list. */
import { ANY, defineNode, input, output, socket } from '@snug/node-kit';
import { unnamed } from '../unnamed.ts';
import { typesWithin, variantOutput } from './variant.ts';

const category = 'experimental/lists';

interface Accumulation {
  readonly accum: readonly unknown[];
}

const ACCUMULATION = socket<Accumulation>('ACCUMULATION');
const accumulation = input.of(ACCUMULATION);
const asAccumulation = variantOutput('ACCUMULATION');
const anything = input.of(ANY);
const optional = input.optional(anything);
const manyValues = output.list(ANY, { name: '*' });

const listInputs = {
  value1: anything,
  value2: optional,
  value3: optional,
  value4: optional,
  value5: optional,
  value6: optional,
  value7: optional,
  value8: optional,
  value9: optional,
};

const makeList = defineNode({
  type: 'TestMakeListNode',
  category,
  inputs: listInputs,
  outputs: { values: manyValues },
  validate: typesWithin(listInputs),
  run(values: Readonly<Record<string, unknown>>) {
    const names = Object.keys(listInputs);
    return { values: names.map((name) => values[name]).filter((value) => value !== undefined) };
  },
});

const accumulateInputs = { to_add: anything, accumulation: input.optional(accumulation) };

const accumulate = defineNode({
  type: 'TestAccumulateNode',
  category,
  inputs: accumulateInputs,
  outputs: { accumulation: asAccumulation },
  validate: typesWithin(accumulateInputs),
  run: ({ to_add, accumulation }) => ({ accumulation: { accum: [...(accumulation?.accum ?? []), to_add] } }),
});

const head = defineNode({
  type: 'TestAccumulationHeadNode',
  category,
  inputs: { accumulation },
  outputs: { accumulation: asAccumulation, value: variantOutput('*') },
  validate: typesWithin({ accumulation }),
  run({ accumulation }) {
    const [first, ...rest] = accumulation.accum;
    return accumulation.accum.length ? { accumulation: { accum: rest }, value: first } : { accumulation, value: null };
  },
});

const tail = defineNode({
  type: 'TestAccumulationTailNode',
  category,
  inputs: { accumulation },
  outputs: { accumulation: unnamed(socket<Accumulation | null>('ACCUMULATION')), value: unnamed(ANY) },
  run({ accumulation }) {
    const { accum } = accumulation;
    // the reference swaps the two when nothing is left
    if (!accum.length) return { accumulation: null, value: accumulation };
    return { accumulation: { accum: accum.slice(0, -1) }, value: accum.at(-1) };
  },
});

const toList = defineNode({
  type: 'TestAccumulationToListNode',
  category,
  inputs: { accumulation },
  outputs: { values: manyValues },
  validate: typesWithin({ accumulation }),
  run: ({ accumulation }) => ({ values: accumulation.accum }),
});

const fromList = defineNode({
  type: 'TestListToAccumulationNode',
  category,
  takesLists: true,
  inputs: { list: anything },
  outputs: { accumulation: asAccumulation },
  validate: typesWithin({ list: anything }),
  run: ({ list }) => ({ accumulation: { accum: list } }),
});

const getLength = defineNode({
  type: 'TestAccumulationGetLengthNode',
  category,
  inputs: { accumulation },
  outputs: { length: variantOutput('INT') },
  validate: typesWithin({ accumulation }),
  run: ({ accumulation }) => ({ length: accumulation.accum.length }),
});

const getInputs = { accumulation, index: input.int({ default: 0 }) };

const getItem = defineNode({
  type: 'TestAccumulationGetItemNode',
  category,
  inputs: getInputs,
  outputs: { value: variantOutput('*') },
  validate: typesWithin(getInputs),
  run: ({ accumulation: { accum }, index }) => ({ value: accum[positionOf(index, accum)] }),
});

const setInputs = { ...getInputs, value: anything };

const setItem = defineNode({
  type: 'TestAccumulationSetItemNode',
  category,
  inputs: setInputs,
  outputs: { accumulation: asAccumulation },
  validate: typesWithin(setInputs),
  run({ accumulation: { accum }, index, value }) {
    return { accumulation: { accum: accum.with(positionOf(index, accum), value) } };
  },
});

/** Negative indices count from the end. */
function positionOf(index: number, items: readonly unknown[]): number {
  const position = index < 0 ? index + items.length : index;
  if (position >= 0 && position < items.length) return position;
  throw new Error(`index ${index} is out of range: the accumulation holds ${items.length} items.`);
}

export const listNodes = [makeList, accumulate, head, tail, toList, fromList, getLength, getItem, setItem];
