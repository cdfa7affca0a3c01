/** The input that something outside of a subgraph stands for. */
import type { Catalogue, InputDefinition } from '../catalogue/types.ts';
import { linksFrom } from './look.ts';
import { shownInputs } from './shown-inputs.ts';
import { SUBGRAPH_INPUT } from './types.ts';
import type { DocumentLink, DocumentNode, Graph, NodeId, SubgraphDefinition, WorkflowDocument } from './types.ts';

/** Subgraphs inside each other; deeper ones are not looked into. */
const MAX_NESTING = 64;

/** Where the input of a subgraph leads to first. */
export function behindInput({ graph }: SubgraphDefinition, slot: number): DocumentLink['to'] | undefined {
  return linksFrom(graph, SUBGRAPH_INPUT, slot)[0]?.to;
}

/** An input of a node; of a node that stands for a subgraph, the one inside. */
export function shownInput(
  document: WorkflowDocument,
  graph: Graph,
  id: NodeId,
  input: string,
  catalogue: Catalogue,
): InputDefinition | undefined {
  const inner = innerWidget(document, graph, id, input);
  if (!inner) return undefined;
  const declared = catalogue.definitions.get(inner.node.type)?.inputs ?? [];
  return shownInputs(declared, inner.node.values, [inner.input]).find(({ name }) => name === inner.input);
}

/** The node that has the widget itself, and what it calls it. */
export function innerWidget(
  document: WorkflowDocument,
  graph: Graph,
  id: NodeId,
  input: string,
): { readonly node: DocumentNode; readonly input: string } | undefined {
  let at = { graph, id, input };
  for (let depth = 0; depth < MAX_NESTING; depth++) {
    const node = at.graph.nodes.get(at.id);
    const subgraph = node && document.subgraphs.get(node.type);
    if (!node || !subgraph) return node && { node, input: at.input };
    const slot = subgraph.inputs.findIndex(({ name }) => name === at.input);
    const behind = slot === -1 ? undefined : behindInput(subgraph, slot);
    if (!behind) return undefined;
    at = { graph: subgraph.graph, id: behind.node, input: behind.input };
  }
  return undefined;
}
