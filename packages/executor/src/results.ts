/** From what the calls of a node returned to the lists that links carry. */
import { Float, float } from '@snug/protocol';
import { Blocker, Link, NodeResult } from '@snug/node-kit';
import type { Image, Subgraph, Tensor, UiOutput } from '@snug/node-kit';
import type { ExecutableNode, ExecutableOutput } from './registry.ts';
import type { CacheEntry, RunNode } from './run-node.ts';

/** What one call made: a value (or a link into its expansion) an output. */
export interface CallResult {
  readonly values: readonly unknown[];
  readonly ui: UiOutput | undefined;
  readonly expansion: Subgraph | undefined;
}

export function blockedCall(type: ExecutableNode, blocker: Blocker): CallResult {
  return { values: type.outputs.map((spec) => (spec.list ? [blocker] : blocker)), ui: undefined, expansion: undefined };
}

export function readReturn(type: ExecutableNode, returned: unknown): CallResult {
  if (returned instanceof Blocker) return blockedCall(type, returned);
  if (returned instanceof NodeResult) {
    const { outputs, ui, expansion } = returned;
    return {
      values: type.outputs.map((spec) => (outputs ? readOutput(spec, outputs[spec.key]) : undefined)),
      ui,
      expansion,
    };
  }
  if (!type.outputs.length) return { values: [], ui: undefined, expansion: undefined };
  if (typeof returned !== 'object' || returned === null) {
    const wanted = type.outputs.map((spec) => spec.key).join(', ');
    throw new TypeError(
      `Node ${type.classType} returned ${String(returned)}; it must return an object with: ${wanted}.`,
    );
  }
  const record = returned as Record<string, unknown>;
  return {
    values: type.outputs.map((spec) => {
      if (!(spec.key in record))
        throw new TypeError(`Node ${type.classType} returned no value for its output ${spec.key}.`);
      return readOutput(spec, record[spec.key]);
    }),
    ui: undefined,
    expansion: undefined,
  };
}

function readOutput(spec: ExecutableOutput, value: unknown): unknown {
  if (value instanceof Link) return value;
  if (!spec.list) return checkValue(spec, value);
  if (value instanceof Blocker) return [value];
  if (!Array.isArray(value)) throw new TypeError(`Output ${spec.key} is a list: return an array for it.`);
  return value.map((one) => checkValue(spec, one));
}

function checkValue(spec: ExecutableOutput, value: unknown): unknown {
  if (spec.type === 'FLOAT' && typeof value === 'number') return float(value);
  if (!spec.guard || value === undefined || value === null || value instanceof Blocker || spec.guard(value))
    return value;
  throw new TypeError(`Output ${spec.key} got a value that is no ${String(spec.type)}.`);
}

/** The results of all calls as one entry; links into expansions are replaced by what is behind them. */
export function mergeCalls(
  type: ExecutableNode,
  calls: readonly CallResult[],
  nodes: ReadonlyMap<string, RunNode>,
): CacheEntry {
  const outputs = type.outputs.map((spec, at) => {
    const merged: unknown[] = [];
    for (const { values } of calls) {
      const value = values[at];
      if (value instanceof Link) append(merged, behind(value, spec, nodes));
      else if (spec.list) append(merged, (value as unknown[] | undefined) ?? []);
      else merged.push(value);
    }
    return merged;
  });
  return { outputs, ui: mergeUi(calls) };
}

/** Lists may be longer than a call takes arguments. */
function append(list: unknown[], more: readonly unknown[]): void {
  for (const value of more) list.push(value);
}

/** Of an inner list only an output that is a list takes more than the first value. */
function behind(link: Link, spec: ExecutableOutput, nodes: ReadonlyMap<string, RunNode>): readonly unknown[] {
  const values = nodes.get(link.node)?.entry?.outputs.at(link.slot) ?? [undefined];
  return spec.list ? values : values.slice(0, 1);
}

export function mergeUi(calls: readonly CallResult[]): UiOutput | undefined {
  if (calls.length === 1) return filled(calls[0]!.ui);
  const merged = new Map<string, unknown[]>();
  for (const { ui } of calls) {
    for (const [key, values] of Object.entries(ui ?? {})) {
      const list = merged.get(key) ?? [];
      append(list, values);
      merged.set(key, list);
    }
  }
  return filled(Object.fromEntries(merged));
}

function filled(ui: UiOutput | undefined): UiOutput | undefined {
  return ui && Object.keys(ui).length ? ui : undefined;
}

/** A value as the report of a failed node shows it. */
export function shownValue(value: unknown): string | number | boolean | bigint | null | Float {
  switch (typeof value) {
    case 'string':
      return value.length > MAX_SHOWN_TEXT ? `${value.slice(0, MAX_SHOWN_TEXT)}...` : value;
    case 'number':
    case 'boolean':
    case 'bigint':
      return value;
    case 'undefined':
      return null;
    default:
      return value === null ? value : describeObject(value as object);
  }
}

const MAX_SHOWN_TEXT = 10_000;
const MAX_SHOWN_SIDES = 10;

function describeObject(value: object): string | Float {
  try {
    if (value instanceof Float) return value;
    if (Array.isArray(value)) return `<list of ${value.length}>`;
    const { shape, batch, height, width, channels } = value as Partial<Image & Tensor>;
    const sides = (shape ?? [batch, height, width, channels]).filter((side) => side !== undefined);
    if (sides.length) return `tensor [${sides.slice(0, MAX_SHOWN_SIDES).join(', ')}]`;
    return `<${(value.constructor?.name ?? 'object').slice(0, MAX_SHOWN_TEXT)}>`;
  } catch {
    // it calls itself something else than it is, or throws when it is looked at
    return '<object>';
  }
}
