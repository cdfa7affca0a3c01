/** A workflow file of the front end as a document. */
import { asObject } from '@snug/protocol/json';
import type { Json, JsonObject } from '@snug/protocol/json';
import { parseWorkflow } from '@snug/graph';
import type { Subgraph, WorkflowProblem } from '@snug/graph';
import type { Catalogue } from '../catalogue/types.ts';
import { uniqueNames } from './slot-names.ts';
import { namedValuesOf } from './node-values.ts';
import { idOf, listOf, numberOf, numbersOf, without } from './json-field.ts';
import { readGraph } from './read-graph.ts';
import { slotExtra } from './read-node.ts';
import { SUBGRAPH_INPUT, SUBGRAPH_OUTPUT } from './types.ts';
import type {
  DocumentNode,
  Graph,
  NodeId,
  Point,
  SubgraphDefinition,
  SubgraphSlot,
  WorkflowDocument,
} from './types.ts';

export interface WorkflowRead {
  readonly document: WorkflowDocument;
  /** Nodes that lost a link that led nowhere, by id of their subgraph (undefined: the workflow itself). */
  readonly dropped: readonly { readonly subgraph: string | undefined; readonly node: NodeId }[];
}

/** Reads version 0.4 and 1. What it does not know is kept. */
export function readWorkflow(json: Json, catalogue: Catalogue): WorkflowRead | readonly WorkflowProblem[] {
  const workflow = parseWorkflow(json);
  if (Array.isArray(workflow)) return workflow;
  const { source, version } = workflow;
  const state = asObject(source.get('state'));
  const root = readGraph(workflow, source, undefined, {
    node: numberOf(state?.get('lastNodeId') ?? source.get('last_node_id')) ?? 0,
    link: numberOf(state?.get('lastLinkId') ?? source.get('last_link_id')) ?? 0,
  });
  const dropped = root.dropped.map((node) => ({ subgraph: undefined as string | undefined, node }));
  const subgraphs = new Map<string, SubgraphDefinition>();
  for (const [id, subgraph] of workflow.subgraphs) {
    const read = readSubgraph(subgraph);
    subgraphs.set(id, read.definition);
    for (const node of read.dropped) dropped.push({ subgraph: id, node });
  }
  const extra = without(source, ROOT_MEMBERS);
  if (state) keepRest(extra, 'state', state, ['lastNodeId', 'lastLinkId']);
  const definitions = asObject(source.get('definitions'));
  if (definitions) keepRest(extra, 'definitions', definitions, ['subgraphs']);
  const document = { root: root.graph, subgraphs, version, extra };
  return { document: withNamedValues(document, catalogue), dropped };
}

const ROOT_MEMBERS = ['nodes', 'links', 'groups', 'last_node_id', 'last_link_id', 'version', 'state', 'definitions'];

function keepRest(extra: Map<string, Json>, key: string, source: JsonObject, members: readonly string[]): void {
  const rest = without(source, members);
  if (rest.size) extra.set(key, rest);
}

/** Reads the values of all nodes anew, as the catalogue names them. */
export function withNamedValues(document: WorkflowDocument, catalogue: Catalogue): WorkflowDocument {
  const named = (graph: Graph): Graph => {
    const nodes = new Map<NodeId, DocumentNode>();
    for (const [id, node] of graph.nodes) {
      nodes.set(id, { ...node, ...namedValuesOf(node, document.subgraphs, catalogue) });
    }
    return { ...graph, nodes };
  };
  const subgraphs = new Map<string, SubgraphDefinition>();
  for (const [id, definition] of document.subgraphs) {
    subgraphs.set(id, { ...definition, graph: named(definition.graph) });
  }
  return { ...document, root: named(document.root), subgraphs };
}

interface SubgraphRead {
  readonly definition: SubgraphDefinition;
  readonly dropped: readonly NodeId[];
}

const SUBGRAPH_MEMBERS = [
  'id',
  'name',
  'inputs',
  'outputs',
  'inputNode',
  'outputNode',
  'nodes',
  'links',
  'groups',
  'state',
  'definitions',
];
const SLOT_MEMBERS = ['name', 'type', 'linkIds'];

function readSubgraph({ source, ...subgraph }: Subgraph): SubgraphRead {
  const { id, name, inputNode } = subgraph;
  const outputNode = idOf(asObject(source.get('outputNode'))?.get('id')) ?? SUBGRAPH_OUTPUT;
  const slots = (key: 'inputs' | 'outputs'): SubgraphSlot[] => {
    const raw = listOf(source.get(key));
    return uniqueNames(
      subgraph[key].map((slot, at) => ({ name: slot.name, type: slot.type, extra: slotExtra(raw[at], SLOT_MEMBERS) })),
    );
  };
  const inputs = slots('inputs');
  const outputs = slots('outputs');
  const state = asObject(source.get('state'));
  const ends = { inputNode, outputNode, inputs: inputs.length, outputs: outputs.map((slot) => slot.name) };
  const { graph, dropped } = readGraph(subgraph, source, ends, {
    node: numberOf(state?.get('lastNodeId')) ?? 0,
    link: numberOf(state?.get('lastLinkId')) ?? 0,
  });
  const extra = without(source, SUBGRAPH_MEMBERS);
  if (state) keepRest(extra, 'state', state, ['lastNodeId', 'lastLinkId']);
  const definitions = asObject(source.get('definitions'));
  if (definitions) keepRest(extra, 'definitions', definitions, ['subgraphs']);
  const inputsAt = readEnd(extra, 'inputNode', source, SUBGRAPH_INPUT) ?? { x: 0, y: 0 };
  const outputsAt = readEnd(extra, 'outputNode', source, SUBGRAPH_OUTPUT) ?? { x: rightOf(graph), y: 0 };
  return { definition: { id, name, inputs, outputs, inputsAt, outputsAt, graph, extra }, dropped };
}

/** Position of one end; what else the file says of it is kept. */
function readEnd(
  extra: Map<string, Json>,
  key: 'inputNode' | 'outputNode',
  source: JsonObject,
  usualId: string,
): Point | undefined {
  const end = asObject(source.get(key));
  if (!end) return undefined;
  const [x, y, width, height] = numbersOf(end.get('bounding'));
  const rest = without(end, ['bounding']);
  if (idOf(rest.get('id')) === usualId) rest.delete('id');
  if (width !== undefined && height !== undefined && !(width === END_SIZE.width && height === END_SIZE.height))
    rest.set('bounding', [0, 0, width, height]);
  if (rest.size) extra.set(key, rest);
  return x === undefined || y === undefined ? undefined : { x, y };
}

/** As large as front ends draw an end at first. */
export const END_SIZE = { width: 120, height: 60 } as const;

const GAP = 200;

function rightOf(graph: Graph): number {
  let right = 0;
  for (const { position, size } of graph.nodes.values()) right = Math.max(right, position.x + (size?.width ?? GAP));
  return right + GAP;
}
