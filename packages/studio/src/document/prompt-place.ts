/** Which node of the document a node of a prompt stands for. */
import type { Graph, NodePlace, WorkflowDocument } from './types.ts';

export function promptIdOf({ path, node }: NodePlace): string {
  return [...path, node].join(':');
}

/**
 * The node that an id of a prompt stands for. Of nodes that a node made while it ran, and of those that are added to show
 * something, it is the one that they came from. Undefined when the document has no such node.
 */
export function placeOf(document: WorkflowDocument, promptId: string): NodePlace | undefined {
  // ids of nodes that were made are `parent.call.graph.local`
  const [asItIs, maker] = [promptId, promptId.split('.', 1)[0] ?? ''].map((id) => walk(document, id.split(':')));
  return maker && maker.path.length > (asItIs?.path.length ?? -1) ? maker : asItIs;
}

function walk(document: WorkflowDocument, parts: readonly string[]): NodePlace | undefined {
  const path: string[] = [];
  let graph: Graph = document.root;
  let found: NodePlace | undefined;
  for (let at = 0; at < parts.length;) {
    // an id may have colons of its own: the longest that is there counts
    let length = parts.length - at;
    while (length > 0 && !graph.nodes.has(parts.slice(at, at + length).join(':'))) length--;
    const id = parts.slice(at, at + length).join(':');
    const node = length > 0 ? graph.nodes.get(id) : undefined;
    if (!node) return found;
    found = { path: [...path], node: id };
    const inside = document.subgraphs.get(node.type);
    if (!inside) return found;
    path.push(id);
    graph = inside.graph;
    at += length;
  }
  return found;
}
