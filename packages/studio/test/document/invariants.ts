import { linkInto, portsOf, SUBGRAPH_INPUT, SUBGRAPH_OUTPUT } from '../../src/document/index.ts';
import type { Graph, SubgraphDefinition, WorkflowDocument } from '../../src/document/index.ts';
import { namedValuesOf } from '../../src/document/node-values.ts';
import type { Catalogue } from '../../src/catalogue/index.ts';
import { stringifyJson, toJson } from '@snug/protocol';

/** What is wrong with a document, whatever was done to it: nothing. */
export function brokenIn(document: WorkflowDocument, catalogue: Catalogue): string[] {
  const graphs: [string, Graph, SubgraphDefinition | undefined][] = [['', document.root, undefined]];
  for (const [id, definition] of document.subgraphs) {
    graphs.push([`${id}: `, definition.graph, definition]);
    if (definition.id !== id) graphs.push([`${id} is called ${definition.id}`, definition.graph, definition]);
  }
  return graphs.flatMap(([where, graph, definition]) =>
    brokenInGraph({ ...document, root: graph }, graph, definition, catalogue).map((problem) => where + problem),
  );
}

function brokenInGraph(
  document: WorkflowDocument,
  graph: Graph,
  definition: SubgraphDefinition | undefined,
  catalogue: Catalogue,
): string[] {
  const problems: string[] = [];
  const fed = new Set<string>();
  for (const [id, link] of graph.links) {
    const { from, to } = link;
    if (link.id !== id || Number(id) > graph.lastLinkId) problems.push(`link ${id} has a wrong id`);
    if (fed.has(`${to.node} ${to.input}`)) problems.push(`two links into ${to.node}.${to.input}`);
    fed.add(`${to.node} ${to.input}`);
    if (linkInto(graph, to.node, to.input) !== link) problems.push(`link ${id} is not in the index`);
    const source = graph.nodes.get(from.node);
    const outputs = from.node === SUBGRAPH_INPUT ? definition?.inputs : source?.outputs;
    if (!outputs?.[from.slot]) problems.push(`link ${id} comes from nowhere`);
    const inputs = to.node === SUBGRAPH_OUTPUT ? definition?.outputs : graph.nodes.get(to.node)?.inputs;
    if (!inputs?.some(({ name }) => name === to.input)) problems.push(`link ${id} leads nowhere`);
  }
  for (const [id, node] of graph.nodes) {
    if (node.id !== id || Number(id) > graph.lastNodeId) problems.push(`node ${id} has a wrong id`);
    const { values, controls } = namedValuesOf(node, document.subgraphs, catalogue);
    const [held, saved] = [textOf(node.values, node.controls), textOf(values, controls)];
    if (held !== saved) problems.push(`node ${id} (${node.type}) holds ${held}, but saves ${saved}`);
    const names = portsOf(document, [], node, catalogue).inputs.map(({ name }) => name);
    if (new Set(names).size !== names.length) problems.push(`node ${id} shows an input twice: ${names.join()}`);
  }
  return problems;
}

const textOf = (values: ReadonlyMap<string, unknown>, controls: ReadonlyMap<string, unknown>): string =>
  stringifyJson(toJson([new Map([...values].sort(byKey)), new Map([...controls].sort(byKey))]));

const byKey = ([a]: [string, unknown], [b]: [string, unknown]): number => (a < b ? -1 : 1);
