import { describe, expect, it } from 'vitest';
import { ANY, block, createGraphBuilder, expand, FLOAT, IMAGE, Link, output, withUi } from '@snug/node-kit';
import type { OutputSpecs } from '@snug/node-kit';
import { Float } from '@snug/protocol';
import type { ExecutableNode } from '../src/registry.ts';
import { blockedCall, mergeCalls, mergeUi, readReturn, shownValue } from '../src/results.ts';
import { link, nodeAt, registryOf, runNodes, testNode } from './graph-fixtures.ts';

const typeOf = (outputs: OutputSpecs): ExecutableNode => registryOf(testNode('T', { outputs })).get('T')!;
const pair = typeOf({ a: output.of(ANY), b: output.of(ANY) });
const listed = typeOf({ many: output.list(ANY) });
const none = typeOf({});
const silent = block();

describe('what a call returned', () => {
  it('is read by the names of the outputs', () => {
    expect(readReturn(pair, { b: 2, a: 1 }).values).toEqual([1, 2]);
    expect(readReturn(pair, withUi({ text: ['x'] }, { a: 1, b: 2 }))).toMatchObject({
      values: [1, 2],
      ui: { text: ['x'] },
    });
  });

  it('fills every output with a blocker that stands alone', () => {
    expect(readReturn(pair, silent).values).toEqual([silent, silent]);
    expect(readReturn(listed, silent).values).toEqual([[silent]]);
    expect(blockedCall(listed, silent).values).toEqual([[silent]]);
  });

  it('may be nothing where there are no outputs', () => {
    for (const value of [undefined, null, 5, {}]) expect(readReturn(none, value).values).toEqual([]);
  });

  it.each([
    ['nothing', undefined, /returned undefined; it must return an object with: a, b/],
    ['a number', 5, /returned 5/],
    ['an object without an output', { a: 1 }, /returned no value for its output b/],
  ])('is refused when it is %s', (_, value, message) => {
    expect(() => readReturn(pair, value)).toThrow(message);
  });

  it('is refused when a list output is no array', () => {
    expect(() => readReturn(listed, { many: 'abc' })).toThrow(/Output many is a list: return an array/);
  });

  it('is refused when the guard of its socket says so; blocks and nothing pass', () => {
    const images = typeOf({ image: output.of(IMAGE), more: output.list(IMAGE) });
    expect(() => readReturn(images, { image: 'pixels', more: [] })).toThrow(
      /Output image got a value that is no IMAGE/,
    );
    expect(() => readReturn(images, { image: null, more: [{}] })).toThrow(/Output more got a value that is no IMAGE/);
    expect(readReturn(images, { image: silent, more: [undefined, silent] }).values).toEqual([
      silent,
      [undefined, silent],
    ]);
  });

  it('keeps whole floats of a FLOAT output floats', () => {
    expect(readReturn(typeOf({ f: output.of(FLOAT) }), { f: 5 }).values).toEqual([new Float(5)]);
  });

  it('has an expansion and links into it', () => {
    const graph = createGraphBuilder('p.');
    const end = graph.node('T').out(0);
    const result = readReturn(pair, expand(graph.finish(), { a: end, b: 2 }));
    expect(result.expansion?.size).toBe(1);
    expect(result.values).toEqual([new Link('p.1', 0), 2]);
  });
});

describe('merging calls', () => {
  const call = (values: readonly unknown[], ui?: Record<string, readonly unknown[]>): ReturnType<typeof readReturn> => {
    return { values, ui, expansion: undefined };
  };

  it('collects one element a call, and joins what list outputs return', () => {
    expect(mergeCalls(pair, [call([1, 'x']), call([2, 'y'])], new Map()).outputs).toEqual([[1, 2], ['x', 'y']]); // prettier-ignore
    expect(mergeCalls(listed, [call([[1, 2]]), call([[]]), call([[silent]])], new Map()).outputs).toEqual([
      [1, 2, silent],
    ]);
  });

  it('joins lists longer than a call takes arguments', () => {
    const long = Array.from({ length: 300_000 }, () => 0);
    expect(mergeCalls(listed, [call([long]), call([long])], new Map()).outputs[0]).toHaveLength(600_000);
  });

  it('takes the first value behind a link into an expansion, or all for a list output', () => {
    const nodes = runNodes(registryOf(testNode('A')), { inner: ['A'] });
    nodeAt(nodes, 'inner').entry = { outputs: [[1, 2, 3]], ui: undefined };
    expect(mergeCalls(pair, [call([link('inner'), 'literal'])], nodes).outputs).toEqual([[1], ['literal']]);
    expect(mergeCalls(listed, [call([link('inner')])], nodes).outputs).toEqual([[1, 2, 3]]);
    expect(mergeCalls(pair, [call([link('inner', 5), link('gone')])], nodes).outputs).toEqual([
      [undefined],
      [undefined],
    ]);
  });

  it('joins what calls show by key; nothing shown is no output', () => {
    expect(mergeUi([call([], { text: ['a'], images: [1] }), call([]), call([], { text: ['b', 'c'] })])).toEqual({
      text: ['a', 'b', 'c'],
      images: [1],
    });
    expect(mergeUi([call([], {})])).toBeUndefined();
    expect(mergeUi([call([]), call([], {})])).toBeUndefined();
  });

  it('joins under any key', () => {
    const ui = JSON.parse('{"__proto__":[1]}') as Record<string, unknown[]>;
    expect(JSON.stringify(mergeUi([call([], ui), call([], ui)]))).toBe('{"__proto__":[1,1]}');
  });
});

describe('values in the report of a failure', () => {
  it('are scalars as they are, and the rest by name', () => {
    expect(['a', 1, true, null, 2n, undefined, new Float(1)].map(shownValue)).toEqual([
      'a',
      1,
      true,
      null,
      2n,
      null,
      new Float(1),
    ]);
    expect(shownValue([1, 2])).toBe('<list of 2>');
    expect(shownValue({ data: 0, batch: 1, height: 2, width: 3, channels: 4 })).toBe('tensor [1, 2, 3, 4]');
    expect(shownValue({ shape: [5, 6] })).toBe('tensor [5, 6]');
    expect(shownValue(new Map())).toBe('<Map>');
    expect(shownValue(() => 1)).toBe('<Function>');
    expect(shownValue(Symbol('s'))).toBe('<Symbol>');
    expect(shownValue('x'.repeat(20_000))).toHaveLength(10_003);
  });

  it.each([
    ['an object without a prototype', Object.create(null)],
    ['a shape that is none', { shape: 'square' }],
    ['a getter that throws', { get shape(): never { throw new Error('no') } }], // prettier-ignore
    ['a revoked proxy', revoked()],
    ['a constructor with a strange name', { constructor: { name: Symbol('x') } }],
  ])('survive %s', (_, value) => {
    expect(typeof shownValue(value)).toBe('string');
  });
});

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}
