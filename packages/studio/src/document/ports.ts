/** What to show of a node: its inputs, outputs and widgets, from its class, its file and what it is linked to. */
import { frontEndRole, PRIMITIVE_VALUE } from '../catalogue/front-end-nodes.ts';
import type { Catalogue, NodeDefinition } from '../catalogue/types.ts';
import { hostWidgets } from './host-widgets.ts';
import { behindInput, innerWidget, shownInput } from './inner-input.ts';
import { graphAt, linksOf } from './look.ts';
import { ownValueName } from './node-values.ts';
import { definedPort, savedOutputs, slotPort, valuePort, widgetFor } from './port.ts';
import type { FedBy, InputPort, NodePorts } from './port.ts';
import { shownInputs } from './shown-inputs.ts';
import type {
  DocumentLink,
  DocumentNode,
  Graph,
  GraphPath,
  NodeId,
  SubgraphDefinition,
  WorkflowDocument,
} from './types.ts';

interface Known {
  readonly catalogue: Catalogue;
  readonly links: readonly DocumentLink[];
  readonly subgraphs: WorkflowDocument['subgraphs'];
  readonly ports: NodePorts;
}

const known = new WeakMap<DocumentNode, Known>();

/** The same object comes back as long as the node, its links, the subgraphs and the catalogue are the same. */
export function portsOf(
  document: WorkflowDocument,
  path: GraphPath,
  node: DocumentNode,
  catalogue: Catalogue,
): NodePorts {
  const graph = graphAt(document, path);
  const links = graph ? linksOf(graph, node.id) : [];
  const before = known.get(node);
  const isKnown =
    before &&
    before.catalogue === catalogue &&
    (before.subgraphs === document.subgraphs || before.ports.role === 'class') &&
    isSameList(before.links, links);
  if (isKnown) return before.ports;
  const ports = readPorts({ document, graph, node, links, catalogue });
  known.set(node, { catalogue, links, subgraphs: document.subgraphs, ports });
  return ports;
}

function isSameList(a: readonly DocumentLink[], b: readonly DocumentLink[]): boolean {
  return a === b || (a.length === b.length && a.every((link, at) => link === b[at]));
}

interface Seen {
  readonly document: WorkflowDocument;
  readonly graph: Graph | undefined;
  readonly node: DocumentNode;
  readonly links: readonly DocumentLink[];
  readonly catalogue: Catalogue;
}

function readPorts(seen: Seen): NodePorts {
  const { document, node, links, catalogue } = seen;
  const { type } = node;
  const fedBy = new Map(links.filter(({ to }) => to.node === node.id).map(({ id, to }) => [to.input, id]));
  const subgraph = document.subgraphs.get(type);
  if (subgraph) return hostPorts(seen, subgraph, fedBy);
  const role = frontEndRole(type, catalogue.descriptions.has(type));
  const definition = catalogue.definitions.get(type);
  const of = { name: definition?.name ?? type, definition, subgraph: undefined };
  if (role) return { ...of, role, inputs: frontEndInputs(seen, fedBy), outputs: savedOutputs(node) };
  if (!definition) return { ...of, role: 'unknown', inputs: unknownInputs(node, fedBy), outputs: savedOutputs(node) };
  const outputs = definition.outputs.map((output, slot) => ({ slot, ...output }));
  return { ...of, role: 'class', inputs: classInputs(node, definition, fedBy), outputs };
}

function classInputs(node: DocumentNode, definition: NodeDefinition, fedBy: FedBy): InputPort[] {
  const shown = shownInputs(definition.inputs, node.values, fedBy.keys());
  const names = new Set(shown.map(({ name }) => name));
  const stale = node.inputs.filter(({ name }) => fedBy.has(name) && !names.has(name));
  return [
    ...shown.map((input) => definedPort(input, node, fedBy)),
    ...stale.map((slot) => ({ ...slotPort(slot, fedBy), isStale: true })),
  ];
}

function unknownInputs(node: DocumentNode, fedBy: FedBy): InputPort[] {
  const slots = node.inputs.map((slot) => slotPort(slot, fedBy));
  const sockets = new Set(node.inputs.map(({ name }) => name));
  const values = [...node.values].filter(([name]) => !sockets.has(name));
  return [...slots, ...values.map(([name, value]) => valuePort(name, widgetFor(value), node))];
}

function frontEndInputs(seen: Seen, fedBy: FedBy): InputPort[] {
  const { document, graph, node, links, catalogue } = seen;
  const slots = node.inputs.map((slot) => slotPort(slot, fedBy)).filter(({ name }) => !node.values.has(name));
  const own = ownValueName(node.type, catalogue);
  if (own === undefined) return slots;
  const widget = catalogue.definitions.get(node.type)?.inputs.find(({ name }) => name === own)?.widget;
  if (own !== PRIMITIVE_VALUE) return [...slots, valuePort(own, widget ?? widgetFor(''), node)];
  // a primitive is edited as what it feeds
  const link = links.find(({ from }) => from.node === node.id);
  const fed = link && graph && shownInput(document, graph, link.to.node, link.to.input, catalogue);
  const value = node.values.get(own);
  const shown = fed?.widget ?? (value === undefined ? undefined : widgetFor(value));
  return shown ? [...slots, valuePort(own, shown, node)] : slots;
}

function hostPorts(seen: Seen, subgraph: SubgraphDefinition, fedBy: FedBy): NodePorts {
  const { document, node, catalogue } = seen;
  const widgets = hostWidgets(node, subgraph);
  const withWidget = new Set(widgets.map(({ name }) => name));
  const shown = (port: InputPort, inside: NodeId, widget: string): InputPort => {
    const input = shownInput(document, subgraph.graph, inside, widget, catalogue);
    const inner = innerWidget(document, subgraph.graph, inside, widget);
    const control = inner?.node.controls.get(inner.input);
    return input ? { ...port, label: input.label, widget: input.widget, control, definition: input } : port;
  };
  const inputs = subgraph.inputs.map((slot, at): InputPort => {
    const behind = withWidget.has(slot.name) ? behindInput(subgraph, at) : undefined;
    const port = slotPort(slot, fedBy);
    return behind ? shown(port, behind.node, behind.input) : port;
  });
  for (const { name, node: inside, widget } of widgets) {
    const port = inside === undefined ? undefined : shown(valuePort(name, undefined, node), inside, widget);
    if (port?.widget) inputs.push(port);
  }
  const outputs = subgraph.outputs.map(({ name, type }, slot) => ({ slot, name, type, isList: false }));
  return { role: 'subgraph', name: subgraph.name, definition: undefined, subgraph, inputs, outputs };
}
