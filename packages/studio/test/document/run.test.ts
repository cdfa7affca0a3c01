import { parseWorkflow, workflowToPrompt } from '@snug/graph';
import { toPlain } from '@snug/protocol';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCatalogue } from '../../src/catalogue/index.ts';
import type { WidgetDefinition } from '../../src/catalogue/index.ts';
import {
  addNode,
  advanceControls,
  connect,
  expandBatch,
  FIRST_VIEW,
  graphAt,
  inputKey,
  makePrompt,
  makeSubgraph,
  newDocument,
  nextValue,
  placeFailure,
  placeProblems,
  readDraft,
  readValueList,
  record,
  redo,
  seal,
  setControl,
  setMode,
  setValue,
  shownAt,
  startHistory,
  undo,
  writeDraft,
  writeWorkflow,
} from '../../src/document/index.ts';
import type { Edit, WorkflowDocument } from '../../src/document/index.ts';
import { MAX_STEPS } from '../../src/document/history.ts';
import { exampleCatalogue, fixtureCatalogue, opened, photoPrompt, workflowFiles } from './workflow-files.ts';

const photo = opened(workflowFiles.at(-1)!.workflow, exampleCatalogue);
const after = (edit: Edit): WorkflowDocument => {
  if (edit.kind === 'refused') throw new Error(edit.reason);
  return edit.document;
};

describe('a prompt', () => {
  test('is what the example says, with the workflow beside it', () => {
    const made = makePrompt(photo, exampleCatalogue);
    if (made.kind === 'refused') throw new Error('refused');
    expect(toPlain(made.prompt)).toEqual(toPlain(photoPrompt));
    expect(made.targets).toBeUndefined();
    expect(toPlain(made.workflow)).toEqual(toPlain(workflowFiles.at(-1)!.workflow));
  });

  test('of what cannot run tells which nodes are to blame', () => {
    const document = opened({ nodes: [{ id: 7, type: 'Nowhere' }], links: [] }, exampleCatalogue);
    expect(makePrompt(document, exampleCatalogue)).toMatchObject({
      kind: 'refused',
      problems: [{ place: { path: [], node: '7' }, type: 'missing_node_type', source: 'conversion' }],
    });
  });

  test('resolves texts with choices only when it is given random numbers', () => {
    const catalogue = readCatalogue({
      Text: { input: { required: { text: ['STRING', { dynamicPrompts: true }] } }, output_node: true },
    });
    const document = after(addNode(newDocument('n'), [], 'Text', { x: 0, y: 0 }, catalogue));
    const set = after(setValue(document, [], '1', 'text', 'a {red|blue} car', catalogue));
    const textOf = (random?: () => number): unknown => {
      const made = makePrompt(set, catalogue, { random });
      return made.kind === 'made' && toPlain(made.prompt);
    };
    expect(textOf()).toMatchObject({ '1': { inputs: { text: 'a {red|blue} car' } } });
    expect(textOf(() => 0.9)).toMatchObject({ '1': { inputs: { text: 'a blue car' } } });
  });

  test.each([
    ['8', ['1', '2', '3', '4', '5', '6', '7', '8'], ['8'], undefined],
    ['3', ['1', '2', '3', '3:preview'], ['3:preview'], { images: ['3', 0] }],
    ['1', ['1', '1:preview'], ['1:preview'], { images: ['1', 0] }],
  ])('up to node %s runs only what it needs', (id, ids, targets, inputs) => {
    const made = makePrompt(photo, exampleCatalogue, { upTo: { path: [], node: id } });
    if (made.kind === 'refused') throw new Error('refused');
    expect([...made.prompt.keys()]).toEqual(ids);
    expect(made.targets).toEqual(targets);
    if (inputs) expect(toPlain(made.prompt.get(targets[0]!)!)).toMatchObject({ class_type: 'PreviewImage', inputs });
  });

  test('up to a node that nothing can show, or that does not run, is refused', () => {
    const upTo = { path: [], node: '6' };
    expect(makePrompt(photo, exampleCatalogue, { upTo })).toMatchObject({
      kind: 'refused',
      problems: [{ place: upTo, type: 'nothing_to_run' }],
    });
    const muted = after(setMode(photo, [], ['8'], 'muted'));
    const made = makePrompt(muted, exampleCatalogue, { upTo: { path: [], node: '8' } });
    expect(made.kind).toBe('refused');
  });
});

describe('controls', () => {
  const seed: WidgetDefinition = { kind: 'seed', min: 0, max: 2n ** 64n - 1n, step: 1, default: 0 };
  const choice: WidgetDefinition = {
    kind: 'choice',
    choices: ['a', 'b', 'c'],
    isMultiple: false,
    remote: undefined,
    default: 'a',
  };
  const never = (): number => {
    throw new Error('nothing is drawn');
  };

  test.each([
    [5, 'fixed', 5],
    [5, 'increment', 6],
    [5, 'decrement', 4],
    [0, 'decrement', 0],
    [2 ** 53 - 1, 'increment', 2n ** 53n],
    [2n ** 53n, 'decrement', 2 ** 53 - 1],
    [2n ** 64n - 1n, 'increment', 2n ** 64n - 1n],
    [2n ** 64n - 1n, 'increment-wrap', 0],
    ['a text', 'increment', 'a text'],
  ] as const)('a seed of %s, %s: %s', (value, control, next) =>
    expect(nextValue(value, seed, control, never)).toBe(next),
  );

  test.each([
    ['a', 'increment', 'b'],
    ['c', 'increment', 'c'],
    ['c', 'increment-wrap', 'a'],
    ['a', 'decrement', 'a'],
    ['gone', 'increment', 'a'],
  ] as const)('a choice of %s, %s: %s', (value, control, next) =>
    expect(nextValue(value, choice, control, never)).toBe(next),
  );

  test('drawn numbers keep to the limits and steps, and to what front ends can read', () => {
    fc.assert(
      fc.property(
        fc.bigInt(-(2n ** 64n), 2n ** 64n),
        fc.bigInt(0n, 2n ** 64n),
        fc.integer({ min: 1, max: 1000 }),
        fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })),
        (min, width, step, numbers) => {
          const random = (): number => numbers.next().value as number;
          const drawn = nextValue(0, { ...seed, min, max: min + width, step }, 'randomize', random);
          const low = min < -(2n ** 53n) + 1n ? -(2n ** 53n) + 1n : min;
          expect(BigInt(drawn as number) >= low || drawn === low).toBe(true);
          if (min + width >= low) expect(BigInt(drawn as number) <= min + width || drawn === low).toBe(true);
          expect((BigInt(drawn as number) - low) % BigInt(step)).toBe(0n);
        },
      ),
      { seed: 20_261_123, numRuns: 300 },
    );
    expect(nextValue(0, seed, 'randomize', () => 0)).toBe(0);
    expect(nextValue(0, choice, 'randomize', () => 0.99)).toBe('c');
  });

  test('change what runs, and nothing else', () => {
    let document = newDocument('n');
    for (const type of ['KSampler', 'KSampler', 'CLIPTextEncode', 'PrimitiveNode', 'KSampler']) {
      document = after(addNode(document, [], type, { x: 0, y: 0 }, fixtureCatalogue));
    }
    document = after(setControl(document, [], '1', 'seed', 'increment', fixtureCatalogue));
    document = after(setMode(document, [], ['2'], 'muted'));
    const ends = { from: { node: '4', slot: 0 }, to: { node: '5', input: 'seed' } };
    document = after(connect(document, [], ends, fixtureCatalogue));
    document = after(setControl(document, [], '4', 'value', 'increment', fixtureCatalogue));
    const next = advanceControls(document, fixtureCatalogue, () => 0.5);
    const seedOf = (id: string): unknown => next.root.nodes.get(id)?.values.get(id === '4' ? 'value' : 'seed');
    expect(['1', '2', '4', '5'].map(seedOf)).toEqual([1, 0, 1, 0]);
    for (const id of ['2', '3', '5']) expect(next.root.nodes.get(id)).toBe(document.root.nodes.get(id));
    expect(advanceControls(photo, exampleCatalogue, never)).toBe(photo);
  });

  test('work in subgraphs too', () => {
    let document = after(addNode(newDocument('n'), [], 'KSampler', { x: 0, y: 0 }, fixtureCatalogue));
    document = after(setControl(document, [], '1', 'seed', 'increment', fixtureCatalogue));
    document = after(makeSubgraph(document, [], ['1'], 'Inside', fixtureCatalogue));
    const next = advanceControls(document, fixtureCatalogue, never);
    const [inside] = next.subgraphs.values();
    expect(inside?.graph.nodes.get('1')?.values.get('seed')).toBe(1);
  });

  test.each(workflowFiles)('change $name as conversion changes it', ({ workflow, catalogue }) => {
    let document = opened(workflow, catalogue);
    const graphs = [[], ...[...document.root.nodes.values()].map(({ id }) => [id])];
    for (const path of graphs) {
      for (const { id, controls } of graphAt(document, path)?.nodes.values() ?? []) {
        for (const name of controls.keys()) {
          const edit = setControl(document, path, id, name, 'increment', catalogue);
          if (edit.kind === 'done') document = edit.document;
        }
      }
    }
    const parsed = parseWorkflow(writeWorkflow(document));
    if (Array.isArray(parsed)) throw new Error('refused');
    const theirs = workflowToPrompt(parsed, catalogue.descriptions, { controlSeeds: 'advance' });
    const mine = makePrompt(advanceControls(document, catalogue, never), catalogue);
    expect(mine.kind === 'made' && toPlain(mine.prompt)).toEqual(theirs.kind === 'converted' && toPlain(theirs.prompt));
  });

  test('of a node inside change what its subgraph holds for it', () => {
    const file = workflowFiles.find(({ name }) => name === 'promoted-widgets.json')!;
    const document = after(
      setControl(opened(file.workflow, fixtureCatalogue), ['2'], '3', 'seed', 'increment', fixtureCatalogue),
    );
    const next = advanceControls(document, fixtureCatalogue, never);
    expect(next.root.nodes.get('2')?.values.get('seed')).toBe(197122968890041);
    expect(next.root.nodes.get('5')).toBe(document.root.nodes.get('5'));
    expect(setControl(document, [], '2', 'seed', 'fixed', fixtureCatalogue)).toMatchObject({ reason: 'bad_value' });
  });
});

describe('a batch', () => {
  const axis = (node: string, input: string, ...values: unknown[]) => ({ place: { path: [], node }, input, values });

  test('is one document for each value, and for each combination of several', () => {
    const axes = [axis('2', 'width', 640, 1280), axis('3', 'sigma', 0.5, 1, 2)];
    const documents = expandBatch(photo, axes, exampleCatalogue);
    if (!Array.isArray(documents)) throw new Error('refused');
    const values = (documents as WorkflowDocument[]).map(({ root: { nodes } }) => [
      nodes.get('2')?.values.get('width'),
      nodes.get('3')?.values.get('sigma'),
    ]);
    expect(values).toEqual([640, 1280].flatMap((width) => [0.5, 1, 2].map((sigma) => [width, sigma])));
    expect(expandBatch(photo, [], exampleCatalogue)).toEqual([photo]);
  });

  test('of what does not fit, or of far too many, is refused', () => {
    expect(expandBatch(photo, [axis('2', 'width', 'wide')], exampleCatalogue)).toMatchObject({ reason: 'bad_value' });
    const many = Array.from({ length: 40 }, (_, at) => at);
    const axes = [axis('2', 'width', ...many), axis('2', 'height', ...many)];
    expect(expandBatch(photo, axes, exampleCatalogue)).toMatchObject({ reason: 'too_large' });
  });

  const number = { kind: 'number', isInteger: false } as WidgetDefinition;
  const integer = { kind: 'integer', isInteger: true } as WidgetDefinition;
  const choice: WidgetDefinition = {
    kind: 'choice',
    choices: ['a', 'b, c', 3],
    isMultiple: false,
    remote: undefined,
    default: 'a',
  };

  test.each([
    ['1, 2, 5', integer, [1, 2, 5]],
    ['1..4', integer, [1, 2, 3, 4]],
    ['4..1', integer, [4, 3, 2, 1]],
    ['1..10 step 3, 50', integer, [1, 4, 7, 10, 50]],
    ['18446744073709551615', integer, [2n ** 64n - 1n]],
    ['0..0.3 step 0.1', number, [0, 0.1, 0.2, 0.3]],
    ['-1..1', number, [-1, 0, 1]],
    ['1.5', integer, undefined],
    ['1..99999', integer, undefined],
    ['1..2 step 0', integer, undefined],
    ['x', number, undefined],
    ['', number, undefined],
    ['a red car\n\na blue one, parked', { kind: 'multiline' } as WidgetDefinition, ['a red car', 'a blue one, parked']],
    ['a, 3', choice, ['a', 3]],
    ['a\nb, c', choice, ['a', 'b, c']],
    ['a, z', choice, undefined],
    ['on, off', { kind: 'toggle' } as WidgetDefinition, [true, false]],
    ['maybe', { kind: 'toggle' } as WidgetDefinition, undefined],
  ])('%j', (text, widget, values) => expect(readValueList(text, widget)).toEqual(values));
});

describe('problems', () => {
  test('of a refused prompt are placed on nodes and inputs', () => {
    const problem = { nodeId: '2', classType: 'ImageScale', input: 'width', type: 'value_too_small', message: 'm' };
    const whole = { ...problem, nodeId: '', input: '' };
    expect(placeProblems(photo, [problem, whole])).toEqual([
      { place: { path: [], node: '2' }, input: 'width', type: 'value_too_small', message: 'm', source: 'refusal' },
      { place: undefined, input: undefined, type: 'value_too_small', message: 'm', source: 'refusal' },
    ]);
  });

  test('of a node inside a subgraph are shown on every level', () => {
    const { document, made } = ((): { document: WorkflowDocument; made: readonly string[] } => {
      const edit = makeSubgraph(photo, [], ['3'], 'Sharp', exampleCatalogue);
      if (edit.kind === 'refused') throw new Error(edit.reason);
      return edit;
    })();
    const failure = { nodeId: `${made[0]!}:3`, exceptionType: 'ValueError', message: 'no' };
    const { place, ...rest } = placeFailure(document, failure);
    expect(place).toEqual({ path: made, node: '3' });
    expect(rest).toMatchObject({ type: 'ValueError', source: 'execution' });
    expect(shownAt(place!)).toEqual([{ path: [], node: made[0] }, place]);
    expect(inputKey(place!, 'a')).not.toBe(inputKey({ path: [], node: '3' }, 'a'));
  });
});

describe('history', () => {
  test('merges a drag into one step, and a sealed one not', () => {
    let history = startHistory(0);
    for (const value of [1, 2, 3]) history = record(history, value, 'drag');
    history = record(seal(history), 4, 'drag');
    history = record(history, 4, 'other');
    expect(history.past).toEqual([0, 3]);
    expect(undo(history).present).toBe(3);
    expect(redo(undo(history)).present).toBe(4);
    expect(record(undo(history), 9).future).toEqual([]);
    expect(redo(history)).toBe(history);
    expect(undo(startHistory(0))).toEqual(startHistory(0));
  });

  test('what was undone is not merged with what comes next', () => {
    let history = record(startHistory(0), 1, 'drag');
    history = record(undo(history), 2, 'drag');
    expect(history.past).toEqual([0]);
  });

  test('is bounded', () => {
    let history = startHistory(0);
    for (let value = 1; value <= MAX_STEPS * 2; value++) history = record(history, value);
    expect(history.past).toHaveLength(MAX_STEPS);
    expect(history.past[0]).toBe(MAX_STEPS);
  });
});

describe('a draft', () => {
  test('is compact, and brings document and view back', () => {
    const view = { path: [], pan: { x: -10, y: 20.5 }, zoom: 0.75 };
    const text = writeDraft(photo, view);
    expect(text).not.toMatch(/\n| {2}/);
    expect(readDraft(text, exampleCatalogue)).toEqual({ document: photo, view });
  });

  test.each(['', '{}', 'null', '{"draft":1}', '{"draft":2,"workflow":{"nodes":[]}}', '[1]'])('%s is none', (text) =>
    expect(readDraft(text, exampleCatalogue)).toBeUndefined(),
  );

  test('whose open subgraph is gone shows the workflow', () => {
    const text = writeDraft(photo, { path: ['99'], pan: { x: 1, y: 1 }, zoom: 2 });
    expect(readDraft(text, exampleCatalogue)?.view).toEqual(FIRST_VIEW);
  });
});
