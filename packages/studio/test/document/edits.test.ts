import { stringifyJson, toPlain } from '@snug/protocol';
import { describe, expect, test } from 'vitest';
import { readCatalogue } from '../../src/catalogue/index.ts';
import {
  addNode,
  changeGroup,
  colourNodes,
  connect,
  copyNodes,
  disconnect,
  duplicateNodes,
  groupNodes,
  linkInto,
  linksOf,
  makePrompt,
  moveGroup,
  moveNodes,
  newDocument,
  nodesIn,
  pasteNodes,
  portsOf,
  removeGroup,
  removeNodes,
  renameNode,
  resizeNode,
  setControl,
  setMode,
  setValue,
  whyNotConnect,
  writeWorkflow,
} from '../../src/document/index.ts';
import type { DocumentNode, Edit, WorkflowDocument } from '../../src/document/index.ts';
import { exampleCatalogue, fixtureCatalogue, opened, photoPrompt, workflowFiles } from './workflow-files.ts';

const photo = opened(workflowFiles.at(-1)!.workflow, exampleCatalogue);

const after = (edit: Edit): WorkflowDocument => {
  if (edit.kind === 'refused') throw new Error(`${edit.reason} ${JSON.stringify(edit.facts)}`);
  return edit.document;
};
const node = (document: WorkflowDocument, id: string): DocumentNode => document.root.nodes.get(id)!;
const listed = ({ savedValues }: DocumentNode): readonly unknown[] => (Array.isArray(savedValues) ? savedValues : []);
const from = (id: string, slot = 0) => ({ node: id, slot });
const to = (id: string, input: string) => ({ node: id, input });

/** Adds nodes of these classes, one after the other: their ids are 1, 2, ... */
function built(catalogue: typeof fixtureCatalogue, ...types: string[]): WorkflowDocument {
  return types.reduce(
    (document, type, at) => after(addNode(document, [], type, { x: at * 400, y: 0 }, catalogue)),
    newDocument('built'),
  );
}

describe('adding', () => {
  test('a node has its inputs, outputs and defaults, and a seed that is drawn', () => {
    const document = built(fixtureCatalogue, 'KSampler');
    const sampler = node(document, '1');
    expect(Object.fromEntries(sampler.values)).toMatchObject({ seed: 0, steps: 20, denoise: 1 });
    expect(sampler.controls).toEqual(new Map([['seed', 'randomize']]));
    expect(listed(sampler).slice(0, 2)).toEqual([0, 'randomize']);
    expect(sampler.inputs.find(({ name }) => name === 'model')).toMatchObject({ type: 'MODEL', widget: undefined });
  });

  test('a note is empty, a primitive holds nothing yet', () => {
    const document = built(exampleCatalogue, 'Note', 'PrimitiveNode');
    expect([listed(node(document, '1')), listed(node(document, '2'))]).toEqual([[''], []]);
    const written = after(setValue(document, [], '1', 'text', 'remember', exampleCatalogue));
    expect(listed(node(written, '1'))).toEqual(['remember']);
    expect(opened(writeWorkflow(written), exampleCatalogue)).toEqual(written);
  });

  test('floats are written as floats', () => {
    const document = built(exampleCatalogue, 'ImageSharpen');
    expect(stringifyJson(writeWorkflow(document))).toContain('"widgets_values":[1,1.0,1.0]');
  });

  test('an unknown class is refused, and ids are not used again', () => {
    expect(addNode(photo, [], 'Nowhere', { x: 0, y: 0 }, exampleCatalogue)).toMatchObject({ reason: 'unknown_class' });
    const removed = after(removeNodes(photo, [], ['8']));
    expect(addNode(removed, [], 'SaveImage', { x: 0, y: 0 }, exampleCatalogue)).toMatchObject({ made: ['9'] });
  });

  test('what makes it to a prompt is what the server asks for', () => {
    const document = after(
      connect(
        built(exampleCatalogue, 'LoadImage', 'SaveImage'),
        [],
        { from: from('1'), to: to('2', 'images') },
        exampleCatalogue,
      ),
    );
    const made = makePrompt(document, exampleCatalogue);
    expect(made.kind === 'made' && toPlain(made.prompt)).toEqual({
      '1': { class_type: 'LoadImage', inputs: { image: 'raccoon.jpg' }, _meta: { title: 'Load Image' } },
      '2': {
        class_type: 'SaveImage',
        inputs: { images: ['1', 0], filename_prefix: 'ComfyUI' },
        _meta: { title: 'Save Image' },
      },
    });
  });
});

describe('connecting', () => {
  test.each([
    ['types_differ', from('1', 1), to('2', 'image')],
    ['own_input', from('2'), to('2', 'image')],
    ['would_cycle', from('7'), to('2', 'image')],
    ['no_such_output', from('1', 2), to('2', 'image')],
    ['no_such_output', from('99'), to('2', 'image')],
    ['no_such_input', from('1'), to('2', 'nothing')],
    ['no_such_input', from('1'), to('99', 'image')],
  ])('is refused: %s', (reason, start, end) => {
    const ends = { from: start, to: end };
    expect(whyNotConnect(photo, [], ends, exampleCatalogue)).toMatchObject({ reason });
    expect(connect(photo, [], ends, exampleCatalogue)).toMatchObject({ kind: 'refused', reason });
  });

  test('replaces the link of an input that is taken', () => {
    const document = after(connect(photo, [], { from: from('2'), to: to('8', 'images') }, exampleCatalogue));
    expect(linkInto(document.root, '8', 'images')).toMatchObject({ id: '9', from: { node: '2' }, type: 'IMAGE' });
    expect(document.root.links.size).toBe(photo.root.links.size);
    expect(document.root.links.has('8')).toBe(false);
  });

  test('the same link again changes nothing', () => {
    const edit = connect(photo, [], { from: from('7'), to: to('8', 'images') }, exampleCatalogue);
    expect(edit.kind === 'done' && edit.document).toBe(photo);
  });

  test('a widget takes a link, keeps its value, and has it again afterwards', () => {
    const document = built(fixtureCatalogue, 'TextBox', 'CLIPTextEncode');
    const linked = after(connect(document, [], { from: from('1'), to: to('2', 'text') }, fixtureCatalogue));
    const [link] = linksOf(linked.root, '2');
    expect(portsOf(linked, [], node(linked, '2'), fixtureCatalogue).inputs).toContainEqual(
      expect.objectContaining({ name: 'text', link: link!.id }),
    );
    expect(node(linked, '2').values.get('text')).toBe('');
    expect(after(disconnect(linked, [], [link!.id])).root.links.size).toBe(0);
  });

  test('reroutes have the type of what is behind them, and of what is in front', () => {
    const document = built(exampleCatalogue, 'LoadImage', 'Reroute', 'Reroute', 'SaveImage', 'FeatherMask');
    const steps: [ReturnType<typeof from>, ReturnType<typeof to>][] = [
      [from('2'), to('3', '')],
      [from('3'), to('4', 'images')],
    ];
    const chain = steps.reduce(
      (one, [start, end]) => after(connect(one, [], { from: start, to: end }, exampleCatalogue)),
      document,
    );
    const mask = { from: from('1', 1), to: to('2', '') };
    expect(connect(chain, [], mask, exampleCatalogue)).toMatchObject({
      reason: 'types_differ',
      facts: { to: 'IMAGE' },
    });
    const fed = after(connect(chain, [], { from: from('1'), to: to('2', '') }, exampleCatalogue));
    const wrong = { from: from('3'), to: to('5', 'mask') };
    expect(whyNotConnect(fed, [], wrong, exampleCatalogue)).toMatchObject({ reason: 'types_differ' });
  });

  test('growing inputs show one more than is linked', () => {
    const template = { input: { required: { image: ['IMAGE'] } }, prefix: 'image', min: 1, max: 3 };
    const catalogue = readCatalogue({
      Source: { input: {}, output: ['IMAGE'] },
      Batch: { input: { required: { images: ['COMFY_AUTOGROW_V3', { template }] } }, output: ['IMAGE'] },
    });
    let document = built(catalogue, 'Source', 'Batch');
    const names = (): string[] => portsOf(document, [], node(document, '2'), catalogue).inputs.map(({ name }) => name);
    expect(names()).toEqual(['images.image0']);
    document = after(connect(document, [], { from: from('1'), to: to('2', 'images.image0') }, catalogue));
    expect(names()).toEqual(['images.image0', 'images.image1']);
    document = after(connect(document, [], { from: from('1'), to: to('2', 'images.image1') }, catalogue));
    document = after(connect(document, [], { from: from('1'), to: to('2', 'images.image2') }, catalogue));
    expect(names()).toHaveLength(3);
    expect(opened(writeWorkflow(document), catalogue)).toEqual(document);
  });

  test('a primitive takes over the value of what it is linked to first', () => {
    const document = built(fixtureCatalogue, 'PrimitiveNode', 'KSampler');
    const set = after(setValue(document, [], '2', 'steps', 33, fixtureCatalogue));
    const linked = after(connect(set, [], { from: from('1'), to: to('2', 'steps') }, fixtureCatalogue));
    expect(node(linked, '1').values).toEqual(new Map([['value', 33]]));
    const port = portsOf(linked, [], node(linked, '1'), fixtureCatalogue).inputs[0];
    expect(port).toMatchObject({ name: 'value', isSocket: false, widget: { kind: 'integer' } });
    const changed = after(setValue(linked, [], '1', 'value', 44, fixtureCatalogue));
    const model = after(setMode(changed, [], [], 'always'));
    const made = makePrompt(model, fixtureCatalogue);
    expect(made.kind === 'made' && toPlain(made.prompt)).toMatchObject({ '2': { inputs: { steps: 44 } } });
  });
});

describe('values', () => {
  test.each([
    ['2', 'width', 1.5],
    ['2', 'width', '640'],
    ['3', 'sigma', NaN],
    ['7', 'resize_source', 1],
    ['8', 'filename_prefix', 5],
  ])('of another kind are refused: %s.%s = %j', (id, input, value) => {
    expect(setValue(photo, [], id, input, value, exampleCatalogue)).toMatchObject({ reason: 'bad_value' });
  });

  test('what does not change stays as it stood in the file', () => {
    const changed = after(setValue(photo, [], '3', 'alpha', 0.5, exampleCatalogue));
    expect(stringifyJson(writeWorkflow(changed))).toContain('"widgets_values":[2,1.0,0.5]');
    expect(node(photo, '3').values.get('alpha')).toBe(0.08);
    expect(changed.root.nodes.get('4')).toBe(photo.root.nodes.get('4'));
    const same = setValue(changed, [], '3', 'alpha', 0.5, exampleCatalogue);
    expect(same.kind === 'done' && same.document).toBe(changed);
  });

  test('of 64 bits are kept', () => {
    const document = built(fixtureCatalogue, 'KSampler');
    const changed = after(setValue(document, [], '1', 'seed', 2n ** 64n - 1n, fixtureCatalogue));
    expect(stringifyJson(writeWorkflow(changed))).toContain('18446744073709551615');
    const made = makePrompt(changed, fixtureCatalogue);
    expect(made.kind === 'made' && stringifyJson(made.prompt)).toContain('18446744073709551615');
  });

  test('that a choice brings come with it and go with it', () => {
    const document = built(fixtureCatalogue, 'SaveImageAdvanced');
    const before = [...node(document, '1').values.keys()];
    const choices = portsOf(document, [], node(document, '1'), fixtureCatalogue).inputs.find(
      ({ name }) => name === 'format',
    )?.widget;
    const other = choices?.kind === 'choice' ? choices.choices?.find((one) => one !== 'png') : undefined;
    const changed = after(setValue(document, [], '1', 'format', other, fixtureCatalogue));
    expect([...node(changed, '1').values.keys()]).not.toEqual(before);
    expect(opened(writeWorkflow(changed), fixtureCatalogue)).toEqual(changed);
    const back = after(setValue(changed, [], '1', 'format', 'png', fixtureCatalogue));
    expect([...node(back, '1').values.keys()]).toEqual(before);
  });

  test('by name keep what else is there', () => {
    const document = opened(workflowFiles.find(({ name }) => name === 'version-1.json')!.workflow, fixtureCatalogue);
    const changed = after(setValue(document, [], '5', 'frame_rate', 30, fixtureCatalogue));
    expect(stringifyJson(writeWorkflow(changed))).toContain('"videopreview":{"hidden":false}');
    expect(opened(writeWorkflow(changed), fixtureCatalogue)).toEqual(changed);
  });

  test('a control is set where there is one', () => {
    const document = built(fixtureCatalogue, 'KSampler');
    const changed = after(setControl(document, [], '1', 'seed', 'increment', fixtureCatalogue));
    expect(listed(node(changed, '1')).slice(0, 2)).toEqual([0, 'increment']);
    expect(setControl(document, [], '1', 'steps', 'fixed', fixtureCatalogue)).toMatchObject({ reason: 'bad_value' });
  });

  test('of an unknown class in a list cannot be told apart, so they are kept and not edited', () => {
    const workflow = { nodes: [{ id: 1, type: 'Nowhere', widgets_values: [1, 'two'] }], links: [] };
    const document = opened(workflow, fixtureCatalogue);
    expect(portsOf(document, [], node(document, '1'), fixtureCatalogue).role).toBe('unknown');
    expect(setValue(document, [], '1', 'x', 5, fixtureCatalogue)).toMatchObject({ reason: 'no_such_input' });
    expect(stringifyJson(writeWorkflow(document))).toContain('"widgets_values":[1,"two"]');
  });
});

describe('nodes', () => {
  test('move, change size, name, mode and colour; what is not touched is the same object', () => {
    let document = after(moveNodes(photo, [], new Map([['1', { x: 1.234567, y: -0 }]])));
    expect(node(document, '1').position).toEqual({ x: 1.23, y: 0 });
    expect(document.root.links).toBe(photo.root.links);
    expect(node(document, '2')).toBe(node(photo, '2'));
    document = after(resizeNode(document, [], '1', { width: 10, height: 20 }));
    document = after(renameNode(document, [], '1', ''));
    document = after(setMode(document, [], ['1', '2'], 'bypassed'));
    document = after(colourNodes(document, [], ['1'], '#abc'));
    const [written] = toPlain(writeWorkflow(document).get('nodes')!) as Record<string, unknown>[];
    expect(written).toMatchObject({ size: [10, 20], mode: 4, color: '#abc', bgcolor: '#abc' });
    expect(written).not.toHaveProperty('title');
    expect(moveNodes(photo, [], new Map([['99', { x: 0, y: 0 }]]))).toMatchObject({ reason: 'no_such_node' });
    expect(removeNodes(photo, ['99'], ['1'])).toMatchObject({ reason: 'no_such_graph' });
  });

  test('removed take their links along', () => {
    const document = after(removeNodes(photo, [], ['2', '7']));
    expect([...document.root.links.values()].map(({ type }) => type)).toEqual(['MASK']);
  });

  test('duplicated are fed by the same links', () => {
    const edit = duplicateNodes(photo, [], ['3', '4', '7']);
    const document = after(edit);
    const [sharp, soft, both] = edit.kind === 'done' ? edit.made : [];
    expect(linkInto(document.root, sharp!, 'image')?.from.node).toBe('2');
    expect(linkInto(document.root, both!, 'destination')?.from.node).toBe(soft);
    expect(linkInto(document.root, both!, 'mask')?.from.node).toBe('6');
  });

  test('copied as text are pasted into another document, with the links between them', () => {
    const text = copyNodes(photo, [], ['2', '3'])!;
    const edit = pasteNodes(newDocument('other'), [], text, { x: 5, y: 6 }, exampleCatalogue);
    expect(after(edit).root.links.size).toBe(1);
    expect(edit).toMatchObject({ made: ['1', '2'] });
    expect(node(after(edit), '2').values).toEqual(node(photo, '3').values);
    expect(copyNodes(photo, [], ['99'])).toBeUndefined();
    expect(pasteNodes(photo, [], 'no workflow', { x: 0, y: 0 }, exampleCatalogue)).toMatchObject({
      reason: 'not_pasteable',
    });
    const prompt = pasteNodes(photo, [], stringifyJson(photoPrompt), { x: 0, y: 0 }, exampleCatalogue);
    expect(after(prompt).root.nodes.size).toBe(16);
  });
});

test('groups are made around nodes, move with them, change, and go without them', () => {
  let document = after(groupNodes(photo, [], ['3', '4'], 'Filters'));
  const [group] = document.root.groups;
  expect(nodesIn(group!, document.root).map(({ id }) => id)).toEqual(['3', '4']);
  document = after(moveGroup(document, [], group!.id, { x: group!.position.x + 100, y: group!.position.y - 50 }));
  expect(node(document, '3').position).toEqual({ x: 860, y: 70 });
  expect(node(document, '1').position).toEqual(node(photo, '1').position);
  document = after(changeGroup(document, [], group!.id, { title: 'Both', colour: '#123' }));
  expect(document.root.groups[0]).toMatchObject({ title: 'Both', colour: '#123' });
  expect(opened(writeWorkflow(document), exampleCatalogue)).toEqual(document);
  expect(after(removeGroup(document, [], group!.id)).root.nodes.size).toBe(8);
  expect(groupNodes(photo, [], [], 'x')).toMatchObject({ reason: 'nothing_selected' });
  expect(removeGroup(photo, [], '1')).toMatchObject({ reason: 'no_such_group' });
});

describe('what is shown of a node', () => {
  test('is the same object until the node or its links change', () => {
    const ports = portsOf(photo, [], node(photo, '7'), exampleCatalogue);
    const moved = after(moveNodes(photo, [], new Map([['1', { x: 0, y: 0 }]])));
    expect(portsOf(moved, [], node(moved, '7'), exampleCatalogue)).toBe(ports);
    const other = after(connect(photo, [], { from: from('7'), to: to('8', 'images') }, exampleCatalogue));
    expect(portsOf(other, [], node(other, '7'), exampleCatalogue)).toBe(ports);
    const cut = after(disconnect(photo, [], ['5']));
    const without = portsOf(cut, [], node(cut, '7'), exampleCatalogue);
    expect(without).not.toBe(ports);
    expect(without.inputs[0]).toMatchObject({ name: 'destination', link: undefined });
  });

  test('an input that the class lost is there while it is linked', () => {
    const old = { ...exampleCatalogue, definitions: new Map(exampleCatalogue.definitions) };
    const definition = old.definitions.get('ImageCompositeMasked')!;
    const inputs = definition.inputs.filter(({ name }) => name !== 'mask');
    old.definitions.set('ImageCompositeMasked', { ...definition, inputs });
    const stale = portsOf(photo, [], node(photo, '7'), old).inputs.filter(({ isStale }) => isStale);
    expect(stale.map(({ name }) => name)).toEqual(['mask']);
  });
});
