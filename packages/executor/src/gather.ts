/** What a node is called with: the values behind its links and its literals, and from them one set of arguments a call. */
import { Float, toPlain } from '@snug/protocol';
import { Link } from '@snug/node-kit';
import type { InputSpec, ValueKind } from '@snug/node-kit';
import { specOf } from './registry.ts';
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
      if (spec || type.hidden.has(name) || type.definition.acceptsUndeclared) values.set(name, [value]);
    } else if (spec?.options.get('rawLink') === true) {
      values.set(name, [[value.node, value.slot]]);
    } else {
      const found = knownOnly ? undefined : nodes.get(value.node)?.entry?.outputs.at(value.slot);
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

/** The arguments of each call: one call an element of the longest list, shorter lists repeat their last element. */
export function argumentSets(node: RunNode, { values }: Gathered): Record<string, unknown>[] {
  const { type } = node;
  if (type.takesLists) {
    const all: Record<string, unknown> = {};
    for (const [name, list] of values) assign(all, name, presentList(kindOf(node, name), list), type.isDynamic);
    return [nested(node, all)];
  }
  let calls = 0;
  for (const list of values.values()) if (list.length > calls) calls = list.length;
  if (calls === 0) return [{}];
  const sets: Record<string, unknown>[] = [];
  for (let call = 0; call < calls; call++) {
    const set: Record<string, unknown> = {};
    for (const [name, list] of values) {
      if (!list.length) throw new RangeError(`Input ${name} is an empty list next to lists with elements: nothing to repeat.`);
      const value = list[Math.min(call, list.length - 1)];
      assign(set, name, present(kindOf(node, name), value), type.isDynamic);
    }
    sets.push(nested(node, set));
  }
  return sets;
}

/** What the server fills in is handed over as it is. */
function kindOf(node: RunNode, name: string): ValueKind {
  return node.type.hidden.has(name) ? 'exact' : (specOf(node.type, name)?.kind ?? 'plain');
}

function assign(target: Record<string, unknown>, name: string, value: unknown, isDynamic: boolean): void {
  // only a name that nobody declares can be `__proto__`
  if (name === '__proto__' || isDynamic) Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
  else target[name] = value;
}

/** Turns the dotted names of dynamic inputs into the objects that nodes receive. */
function nested(node: RunNode, flat: Record<string, unknown>): Record<string, unknown> {
  if (!node.type.isDynamic) return flat;
  const result: Record<string, unknown> = {};
  for (const [name, spec] of node.type.inputs) {
    if (spec.members) result[name] = Object.create(null) as object;
  }
  for (const [name, value] of Object.entries(flat)) {
    const steps = name.split('.');
    const root = node.type.inputs.get(steps[0]!);
    if (!root?.members) {
      result[name] = value;
      continue;
    }
    let place = result[steps[0]!] as Record<string, unknown>;
    // the choice itself stands under the input's own name
    const path = steps.length === 1 ? steps : steps.slice(1);
    for (const step of path.slice(0, -1)) {
      const inner = place[step];
      place = (typeof inner === 'object' && inner !== null ? inner : (place[step] = Object.create(null))) as typeof place;
    }
    const last = path.at(-1)!;
    if (!nestsFurther(root, path)) place[last] = value;
    else {
      const inner = (place[last] ??= Object.create(null) as object) as Record<string, unknown>;
      inner[last] = value;
    }
  }
  return inTemplateOrder(node, result);
}

/** Whether a path ends at a dynamic input again, whose choice goes one level down. */
function nestsFurther(root: InputSpec, path: readonly string[]): boolean {
  let spec: InputSpec | undefined = root;
  for (const step of path) {
    const { members }: InputSpec = spec;
    if (!members || members.by === 'autogrow') return false;
    const inputs: Record<string, InputSpec>[] = members.by === 'slot' ? [members.inputs] : members.options.map((one) => one.inputs);
    spec = inputs.map((one) => (Object.hasOwn(one, step) ? one[step] : undefined)).find(Boolean);
    if (!spec) return false;
  }
  return spec.members !== undefined && spec.members.by !== 'autogrow';
}

function inTemplateOrder(node: RunNode, result: Record<string, unknown>): Record<string, unknown> {
  for (const [name, { members }] of node.type.inputs) {
    if (members?.by !== 'autogrow') continue;
    const given = result[name] as Record<string, unknown>;
    const ordered = Object.create(null) as Record<string, unknown>;
    for (const key of members.names) if (key in given) ordered[key] = given[key];
    result[name] = ordered;
  }
  return result;
}
