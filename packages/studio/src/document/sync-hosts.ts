/** Hosts save values by position: which widgets they show changes with the inside of their subgraph. */
import { arrangeHostValues, hostWidgets } from './host-widgets.ts';
import { subgraphAt } from './look.ts';
import type { DocumentNode, Graph, GraphPath, NodeId, SubgraphDefinition, WorkflowDocument } from './types.ts';

/** The document after an edit at `path`, with the values of all hosts of that subgraph where they belong now. */
export function syncHosts(before: WorkflowDocument, after: WorkflowDocument, path: GraphPath): WorkflowDocument {
  const was = subgraphAt(before, path);
  const is = was && after.subgraphs.get(was.id);
  if (!was || !is || shownOf(was) === shownOf(is)) return after;
  const root = syncGraph(after.root, is);
  const subgraphs = new Map(after.subgraphs);
  for (const [id, one] of subgraphs) {
    const graph = syncGraph(one.graph, is);
    if (graph !== one.graph) subgraphs.set(id, { ...one, graph });
  }
  return { ...after, root, subgraphs };
}

/** What a host without a list of its own shows. */
function shownOf(subgraph: SubgraphDefinition): string {
  const names = hostWidgets({ extra: new Map(), savedValues: undefined }, subgraph).map(({ name }) => name);
  return JSON.stringify(names);
}

function syncGraph(graph: Graph, subgraph: SubgraphDefinition): Graph {
  const changed = new Map<NodeId, DocumentNode>();
  for (const [id, node] of graph.nodes) {
    if (node.type !== subgraph.id || !Array.isArray(node.savedValues) || !node.savedValues.length) continue;
    changed.set(id, { ...node, ...arrangeHostValues(node, subgraph, node.values) });
  }
  return changed.size ? { ...graph, nodes: new Map([...graph.nodes, ...changed]) } : graph;
}
