/** Further inputs and outputs for a subgraph whose inside is open. */
import type { Json } from '@snug/protocol/json';
import type { Catalogue } from '../catalogue/types.ts';
import { connect } from './connect.ts';
import { done, refused } from './edit.ts';
import type { Edit } from './edit.ts';
import { givenType, takenTypes } from './link-types.ts';
import { subgraphAt, withSubgraph } from './look.ts';
import { newUuid } from './new-document.ts';
import { portsOf } from './ports.ts';
import { SUBGRAPH_INPUT, SUBGRAPH_OUTPUT } from './types.ts';
import type { DocumentLink, GraphPath, SubgraphDefinition, SubgraphSlot, WorkflowDocument } from './types.ts';

/** Gives the subgraph at `path` an input that feeds one inside, and is called like it. */
export function exposeInput(
  document: WorkflowDocument,
  path: GraphPath,
  to: DocumentLink['to'],
  catalogue: Catalogue,
): Edit {
  const subgraph = subgraphAt(document, path);
  if (!subgraph) return refused('no_such_graph');
  const [type] = takenTypes({ document, path, graph: subgraph.graph, catalogue }, to) ?? [];
  if (type === undefined) return refused('no_such_input', to);
  const slot = newSlot(subgraph.inputs, to.input, type);
  const widened: SubgraphDefinition = { ...subgraph, inputs: [...subgraph.inputs, slot] };
  const from = { node: SUBGRAPH_INPUT, slot: subgraph.inputs.length };
  return connect(withSubgraph(document, widened), path, { from, to }, catalogue);
}

/** Gives the subgraph at `path` an output that is fed by one inside, and is called like it. */
export function exposeOutput(
  document: WorkflowDocument,
  path: GraphPath,
  from: DocumentLink['from'],
  catalogue: Catalogue,
): Edit {
  const subgraph = subgraphAt(document, path);
  if (!subgraph) return refused('no_such_graph');
  const type = givenType({ document, path, graph: subgraph.graph, catalogue }, from);
  if (type === undefined) return refused('no_such_output', { node: from.node, output: String(from.slot) });
  const node = subgraph.graph.nodes.get(from.node);
  const wanted = node && portsOf(document, path, node, catalogue).outputs[from.slot]?.name;
  const slot = newSlot(subgraph.outputs, wanted ?? type, type);
  const widened: SubgraphDefinition = { ...subgraph, outputs: [...subgraph.outputs, slot] };
  const to = { node: SUBGRAPH_OUTPUT, input: slot.name };
  return connect(withSubgraph(document, widened), path, { from, to }, catalogue);
}

/** What the nodes that stand for the subgraph at `path` are called, as long as they have no title of their own. */
export function renameSubgraph(document: WorkflowDocument, path: GraphPath, name: string): Edit {
  const subgraph = subgraphAt(document, path);
  if (!subgraph) return refused('not_a_subgraph');
  return done(subgraph.name === name ? document : withSubgraph(document, { ...subgraph, name }));
}

/** A slot of a name that no other has. */
export function newSlot(slots: readonly SubgraphSlot[], wanted: string, type: string): SubgraphSlot {
  const base = wanted === '' ? type : wanted;
  const taken = new Set(slots.map((slot) => slot.name));
  let name = base;
  for (let number = 2; taken.has(name); number++) name = `${base}_${number}`;
  return { name, type, extra: new Map<string, Json>([['id', newUuid()]]) };
}
