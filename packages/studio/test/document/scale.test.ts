import { describe, expect, test } from 'vitest';
import { createSearch, readCatalogue } from '../../src/catalogue/index.ts';
import {
  addNode,
  advanceControls,
  connect,
  copyNodes,
  disconnect,
  groupNodes,
  layOut,
  linksOf,
  makePrompt,
  makeSubgraph,
  moveNodes,
  pasteNodes,
  portsOf,
  removeNodes,
  setValue,
  unpackSubgraph,
  whyNotConnect,
  writeDraft,
  writeWorkflow,
} from '../../src/document/index.ts';
import type { Edit, WorkflowDocument } from '../../src/document/index.ts';
import { exampleCatalogue as catalogue, opened } from './workflow-files.ts';

const after = (edit: Edit): WorkflowDocument => {
  if (edit.kind === 'refused') throw new Error(edit.reason);
  return edit.document;
};

/** A prompt of one long chain, with something at the side of each node. */
function chain(length: number): Record<string, unknown> {
  const prompt: Record<string, unknown> = { '1': { class_type: 'LoadImage', inputs: { image: 'raccoon.jpg' } } };
  for (let at = 2; at <= length; at++) {
    const inputs = { image: [String(at - 1), 0], blur_radius: 3, sigma: 1.5 };
    prompt[String(at)] = { class_type: 'ImageBlur', inputs };
  }
  prompt[String(length + 1)] = {
    class_type: 'SaveImage',
    inputs: { images: [String(length), 0], filename_prefix: 'x' },
  };
  return prompt;
}

describe('a chain of 4,000 nodes', () => {
  // what walked it by calling itself would run out of stack; what is quadratic would not end in time
  const document = opened(chain(4_000), catalogue, 'long');
  const last = { node: '4001', input: 'images' };

  test('is laid out, written and opened again', () => {
    const { root } = after(layOut(document, []));
    expect(root.nodes.get('4001')!.position.x).toBeGreaterThan(root.nodes.get('4000')!.position.x);
    const again = opened(writeWorkflow(document), catalogue);
    expect(again.root.nodes.size).toBe(4_001);
  });

  test('is turned into a prompt, and kept as a draft', () => {
    const made = makePrompt(document, catalogue, { upTo: { path: [], node: '4001' } });
    expect(made.kind === 'made' && made.prompt.size).toBe(4_001);
    expect(writeDraft(document, { path: [], pan: { x: 0, y: 0 }, zoom: 1 }).length).toBeGreaterThan(300_000);
  });

  test('lights up its sockets while a link is dragged', () => {
    const fitting = [...document.root.nodes.keys()].filter(
      (node) => !whyNotConnect(document, [], { from: { node, slot: 0 }, to: last }, catalogue),
    );
    expect(fitting).toHaveLength(4_000);
    const starts = { node: '3000', slot: 0 };
    const ends = [...document.root.nodes.keys()].filter(
      (node) => !whyNotConnect(document, [], { from: starts, to: { node, input: 'image' } }, catalogue),
    );
    expect(ends).toHaveLength(1_000);
  });

  test('becomes a subgraph, is unpacked, copied, pasted and removed', () => {
    const ids = [...document.root.nodes.keys()];
    const part = ids.slice(10, -10);
    const made = makeSubgraph(document, [], part, 'Long', catalogue);
    const host = made.kind === 'done' ? made.made[0]! : '';
    const unpacked = after(unpackSubgraph(after(made), [], host, catalogue));
    expect(unpacked.root.nodes.size).toBe(ids.length);
    const text = copyNodes(document, [], ids)!;
    const pasted = after(pasteNodes(document, [], text, { x: 0, y: 0 }, catalogue));
    expect(pasted.root.nodes.size).toBe(2 * ids.length);
    expect(after(removeNodes(pasted, [], ids)).root.links.size).toBe(document.root.links.size);
    expect(after(groupNodes(document, [], ids, 'all')).root.groups).toHaveLength(1);
  });
});

describe('a graph of 1,000 nodes', () => {
  const document = opened(chain(999), catalogue, 'large');

  test('is edited hundreds of times, each touching only what it changes', () => {
    let now = document;
    for (let at = 0; at < 100; at++) {
      const id = String(2 + at * 9);
      const before = now;
      now = after(moveNodes(now, [], new Map([[id, { x: at, y: at }]])));
      now = after(setValue(now, [], id, 'sigma', at / 100, catalogue));
      const [link] = linksOf(now.root, id).filter(({ to }) => to.node === id);
      now = after(disconnect(now, [], [link!.id]));
      now = after(connect(now, [], { from: link!.from, to: link!.to }, catalogue));
      const changed = [...now.root.nodes].filter(([one, node]) => before.root.nodes.get(one) !== node);
      expect(changed.map(([one]) => one)).toEqual([id]);
    }
    for (const node of now.root.nodes.values()) expect(portsOf(now, [], node, catalogue).role).toBe('class');
    expect(advanceControls(now, catalogue, () => 0)).toBe(now);
    expect(after(addNode(now, [], 'SaveImage', { x: 0, y: 0 }, catalogue)).root.nodes.size).toBe(1001);
  });
});

test('a catalogue of 3,000 nodes is searched', () => {
  const description = { input: { required: { image: ['IMAGE'] } }, output: ['IMAGE'], category: 'many/of/them' };
  const nodes = Array.from({ length: 3000 }, (_, at) => [`Node${at}Filter`, description]);
  const search = createSearch(readCatalogue(Object.fromEntries(nodes)));
  expect(search.find('node299filter')[0]?.definition.type).toBe('Node299Filter');
  expect(search.find('filter', { wanted: { type: 'IMAGE', end: 'takes' }, limit: 10_000 })).toHaveLength(3000);
});
