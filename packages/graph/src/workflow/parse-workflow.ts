import { asObject } from '@snug/protocol';
import type { Json, JsonObject } from '@snug/protocol';
import { listOf, numberOf, textOf } from './json-field.ts';
import { MAX_NODES, MAX_PROBLEMS } from './workflow.ts';
import type {
  Consumer,
  Subgraph,
  Workflow,
  WorkflowGraph,
  WorkflowInput,
  WorkflowLink,
  WorkflowNode,
  WorkflowOutput,
  WorkflowProblem,
} from './workflow.ts';

const MAX_LINKS = 1_000_000;
const INPUT_NODE = '-10';
const OUTPUT_NODE = '-20';

/** Whether the value is a workflow file of the front end, judged by its outline. */
export function isWorkflow(json: Json): boolean {
  const members = asObject(json);
  return members !== undefined && Array.isArray(members.get('nodes'));
}

/** Whether the value is a prompt in API form, judged by its outline: objects by id that name their class. */
export function isApiPrompt(json: Json): boolean {
  const members = asObject(json);
  if (!members || isWorkflow(members)) return false;
  for (const node of members.values()) if (typeof asObject(node)?.get('class_type') === 'string') return true;
  return false;
}

/**
 * Reads a workflow file, version 0.4 or 1. Never throws: what cannot be read comes back as problems, all at once.
 * Links that lead nowhere are kept; they count as unconnected.
 */
export function parseWorkflow(json: Json): Workflow | WorkflowProblem[] {
  const source = asObject(json);
  if (!source || !isWorkflow(source)) {
    const message = isApiPrompt(json)
      ? 'This is a prompt in API form, not a workflow: it can be run as it is.'
      : 'This is not a workflow: a workflow is an object with a list of nodes.';
    return [{ nodeId: '', type: 'not_a_workflow', message }];
  }
  const reader = new GraphReader();
  const graph = reader.read(source, '');
  const subgraphs = readSubgraphs(source, reader);
  if (reader.problems.length) return reader.problems;
  return {
    ...graph,
    version: numberOf(source.get('version')) ?? 0.4,
    id: textOf(source.get('id')),
    subgraphs,
    groups: listOf(source.get('groups')),
    extra: asObject(source.get('extra')) ?? new Map(),
    source,
  };
}

function readSubgraphs(root: JsonObject, reader: GraphReader): Map<string, Subgraph> {
  const subgraphs = new Map<string, Subgraph>();
  const waiting = [root];
  for (let holder = waiting.pop(); holder && !reader.isFull; holder = waiting.pop()) {
    for (const source of definitionsOf(holder)) {
      const id = textOf(source.get('id'));
      if (id === undefined || !isWorkflow(source)) {
        reader.report('', 'invalid_subgraph', 'A subgraph has no id or no list of nodes: save the workflow again.');
      } else if (!subgraphs.has(id)) {
        subgraphs.set(id, readSubgraph(id, source, reader));
        waiting.push(source);
      }
    }
  }
  return subgraphs;
}

function definitionsOf(holder: JsonObject): JsonObject[] {
  const listed = asObject(holder.get('definitions'))?.get('subgraphs');
  const values = listed instanceof Map ? [...listed.values()] : listOf(listed);
  return values.filter((one): one is JsonObject => one instanceof Map);
}

function readSubgraph(id: string, source: JsonObject, reader: GraphReader): Subgraph {
  const graph = reader.read(source, `${id}:`);
  const inputNode = textOf(asObject(source.get('inputNode'))?.get('id')) ?? INPUT_NODE;
  const outputNode = textOf(asObject(source.get('outputNode'))?.get('id')) ?? OUTPUT_NODE;
  const inputLinks = new Map<number, WorkflowLink[]>();
  const outputLinks = new Map<number, WorkflowLink>();
  for (const link of graph.links.values()) {
    if (link.to === outputNode) outputLinks.set(link.toSlot, link);
    if (link.from !== inputNode) continue;
    const fanOut = inputLinks.get(link.fromSlot);
    if (fanOut) fanOut.push(link);
    else inputLinks.set(link.fromSlot, [link]);
  }
  return {
    ...graph,
    id,
    name: textOf(source.get('name')) ?? id,
    inputs: listOf(source.get('inputs')).map(readSlot),
    outputs: listOf(source.get('outputs')).map(readSlot),
    inputNode,
    inputLinks,
    outputLinks,
    source,
  };
}

class GraphReader {
  readonly problems: WorkflowProblem[] = [];
  isFull = false;
  #nodes = 0;
  #links = 0;

  report(nodeId: string, type: WorkflowProblem['type'], message: string): void {
    if (this.problems.length < MAX_PROBLEMS) this.problems.push({ nodeId, type, message });
  }

  read(source: JsonObject, prefix: string): WorkflowGraph {
    const nodes = this.#readNodes(listOf(source.get('nodes')), prefix);
    const consumers = new Map<string, Consumer>();
    for (const node of nodes.values()) {
      for (const input of node.inputs) if (input.link !== undefined) consumers.set(input.link, { node, input });
    }
    return { nodes, links: this.#readLinks(source.get('links')), consumers };
  }

  #readNodes(list: readonly Json[], prefix: string): Map<string, WorkflowNode> {
    const nodes = new Map<string, WorkflowNode>();
    this.#nodes += list.length;
    if (this.#nodes > MAX_NODES) {
      this.#overflow(`more than ${MAX_NODES} nodes`);
      return nodes;
    }
    for (const source of inExecutionOrder(list)) {
      const id = textOf(asObject(source)?.get('id'));
      const type = asObject(source)?.get('type');
      if (!(source instanceof Map) || id === undefined || typeof type !== 'string') {
        this.report(prefix + (id ?? ''), 'invalid_node', 'A node has no id or no type: save the workflow again.');
      } else if (nodes.has(id)) {
        this.report(prefix + id, 'duplicate_node_id', `Two nodes have the id ${id}: give one of them another.`);
      } else nodes.set(id, readNode(id, type, source));
    }
    return nodes;
  }

  #readLinks(json: Json | undefined): Map<string, WorkflowLink> {
    const links = new Map<string, WorkflowLink>();
    // an early form kept links in an object by id
    const list = json instanceof Map ? [...json.values()] : listOf(json);
    this.#links += list.length;
    if (this.#links > MAX_LINKS) this.#overflow(`more than ${MAX_LINKS} links`);
    else
      for (const item of list) {
        const link = readLink(item);
        if (link) links.set(link.id, link);
      }
    return links;
  }

  #overflow(what: string): void {
    this.isFull = true;
    this.report('', 'too_large', `The workflow has ${what}: split it.`);
  }
}

function inExecutionOrder(list: readonly Json[]): readonly Json[] {
  const keyed = list.map((node) => ({ node, order: numberOf(asObject(node)?.get('order')) }));
  if (keyed.some(({ order }) => order === undefined)) return list;
  return keyed.sort((a, b) => a.order! - b.order!).map(({ node }) => node);
}

function readNode(id: string, type: string, source: JsonObject): WorkflowNode {
  const values = source.get('widgets_values');
  const title = source.get('title');
  return {
    id,
    type,
    title: typeof title === 'string' && title !== '' ? title : undefined,
    mode: numberOf(source.get('mode')) ?? 0,
    inputs: listOf(source.get('inputs')).map(readInput),
    outputs: listOf(source.get('outputs')).map(readSlot),
    widgetValues: values instanceof Map ? values : listOf(values),
    source,
  };
}

function readInput(json: Json): WorkflowInput {
  const members = asObject(json);
  const widget = asObject(members?.get('widget'))?.get('name');
  return {
    ...readSlot(json),
    link: textOf(members?.get('link')),
    widget: typeof widget === 'string' ? widget : undefined,
  };
}

function readSlot(json: Json): WorkflowOutput {
  const members = asObject(json);
  const name = members?.get('name');
  return { name: typeof name === 'string' ? name : '', type: typeOf(members?.get('type')) };
}

function readLink(json: Json): WorkflowLink | undefined {
  const members = asObject(json);
  const parts = members ? LINK_KEYS.map((key) => members.get(key)) : listOf(json);
  const [id, from, fromSlot, to, toSlot, type] = parts;
  const link = {
    id: textOf(id),
    from: textOf(from),
    fromSlot: numberOf(fromSlot),
    to: textOf(to),
    toSlot: numberOf(toSlot),
    type: typeOf(type),
  };
  const isWhole = Object.values(link).every((part) => part !== undefined);
  return isWhole ? (link as WorkflowLink) : undefined;
}

const LINK_KEYS = ['id', 'origin_id', 'origin_slot', 'target_id', 'target_slot', 'type'];

/** Choices written out stand for a combo; numbers are the canvas's words for "anything". */
function typeOf(json: Json | undefined): string {
  if (typeof json === 'string') return json === '' ? '*' : json;
  return Array.isArray(json) ? 'COMBO' : '*';
}
