import type { NodeGraph } from '@snug/node-kit';
import type { JsonObject } from '@snug/protocol';
import { asSubgraphNode } from './run-node.ts';
import type { RunNode } from './run-node.ts';

/** The graph of a run, as its nodes may look at it. */
export function graphView(nodes: ReadonlyMap<string, RunNode>, original: JsonObject): NodeGraph {
  const known = (id: string): RunNode => {
    const node = nodes.get(id);
    if (!node) throw new Error(`There is no node ${id} in the graph.`);
    return node;
  };
  return {
    has: (id) => nodes.has(id),
    get: (id) => {
      const node = nodes.get(id);
      return node && asSubgraphNode(node);
    },
    displayId: (id) => known(id).displayId,
    realId: (id) => known(id).realId,
    parentId: (id) => known(id).parent?.id,
    ids: () => [...nodes.keys()],
    original,
  };
}
