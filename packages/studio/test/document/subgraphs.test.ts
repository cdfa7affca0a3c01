import { toPlain } from '@snug/protocol';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Catalogue } from '../../src/catalogue/index.ts';
import {
  addNode,
  connect,
  copyNodes,
  disconnect,
  exposeInput,
  exposeOutput,
  graphAt,
  makePrompt,
  makeSubgraph,
  newDocument,
  pasteNodes,
  placeOf,
  portsOf,
  promptIdOf,
  removeNodes,
  renameSubgraph,
  setValue,
  unpackSubgraph,
  writeWorkflow,
} from '../../src/document/index.ts';
import type { Done, Edit, GraphPath, WorkflowDocument } from '../../src/document/index.ts';
import { brokenIn } from './invariants.ts';
import { exampleCatalogue, fixtureCatalogue, opened, workflowFiles } from './workflow-files.ts';

const done = (edit: Edit): Done => {
  if (edit.kind === 'refused') throw new Error(`${edit.reason} ${JSON.stringify(edit.facts)}`);
  return edit;
};

interface PlainNode {
  readonly class_type: string;
  readonly inputs: Record<string, unknown>;
  readonly _meta: { readonly title: string };
}

/** A prompt with its nodes called by their titles, which no edit changes. */
function runOf(document: WorkflowDocument, catalogue: Catalogue): unknown {
  const made = makePrompt(document, catalogue);
  if (made.kind === 'refused') throw new Error(JSON.stringify(made.problems));
  const nodes = toPlain(made.prompt) as Record<string, PlainNode>;
  const named = Object.values(nodes).map(({ _meta, class_type, inputs }) => {
    const entries = Object.entries(inputs).map(([name, value]) => {
      const [id, slot] = Array.isArray(value) ? (value as unknown[]) : [];
      return [name, typeof id === 'string' && nodes[id] ? [nodes[id]._meta.title, slot] : value];
    });
    return { title: _meta.title, class_type, inputs: Object.fromEntries(entries) as unknown };
  });
  return named.sort((a, b) => (a.title < b.title ? -1 : 1));
}

const photo = opened(workflowFiles.at(-1)!.workflow, exampleCatalogue);
const ids = [...photo.root.nodes.keys()];
const file = (name: string): WorkflowDocument =>
  opened(workflowFiles.find((one) => one.name === name)!.workflow, fixtureCatalogue);

describe('a subgraph that is made of nodes', () => {
  test('runs the same, and so do the nodes when they are unpacked again', () => {
    const seed = 20_261_122;
    fc.assert(
      fc.property(fc.subarray(ids, { minLength: 1 }), fc.subarray(ids, { minLength: 1 }), (first, second) => {
        const expected = runOf(photo, exampleCatalogue);
        const made = done(makeSubgraph(photo, [], first, 'Part', exampleCatalogue));
        expect(runOf(made.document, exampleCatalogue)).toEqual(expected);
        // one inside the other, as far as the second is in there
        const inner = second.filter((id) => first.includes(id));
        const nested = inner.length
          ? done(makeSubgraph(made.document, made.made, inner, 'Inner', exampleCatalogue)).document
          : made.document;
        expect(brokenIn(nested, exampleCatalogue)).toEqual([]);
        expect(runOf(nested, exampleCatalogue)).toEqual(expected);
        const unpacked = done(unpackSubgraph(nested, [], made.made[0]!, exampleCatalogue)).document;
        expect(brokenIn(unpacked, exampleCatalogue)).toEqual([]);
        expect(runOf(unpacked, exampleCatalogue)).toEqual(expected);
        expect(unpacked.subgraphs.size).toBe(inner.length ? 1 : 0);
      }),
      { seed, numRuns: 40 },
    );
  });

  test('has one slot for each output that crosses its border', () => {
    const { document, made } = done(makeSubgraph(photo, [], ['3', '4'], 'Filters', exampleCatalogue));
    const [definition] = document.subgraphs.values();
    expect(definition?.inputs.map(({ name, type }) => [name, type])).toEqual([['image', 'IMAGE']]);
    expect(definition?.outputs.map(({ name }) => name)).toEqual(['IMAGE', 'IMAGE_2']);
    const host = document.root.nodes.get(made[0]!)!;
    expect(portsOf(document, [], host, exampleCatalogue)).toMatchObject({ role: 'subgraph', name: 'Filters' });
  });

  test('is edited in place: the path leads to its graph, and every use of it changes', () => {
    const { document, made } = done(makeSubgraph(photo, [], ['3'], 'Sharp', exampleCatalogue));
    const path: GraphPath = [made[0]!];
    expect([...graphAt(document, path)!.nodes.keys()]).toEqual(['3']);
    const twice = done(pasteNodes(document, [], copyNodes(document, [], made)!, { x: 0, y: 0 }, exampleCatalogue));
    expect(twice.document.subgraphs.size).toBe(1);
    const changed = done(setValue(twice.document, path, '3', 'sigma', 2.5, exampleCatalogue)).document;
    expect(graphAt(changed, [twice.made[0]!])?.nodes.get('3')?.values.get('sigma')).toBe(2.5);
  });

  test('cannot hold itself', () => {
    const { document, made } = done(makeSubgraph(photo, [], ['3'], 'Sharp', exampleCatalogue));
    const [id] = document.subgraphs.keys();
    const at = { x: 0, y: 0 };
    expect(addNode(document, made, id!, at, exampleCatalogue)).toMatchObject({ reason: 'holds_itself' });
    const text = copyNodes(document, [], made)!;
    expect(pasteNodes(document, made, text, at, exampleCatalogue)).toMatchObject({ reason: 'holds_itself' });
  });

  test('goes with its last use', () => {
    const { document, made } = done(makeSubgraph(photo, [], ['3'], 'Sharp', exampleCatalogue));
    expect(done(removeNodes(document, [], made)).document.subgraphs.size).toBe(0);
  });

  test('comes along when a node is pasted elsewhere; another one with the same id gets a new one', () => {
    const { document, made } = done(makeSubgraph(photo, [], ['3'], 'Sharp', exampleCatalogue));
    const text = copyNodes(document, [], made)!;
    const elsewhere = done(pasteNodes(newDocument('new'), [], text, { x: 7, y: 8 }, exampleCatalogue));
    expect([...elsewhere.document.subgraphs.keys()]).toEqual([...document.subgraphs.keys()]);
    expect(elsewhere.document.root.nodes.get('1')?.position).toEqual({ x: 7, y: 8 });
    const changed = done(setValue(document, made, '3', 'sigma', 3, exampleCatalogue)).document;
    const beside = done(pasteNodes(changed, [], text, { x: 0, y: 0 }, exampleCatalogue));
    expect(beside.document.subgraphs.size).toBe(2);
    expect(brokenIn(beside.document, exampleCatalogue)).toEqual([]);
  });
});

describe('values that a node holds for its subgraph', () => {
  test('are shown with the widget that is inside, and set there', () => {
    const document = file('promoted-widgets.json');
    const host = document.root.nodes.get('2')!;
    expect([...host.values]).toEqual([
      ['caption', 'from the host'],
      ['seed', 197122968890040],
      ['width', 832],
    ]);
    const widgets = portsOf(document, [], host, fixtureCatalogue).inputs.filter(({ widget }) => widget);
    expect(widgets.map(({ name, widget }) => [name, widget?.kind])).toEqual([
      ['caption', 'multiline'],
      ['seed', 'seed'],
      ['width', 'integer'],
    ]);
    const changed = done(setValue(document, [], '2', 'width', 640, fixtureCatalogue)).document;
    const made = makePrompt(changed, fixtureCatalogue);
    const prompt = made.kind === 'made' ? (toPlain(made.prompt) as Record<string, PlainNode>) : {};
    expect(prompt['2:2']?.inputs).toMatchObject({ width: 640, height: 640 });
  });

  test('stay where they belong when a widget inside is no longer led to', () => {
    const document = file('promoted-widgets.json');
    const inside = graphAt(document, ['2'])!;
    const link = [...inside.links.values()].find(({ to }) => to.input === 'text')!;
    const changed = done(disconnect(document, ['2'], [link.id])).document;
    expect([...changed.root.nodes.get('2')!.values.keys()]).toEqual(['seed', 'width']);
    expect(changed.root.nodes.get('2')!.savedValues).toEqual([197122968890040, 832]);
    expect(brokenIn(changed, fixtureCatalogue)).toEqual([]);
  });

  test('go to the nodes inside when it is unpacked', () => {
    const document = file('promoted-widgets.json');
    const { document: unpacked, made } = done(unpackSubgraph(document, [], '2', fixtureCatalogue));
    const values = made.map((id) => unpacked.root.nodes.get(id)!.values);
    expect(values.map((one) => one.get('text') ?? one.get('width') ?? one.get('seed'))).toEqual([
      'from the host',
      832,
      197122968890040,
    ]);
  });

  test('of widgets shown by node and name are read, set and written', () => {
    const document = file('nested-subgraphs.json');
    const host = document.root.nodes.get('2')!;
    expect(host.values.get('8:seed')).toBe(12345);
    const port = portsOf(document, [], host, fixtureCatalogue).inputs.find(({ name }) => name === '8:seed');
    expect(port).toMatchObject({ isSocket: false, widget: { kind: 'seed' } });
    const changed = done(setValue(document, [], '2', '8:seed', 99n, fixtureCatalogue)).document;
    expect(changed.root.nodes.get('2')!.savedValues).toEqual(['a castle', 99n, null, 30, null]);
  });
});

describe('ids of a prompt', () => {
  test('lead to the node inside its subgraphs, and back', () => {
    const document = file('nested-subgraphs.json');
    const made = makePrompt(document, fixtureCatalogue);
    const prompted = made.kind === 'made' ? [...made.prompt.keys()] : [];
    expect(prompted).toContain('2:5:2');
    for (const id of prompted) {
      const place = placeOf(document, id)!;
      expect(promptIdOf(place)).toBe(id);
      expect(graphAt(document, place.path)?.nodes.has(place.node)).toBe(true);
    }
  });

  test.each([
    ['4:8.0.0.inner', { path: ['4'], node: '8' }],
    ['5.0.0.7', { path: [], node: '5' }],
    ['5:preview', { path: [], node: '5' }],
    ['99', undefined],
    ['', undefined],
  ])('%s', (id, place) => expect(placeOf(file('nested-subgraphs.json'), id)).toEqual(place));
});

test('a subgraph gets further inputs and outputs from the inside; what it shows can be set from outside', () => {
  const { document, made } = done(makeSubgraph(photo, [], ['3'], 'Sharp', exampleCatalogue));
  const host = made[0]!;
  const shown = done(exposeInput(document, made, { node: '3', input: 'sigma' }, exampleCatalogue)).document;
  const named = done(renameSubgraph(shown, made, 'Sharper')).document;
  const ports = portsOf(named, [], named.root.nodes.get(host)!, exampleCatalogue);
  expect(ports.name).toBe('Sharper');
  expect(ports.inputs.at(-1)).toMatchObject({ name: 'sigma', isSocket: true, widget: { kind: 'number' } });
  const set = done(setValue(named, [], host, 'sigma', 4.5, exampleCatalogue)).document;
  const wide = done(exposeOutput(set, made, { node: '3', slot: 0 }, exampleCatalogue)).document;
  const ends = { from: { node: host, slot: 1 }, to: { node: '8', input: 'images' } };
  const linked = done(connect(wide, [], ends, exampleCatalogue)).document;
  expect(brokenIn(linked, exampleCatalogue)).toEqual([]);
  expect(opened(writeWorkflow(linked), exampleCatalogue)).toEqual(linked);
  const result = makePrompt(linked, exampleCatalogue);
  const prompt = result.kind === 'made' ? (toPlain(result.prompt) as Record<string, PlainNode>) : {};
  expect(prompt[`${host}:3`]?.inputs).toMatchObject({ sigma: 4.5 });
  expect(prompt['8']?.inputs.images).toEqual([`${host}:3`, 0]);
  expect(exposeInput(linked, [], { node: '2', input: 'image' }, exampleCatalogue)).toMatchObject({ kind: 'refused' });
});

test('links inside a subgraph go to its ends', () => {
  const { document, made } = done(makeSubgraph(photo, [], ['3', '4'], 'Filters', exampleCatalogue));
  const from = { node: '-10', slot: 0 };
  const to = { node: '-20', input: 'IMAGE' };
  const changed = done(connect(document, made, { from, to }, exampleCatalogue)).document;
  expect(brokenIn(changed, exampleCatalogue)).toEqual([]);
  const result = makePrompt(changed, exampleCatalogue);
  const prompt = result.kind === 'made' ? (toPlain(result.prompt) as Record<string, PlainNode>) : {};
  expect(prompt['7']?.inputs.destination).toEqual(['2', 0]);
});
