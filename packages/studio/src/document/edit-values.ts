/** Edits of what widgets hold. */
import type { Catalogue, WidgetDefinition } from '../catalogue/types.ts';
import { isControl } from '../catalogue/read-widget.ts';
import { done, refused } from './edit.ts';
import type { Edit } from './edit.ts';
import { withNodes } from './edit.ts';
import { graphAt, withGraph } from './look.ts';
import { withValues } from './node-values.ts';
import { portsOf } from './ports.ts';
import type { InputPort } from './port.ts';
import type { DocumentNode, Graph, GraphPath, NodeId, ValueControl, WidgetValue, WorkflowDocument } from './types.ts';

/**
 * Sets a widget. Limits and lists of choices are not enforced, as files do not keep to them either: the widget shows it,
 * and the server judges.
 *
 * @returns refused with `bad_value` when the value is of another kind than the widget's
 */
export function setValue(
  document: WorkflowDocument,
  path: GraphPath,
  id: NodeId,
  input: string,
  value: WidgetValue,
  catalogue: Catalogue,
): Edit {
  return editWidget(document, path, id, input, catalogue, (node, { widget }) => {
    if (!widget || !fits(widget, value)) return undefined;
    if (node.values.get(input) === value) return node;
    const values = new Map(node.values).set(input, value);
    return withValues(node, values, node.controls, document.subgraphs, catalogue);
  });
}

/** Says how a value changes after each run; refused with `bad_value` where there is no such control. */
export function setControl(
  document: WorkflowDocument,
  path: GraphPath,
  id: NodeId,
  input: string,
  control: ValueControl,
  catalogue: Catalogue,
): Edit {
  return editWidget(document, path, id, input, catalogue, (node, port) => {
    // what a subgraph shows is controlled by the node inside
    if (document.subgraphs.has(node.type)) return undefined;
    const canHave =
      port.control !== undefined || port.definition?.control !== undefined || node.type === 'PrimitiveNode';
    if (!canHave || !isControl(control)) return undefined;
    const controls = new Map(node.controls).set(input, control);
    return withValues(node, node.values, controls, document.subgraphs, catalogue);
  });
}

function editWidget(
  document: WorkflowDocument,
  path: GraphPath,
  id: NodeId,
  input: string,
  catalogue: Catalogue,
  change: (node: DocumentNode, port: InputPort) => DocumentNode | undefined,
): Edit {
  const graph: Graph | undefined = graphAt(document, path);
  if (!graph) return refused('no_such_graph');
  const node = graph.nodes.get(id);
  if (!node) return refused('no_such_node', { node: id });
  const port = portsOf(document, path, node, catalogue).inputs.find(({ name }) => name === input);
  if (!port?.widget) return refused('no_such_input', { node: id, input });
  const changed = change(node, port);
  if (!changed) return refused('bad_value', { node: id, input });
  if (changed === node) return done(document);
  return done(withGraph(document, path, withNodes(graph, new Map([[id, changed]]))));
}

/** Whether a value is of the kind that a widget holds. */
export function fits(widget: WidgetDefinition, value: WidgetValue): boolean {
  switch (widget.kind) {
    case 'seed':
    case 'integer':
      return isWhole(value);
    case 'number':
    case 'slider':
      return widget.isInteger ? isWhole(value) : typeof value === 'number' && Number.isFinite(value);
    case 'text':
    case 'multiline':
    case 'colour':
      return typeof value === 'string';
    case 'upload':
      return typeof value === 'string' && isTellable(value, widget.choices);
    case 'toggle':
      return typeof value === 'boolean';
    case 'choice':
      return widget.isMultiple
        ? Array.isArray(value) && isPlain(value)
        : isChoice(value) && isTellable(value, widget.choices);
    case 'other':
      return value !== undefined && isPlain(value);
  }
}

const isWhole = (value: unknown): boolean => typeof value === 'bigint' || Number.isSafeInteger(value);

/** In a saved list, an unlisted choice that is called `fixed` would be taken for the control of the widget before. */
const isTellable = (value: unknown, choices: readonly unknown[] | undefined): boolean =>
  !isControl(value) || !choices || choices.includes(value);

const isChoice = (value: unknown): boolean =>
  typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));

const MAX_DEPTH = 64;

/** Whether it can be written as JSON and read back. */
function isPlain(value: unknown): boolean {
  const waiting = [{ value, depth: 0 }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { value: one, depth } = next;
    if (depth > MAX_DEPTH) return false;
    if (one === null || typeof one === 'string' || typeof one === 'boolean' || typeof one === 'bigint') continue;
    if (typeof one === 'number' ? !Number.isFinite(one) : typeof one !== 'object') return false;
    if (typeof one === 'object') {
      for (const inner of Object.values(one)) waiting.push({ value: inner, depth: depth + 1 });
    }
  }
  return true;
}
