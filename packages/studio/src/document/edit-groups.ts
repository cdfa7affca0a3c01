/** Groups: named rectangles behind nodes. What lies in one moves with it. */
import { editGraph, refused, withNodes } from './edit.ts';
import type { Edit } from './edit.ts';
import { whole } from './edit-nodes.ts';
import { sizeOf } from './node-size.ts';
import type { DocumentGroup, DocumentNode, Graph, GraphPath, NodeId, Point, Size, WorkflowDocument } from './types.ts';

const MARGIN = 20;
/** Room for the title. */
const HEAD = 44;

/** Puts a group around nodes. @param sizes how large the nodes are drawn */
export function groupNodes(
  document: WorkflowDocument,
  path: GraphPath,
  ids: readonly NodeId[],
  title: string,
  sizes?: ReadonlyMap<NodeId, Size>,
): Edit {
  return editGraph(document, path, (graph) => {
    const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
    for (const id of ids) {
      const node = graph.nodes.get(id);
      if (!node) return refused('no_such_node', { node: id });
      const { width, height } = sizeOf(node, sizes);
      const { x, y } = node.position;
      box.left = Math.min(box.left, x);
      box.top = Math.min(box.top, y);
      box.right = Math.max(box.right, x + width);
      box.bottom = Math.max(box.bottom, y + height);
    }
    if (!ids.length) return refused('nothing_selected');
    const position = whole({ x: box.left - MARGIN, y: box.top - MARGIN - HEAD });
    const corner = whole({ x: box.right + MARGIN, y: box.bottom + MARGIN });
    const size = sizeWithin(position, corner);
    const group = { id: freeId(graph), title, position, size, colour: undefined, extra: new Map() };
    return { ...graph, groups: [...graph.groups, group] };
  });
}

const sizeWithin = (position: Point, corner: Point): Size => {
  const { x: width, y: height } = whole({ x: corner.x - position.x, y: corner.y - position.y });
  return { width, height };
};

function freeId({ groups }: Graph): string {
  let last = 0;
  for (const { id } of groups) if (/^\d{1,15}$/.test(id)) last = Math.max(last, Number(id));
  return String(last + 1);
}

/** Moves a group with the nodes whose middle is inside it and the groups that are wholly inside. */
export function moveGroup(
  document: WorkflowDocument,
  path: GraphPath,
  id: string,
  position: Point,
  sizes?: ReadonlyMap<NodeId, Size>,
): Edit {
  return editGraph(document, path, (graph) => {
    const group = graph.groups.find((one) => one.id === id);
    if (!group) return refused('no_such_group', { group: id });
    const by = { x: position.x - group.position.x, y: position.y - group.position.y };
    if (by.x === 0 && by.y === 0) return graph;
    const shift = ({ x, y }: Point): Point => whole({ x: x + by.x, y: y + by.y });
    const moved = new Map<NodeId, DocumentNode>();
    for (const node of nodesIn(group, graph, sizes)) moved.set(node.id, { ...node, position: shift(node.position) });
    const groups = graph.groups.map((one) =>
      one === group || holds(group, one) ? { ...one, position: shift(one.position) } : one,
    );
    return { ...withNodes(graph, moved), groups };
  });
}

/** The nodes whose middle is inside a group. */
export function nodesIn(group: DocumentGroup, graph: Graph, sizes?: ReadonlyMap<NodeId, Size>): DocumentNode[] {
  const { position, size } = group;
  return [...graph.nodes.values()].filter((node) => {
    const { width, height } = sizeOf(node, sizes);
    const x = node.position.x + width / 2 - position.x;
    const y = node.position.y + height / 2 - position.y;
    return x >= 0 && y >= 0 && x <= size.width && y <= size.height;
  });
}

function holds({ position, size }: DocumentGroup, inner: DocumentGroup): boolean {
  const x = inner.position.x - position.x;
  const y = inner.position.y - position.y;
  return x >= 0 && y >= 0 && x + inner.size.width <= size.width && y + inner.size.height <= size.height;
}

export interface GroupChange {
  readonly title?: string;
  readonly size?: Size;
  /** A CSS colour; undefined gives the usual one back. */
  readonly colour?: string | undefined;
}

export function changeGroup(document: WorkflowDocument, path: GraphPath, id: string, change: GroupChange): Edit {
  return editGraph(document, path, (graph) => {
    if (!graph.groups.some((one) => one.id === id)) return refused('no_such_group', { group: id });
    const { size, ...rest } = change;
    const sized = size && { size: sizeWithin({ x: 0, y: 0 }, { x: size.width, y: size.height }) };
    return { ...graph, groups: graph.groups.map((one) => (one.id === id ? { ...one, ...rest, ...sized } : one)) };
  });
}

/** What lies in it stays. */
export function removeGroup(document: WorkflowDocument, path: GraphPath, id: string): Edit {
  return editGraph(document, path, (graph) => {
    const groups = graph.groups.filter((one) => one.id !== id);
    return groups.length === graph.groups.length ? refused('no_such_group', { group: id }) : { ...graph, groups };
  });
}
