/** Links: what may be linked, and doing it. */
import { typesConnect } from '@snug/graph';
import { PRIMITIVE_VALUE } from '../catalogue/front-end-nodes.ts';
import type { Catalogue } from '../catalogue/types.ts';
import { wouldCycle } from './cycles.ts';
import { done, editGraph, refused } from './edit.ts';
import type { Edit, Refused } from './edit.ts';
import { shownInput } from './inner-input.ts';
import { givenType, takenTypes } from './link-types.ts';
import type { Surroundings } from './link-types.ts';
import { graphAt, linkInto, withGraph } from './look.ts';
import { inputSlot } from './new-node.ts';
import { withValues } from './node-values.ts';
import { portsOf } from './ports.ts';
import { uniqueNames } from './slot-names.ts';
import { syncHosts } from './sync-hosts.ts';
import type { DocumentLink, DocumentNode, Graph, GraphPath, LinkId, WorkflowDocument } from './types.ts';

export interface LinkEnds {
  readonly from: DocumentLink['from'];
  readonly to: DocumentLink['to'];
}

/** Why {@link connect} would refuse; undefined when it would not. For sockets to light up while a link is dragged. */
export function whyNotConnect(
  document: WorkflowDocument,
  path: GraphPath,
  { from, to }: LinkEnds,
  catalogue: Catalogue,
): Refused | undefined {
  const graph = graphAt(document, path);
  if (!graph) return refused('no_such_graph');
  if (from.node === to.node) return refused('own_input', { node: to.node });
  const around = { document, path, graph, catalogue };
  const given = givenType(around, from);
  if (given === undefined) return refused('no_such_output', { node: from.node, output: String(from.slot) });
  const taken = takenTypes(around, to);
  if (!taken) return refused('no_such_input', { node: to.node, input: to.input });
  const unfit = taken.find((type) => !typesConnect(given, type));
  if (unfit !== undefined) return refused('types_differ', { from: given, to: unfit, input: to.input });
  return wouldCycle(graph, from.node, to.node) ? refused('would_cycle', { node: to.node }) : undefined;
}

/** Links an output to an input, whose link it replaces when there is one. */
export function connect(document: WorkflowDocument, path: GraphPath, ends: LinkEnds, catalogue: Catalogue): Edit {
  const graph = graphAt(document, path);
  const why = whyNotConnect(document, path, ends, catalogue);
  if (!graph || why) return why ?? refused('no_such_graph');
  const { from, to } = ends;
  const before = linkInto(graph, to.node, to.input);
  if (before?.from.node === from.node && before.from.slot === from.slot) return done(document);
  const around = { document, path, graph, catalogue };
  const given = givenType(around, from) ?? '*';
  const type = given === '*' ? (takenTypes(around, to)?.[0] ?? '*') : given;
  const lastLinkId = graph.lastLinkId + 1;
  const links = new Map(graph.links);
  if (before) links.delete(before.id);
  links.set(String(lastLinkId), { id: String(lastLinkId), from, to, type, extra: new Map() });
  const nodes = new Map(graph.nodes);
  const input = shownInput(document, graph, to.node, to.input, catalogue);
  const target = nodes.get(to.node);
  if (target && !target.inputs.some(({ name }) => name === to.input)) {
    const slot = inputSlot({ name: to.input, type: input?.type ?? type, widget: input?.widget });
    nodes.set(target.id, { ...target, inputs: [...target.inputs, slot] });
  }
  const source = withOutput(nodes.get(from.node), from.slot, around);
  if (source) nodes.set(source.id, source);
  if (source?.type === 'PrimitiveNode' && target && !source.values.has(PRIMITIVE_VALUE)) {
    nodes.set(source.id, adopt(source, target, to.input, type, document, catalogue));
  }
  const changed = withGraph(document, path, { ...graph, nodes, links, lastLinkId });
  return done(syncHosts(document, changed, path));
}

/** The file may know fewer outputs than the class has. */
function withOutput(
  node: DocumentNode | undefined,
  slot: number,
  { document, path, catalogue }: Surroundings,
): DocumentNode | undefined {
  if (!node || node.outputs[slot]) return node;
  const shown = portsOf(document, path, node, catalogue).outputs.slice(node.outputs.length, slot + 1);
  const further = shown.map(({ name, type }) => ({ name, type, extra: new Map() }));
  return { ...node, outputs: uniqueNames([...node.outputs, ...further]) };
}

/** A primitive that holds nothing becomes what it is linked to first. */
function adopt(
  source: DocumentNode,
  target: DocumentNode,
  input: string,
  type: string,
  { subgraphs }: WorkflowDocument,
  catalogue: Catalogue,
): DocumentNode {
  const [output] = source.outputs;
  const extra = new Map(output?.extra).set('widget', new Map([['name', input]]));
  const outputs = output ? [{ name: type, type, extra }, ...source.outputs.slice(1)] : source.outputs;
  const value = target.values.get(input);
  if (value === undefined) return { ...source, outputs };
  const controls = new Map(target.controls.has(input) ? [[PRIMITIVE_VALUE, 'fixed' as const]] : []);
  return withValues({ ...source, outputs }, new Map([[PRIMITIVE_VALUE, value]]), controls, subgraphs, catalogue);
}

export function disconnect(document: WorkflowDocument, path: GraphPath, ids: readonly LinkId[]): Edit {
  const edit = editGraph(document, path, (graph): Graph | Refused => {
    if (!ids.length) return graph;
    const links = new Map(graph.links);
    for (const id of ids) if (!links.delete(id)) return refused('no_such_link', { link: id });
    return { ...graph, links };
  });
  return edit.kind === 'refused' ? edit : done(syncHosts(document, edit.document, path));
}
