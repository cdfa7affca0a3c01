import { describe, expect, it } from 'vitest';
import { ANY, input } from '@snug/node-kit';
import type { AnyNode, InputSpecs } from '@snug/node-kit';
import { Float } from '@snug/protocol';
import { argumentSets, gatherInputs } from '../src/gather.ts';
import type { Gathered } from '../src/gather.ts';
import type { RunNode } from '../src/run-node.ts';
import { link, nodeAt, registryOf, runNodes, testNode } from './graph-fixtures.ts';

const any = input.of(ANY);

/** A node of the given inputs and values; lists stand for sources that made them. */
function consumer(
  inputs: InputSpecs,
  values: Readonly<Record<string, unknown>>,
  parts: Partial<AnyNode> = {},
  lists: Readonly<Record<string, readonly unknown[]>> = {},
): { node: RunNode; nodes: Map<string, RunNode> } {
  const registry = registryOf(testNode('Source'), testNode('Consumer', { acceptsUndeclared: false, ...parts, inputs }));
  const sources = Object.keys(lists).map((id) => [id, ['Source']] as const);
  const links = Object.fromEntries(Object.keys(lists).map((id) => [id, link(id)]));
  const nodes = runNodes(registry, { ...Object.fromEntries(sources), consumer: ['Consumer', { ...values, ...links }] });
  for (const [id, list] of Object.entries(lists)) nodeAt(nodes, id).entry = { outputs: [list], ui: undefined };
  return { node: nodeAt(nodes, 'consumer'), nodes };
}

function gather(made: ReturnType<typeof consumer>, hidden: Readonly<Record<string, unknown>> = {}): Gathered {
  return gatherInputs(made.node, made.nodes, (key) => hidden[key]);
}

function callsOf(
  made: ReturnType<typeof consumer>,
  hidden?: Readonly<Record<string, unknown>>,
): Record<string, unknown>[] {
  return argumentSets(made.node, gather(made, hidden)).map(({ values }) => values);
}

function calls(...given: Parameters<typeof consumer>): Record<string, unknown>[] {
  return callsOf(consumer(...given));
}

describe('what is gathered', () => {
  it('is literals, and the lists behind links, in prompt order', () => {
    const { values, missing } = gather(consumer({ a: any, b: any }, { b: 1 }, {}, { a: [1, 2] }));
    expect([...values]).toEqual([['b', [1]], ['a', [1, 2]]]); // prettier-ignore
    expect(missing.size).toBe(0);
  });

  it('counts links as missing whose source has no result, no such output, or does not exist', () => {
    const made = consumer({ a: any, b: any, c: any }, { b: link('source', 7), c: link('gone') }, {}, { source: [1] });
    made.node.inputs.set('a', link('consumer'));
    const { values, missing } = gather(made);
    expect([...missing].sort()).toEqual(['a', 'b', 'c']);
    expect(values.get('b')).toEqual([undefined]);
  });

  it('takes a negative slot from the end, as the reference does', () => {
    const made = consumer({ a: any }, {}, {}, { source: ['x'] });
    made.node.inputs.set('a', link('source', -1));
    expect(gather(made).values.get('a')).toEqual(['x']);
  });

  it('drops undeclared literals and keeps undeclared links', () => {
    expect(calls({ a: any }, { a: 1, extra: 2 }, {}, { more: [3] })).toEqual([{ a: 1, more: 3 }]);
    expect(calls({ a: any }, { a: 1, extra: 2 }, { acceptsUndeclared: true })).toEqual([{ a: 1, extra: 2 }]);
  });

  it('hands a raw link over as it is', () => {
    const inputs = { a: input.of(ANY, { rawLink: true }) };
    expect(calls(inputs, { a: link('somewhere', 2) })).toEqual([{ a: ['somewhere', 2] }]);
  });

  it('fills hidden inputs, also over the prompt, and leaves what it has no value for to the prompt', () => {
    const spec = input.hidden('UNIQUE_ID');
    const made = consumer({ id: spec, png: input.hidden('EXTRA_PNGINFO') }, { id: 'forged', png: 'from prompt' });
    expect(callsOf(made, { UNIQUE_ID: '7' })).toEqual([{ id: '7', png: 'from prompt' }]);
  });

  it('hands hidden values over as they are', () => {
    const prompt = new Map([['1', new Float(1)]]);
    const made = consumer({ prompt: input.hidden('PROMPT') }, {});
    expect(callsOf(made, { PROMPT: prompt })[0]?.prompt).toBe(prompt);
  });

  it('takes any name for just a name', () => {
    const [set] = calls(
      { a: any },
      { a: 1 },
      { acceptsUndeclared: true },
      JSON.parse('{"__proto__":["p"],"constructor":["c"]}') as Record<string, string[]>,
    );
    expect(Object.keys(set!)).toEqual(['a', '__proto__', 'constructor']);
    expect(Object.getPrototypeOf(set)).toBe(Object.prototype);
  });
});

describe('list mapping', () => {
  it('calls once for each element of the longest list; shorter lists repeat their last', () => {
    expect(calls({ a: any, b: any, c: any }, { c: 'x' }, {}, { a: [1, 2, 3], b: ['p', 'q'] })).toEqual([
      { c: 'x', a: 1, b: 'p' },
      { c: 'x', a: 2, b: 'q' },
      { c: 'x', a: 3, b: 'q' },
    ]);
  });

  it('calls once without arguments when there are no inputs, or only empty lists', () => {
    expect(calls({}, {})).toEqual([{}]);
    expect(calls({ a: any, b: any }, {}, {}, { a: [], b: [] })).toEqual([{}]);
  });

  it('fails on an empty list next to a value, and names the input', () => {
    expect(() => calls({ a: any, b: any }, { b: 1 }, {}, { a: [] })).toThrow(/Input a is an empty list/);
  });

  it('hands whole lists to a node that takes lists: one call, literals and hidden values too', () => {
    const inputs = { a: any, b: any, c: any, id: input.hidden('UNIQUE_ID') };
    const made = consumer(inputs, { b: 1, c: link('gone') }, { takesLists: true }, { a: [1, 2] });
    expect(callsOf(made, { UNIQUE_ID: '7' })).toEqual([{ b: [1], c: [undefined], a: [1, 2], id: ['7'] }]);
    expect(calls({ a: any }, {}, { takesLists: true }, { a: [] })).toEqual([{ a: [] }]);
  });
});

describe('kinds of numbers', () => {
  const inputs = {
    int: input.int(),
    int64: input.int64(),
    float: input.float(),
    exact: input.float({ exact: true }),
    any,
  };
  const values = (value: unknown): unknown[] => {
    const [set] = calls(inputs, Object.fromEntries(Object.keys(inputs).map((name) => [name, value])));
    return Object.values(set!);
  };

  it('are what the node asked for', () => {
    expect(values(5)).toEqual([5, 5n, 5, 5, 5]);
    expect(values(new Float(5))).toEqual([5, 5n, 5, new Float(5), 5]);
    expect(values(5n)).toEqual([5, 5n, 5, 5n, 5]);
  });

  it('refuse a large integer for int() and hand it on elsewhere', () => {
    const large = 2n ** 64n - 1n;
    expect(() => calls({ int: input.int() }, { int: large })).toThrow(/beyond ±2\^53.*int64/);
    const wide = { int64: inputs.int64, float: inputs.float, exact: inputs.exact, any };
    const [set] = calls(wide, { int64: large, float: large, exact: large, any: large });
    expect(set).toEqual({ int64: large, float: Number(large), exact: large, any: large });
  });

  it('leave objects plain, except where the exact value is asked for', () => {
    const map = new Map([['a', new Float(1)]]);
    expect(calls({ plain: any, exact: input.of(ANY, { exact: true }) }, { plain: map, exact: map })).toEqual([
      { plain: { a: 1 }, exact: map },
    ]);
  });
});

describe('dynamic inputs', () => {
  const grown = input.autogrow(any, { prefix: 'image', min: 1, max: 3 });

  it('arrive as an object in the order of the template', () => {
    const [set] = calls({ images: grown }, { 'images.image2': 'c', 'images.image0': 'a' });
    expect(JSON.stringify(set)).toBe('{"images":{"image0":"a","image2":"c"}}');
  });

  it('arrive as an empty object when none is sent, and ignore the bare name', () => {
    expect(JSON.stringify(calls({ images: grown, x: any }, { x: 1 }))).toBe('[{"x":1,"images":{}}]');
    expect(JSON.stringify(calls({ images: grown }, { images: 5 }))).toBe('[{"images":{}}]');
  });

  it('are mapped over lists like others', () => {
    const made = consumer({ images: grown }, {}, {}, { source: [1, 2] });
    made.node.inputs.delete('source');
    made.node.inputs.set('images.image0', link('source'));
    expect(JSON.stringify(callsOf(made))).toBe('[{"images":{"image0":1}},{"images":{"image0":2}}]');
  });

  const choice = input.dynamicChoice([
    { key: 'png', inputs: { level: input.int(), parts: input.autogrow(any, { names: ['x', 'y'] }) } },
    {
      key: 'jpeg',
      inputs: { quality: input.int(), inner: input.dynamicChoice([{ key: 'fine', inputs: { grain: input.int64() } }]) },
    },
    { key: 'none', inputs: {} },
  ]);

  it('hold a choice under their own name, and what it brings beside it', () => {
    const values = { format: 'png', 'format.level': 4, 'format.parts.y': 2, 'format.parts.x': 1 };
    expect(JSON.stringify(calls({ format: choice }, values))).toBe(
      '[{"format":{"format":"png","level":4,"parts":{"x":1,"y":2}}}]',
    );
  });

  it('nest choices in choices, whatever order the prompt has them in', () => {
    const values = { 'format.inner.grain': 3, 'format.inner': 'fine', 'format.quality': 90, format: 'jpeg' };
    const [set] = calls({ format: choice }, values);
    expect(set).toEqual({ format: { format: 'jpeg', quality: 90, inner: { inner: 'fine', grain: 3n } } });
  });

  it('leave out what belongs to another choice', () => {
    const [set] = calls({ format: choice }, { format: 'none', 'format.quality': 90 });
    expect(set).toEqual({ format: { format: 'none' } });
  });

  it('hand an unknown or missing choice on for the node to refuse', () => {
    expect(calls({ format: choice }, { format: 'gif' })).toEqual([{ format: { format: 'gif' } }]);
    expect(JSON.stringify(calls({ format: choice }, {}))).toBe('[{"format":{}}]');
  });

  it('take lists where the node does', () => {
    const [set] = calls({ format: choice }, { format: 'png', 'format.level': 4 }, { takesLists: true });
    expect(set).toEqual({ format: { format: ['png'], level: [4], parts: {} } });
  });

  it('never let a name of the prompt reach into a value that came over a link', () => {
    const tensor = { data: 'pixels' };
    const made = consumer({ images: grown }, {}, {}, { evil: ['overwritten'], fine: [tensor] });
    made.node.inputs.clear();
    made.node.inputs.set('images.image0', link('fine'));
    made.node.inputs.set('images.image0.data', link('evil'));
    made.node.inputs.set('images.__proto__.polluted', link('evil'));
    const [set] = callsOf(made);
    expect(set).toEqual({ images: { image0: { data: 'pixels' } } });
    expect(tensor).toEqual({ data: 'pixels' });
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});
