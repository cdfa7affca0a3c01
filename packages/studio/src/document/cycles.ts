/** Whether a link would close a circle. Asked for every socket while a link is dragged, so one end's answer is kept. */
import { linksOf } from './look.ts';
import type { Graph, NodeId } from './types.ts';

interface Reach {
  readonly node: NodeId;
  readonly nodes: ReadonlySet<NodeId>;
}

interface Kept {
  /** What leads to a node. */
  before?: Reach;
  /** What a node leads to. */
  after?: Reach;
  lastTo?: NodeId;
}

const kept = new WeakMap<Graph['links'], Kept>();

/** Whether `to` leads to `from` already, or is the same node. */
export function wouldCycle(graph: Graph, from: NodeId, to: NodeId): boolean {
  const known = kept.get(graph.links) ?? {};
  kept.set(graph.links, known);
  if (known.before?.node === from) return known.before.nodes.has(to);
  if (known.after?.node === to) return known.after.nodes.has(from);
  // asked about the same input again: it is the end that stays
  if (known.lastTo === to) {
    known.after = { node: to, nodes: reach(graph, to, 'to') };
    return known.after.nodes.has(from);
  }
  known.lastTo = to;
  known.before = { node: from, nodes: reach(graph, from, 'from') };
  return known.before.nodes.has(to);
}

/** The node itself and all that are before it (`from`) or after it (`to`). */
function reach(graph: Graph, start: NodeId, end: 'from' | 'to'): Set<NodeId> {
  const near = end === 'from' ? 'to' : 'from';
  const found = new Set([start]);
  for (const id of found) {
    for (const link of linksOf(graph, id)) if (link[near].node === id) found.add(link[end].node);
  }
  return found;
}
