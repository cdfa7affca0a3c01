/** What an edit comes back with, and what edits share. */
import { graphAt, withGraph } from './look.ts';
import type { DocumentNode, Graph, GraphPath, NodeId, WorkflowDocument } from './types.ts';

export type RefusalReason =
  | 'no_such_graph'
  | 'no_such_node'
  | 'no_such_input'
  | 'no_such_output'
  | 'no_such_link'
  | 'no_such_group'
  | 'types_differ'
  | 'own_input'
  | 'would_cycle'
  | 'unknown_class'
  | 'holds_itself'
  | 'nothing_selected'
  | 'not_a_subgraph'
  | 'bad_value'
  | 'not_pasteable'
  | 'too_large';

export interface Refused {
  readonly kind: 'refused';
  readonly reason: RefusalReason;
  /** What to put into the sentence that tells it: `node`, `input`, `from`, `to`, `type`. */
  readonly facts: Readonly<Record<string, string>>;
}

export interface Done {
  readonly kind: 'done';
  /** The same as before when there was nothing to do. */
  readonly document: WorkflowDocument;
  /** Ids of nodes that the edit made, in the graph that it was made in. */
  readonly made: readonly NodeId[];
}

export type Edit = Done | Refused;

export function refused(reason: RefusalReason, facts: Readonly<Record<string, string>> = {}): Refused {
  return { kind: 'refused', reason, facts };
}

export function done(document: WorkflowDocument, made: readonly NodeId[] = []): Done {
  return { kind: 'done', document, made };
}

/** Changes the graph at a path. */
export function editGraph(
  document: WorkflowDocument,
  path: GraphPath,
  change: (graph: Graph) => Graph | Refused,
): Edit {
  const graph = graphAt(document, path);
  if (!graph) return refused('no_such_graph');
  const changed = change(graph);
  if ('reason' in changed) return changed;
  return done(changed === graph ? document : withGraph(document, path, changed));
}

/** Changes nodes, all or none. */
export function editNodes(
  document: WorkflowDocument,
  path: GraphPath,
  ids: Iterable<NodeId>,
  change: (node: DocumentNode) => DocumentNode,
): Edit {
  return editGraph(document, path, (graph) => {
    const changed = new Map<NodeId, DocumentNode>();
    for (const id of ids) {
      const node = graph.nodes.get(id);
      if (!node) return refused('no_such_node', { node: id });
      const after = change(node);
      if (after !== node) changed.set(id, after);
    }
    return withNodes(graph, changed);
  });
}

/** The graph with nodes replaced or added; order is kept. */
export function withNodes(graph: Graph, changed: ReadonlyMap<NodeId, DocumentNode>): Graph {
  if (!changed.size) return graph;
  const nodes = new Map(graph.nodes);
  for (const [id, node] of changed) nodes.set(id, node);
  return { ...graph, nodes };
}
