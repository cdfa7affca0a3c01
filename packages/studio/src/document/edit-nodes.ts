/** Edits of nodes as a whole. */
import { sizeOf } from './node-size.ts';
import { done, editGraph, editNodes, refused } from './edit.ts';
import type { Edit } from './edit.ts';
import { placedInLayers } from './layout/place-nodes.ts';
import { graphAt, linksOf, subgraphAt, withGraph, withSubgraph } from './look.ts';
import { newHost, newNode } from './new-node.ts';
import { nextOrder } from './node-order.ts';
import { isInside } from './nesting.ts';
import { syncHosts } from './sync-hosts.ts';
import { SUBGRAPH_INPUT, SUBGRAPH_OUTPUT } from './types.ts';
import type { Catalogue } from '../catalogue/types.ts';
import type { DocumentNode, GraphPath, NodeId, NodeMode, Point, Size, WorkflowDocument } from './types.ts';
import { withoutUnused } from './unused-subgraphs.ts';

/** Adds a node of a class, of a kind that front ends know, or of a subgraph of the document; values are the defaults. */
export function addNode(
  document: WorkflowDocument,
  path: GraphPath,
  type: string,
  position: Point,
  catalogue: Catalogue,
): Edit {
  const graph = graphAt(document, path);
  if (!graph) return refused('no_such_graph');
  const id = String(graph.lastNodeId + 1);
  const start = { id, type, position: whole(position), order: nextOrder(graph) };
  const subgraph = document.subgraphs.get(type);
  if (subgraph && isInside(document, path, type)) return refused('holds_itself', { type: subgraph.name });
  const definition = catalogue.definitions.get(type);
  if (!subgraph && !definition) return refused('unknown_class', { type });
  const node = subgraph ? newHost(start, subgraph) : newNode(start, definition, catalogue);
  const nodes = new Map(graph.nodes).set(id, node);
  return done(withGraph(document, path, { ...graph, nodes, lastNodeId: graph.lastNodeId + 1 }), [id]);
}

/** Removes nodes with their links, and the definitions of subgraphs that nothing uses any more. */
export function removeNodes(document: WorkflowDocument, path: GraphPath, ids: readonly NodeId[]): Edit {
  const graph = graphAt(document, path);
  const edit = editGraph(document, path, (before) => {
    const nodes = new Map(before.nodes);
    const links = new Map(before.links);
    for (const id of ids) {
      if (!nodes.delete(id)) return refused('no_such_node', { node: id });
      for (const link of linksOf(before, id)) links.delete(link.id);
    }
    if (!ids.length) return before;
    return { ...before, nodes, links: links.size === before.links.size ? before.links : links };
  });
  if (edit.kind === 'refused') return edit;
  const hadSubgraph = ids.some((id) => document.subgraphs.has(graph?.nodes.get(id)?.type ?? ''));
  const synced = syncHosts(document, edit.document, path);
  return done(hadSubgraph ? withoutUnused(synced) : synced);
}

/** Moves nodes to where they are said to be; {@link SUBGRAPH_INPUT} and {@link SUBGRAPH_OUTPUT} too. */
export function moveNodes(document: WorkflowDocument, path: GraphPath, positions: ReadonlyMap<NodeId, Point>): Edit {
  const ends = new Set([SUBGRAPH_INPUT, SUBGRAPH_OUTPUT]);
  const ids = [...positions.keys()].filter((id) => !ends.has(id));
  const edit = editNodes(document, path, ids, (node) => {
    const position = whole(positions.get(node.id) ?? node.position);
    const { x, y } = node.position;
    return position.x === x && position.y === y ? node : { ...node, position };
  });
  const subgraph = edit.kind === 'done' ? subgraphAt(edit.document, path) : undefined;
  if (edit.kind === 'refused' || !subgraph || ids.length === positions.size) return edit;
  const inputsAt = whole(positions.get(SUBGRAPH_INPUT) ?? subgraph.inputsAt);
  const outputsAt = whole(positions.get(SUBGRAPH_OUTPUT) ?? subgraph.outputsAt);
  return done(withSubgraph(edit.document, { ...subgraph, inputsAt, outputsAt }));
}

/** Undefined lets the node be as large as it needs. */
export function resizeNode(document: WorkflowDocument, path: GraphPath, id: NodeId, size: Size | undefined): Edit {
  return editNodes(document, path, [id], (node) => ({
    ...node,
    size: size && { width: rounded(size.width), height: rounded(size.height) },
  }));
}

/** An empty title shows the name of the class again. */
export function renameNode(document: WorkflowDocument, path: GraphPath, id: NodeId, title: string): Edit {
  return editNodes(document, path, [id], (node) => ({ ...node, title: title === '' ? undefined : title }));
}

export function collapseNodes(
  document: WorkflowDocument,
  path: GraphPath,
  ids: readonly NodeId[],
  isCollapsed: boolean,
): Edit {
  return editNodes(document, path, ids, (node) => (node.isCollapsed === isCollapsed ? node : { ...node, isCollapsed }));
}

export function setMode(document: WorkflowDocument, path: GraphPath, ids: readonly NodeId[], mode: NodeMode): Edit {
  return editNodes(document, path, ids, (node) => withMode(node, mode));
}

export function withMode(node: DocumentNode, mode: NodeMode): DocumentNode {
  if (node.mode === mode && !node.extra.has('mode')) return node;
  const extra = new Map(node.extra);
  extra.delete('mode');
  return { ...node, mode, extra };
}

/** @param colour a CSS colour; undefined gives the usual one back */
export function colourNodes(
  document: WorkflowDocument,
  path: GraphPath,
  ids: readonly NodeId[],
  colour: string | undefined,
): Edit {
  return editNodes(document, path, ids, (node) => {
    const extra = new Map(node.extra);
    extra.delete('color');
    if (colour === undefined) extra.delete('bgcolor');
    else extra.set('bgcolor', colour);
    return { ...node, colour, extra };
  });
}

/** Puts nodes into columns, from what feeds to what is fed. @param sizes how large the nodes are drawn */
export function layOut(
  document: WorkflowDocument,
  path: GraphPath,
  sizes?: ReadonlyMap<NodeId, Size>,
  only?: readonly NodeId[],
): Edit {
  const edit = editGraph(document, path, (graph) => placedInLayers(graph, { sizes, only }));
  const subgraph = edit.kind === 'done' ? subgraphAt(edit.document, path) : undefined;
  if (edit.kind === 'refused' || !subgraph || only) return edit;
  return done(withSubgraph(edit.document, { ...subgraph, ...endsBeside(subgraph.graph.nodes.values(), sizes) }));
}

const END_GAP = 200;

/** Places for the ends of a subgraph: left and right of everything. */
export function endsBeside(
  nodes: Iterable<Parameters<typeof sizeOf>[0] & { readonly position: Point }>,
  sizes?: ReadonlyMap<NodeId, Size>,
): { readonly inputsAt: Point; readonly outputsAt: Point } {
  let [left, right, top] = [Infinity, -Infinity, Infinity];
  for (const node of nodes) {
    left = Math.min(left, node.position.x);
    right = Math.max(right, node.position.x + sizeOf(node, sizes).width);
    top = Math.min(top, node.position.y);
  }
  if (left === Infinity) [left, right, top] = [0, 0, 0];
  return { inputsAt: { x: left - END_GAP, y: top }, outputsAt: { x: right + END_GAP / 2, y: top } };
}

/** What cannot be written as JSON would come back as something else. */
const rounded = (value: number): number => (Number.isFinite(value) ? Math.round(value * 100) / 100 + 0 : 0);

export const whole = ({ x, y }: Point): Point => ({ x: rounded(x), y: rounded(y) });
