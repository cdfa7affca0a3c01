import { describe, expect, test } from 'vitest';
import { createGraphBuilder, Link } from '../src/index.ts';
import type { Subgraph } from '../src/index.ts';

const inputsOf = (graph: Subgraph, id: string): unknown => Object.fromEntries(graph.get(id)?.inputs ?? []);

describe('ids', () => {
  test('count from 1 behind the prefix', () => {
    const builder = createGraphBuilder('7.0.0.');
    expect([builder.node('A').id, builder.node('B').id]).toEqual(['7.0.0.1', '7.0.0.2']);
    expect(builder.prefix).toBe('7.0.0.');
  });

  test('that are given are used behind the prefix, and do not count', () => {
    const builder = createGraphBuilder('p.');
    expect(builder.node('A', {}, 'first').id).toBe('p.first');
    expect(builder.node('B').id).toBe('p.1');
  });

  test('that exist give the node that is there', () => {
    const builder = createGraphBuilder('p.');
    const first = builder.node('A', { x: 1 }, 'one');
    expect(builder.node('B', { x: 2 }, 'one')).toBe(first);
    expect(inputsOf(builder.finish(), 'p.one')).toEqual({ x: 1 });
    expect(builder.finish().get('p.one')?.classType).toBe('A');
  });

  test('may be any text', () => {
    const builder = createGraphBuilder('');
    builder.node('A', {}, '__proto__');
    expect([...builder.finish().keys()]).toEqual(['__proto__']);
    expect(builder.lookup('constructor')).toBeUndefined();
  });
});

describe('inputs', () => {
  test('that are undefined are left out, null and false are values', () => {
    const builder = createGraphBuilder('');
    builder.node('A', { gone: undefined, nothing: null, no: false });
    expect(inputsOf(builder.finish(), '1')).toEqual({ nothing: null, no: false });
  });

  test('are set and removed later', () => {
    const builder = createGraphBuilder('');
    const node = builder.node('A', { x: 1, y: 2 });
    expect(node.set('x', 5).set('y', undefined)).toBe(node);
    expect(inputsOf(builder.finish(), '1')).toEqual({ x: 5 });
    expect([...node.inputs]).toEqual([['x', 5]]);
  });

  test('link to an output of a node', () => {
    const builder = createGraphBuilder('p.');
    const source = builder.node('A');
    builder.node('B', { image: source.out(1) });
    const link = builder.finish().get('p.2')?.inputs.get('image');
    expect(link).toBeInstanceOf(Link);
    expect(link).toEqual(new Link('p.1', 1));
  });
});

test('lookup finds nodes by the id without the prefix', () => {
  const builder = createGraphBuilder('p.');
  const node = builder.node('A');
  expect(builder.lookup('1')).toBe(node);
  expect(builder.lookup('p.1')).toBeUndefined();
});

test('a removed node is gone, and its number is not used again', () => {
  const builder = createGraphBuilder('p.');
  builder.node('A');
  builder.remove('1');
  expect(builder.lookup('1')).toBeUndefined();
  expect(builder.finish().size).toBe(0);
  expect(builder.node('A').id).toBe('p.2');
  builder.remove('never there');
  expect(builder.finish().size).toBe(1);
});

describe('replaceOutput', () => {
  function wired(): ReturnType<typeof createGraphBuilder> {
    const builder = createGraphBuilder('p.');
    const source = builder.node('A');
    builder.node('B', { one: source.out(0), two: source.out(1), literal: 'p.1' });
    builder.node('C', { one: source.out(0), other: new Link('1', 0) });
    return builder;
  }

  test('points every link to one output at something else', () => {
    const builder = wired();
    builder.replaceOutput('1', 0, new Link('9', 2));
    expect(inputsOf(builder.finish(), 'p.2')).toEqual({
      one: new Link('9', 2),
      two: new Link('p.1', 1),
      literal: 'p.1',
    });
    expect(inputsOf(builder.finish(), 'p.3')).toEqual({ one: new Link('9', 2), other: new Link('1', 0) });
  });

  test('puts a value in the place of links', () => {
    const builder = wired();
    builder.replaceOutput('1', 0, 42);
    expect(inputsOf(builder.finish(), 'p.3')).toMatchObject({ one: 42 });
  });

  test('removes inputs when nothing is to stand there', () => {
    const builder = wired();
    builder.replaceOutput('1', 0, undefined);
    expect(inputsOf(builder.finish(), 'p.2')).toEqual({ two: new Link('p.1', 1), literal: 'p.1' });
  });
});

test('a node is shown as another one on request only', () => {
  const builder = createGraphBuilder('p.');
  const node = builder.node('A');
  expect(builder.finish().get('p.1')?.displayId).toBeUndefined();
  expect(node.showAs('4')).toBe(node);
  expect(builder.finish().get('p.1')?.displayId).toBe('4');
});
