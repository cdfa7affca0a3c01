/** What goes over a link: reroutes take the type of what is behind them. */
import type { Catalogue } from '../catalogue/types.ts';
import { linksFrom, linksOf, subgraphAt } from './look.ts';
import { portsOf } from './ports.ts';
import { SUBGRAPH_INPUT, SUBGRAPH_OUTPUT } from './types.ts';
import type { DocumentLink, Graph, GraphPath, NodeId, WorkflowDocument } from './types.ts';

type Start = DocumentLink['from'];
type End = DocumentLink['to'];

export interface Surroundings {
  readonly document: WorkflowDocument;
  readonly path: GraphPath;
  readonly graph: Graph;
  readonly catalogue: Catalogue;
}

/** The type that an output gives; undefined when there is no such output. */
export function givenType({ document, path, graph, catalogue }: Surroundings, from: Start): string | undefined {
  const seen = new Set<NodeId>();
  let at = from;
  for (;;) {
    if (at.node === SUBGRAPH_INPUT) return subgraphAt(document, path)?.inputs[at.slot]?.type;
    const node = graph.nodes.get(at.node);
    if (!node) return undefined;
    const { role, outputs } = portsOf(document, path, node, catalogue);
    const output = outputs[at.slot];
    if (!output || role !== 'reroute' || seen.has(node.id)) return output?.type;
    seen.add(node.id);
    const behind = linksOf(graph, node.id).find(({ to }) => to.node === node.id);
    if (!behind) return '*';
    at = behind.from;
  }
}

/** The types that an input has to take: that of its own, or of everything that a reroute feeds; none when it is missing. */
export function takenTypes({ document, path, graph, catalogue }: Surroundings, to: End): readonly string[] | undefined {
  const types: string[] = [];
  const seen = new Set<NodeId>();
  const waiting: End[] = [to];
  for (let at = waiting.pop(); at; at = waiting.pop()) {
    const { node: id, input } = at;
    if (id === SUBGRAPH_OUTPUT) {
      const slot = subgraphAt(document, path)?.outputs.find(({ name }) => name === input);
      if (!slot) return undefined;
      types.push(slot.type);
      continue;
    }
    const node = graph.nodes.get(id);
    if (!node) return undefined;
    const { role, inputs } = portsOf(document, path, node, catalogue);
    const port = inputs.find(({ name }) => name === input);
    if (!port?.isSocket) return undefined;
    if (role !== 'reroute') types.push(port.type);
    else if (!seen.has(id)) {
      seen.add(id);
      for (const link of linksFrom(graph, id, 0)) waiting.push(link.to);
    }
  }
  return types.length ? types : ['*'];
}
