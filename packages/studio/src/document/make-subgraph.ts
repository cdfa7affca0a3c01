/** Puts nodes into a subgraph of their own. */
import type { Json } from '@snug/protocol/json';
import type { Catalogue } from '../catalogue/types.ts';
import { done, refused } from './edit.ts';
import type { Edit } from './edit.ts';
import { endsBeside } from './edit-nodes.ts';
import { newSlot } from './expose.ts';
import { topLeft, undrawn } from './insert-nodes.ts';
import { graphAt, linksOf, withGraph, withSubgraph } from './look.ts';
import { newUuid } from './new-document.ts';
import { newHost } from './new-node.ts';
import { nextOrder } from './node-order.ts';
import { portsOf } from './ports.ts';
import { syncHosts } from './sync-hosts.ts';
import { SUBGRAPH_INPUT, SUBGRAPH_OUTPUT } from './types.ts';
import type {
  DocumentLink,
  DocumentNode,
  Graph,
  GraphPath,
  LinkId,
  NodeId,
  SubgraphDefinition,
  SubgraphSlot,
  WorkflowDocument,
} from './types.ts';

/** A border that links cross: one slot for each output that they come from. */
interface Border {
  readonly slots: SubgraphSlot[];
  /** Position of the slot, by output. */
  readonly places: Map<string, number>;
}

/**
 * Replaces nodes by one that stands for a new subgraph of them. Links that cross the border become its inputs and
 * outputs. What is made is the new node.
 *
 * @param id of the new definition
 */
export function makeSubgraph(
  document: WorkflowDocument,
  path: GraphPath,
  ids: readonly NodeId[],
  name: string,
  catalogue: Catalogue,
  id: string = newUuid(),
): Edit {
  const graph = graphAt(document, path);
  if (!graph) return refused('no_such_graph');
  const inside = new Map<NodeId, DocumentNode>();
  for (const one of ids) {
    const node = graph.nodes.get(one);
    if (!node) return refused('no_such_node', { node: one });
    inside.set(one, node);
  }
  if (!inside.size) return refused('nothing_selected');

  const outputName = ({ node: from, slot }: DocumentLink['from']): string | undefined => {
    const node = inside.get(from);
    return node && portsOf(document, path, node, catalogue).outputs[slot]?.name;
  };
  const host = String(graph.lastNodeId + 1);
  const inputs: Border = { slots: [], places: new Map() };
  const outputs: Border = { slots: [], places: new Map() };
  const innerLinks = new Map<LinkId, DocumentLink>();
  const outerLinks = new Map(graph.links);
  let lastInner = graph.lastLinkId;
  let lastOuter = graph.lastLinkId;
  for (const link of crossing(graph, inside)) {
    const { from, to, type } = link;
    outerLinks.delete(link.id);
    if (inside.has(from.node) && inside.has(to.node)) {
      innerLinks.set(link.id, undrawn(link));
    } else if (inside.has(to.node)) {
      const { slot, isNew } = slotFor(inputs, from, to.input, type);
      const inner = String(++lastInner);
      innerLinks.set(inner, newLink(inner, { node: SUBGRAPH_INPUT, slot }, to, type));
      if (!isNew) continue;
      const outer = String(++lastOuter);
      outerLinks.set(outer, newLink(outer, from, { node: host, input: inputs.slots[slot]!.name }, type));
    } else {
      const wanted = outputName(from) ?? type;
      const { slot, isNew } = slotFor(outputs, from, wanted, type);
      if (isNew) {
        const inner = String(++lastInner);
        innerLinks.set(inner, newLink(inner, from, { node: SUBGRAPH_OUTPUT, input: outputs.slots[slot]!.name }, type));
      }
      const outer = String(++lastOuter);
      outerLinks.set(outer, newLink(outer, { node: host, slot }, to, type));
    }
  }

  const definition: SubgraphDefinition = {
    id,
    name,
    inputs: inputs.slots,
    outputs: outputs.slots,
    ...endsBeside(inside.values()),
    graph: { nodes: inside, links: innerLinks, groups: [], lastNodeId: graph.lastNodeId, lastLinkId: lastInner },
    extra: new Map<string, Json>([
      ['version', 1],
      ['revision', 0],
      ['config', new Map()],
    ]),
  };
  const start = { id: host, type: id, position: topLeft(inside.values()), order: nextOrder(graph) };
  const nodes = new Map(graph.nodes);
  for (const one of inside.keys()) nodes.delete(one);
  nodes.set(host, newHost(start, definition));
  const outer: Graph = { ...graph, nodes, links: outerLinks, lastNodeId: Number(host), lastLinkId: lastOuter };
  const changed = withGraph(withSubgraph(document, definition), path, outer);
  return done(syncHosts(document, changed, path), [host]);
}

/** All links of the nodes, each once, in the order of the graph. */
function crossing(graph: Graph, nodes: ReadonlyMap<NodeId, DocumentNode>): DocumentLink[] {
  const found = new Set<DocumentLink>();
  for (const id of nodes.keys()) for (const link of linksOf(graph, id)) found.add(link);
  return [...graph.links.values()].filter((link) => found.has(link));
}

function slotFor(
  { slots, places }: Border,
  from: DocumentLink['from'],
  wanted: string,
  type: string,
): { readonly slot: number; readonly isNew: boolean } {
  const key = `${from.node}:${from.slot}`;
  const known = places.get(key);
  if (known !== undefined) return { slot: known, isNew: false };
  places.set(key, slots.length);
  slots.push(newSlot(slots, wanted, type));
  return { slot: slots.length - 1, isNew: true };
}

function newLink(id: LinkId, from: DocumentLink['from'], to: DocumentLink['to'], type: string): DocumentLink {
  return { id, from, to, type, extra: new Map() };
}
