import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asObject } from '@snug/protocol/json';
import { layOutNode } from '../../src/canvas/node-layout.ts';
import { layOut, newDocument, portsOf, sizeOf } from '../../src/document/index.ts';
import type { Point } from '../../src/document/index.ts';
import { arrange } from '../../src/document/layout/arrange.ts';
import type { LaidLink, LaidNode } from '../../src/document/layout/arrange.ts';
import { leavesPictures } from '../../src/document/node-size.ts';
import { exampleCatalogue, opened, photoPrompt, workflowFiles } from './workflow-files.ts';

const photo = opened(workflowFiles.at(-1)!.workflow, exampleCatalogue);

const size = fc.record({ width: fc.integer({ min: 40, max: 400 }), height: fc.integer({ min: 20, max: 600 }) });
const graph = fc.array(size, { minLength: 1, maxLength: 60 }).chain((sizes) => {
  const index = fc.nat({ max: sizes.length - 1 });
  const nodes = sizes.map((one, at): LaidNode => ({ id: `n${at}`, size: one }));
  return fc.record({ nodes: fc.constant(nodes), pairs: fc.array(fc.tuple(index, index), { maxLength: 120 }) });
});

function overlaps(nodes: readonly LaidNode[], places: ReadonlyMap<string, Point>): string[] {
  return nodes.flatMap((a, at) =>
    nodes.slice(at + 1).flatMap((b) => {
      const [p, q] = [places.get(a.id)!, places.get(b.id)!];
      const apart =
        p.x + a.size.width <= q.x ||
        q.x + b.size.width <= p.x ||
        p.y + a.size.height <= q.y ||
        q.y + b.size.height <= p.y;
      return apart ? [] : [`${a.id} ${b.id}`];
    }),
  );
}

describe('a layout', () => {
  test('overlaps nothing, gives every node a place of whole pixels, and is the same twice', () => {
    fc.assert(
      fc.property(graph, ({ nodes, pairs }) => {
        // pairs may go in circles, lead to themselves or nowhere
        const links = pairs.map(([from, to]): LaidLink => ({ from: `n${from}`, to: to === 3 ? 'none' : `n${to}` }));
        const places = arrange(nodes, links);
        expect(places.size).toBe(nodes.length);
        expect(overlaps(nodes, places)).toEqual([]);
        expect([...places.values()].every(({ x, y }) => Number.isInteger(x) && Number.isInteger(y))).toBe(true);
        expect(arrange(nodes, links)).toEqual(places);
      }),
      { seed: 20_261_124, numRuns: 150 },
    );
  });

  test('without circles goes from left to right', () => {
    fc.assert(
      fc.property(graph, ({ nodes, pairs }) => {
        const ordered = pairs.filter(([from, to]) => from < to);
        const places = arrange(
          nodes,
          ordered.map(([from, to]) => ({ from: `n${from}`, to: `n${to}` })),
        );
        for (const [from, to] of ordered) {
          expect(places.get(`n${from}`)!.x + nodes[from]!.size.width).toBeLessThan(places.get(`n${to}`)!.x);
        }
      }),
      { seed: 20_261_124, numRuns: 150 },
    );
  });

  test('crosses no links where it need not', () => {
    const box = { width: 100, height: 50 };
    const nodes = ['a', 'b', 'c', 'z', 'y', 'x'].map((id) => ({ id, size: box }));
    const links = [
      { from: 'a', to: 'x' },
      { from: 'b', to: 'y' },
      { from: 'c', to: 'z' },
      { from: 'a', to: 'y' },
      { from: 'b', to: 'z' },
    ];
    const places = arrange(nodes, links);
    const order = (ids: string[]): string[] => ids.toSorted((one, two) => places.get(one)!.y - places.get(two)!.y);
    expect(order(['a', 'b', 'c']).join('')).toMatch(/abc|cba/);
    expect(order(['x', 'y', 'z']).join('')).toBe(order(['a', 'b', 'c']).join('') === 'abc' ? 'xyz' : 'zyx');
  });

  test('keeps room for what a node will show: of a prompt, no node reaches into another', () => {
    const prompt = new Map(photoPrompt);
    const save = asObject(prompt.get('8'))!;
    for (const id of ['9', '10', '11']) prompt.set(id, save);
    const document = opened(prompt, exampleCatalogue);
    const drawn = [...document.root.nodes.values()].map((node) => {
      const ports = portsOf(document, [], node, exampleCatalogue);
      const { width, height, pictureHeight } = layOutNode(node, ports, new Map(), false);
      const pictures = leavesPictures(ports.definition) ? pictureHeight : 0;
      return { id: node.id, size: { width, height: height + pictures } };
    });
    expect(drawn.filter(({ size: { height } }) => height > 240)).toHaveLength(5);
    const places = new Map([...document.root.nodes.values()].map(({ id, position }) => [id, position]));
    expect(overlaps(drawn, places)).toEqual([]);
  });

  test('moves only what it is asked to, and keeps its corner', () => {
    const edit = layOut(photo, [], undefined, ['3', '4', '7']);
    if (edit.kind === 'refused') throw new Error(edit.reason);
    const { nodes } = edit.document.root;
    expect(nodes.get('1')).toBe(photo.root.nodes.get('1'));
    expect(Math.min(...['3', '4', '7'].map((id) => nodes.get(id)!.position.x))).toBe(760);
    expect(Math.min(...['3', '4', '7'].map((id) => nodes.get(id)!.position.y))).toBe(120);
    expect(nodes.get('7')!.position.x).toBeGreaterThan(760 + sizeOf(nodes.get('3')!).width);
    const empty = newDocument('empty');
    expect(layOut(empty, [])).toMatchObject({ kind: 'done', document: empty });
  });
});
