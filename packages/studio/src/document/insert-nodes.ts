/** Nodes that come into a graph from elsewhere get ids of their own. */
import { nextOrder } from './node-order.ts';
import type { DocumentLink, DocumentNode, Graph, LinkId, NodeId, Point } from './types.ts';

export interface Inserted {
  readonly graph: Graph;
  /** New ids by old ones. */
  readonly ids: ReadonlyMap<NodeId, NodeId>;
}

/**
 * @param links ends that are not among the nodes stay as they are
 * @param by how far to move the nodes
 */
export function insertNodes(
  graph: Graph,
  incoming: Iterable<DocumentNode>,
  links: Iterable<DocumentLink>,
  by: Point,
): Inserted {
  const ids = new Map<NodeId, NodeId>();
  const nodes = new Map(graph.nodes);
  let { lastNodeId } = graph;
  let order = nextOrder(graph);
  for (const node of inOrder(incoming)) {
    const id = String(++lastNodeId);
    ids.set(node.id, id);
    const position = { x: node.position.x + by.x, y: node.position.y + by.y };
    nodes.set(id, { ...node, id, position, extra: new Map(node.extra).set('order', order++) });
  }
  const renamed = Array.from(links, (link) => ({
    ...link,
    from: { ...link.from, node: ids.get(link.from.node) ?? link.from.node },
    to: { ...link.to, node: ids.get(link.to.node) ?? link.to.node },
  }));
  return { graph: insertLinks({ ...graph, nodes, lastNodeId }, renamed), ids };
}

/** Adds links under new ids. The inputs that they lead to have to be free. */
export function insertLinks(graph: Graph, links: Iterable<Omit<DocumentLink, 'id'>>): Graph {
  const added = new Map<LinkId, DocumentLink>(graph.links);
  let { lastLinkId } = graph;
  for (const link of links) {
    const id = String(++lastLinkId);
    added.set(id, { ...undrawn(link), id });
  }
  return { ...graph, links: added, lastLinkId };
}

/** Without the points that the link was drawn through: they stay with the graph. */
export function undrawn<Link extends Omit<DocumentLink, 'id'>>(link: Link): Link {
  if (!link.extra.has('parentId')) return link;
  const extra = new Map(link.extra);
  extra.delete('parentId');
  return { ...link, extra };
}

/** As they run, so that copies run in the same order. */
function inOrder(nodes: Iterable<DocumentNode>): DocumentNode[] {
  const orderOf = ({ extra }: DocumentNode): number => Number(extra.get('order') ?? 0);
  return [...nodes].sort((a, b) => orderOf(a) - orderOf(b));
}

export function topLeft(nodes: Iterable<DocumentNode>): Point {
  let [x, y] = [Infinity, Infinity];
  for (const { position } of nodes) {
    x = Math.min(x, position.x);
    y = Math.min(y, position.y);
  }
  return x === Infinity ? { x: 0, y: 0 } : { x, y };
}
