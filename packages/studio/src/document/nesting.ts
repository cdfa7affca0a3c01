/** Which subgraphs use which. */
import { subgraphAt } from './look.ts';
import type { Graph, GraphPath, WorkflowDocument } from './types.ts';

/** The definitions that are used from a graph, and from those in turn. */
export function usedFrom(document: WorkflowDocument, graphs: Iterable<Graph>): Set<string> {
  const used = new Set<string>();
  const waiting = [...graphs];
  for (let graph = waiting.pop(); graph; graph = waiting.pop()) {
    for (const { type } of graph.nodes.values()) {
      const subgraph = used.has(type) ? undefined : document.subgraphs.get(type);
      if (!subgraph) continue;
      used.add(type);
      waiting.push(subgraph.graph);
    }
  }
  return used;
}

/** Whether a subgraph that is used at `path` would hold itself. */
export function isInside(document: WorkflowDocument, path: GraphPath, id: string): boolean {
  const open = path.map((_, at) => subgraphAt(document, path.slice(0, at + 1))?.id);
  const graph = document.subgraphs.get(id)?.graph;
  const used = graph ? usedFrom(document, [graph]) : new Set<string>();
  return open.some((one) => one !== undefined && (one === id || used.has(one)));
}
