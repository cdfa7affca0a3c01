/** Values that a node standing for a subgraph holds for the widgets inside. */
import { asObject, parseJson } from '@snug/protocol';
import type { Json } from '@snug/protocol';
import { textOf } from './json-field.ts';
import { isControlWord } from './value-control.ts';
import type { Subgraph, WorkflowNode } from './workflow.ts';

export interface HostValues {
  /** By the name of the subgraph's input. */
  readonly byInput: ReadonlyMap<string, Json>;
  /** By the id of the node inside, then by widget name. */
  readonly byWidget: ReadonlyMap<string, ReadonlyMap<string, Json>>;
}

/** A widget shown on the host: an input of the subgraph (node `-1`), or a widget of a node inside. */
interface ShownWidget {
  readonly node: string;
  readonly name: string;
}

const OWN_INPUT = '-1';

/**
 * The host's values; what the host leaves open (null) is up to the nodes inside. `overrides` come from further outside
 * and win.
 */
export function hostValues(
  host: WorkflowNode,
  subgraph: Subgraph,
  overrides: ReadonlyMap<string, Json> | undefined,
): HostValues {
  const byInput = new Map<string, Json>();
  const byWidget = new Map<string, Map<string, Json>>();
  const shown = shownWidgets(host);
  const put = ({ node, name }: ShownWidget, value: Json | undefined): void => {
    if (value === undefined || value === null) return;
    if (node === OWN_INPUT) byInput.set(name, value);
    else byWidget.set(node, (byWidget.get(node) ?? new Map<string, Json>()).set(name, value));
  };

  const saved = host.widgetValues;
  if (saved instanceof Map) for (const [name, value] of saved) put({ node: OWN_INPUT, name }, value);
  else if (shown.length >= saved.length) for (const [at, widget] of shown.entries()) put(widget, saved[at]);
  else for (const [name, value] of valuesByInput(saved, subgraph)) byInput.set(name, value);

  if (overrides?.size) {
    const inside = new Map(shown.map((widget) => [widget.name, widget]));
    const inputs = new Set(subgraph.inputs.map(({ name }) => name));
    for (const [name, value] of overrides) {
      put(inputs.has(name) ? { node: OWN_INPUT, name } : (inside.get(name) ?? { node: OWN_INPUT, name }), value);
    }
  }
  return { byInput, byWidget };
}

/** Without a list of what is shown, values belong to the inputs that lead to a widget, in order. */
function valuesByInput(saved: readonly Json[], { inputs, inputLinks, consumers }: Subgraph): Map<string, Json> {
  const values = new Map<string, Json>();
  const shown = inputs.filter((_, at) =>
    inputLinks.get(at)?.some(({ id }) => consumers.get(id)?.input.widget !== undefined),
  );
  let at = 0;
  for (const { name, type } of shown) {
    const value = saved[at++];
    if (value !== undefined && value !== null) values.set(name, value);
    // the first front ends with subgraphs saved the control of a seed as well
    if (saved.length > shown.length && type === 'INT' && isControlWord(saved[at])) at++;
  }
  return values;
}

function shownWidgets(host: WorkflowNode): ShownWidget[] {
  const listed = asObject(host.source.get('properties'))?.get('proxyWidgets');
  const entries = typeof listed === 'string' ? parsed(listed) : listed;
  if (!Array.isArray(entries)) return [];
  return entries.map((entry) => {
    const [node, name] = Array.isArray(entry) ? entry : [];
    return { node: textOf(node) ?? '', name: typeof name === 'string' ? name : '' };
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
