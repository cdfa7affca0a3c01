import type { Catalogue } from '../../catalogue/types.ts';
import { sizeOf } from '../node-size.ts';
import type { DocumentNode, Graph, NodeId, Size } from '../types.ts';
import { arrange } from './arrange.ts';

export interface PlaceOptions {
  /** How large the nodes are drawn, for those whose size nobody saved. */
  readonly sizes?: ReadonlyMap<NodeId, Size> | undefined;
  /** For estimates of sizes. */
  readonly catalogue?: Catalogue | undefined;
  /** Only these; the others stay. All by default. */
  readonly only?: readonly NodeId[] | undefined;
}

/** The graph with its nodes in columns; the top left corner of what is placed stays where it was. */
export function placedInLayers(graph: Graph, { sizes, catalogue, only }: PlaceOptions = {}): Graph {
  const chosen = only ? new Set(only) : undefined;
  const moved = [...graph.nodes.values()].filter(({ id }) => !chosen || chosen.has(id));
  if (!moved.length) return graph;
  const places = arrange(
    moved.map((node) => ({ id: node.id, size: sizeOf(node, sizes, catalogue) })),
    [...graph.links.values()].map(({ from, to }) => ({ from: from.node, to: to.node })),
  );
  let left = Infinity;
  let top = Infinity;
  for (const { position } of moved) {
    left = Math.min(left, position.x);
    top = Math.min(top, position.y);
  }
  const nodes = new Map<NodeId, DocumentNode>(graph.nodes);
  for (const node of moved) {
    const { x, y } = places.get(node.id) ?? node.position;
    nodes.set(node.id, { ...node, position: { x: x + left, y: y + top } });
  }
  return { ...graph, nodes };
}
