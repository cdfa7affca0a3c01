/** Values that change after each run: seeds that are drawn, numbers that are counted, choices that are gone through. */
import { PRIMITIVE_VALUE } from '../catalogue/front-end-nodes.ts';
import type { Catalogue, WidgetDefinition } from '../catalogue/types.ts';
import { linkInto } from './look.ts';
import { withValues } from './node-values.ts';
import { portsOf } from './ports.ts';
import { SUBGRAPH_INPUT } from './types.ts';
import type { DocumentNode, Graph, GraphPath, NodeId, ValueControl, WidgetValue, WorkflowDocument } from './types.ts';

/**
 * The document after a run was queued. Nodes that do not run, and inputs that are linked, keep what they hold.
 *
 * @param random numbers in [0, 1)
 */
export function advanceControls(
  document: WorkflowDocument,
  catalogue: Catalogue,
  random: () => number,
): WorkflowDocument {
  let advanced = document;
  const root = advanceGraph(document, document.root, catalogue, random);
  if (root !== document.root) advanced = { ...advanced, root };
  for (const [id, subgraph] of document.subgraphs) {
    const graph = advanceGraph(document, subgraph.graph, catalogue, random);
    if (graph === subgraph.graph) continue;
    advanced = { ...advanced, subgraphs: new Map(advanced.subgraphs).set(id, { ...subgraph, graph }) };
  }
  return advanced;
}

const ANYWHERE: GraphPath = [];

function advanceGraph(document: WorkflowDocument, graph: Graph, catalogue: Catalogue, random: () => number): Graph {
  const changed = new Map<NodeId, DocumentNode>();
  // ports are looked at as if the graph were the workflow itself: its nodes are what counts
  const around: WorkflowDocument = { ...document, root: graph };
  for (const [id, node] of graph.nodes) {
    const isHost = document.subgraphs.has(node.type);
    const isControlled = [...node.controls.values()].some((control) => control !== 'fixed');
    if (node.mode !== 'always' || (isHost ? !node.values.size : !isControlled)) continue;
    const values = new Map(node.values);
    for (const port of portsOf(around, ANYWHERE, node, catalogue).inputs) {
      const { name, control, widget } = port;
      const link = name === PRIMITIVE_VALUE ? undefined : linkInto(graph, id, name);
      // what comes from outside of a subgraph may be left open there
      const isLinked = link !== undefined && link.from.node !== SUBGRAPH_INPUT;
      if (control === undefined || !widget || isLinked || !values.has(name)) continue;
      values.set(name, nextValue(values.get(name), widget, control, random));
    }
    const isSame = [...values].every(([name, value]) => node.values.get(name) === value);
    if (!isSame) changed.set(id, withValues(node, values, node.controls, document.subgraphs, catalogue));
  }
  return changed.size ? { ...graph, nodes: new Map([...graph.nodes, ...changed]) } : graph;
}

/** The value for the next run; itself when the control or the kind of widget says so. */
export function nextValue(
  value: WidgetValue,
  widget: WidgetDefinition,
  control: ValueControl,
  random: () => number,
): WidgetValue {
  if (control === 'fixed') return value;
  switch (widget.kind) {
    case 'seed':
    case 'integer':
      return nextInteger(value, widget, control, random);
    case 'slider':
      return widget.isInteger ? nextInteger(value, widget, control, random) : value;
    case 'choice':
    case 'upload':
      return nextChoice(value, widget.choices ?? [], control, random);
    default:
      return value;
  }
}

interface Limits {
  readonly min: number | bigint | undefined;
  readonly max: number | bigint | undefined;
  readonly step: number;
}

/** Larger numbers are exact here and on servers, but not in front ends that read files as JavaScript numbers. */
const DRAW_LIMIT = BigInt(Number.MAX_SAFE_INTEGER);

function nextInteger(value: WidgetValue, limits: Limits, control: ValueControl, random: () => number): WidgetValue {
  const now = asInteger(value);
  if (now === undefined) return value;
  const min = asInteger(limits.min);
  const max = asInteger(limits.max);
  const step = asInteger(limits.step) ?? 1n;
  if (control === 'randomize') return drawn(min ?? 0n, max ?? DRAW_LIMIT, step, random);
  const next = control === 'decrement' ? now - step : now + step;
  if (control === 'increment-wrap' && max !== undefined && next > max) return plain(min ?? 0n);
  return plain(min !== undefined && next < min ? min : max !== undefined && next > max ? max : next);
}

function drawn(min: bigint, max: bigint, step: bigint, random: () => number): number | bigint {
  const low = min < -DRAW_LIMIT ? -DRAW_LIMIT : min;
  const high = max > DRAW_LIMIT ? DRAW_LIMIT : max;
  if (high <= low) return plain(low);
  const count = (high - low) / step + 1n;
  // one number in [0, 1) has too few digits for a range as wide; 96 bits leave no visible bias
  let bits = 0n;
  for (let at = 0; at < 3; at++) bits = (bits << 32n) | BigInt(Math.floor(random() * 2 ** 32));
  return plain(low + (bits % count) * step);
}

function asInteger(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value;
  return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : undefined;
}

/** Numbers where they are exact. */
const plain = (value: bigint): number | bigint => (Number.isSafeInteger(Number(value)) ? Number(value) : value);

function nextChoice(
  value: WidgetValue,
  choices: readonly unknown[],
  control: ValueControl,
  random: () => number,
): WidgetValue {
  if (!choices.length) return value;
  if (control === 'randomize') return choices[Math.floor(random() * choices.length)];
  const last = choices.length - 1;
  const next = choices.indexOf(value) + (control === 'decrement' ? -1 : 1);
  if (control === 'increment-wrap') return choices[next > last ? 0 : next];
  return choices[Math.min(Math.max(next, 0), last)];
}
