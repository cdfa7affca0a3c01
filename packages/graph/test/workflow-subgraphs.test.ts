import { stringifyJson, toJson } from '@snug/protocol';
import type { JsonObject, NodeDescription } from '@snug/protocol';
import { describe, expect, test } from 'vitest';
import { parseWorkflow, workflowToPrompt } from '../src/workflow/index.ts';

const T = { input: { required: { image: ['IMAGE'], seed: ['INT', {}], text: ['STRING', {}] } } };
const descriptions = new Map([['T', toJson(T) as NodeDescription]]);

const widget = (name: string, type: string, link: number | null) => ({ name, type, link, widget: { name } });
const link = (id: number, from: number, fromSlot: number, to: number, toSlot: number) => ({
  id,
  origin_id: from,
  origin_slot: fromSlot,
  target_id: to,
  target_slot: toSlot,
  type: '*',
});

/** Shows seed and text of its only node. */
const leaf = {
  id: 'leaf',
  inputs: [
    { name: 'image', type: 'IMAGE' },
    { name: 'seed', type: 'INT' },
    { name: 'text', type: 'STRING' },
  ],
  nodes: [
    {
      id: 1,
      type: 'T',
      inputs: [{ name: 'image', type: 'IMAGE', link: 1 }, widget('seed', 'INT', 2), widget('text', 'STRING', 3)],
      widgets_values: [7, 'fixed', 'inside'],
    },
  ],
  links: [link(1, -10, 0, 1, 0), link(2, -10, 1, 1, 1), link(3, -10, 2, 1, 2)],
};

function inputs(host: object, id: string, subgraphs: object[] = [leaf]): string {
  const workflow = parseWorkflow(toJson({ nodes: [{ id: 5, type: 'leaf', ...host }], definitions: { subgraphs } }));
  if (Array.isArray(workflow)) throw new Error(JSON.stringify(workflow));
  const conversion = workflowToPrompt(workflow, descriptions);
  if (conversion.kind === 'refused') throw new Error(JSON.stringify(conversion.problems));
  return stringifyJson((conversion.prompt.get(id) as JsonObject).get('inputs')!);
}

const shows = (...widgets: [string, string][]) => ({ properties: { proxyWidgets: widgets } });

describe('values of a node that stands for a subgraph', () => {
  test.each([
    ['none', {}, '{"seed":7,"text":"inside"}'],
    ['by position of the inputs that lead to widgets', { widgets_values: [8, 'host'] }, '{"seed":8,"text":"host"}'],
    [
      'with the control that early front ends saved',
      { widgets_values: [8, 'fixed', 'host'] },
      '{"seed":8,"text":"host"}',
    ],
    ['open ones', { widgets_values: [null, 'host'] }, '{"seed":7,"text":"host"}'],
    ['by name', { widgets_values: { text: 'host' } }, '{"seed":7,"text":"host"}'],
    [
      'by position of the widgets shown, inputs or widgets inside',
      { ...shows(['1', 'text'], ['-1', 'seed']), widgets_values: ['host', 8] },
      '{"seed":8,"text":"host"}',
    ],
    [
      'more than the widgets shown, so by the inputs after all',
      { ...shows(['-1', 'text']), widgets_values: [8, 'host'] },
      '{"seed":8,"text":"host"}',
    ],
    [
      'a list of widgets that is no list',
      { properties: { proxyWidgets: '[["-1",' }, widgets_values: [8] },
      '{"seed":8,"text":"inside"}',
    ],
  ])('%s', (_, host, expected) => expect(inputs(host, '5:1')).toBe(expected));

  test('reach through the host of a subgraph inside, past its own values', () => {
    const inner = { id: 2, type: 'leaf', ...shows(['-1', 'seed'], ['1', 'text']), widgets_values: [8, 'middle'] };
    const outer = { id: 'outer', nodes: [inner], links: [], inputs: [] };
    const host = { type: 'outer', ...shows(['2', 'text'], ['2', 'seed']), widgets_values: ['outermost', null] };
    expect(inputs(host, '5:2:1', [leaf, outer])).toBe('{"seed":8,"text":"outermost"}');
  });
});

describe('files', () => {
  test('may hold subgraphs inside subgraphs, by id, and with other border nodes', () => {
    const odd = {
      ...leaf,
      inputNode: { id: 'start' },
      links: leaf.links.map((one) => ({ ...one, origin_id: 'start' })),
    };
    const outer = {
      id: 'outer',
      nodes: [{ id: 2, type: 'leaf', widgets_values: [9] }],
      definitions: { subgraphs: { leaf: odd } },
    };
    expect(inputs({ type: 'outer' }, '5:2:1', [outer])).toBe('{"seed":9,"text":"inside"}');
  });
});
