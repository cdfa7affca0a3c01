/** Copy, paste and duplicate. What is copied is a workflow file of its own, so that it can be pasted anywhere. */
import { stringifyJson } from '@snug/protocol/json';
import type { Catalogue } from '../catalogue/types.ts';
import { done, refused } from './edit.ts';
import type { Edit } from './edit.ts';
import { whole } from './edit-nodes.ts';
import { insertNodes, topLeft } from './insert-nodes.ts';
import { graphAt, linksOf, withGraph } from './look.ts';
import { isInside, usedFrom } from './nesting.ts';
import { emptyDocument, newUuid } from './new-document.ts';
import { openWorkflow } from './open.ts';
import type {
  DocumentLink,
  DocumentNode,
  Graph,
  GraphPath,
  NodeId,
  Point,
  SubgraphDefinition,
  WorkflowDocument,
} from './types.ts';
import { writeWorkflow } from './write-workflow.ts';

/** The id of a workflow that was copied: it stands for no file. */
const COPIED = 'copied';

/** Nodes as text, with the links between them and the subgraphs that they use; undefined when there are none. */
export function copyNodes(document: WorkflowDocument, path: GraphPath, ids: readonly NodeId[]): string | undefined {
  const graph = graphAt(document, path);
  const nodes = new Map(ids.flatMap((id) => graph?.nodes.get(id) ?? []).map((node) => [node.id, node]));
  if (!graph || !nodes.size) return undefined;
  const links = new Map(linksWithin(graph, nodes.keys()).map((link) => [link.id, link]));
  const root: Graph = { ...graph, nodes, links, groups: [] };
  const used = usedFrom(document, [root]);
  const subgraphs = new Map([...document.subgraphs].filter(([id]) => used.has(id)));
  return stringifyJson(writeWorkflow({ ...emptyDocument(COPIED), root, subgraphs }));
}

/** Links whose both ends are among the nodes. */
export function linksWithin(graph: Graph, ids: Iterable<NodeId>): DocumentLink[] {
  const chosen = new Set(ids);
  return [...chosen].flatMap((id) =>
    linksOf(graph, id).filter(({ from, to }) => to.node === id && chosen.has(from.node)),
  );
}

/**
 * Adds what {@link copyNodes} made of nodes here or elsewhere, or a whole workflow file in either form.
 * @param at the top left corner of what is pasted
 */
export function pasteNodes(
  document: WorkflowDocument,
  path: GraphPath,
  text: string,
  at: Point,
  catalogue: Catalogue,
): Edit {
  const graph = graphAt(document, path);
  if (!graph) return refused('no_such_graph');
  const opened = openWorkflow(text, catalogue, COPIED);
  if (opened.kind === 'refused' || !opened.document.root.nodes.size) return refused('not_pasteable');
  const { subgraphs, renamed } = mergeSubgraphs(document, opened.document);
  const merged = { ...document, subgraphs };
  const nodes = renameTypes(opened.document.root, renamed).nodes;
  for (const { type } of nodes.values()) {
    const name = subgraphs.get(type)?.name;
    if (name !== undefined && isInside(merged, path, type)) return refused('holds_itself', { type: name });
  }
  const corner = topLeft(nodes.values());
  const by = whole({ x: at.x - corner.x, y: at.y - corner.y });
  const inserted = insertNodes(graph, nodes.values(), opened.document.root.links.values(), by);
  return done(withGraph(merged, path, inserted.graph), [...inserted.ids.values()]);
}

interface Merged {
  readonly subgraphs: Map<string, SubgraphDefinition>;
  /** Ids that are taken by something else here. */
  readonly renamed: ReadonlyMap<string, string>;
}

/** A definition that is here already is used; one that only shares its id gets another. */
function mergeSubgraphs(document: WorkflowDocument, pasted: WorkflowDocument): Merged {
  const subgraphs = new Map(document.subgraphs);
  const renamed = new Map<string, string>();
  for (const [id, definition] of pasted.subgraphs) {
    const own = document.subgraphs.get(id);
    if (own && fileOf(own) !== fileOf(definition)) renamed.set(id, newUuid());
  }
  for (const [id, definition] of pasted.subgraphs) {
    const newId = renamed.get(id) ?? id;
    if (subgraphs.has(newId)) continue;
    subgraphs.set(newId, { ...definition, id: newId, graph: renameTypes(definition.graph, renamed) });
  }
  return { subgraphs, renamed };
}

function fileOf(definition: SubgraphDefinition): string {
  return stringifyJson(writeWorkflow({ ...emptyDocument(COPIED), subgraphs: new Map([[definition.id, definition]]) }));
}

function renameTypes(graph: Graph, renamed: ReadonlyMap<string, string>): Graph {
  if (!renamed.size) return graph;
  const nodes = new Map<NodeId, DocumentNode>();
  for (const [id, node] of graph.nodes) nodes.set(id, { ...node, type: renamed.get(node.type) ?? node.type });
  return { ...graph, nodes };
}

const BESIDE: Point = { x: 40, y: 40 };

/** Copies nodes beside the originals, fed by the same links. */
export function duplicateNodes(
  document: WorkflowDocument,
  path: GraphPath,
  ids: readonly NodeId[],
  by: Point = BESIDE,
): Edit {
  const graph = graphAt(document, path);
  if (!graph) return refused('no_such_graph');
  const chosen = new Set(ids);
  if (!chosen.size) return refused('nothing_selected');
  const nodes: DocumentNode[] = [];
  for (const id of chosen) {
    const node = graph.nodes.get(id);
    if (!node) return refused('no_such_node', { node: id });
    nodes.push(node);
  }
  const links = nodes.flatMap(({ id }) => linksOf(graph, id).filter(({ to }) => to.node === id));
  const inserted = insertNodes(graph, nodes, links, whole(by));
  return done(withGraph(document, path, inserted.graph), [...inserted.ids.values()]);
}
