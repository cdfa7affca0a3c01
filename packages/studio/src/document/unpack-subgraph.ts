/** Puts what is in a subgraph back where the node that stood for it was. */
import type { Catalogue } from '../catalogue/types.ts';
import { done, refused } from './edit.ts';
import type { Edit } from './edit.ts';
import { withMode } from './edit-nodes.ts';
import { hostWidgets } from './host-widgets.ts';
import { insertLinks, insertNodes, topLeft } from './insert-nodes.ts';
import { graphAt, linkInto, linksFrom, linksOf, withGraph } from './look.ts';
import { withValues } from './node-values.ts';
import { syncHosts } from './sync-hosts.ts';
import { SUBGRAPH_INPUT, SUBGRAPH_OUTPUT } from './types.ts';
import type {
  DocumentLink,
  DocumentNode,
  Graph,
  GraphPath,
  NodeId,
  SubgraphDefinition,
  WidgetValue,
  WorkflowDocument,
} from './types.ts';
import { withoutUnused } from './unused-subgraphs.ts';

/** Values that the node held go to the nodes inside, and so does a mode that keeps it from running. */
export function unpackSubgraph(document: WorkflowDocument, path: GraphPath, id: NodeId, catalogue: Catalogue): Edit {
  const graph = graphAt(document, path);
  const host = graph?.nodes.get(id);
  if (!graph) return refused('no_such_graph');
  if (!host) return refused('no_such_node', { node: id });
  const subgraph = document.subgraphs.get(host.type);
  if (!subgraph) return refused('not_a_subgraph', { node: id });

  const inner = valuesInside(document, host, subgraph, catalogue);
  const nodes = [...subgraph.graph.nodes.values()].map((node): DocumentNode => {
    const held = inner.get(node.id) ?? node;
    return host.mode === 'always' ? held : withMode(held, host.mode);
  });
  const outer = new Map(graph.nodes);
  outer.delete(id);
  const links = new Map(graph.links);
  for (const link of linksOf(graph, id)) links.delete(link.id);
  const corner = topLeft(nodes);
  const by = { x: host.position.x - corner.x, y: host.position.y - corner.y };
  const bare: Graph = { ...graph, nodes: outer, links };
  const ends = new Set([SUBGRAPH_INPUT, SUBGRAPH_OUTPUT]);
  const within = [...subgraph.graph.links.values()].filter(
    ({ from, to }) => !ends.has(from.node) && !ends.has(to.node),
  );
  const inserted = insertNodes(bare, nodes, within, by);
  const made = [...inserted.ids.values()];
  const through = linksThrough(graph, host, subgraph, inserted.ids);
  const changed = withGraph(document, path, insertLinks(inserted.graph, through));
  return done(withoutUnused(syncHosts(document, changed, path)), made);
}

/** The links over the border, joined to those outside. @param ids of the nodes inside, as they are called now */
function linksThrough(
  graph: Graph,
  host: DocumentNode,
  subgraph: SubgraphDefinition,
  ids: ReadonlyMap<NodeId, NodeId>,
): Omit<DocumentLink, 'id'>[] {
  const joined: Omit<DocumentLink, 'id'>[] = [];
  for (const { from, to, type, extra } of subgraph.graph.links.values()) {
    const comesIn = from.node === SUBGRAPH_INPUT;
    const goesOut = to.node === SUBGRAPH_OUTPUT;
    if (!comesIn && !goesOut) continue;
    const input = comesIn ? subgraph.inputs[from.slot]?.name : undefined;
    const source = comesIn
      ? input === undefined
        ? undefined
        : linkInto(graph, host.id, input)?.from
      : { ...from, node: ids.get(from.node) ?? from.node };
    if (!source) continue;
    if (!goesOut) {
      joined.push({ from: source, to: { ...to, node: ids.get(to.node) ?? to.node }, type, extra });
      continue;
    }
    const slot = subgraph.outputs.findIndex(({ name }) => name === to.input);
    for (const outside of linksFrom(graph, host.id, slot)) {
      joined.push({ from: source, to: outside.to, type, extra: outside.extra });
    }
  }
  return joined;
}

function valuesInside(
  document: WorkflowDocument,
  host: DocumentNode,
  subgraph: SubgraphDefinition,
  catalogue: Catalogue,
): Map<NodeId, DocumentNode> {
  const changed = new Map<NodeId, DocumentNode>();
  const set = (id: NodeId, input: string, value: WidgetValue): void => {
    const node = changed.get(id) ?? subgraph.graph.nodes.get(id);
    if (!node) return;
    const values = new Map(node.values).set(input, value);
    changed.set(id, withValues(node, values, node.controls, document.subgraphs, catalogue));
  };
  for (const { name, input, node, widget } of hostWidgets(host, subgraph)) {
    const value = host.values.get(name);
    if (value === undefined) continue;
    if (node !== undefined) set(node, widget, value);
    const slot = input === undefined ? -1 : subgraph.inputs.findIndex((one) => one.name === input);
    for (const { to } of linksFrom(subgraph.graph, SUBGRAPH_INPUT, slot)) {
      if (to.node !== SUBGRAPH_OUTPUT) set(to.node, to.input, value);
    }
  }
  return changed;
}
