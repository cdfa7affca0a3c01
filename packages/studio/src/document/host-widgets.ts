/** Widgets that a node standing for a subgraph shows for nodes inside. */
import { asObject, parseJson, toJson, toPlain } from '@snug/protocol/json';
import type { Json } from '@snug/protocol/json';
import { isControl } from '../catalogue/read-widget.ts';
import { linksFrom } from './look.ts';
import { idOf } from './json-field.ts';
import { SUBGRAPH_INPUT } from './types.ts';
import type { DocumentNode, NodeId, SubgraphDefinition, WidgetValue } from './types.ts';
import type { HeldValues, NamedValues } from './write-values.ts';

/** One place in the host's list of values. */
export interface HostWidget {
  /** Under which the host holds the value: the name of the input, or `node:widget`. */
  readonly name: string;
  /** The input of the subgraph; undefined for widgets that are shown without one. */
  readonly input: string | undefined;
  readonly node: NodeId | undefined;
  readonly widget: string;
}

const OWN_INPUT = '-1';

/** The places of the host's values, in order. What the host says itself counts when it has room for all values. */
export function hostWidgets(
  host: Pick<DocumentNode, 'extra' | 'savedValues'>,
  subgraph: SubgraphDefinition,
): HostWidget[] {
  const shown = shownWidgets(host.extra.get('properties'));
  const saved = Array.isArray(host.savedValues) ? host.savedValues.length : 0;
  if (shown.length && shown.length >= saved) return shown;
  const ofInputs: HostWidget[] = [];
  for (const [slot, { name }] of subgraph.inputs.entries()) {
    const isWidget = linksFrom(subgraph.graph, SUBGRAPH_INPUT, slot).some(({ to }) =>
      subgraph.graph.nodes.get(to.node)?.inputs.some((input) => input.name === to.input && input.widget !== undefined),
    );
    if (isWidget) ofInputs.push({ name, input: name, node: undefined, widget: name });
  }
  return ofInputs;
}

function shownWidgets(properties: Json | undefined): HostWidget[] {
  const listed = asObject(properties)?.get('proxyWidgets');
  const entries = typeof listed === 'string' ? parsed(listed) : listed;
  if (!Array.isArray(entries)) return [];
  return entries.map((entry) => {
    const [first, second] = Array.isArray(entry) ? entry : [];
    const node = idOf(first) ?? '';
    const widget = typeof second === 'string' ? second : '';
    return node === OWN_INPUT
      ? { name: widget, input: widget, node: undefined, widget }
      : { name: `${node}:${widget}`, input: undefined, node, widget };
  });
}

/** Some front ends saved the list as text. */
function parsed(text: string): Json {
  try {
    return parseJson(text);
  } catch {
    return null;
  }
}

/** What the host sets; what it leaves open is up to the nodes inside. */
export function readHostValues(
  host: Pick<DocumentNode, 'extra' | 'savedValues'>,
  subgraph: SubgraphDefinition,
): NamedValues {
  const values = new Map<string, WidgetValue>();
  const put = (name: string, value: Json | undefined): void => {
    if (value !== undefined && value !== null) values.set(name, toPlain(value));
  };
  const { savedValues: saved = [] } = host;
  if (saved instanceof Map) for (const [name, value] of saved) put(name, value);
  else {
    const widgets = hostWidgets(host, subgraph);
    const types = new Map(subgraph.inputs.map(({ name, type }) => [name, type]));
    let at = 0;
    for (const { name, input } of widgets) {
      put(name, saved[at++]);
      // the first front ends with subgraphs saved the control of a seed as well
      const isSeed = saved.length > widgets.length && input !== undefined && types.get(input) === 'INT';
      if (isSeed && isControl(saved[at])) at++;
    }
  }
  return { values, controls: new Map() };
}

export function arrangeHostValues(
  host: Pick<DocumentNode, 'extra' | 'savedValues'>,
  subgraph: SubgraphDefinition,
  values: ReadonlyMap<string, WidgetValue>,
): HeldValues {
  const controls = new Map();
  if (host.savedValues instanceof Map) {
    const named = new Map(host.savedValues);
    for (const [name, value] of values) named.set(name, toJson(value));
    return { values, controls, savedValues: named };
  }
  const known = hostWidgets(host, subgraph).map(({ name }) => name);
  const kept = new Map([...values].filter(([name]) => known.includes(name)));
  return { values: kept, controls, savedValues: known.map((name) => toJson(kept.get(name))) };
}
