import { toJson } from '@snug/protocol';
import type { Json, NodeDescription } from '@snug/protocol';
import { describe, expect, test } from 'vitest';
import { isApiPrompt, isWorkflow, parseWorkflow, workflowToPrompt } from '../src/workflow/index.ts';
import type { Workflow, WorkflowProblem } from '../src/workflow/index.ts';

const describeNode = (required: object): NodeDescription => toJson({ input: { required } }) as NodeDescription;
const descriptions = new Map<string, NodeDescription>([
  ['Source', describeNode({ value: ['INT', {}] })],
  ['Sink', describeNode({ image: ['IMAGE'] })],
]);

function parsed(json: unknown): Workflow {
  const workflow = parseWorkflow(toJson(json));
  if (Array.isArray(workflow)) throw new Error(JSON.stringify(workflow));
  return workflow;
}

function refusals(json: unknown): string[] {
  const conversion = workflowToPrompt(parsed(json), descriptions);
  return conversion.kind === 'refused' ? conversion.problems.map(({ nodeId, type }) => `${nodeId} ${type}`) : [];
}

const sink = (id: number, link: number) => ({ id, type: 'Sink', inputs: [{ name: 'image', type: 'IMAGE', link }] });
const subgraph = (id: string, nodes: unknown[]) => ({ id, name: id, nodes, links: [], inputs: [], outputs: [] });

describe('telling the forms apart', () => {
  const workflow = toJson({ nodes: [], links: [] });
  const prompt = toJson({ '1': { class_type: 'Source', inputs: {} }, '2': {} });

  test('a workflow has a list of nodes, a prompt objects that name their class', () => {
    expect([isWorkflow(workflow), isApiPrompt(workflow)]).toEqual([true, false]);
    expect([isWorkflow(prompt), isApiPrompt(prompt)]).toEqual([false, true]);
  });

  test.each<[string, Json]>([
    ['null', null],
    ['a text', 'nodes'],
    ['a list', []],
    ['an empty object', new Map()],
  ])('%s is neither', (_, json) => expect([isWorkflow(json), isApiPrompt(json)]).toEqual([false, false]));

  test('a prompt given as a workflow is told so', () => {
    expect(parseWorkflow(prompt)).toMatchObject([{ type: 'not_a_workflow', message: expect.stringContaining('API') }]);
  });
});

describe('files that cannot be read', () => {
  const types = (json: unknown): unknown =>
    (parseWorkflow(toJson(json)) as WorkflowProblem[]).map(({ nodeId, type }) => [nodeId, type]);

  test('all broken nodes are told at once, also inside subgraphs', () => {
    const nodes = [null, { id: 1 }, { id: 2, type: 'Sink' }, { id: 2, type: 'Sink' }, { type: 'Sink' }];
    const definitions = { subgraphs: [subgraph('s', [{ id: 5 }]), { name: 'no id' }] };
    expect(types({ nodes, definitions })).toEqual([
      ['', 'invalid_node'],
      ['1', 'invalid_node'],
      ['2', 'duplicate_node_id'],
      ['', 'invalid_node'],
      ['s:5', 'invalid_node'],
      ['', 'invalid_subgraph'],
    ]);
  });

  test('more than 100,000 nodes are too many', () => {
    const nodes = Array.from({ length: 100_001 }, (_, id) => ({ id, type: 'Sink' }));
    expect(types({ nodes })).toEqual([['', 'too_large']]);
  });

  test('links, slots and values of the wrong kind count as absent', () => {
    const links = [null, 7, [1, 2], [1, 'a', {}, 'b', 0, 'X'], { id: 3 }];
    const nodes = [{ id: 1, type: 'Sink', inputs: 'none', outputs: [3], widgets_values: 5, mode: 'on', order: {} }];
    const { nodes: read, links: kept } = parsed({ nodes, links });
    expect([kept.size, read.get('1')?.inputs, read.get('1')?.mode]).toEqual([0, [], 0]);
  });

  test('ids such as __proto__ are just ids', () => {
    const nodes = [
      { id: '__proto__', type: 'Source', outputs: [{ name: 'IMAGE', type: 'IMAGE' }] },
      { id: 'constructor', type: 'Sink', inputs: [{ name: '__proto__', type: 'IMAGE', link: 'toString' }] },
    ];
    const conversion = workflowToPrompt(
      parsed({ nodes, links: [['toString', '__proto__', 0, 'constructor', 0, 'IMAGE']] }),
      descriptions,
    );
    const prompt = conversion.kind === 'converted' ? conversion.prompt : new Map();
    expect([...prompt.keys()]).toEqual(['__proto__', 'constructor']);
    expect((prompt.get('constructor') as Map<string, Map<string, Json>>).get('inputs')?.get('__proto__')).toEqual([
      '__proto__',
      0,
    ]);
  });
});

describe('workflows that cannot be converted', () => {
  test('every class that the server lacks is named with its title, and other problems with it', () => {
    const id = 'aaaaaaaa-0000-4000-8000-000000000001';
    const nodes = [
      { id: 1, type: 'Gone', title: 'My upscaler' },
      { id: 2, type: 'workflow>old group' },
      { id: 3, type: id },
      { id: 4, type: 's' },
      { id: 5, type: 'Source' },
    ];
    const file = { nodes, definitions: { subgraphs: [subgraph('s', [{ id: 6, type: 'AlsoGone' }])] } };
    expect(refusals(file)).toEqual([
      '1 missing_node_type',
      '2 group_node',
      '3 missing_subgraph',
      '4:6 missing_node_type',
    ]);
    const conversion = workflowToPrompt(parsed(file), descriptions);
    expect(conversion).toMatchObject({ problems: [{ message: expect.stringContaining('My upscaler') }, {}, {}, {}] });
  });

  test('subgraphs that hold themselves, directly or through another, are told', () => {
    const subgraphs = [subgraph('a', [{ id: 1, type: 'b' }]), subgraph('b', [{ id: 2, type: 'a' }])];
    expect(refusals({ nodes: [{ id: 9, type: 'a' }], definitions: { subgraphs } })).toEqual(['9:1:2 subgraph_cycle']);
  });

  test('subgraphs that multiply end in a problem, not in a full memory', () => {
    const twenty = (type: string) => Array.from({ length: 20 }, (_, id) => ({ id, type }));
    const subgraphs = ['a', 'b', 'c', 'd', 'e'].map((id) =>
      subgraph(id, twenty(String.fromCharCode(id.charCodeAt(0) + 1))),
    );
    subgraphs.push(subgraph('f', twenty('Source')));
    expect(refusals({ nodes: twenty('a'), definitions: { subgraphs } })).toEqual([' too_large']);
  });

  test('reroutes in a circle are told at each input they feed', () => {
    const reroute = (id: number, link: number) => ({ id, type: 'Reroute', inputs: [{ name: '', type: '*', link }] });
    const nodes = [reroute(1, 2), reroute(2, 1), sink(3, 3), sink(4, 4)];
    const links = [
      [1, 1, 0, 2, 0, '*'],
      [2, 2, 0, 1, 0, '*'],
      [3, 1, 0, 3, 0, 'IMAGE'],
      [4, 2, 0, 4, 0, 'IMAGE'],
    ];
    expect(refusals({ nodes, links })).toEqual(['3 link_cycle', '4 link_cycle']);
  });

  test('a circle through the border of a subgraph is told', () => {
    const inside = {
      ...subgraph('s', []),
      inputs: [{ name: 'in', type: 'IMAGE' }],
      outputs: [{ name: 'out', type: 'IMAGE' }],
      links: [{ id: 1, origin_id: -10, origin_slot: 0, target_id: -20, target_slot: 0, type: 'IMAGE' }],
    };
    const nodes = [{ id: 1, type: 's', inputs: [{ name: 'in', type: 'IMAGE', link: 1 }] }, sink(2, 2)];
    const links = [
      [1, 1, 0, 1, 0, 'IMAGE'],
      [2, 1, 0, 2, 0, 'IMAGE'],
    ];
    expect(refusals({ nodes, links, definitions: { subgraphs: [inside] } })).toEqual(['2 link_cycle']);
  });
});
