/** The nodes that a node expands into. */
import type { AddedNode } from './events.ts';
import type { Registry } from './registry.ts';
import type { CallResult } from './results.ts';
import { RunNode } from './run-node.ts';

/** Ids of expanded nodes hold those of their parents: unbounded, they would grow with the square of the depth. */
const MAX_ID_LENGTH = 16_000;

/** Makes the nodes of all expansions of one node's calls. */
export function expandedNodes(node: RunNode, calls: readonly CallResult[], registry: Registry): RunNode[] {
  const children: RunNode[] = [];
  for (const [id, draft] of calls.flatMap(({ expansion }) => [...(expansion ?? [])])) {
    const type = registry.get(draft.classType);
    if (id.length > MAX_ID_LENGTH)
      throw new Error(`Node ${node.id} expands into a node whose id is longer than ${MAX_ID_LENGTH}.`);
    if (!type) throw new Error(`Node ${node.id} expands into node type ${draft.classType}, which does not exist.`);
    children.push(new RunNode(id, type, new Map(draft.inputs), node, draft.displayId));
  }
  return children;
}

export function asAddedNode({ id, type, displayId, realId, parent }: RunNode): AddedNode {
  return { id, classType: type.classType, displayId, parentId: parent?.id ?? id, realId };
}
