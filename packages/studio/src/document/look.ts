/** Finding one's way in a document. */
import type { DocumentLink, Graph, GraphPath, LinkId, NodeId, SubgraphDefinition, WorkflowDocument } from './types.ts';

/** The definition that is open at a path; undefined for the workflow itself, and for paths that lead nowhere. */
export function subgraphAt(document: WorkflowDocument, path: GraphPath): SubgraphDefinition | undefined {
  let at: SubgraphDefinition | undefined;
  for (const id of path) {
    const node = (at ? at.graph : document.root).nodes.get(id);
    at = node && document.subgraphs.get(node.type);
    if (!at) return undefined;
  }
  return at;
}

/** The graph at a path; undefined when the path leads nowhere. */
export function graphAt(document: WorkflowDocument, path: GraphPath): Graph | undefined {
  return path.length ? subgraphAt(document, path)?.graph : document.root;
}

/** The document with the graph at a path replaced; the path has to lead somewhere. */
export function withGraph(document: WorkflowDocument, path: GraphPath, graph: Graph): WorkflowDocument {
  const definition = subgraphAt(document, path);
  return definition ? withSubgraph(document, { ...definition, graph }) : { ...document, root: graph };
}

export function withSubgraph(document: WorkflowDocument, definition: SubgraphDefinition): WorkflowDocument {
  return { ...document, subgraphs: new Map(document.subgraphs).set(definition.id, definition) };
}

/** All graphs of a document, each definition once. */
export function allGraphs({ root, subgraphs }: WorkflowDocument): Graph[] {
  return [root, ...[...subgraphs.values()].map(({ graph }) => graph)];
}

interface LinkIndex {
  readonly byNode: ReadonlyMap<NodeId, readonly DocumentLink[]>;
  /** By node, then by input. */
  readonly into: ReadonlyMap<NodeId, ReadonlyMap<string, DocumentLink>>;
}

/** Moving and setting keep the links, so that an index lives long. */
const indexes = new WeakMap<ReadonlyMap<LinkId, DocumentLink>, LinkIndex>();

function indexOf({ links }: Graph): LinkIndex {
  const known = indexes.get(links);
  if (known) return known;
  const byNode = new Map<NodeId, DocumentLink[]>();
  const into = new Map<NodeId, Map<string, DocumentLink>>();
  const note = (node: NodeId, link: DocumentLink): void => {
    const list = byNode.get(node);
    if (list) list.push(link);
    else byNode.set(node, [link]);
  };
  for (const link of links.values()) {
    note(link.from.node, link);
    if (link.to.node !== link.from.node) note(link.to.node, link);
    const inputs = into.get(link.to.node);
    if (inputs) inputs.set(link.to.input, link);
    else into.set(link.to.node, new Map([[link.to.input, link]]));
  }
  const index = { byNode, into };
  indexes.set(links, index);
  return index;
}

const NO_LINKS: readonly DocumentLink[] = [];

/** All links from and to a node. The index behind it is made once per set of links. */
export function linksOf(graph: Graph, node: NodeId): readonly DocumentLink[] {
  return indexOf(graph).byNode.get(node) ?? NO_LINKS;
}

/** The link that feeds an input. */
export function linkInto(graph: Graph, node: NodeId, input: string): DocumentLink | undefined {
  return indexOf(graph).into.get(node)?.get(input);
}

/** The links that start at an output. */
export function linksFrom(graph: Graph, node: NodeId, slot: number): DocumentLink[] {
  return linksOf(graph, node).filter(({ from }) => from.node === node && from.slot === slot);
}
