/** What a node is called with: the values behind its links and its literals, and from them one set of arguments a call. */
import { Float, toPlain } from '@snug/protocol';
import { Blocker, Link } from '@snug/node-kit';
import type { ValueKind } from '@snug/node-kit';
import { nestArguments, setOwn } from './dynamic-arguments.ts';
import { specOf } from './registry.ts';
import type { ExecutableNode } from './registry.ts';
import type { RunNode } from './run-node.ts';

/** Each input as the list of its values, one a call. */
export interface Gathered {
  readonly values: Map<string, readonly unknown[]>;
  /** Links whose source has no result (yet). */
  readonly missing: Set<string>;
}

/** The values of hidden inputs by their key. */
export type HiddenSource = (key: string) => unknown;

const NOTHING: readonly unknown[] = [undefined];

/**
 * Gathers a node's inputs in prompt order.
 * @param knownOnly links are treated as missing: for what runs before the graph does
 */
export function gatherInputs(
  node: RunNode,
  nodes: ReadonlyMap<string, RunNode>,
  hidden: HiddenSource,
  knownOnly = false,
): Gathered {
  const values = new Map<string, readonly unknown[]>();
  const missing = new Set<string>();
  const { type } = node;
  for (const [name, value] of node.inputs) {
    const spec = specOf(type, name);
    if (!(value instanceof Link)) {
      if (spec || type.hidden.has(name) || type.acceptsUndeclared) values.set(name, [value]);
    } else if (spec?.options.get('rawLink') === true) {
      values.set(name, [[value.node, value.slot]]);
    } else {
      const source = knownOnly ? undefined : nodes.get(value.node);
      // what a lazy input did not ask for may be there by chance, and must not change how often the node is called
      const isAsked = spec?.options.get('lazy') !== true || (source && node.reads.includes(source));
      const found = isAsked ? source?.entry?.outputs.at(value.slot) : undefined;
      if (!found) missing.add(name);
      values.set(name, found ?? NOTHING);
    }
  }
  for (const [name, key] of type.hidden) {
    const value = hidden(key);
    // a name that the prompt itself fills stays as it is when the server has nothing for it
    if (value !== undefined || !values.has(name)) values.set(name, [value]);
  }
  return { values, missing };
}

/** A value as the node's code takes it. */
function present(kind: ValueKind, value: unknown): unknown {
  if (kind === 'exact') return value;
  if (typeof value === 'number') return kind === 'int64' ? BigInt(Math.trunc(value)) : value;
  if (typeof value === 'bigint') {
    if (kind === 'float') return Number(value);
    if (kind === 'int64') return value;
    const small = Number(value);
    if (Number.isSafeInteger(small)) return small;
    if (kind === 'int') throw new RangeError(`${value} is beyond ±2^53: declare the input with input.int64().`);
    return value;
  }
  if (value instanceof Float) return kind === 'int64' ? BigInt(value.value) : value.value;
  return value instanceof Map ? toPlain(value) : value;
}

function presentList(kind: ValueKind, list: readonly unknown[]): readonly unknown[] {
  return list.map((value) => present(kind, value));
}

/** What one call is made with. */
export interface CallArguments {
  readonly values: Record<string, unknown>;
  /** The first value that stops the call, wherever dynamic inputs put it. */
  readonly blocker: Blocker | undefined;
}

/** The arguments of each call: one call an element of the longest list, shorter lists repeat their last element. */
export function argumentSets(node: RunNode, { values }: Gathered): CallArguments[] {
  const { type } = node;
  if (type.takesLists) {
    const all: Record<string, unknown> = {};
    for (const [name, list] of values) setOwn(all, name, presentList(kindOf(node, name), list));
    return [callArguments(type, all)];
  }
  let calls = 0;
  for (const list of values.values()) if (list.length > calls) calls = list.length;
  if (calls === 0) return [callArguments(type, {})];
  const sets: CallArguments[] = [];
  for (let call = 0; call < calls; call++) {
    const set: Record<string, unknown> = {};
    for (const [name, list] of values) {
      if (!list.length)
        throw new RangeError(`Input ${name} is an empty list next to lists with elements: nothing to repeat.`);
      const value = list[Math.min(call, list.length - 1)];
      setOwn(set, name, present(kindOf(node, name), value));
    }
    sets.push(callArguments(type, set));
  }
  return sets;
}

function callArguments(type: ExecutableNode, flat: Record<string, unknown>): CallArguments {
  const blocker = findBlocker(flat, type.takesLists);
  return { values: type.isDynamic ? nestArguments(type, flat) : flat, blocker };
}

function findBlocker(values: Record<string, unknown>, areLists: boolean): Blocker | undefined {
  for (const name in values) {
    const value = values[name];
    if (value instanceof Blocker) return value;
    if (areLists && Array.isArray(value)) {
      const found: unknown = value.find((one) => one instanceof Blocker);
      if (found instanceof Blocker) return found;
    }
  }
  return undefined;
}

/** What the server fills in is handed over as it is. */
function kindOf(node: RunNode, name: string): ValueKind {
  return node.type.hidden.has(name) ? 'exact' : (specOf(node.type, name)?.kind ?? 'plain');
}
