/**
 * Fingerprints of nodes: class, inputs, and the fingerprints of the nodes behind links. Each builds on those of its
 * sources, so a chain costs one digest a node, however long it is.
 */
import { hash } from 'node:crypto';
import { Float, floatText } from '@snug/protocol';
import { Link } from '@snug/node-kit';
import type { KnownFingerprints } from './known-fingerprints.ts';
import type { RunNode } from './run-node.ts';

let uniques = 0;
/** Equal to nothing, not even to itself in another run. */
export const unique = (): string => `unique:${++uniques}`;

const identities = new WeakMap<object, number>();
function identity(value: object): string {
  let number = identities.get(value);
  if (number === undefined) identities.set(value, (number = ++uniques));
  return `object:${number}`;
}

/** Values that differ in kind differ: 1, 1.0, "1" and true are four values. */
export function canonical(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
      if (Number.isNaN(value)) return unique();
      return Number.isSafeInteger(value) ? String(value) : floatText(value);
    case 'bigint':
      return value.toString();
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      break;
    default:
      return value === undefined ? 'undefined' : unique();
  }
  if (value === null) return 'null';
  if (value instanceof Float) return Number.isNaN(value.value) ? unique() : floatText(value.value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value instanceof Map) {
    const members = [...value].map(([key, member]) => `${JSON.stringify(String(key))}:${canonical(member)}`);
    return `{${members.sort().join(',')}}`;
  }
  return identity(value);
}

function digest(node: RunNode, change: string | undefined, nodes: ReadonlyMap<string, RunNode>): string {
  const { type, inputs } = node;
  let text = type.classType;
  if (type.isPersonal) text += `\n@${JSON.stringify(node.id)}`;
  if (change !== undefined) text += `\n!${change}`;
  const names = [...inputs.keys()];
  if (names.length > 1) names.sort();
  for (const name of names) {
    const value = inputs.get(name);
    // quoted, or a name with a line break could stand for two inputs
    text += `\n${JSON.stringify(name)}`;
    if (value instanceof Link) text += `<${nodes.get(value.node)?.fingerprint || unique()}:${value.slot}`;
    else text += `=${canonical(value)}`;
  }
  return hash('sha256', text, 'base64');
}

/**
 * Gives each node its fingerprint, sources first, without recursion. A node on a cycle is like no other.
 * @param changes what nodes themselves say of their state outside the graph
 * @param known what needs no digest; the fingerprints of all nodes are kept there in their turn
 */
export function assignFingerprints(
  wanted: Iterable<RunNode>,
  nodes: ReadonlyMap<string, RunNode>,
  changes: ReadonlyMap<RunNode, string>,
  known?: KnownFingerprints,
): void {
  const open = new Set<RunNode>();
  const path: RunNode[] = [];
  for (const start of wanted) {
    if (start.fingerprint) continue;
    path.push(start);
    while (path.length) {
      const node = path.at(-1)!;
      if (node.fingerprint) {
        path.pop();
        continue;
      }
      if (!open.has(node)) {
        open.add(node);
        let waits = false;
        for (const value of node.inputs.values()) {
          if (!(value instanceof Link)) continue;
          const source = nodes.get(value.node);
          if (!source || source.fingerprint) continue;
          if (open.has(source)) source.fingerprint = unique();
          else {
            path.push(source);
            waits = true;
          }
        }
        if (waits) continue;
      }
      path.pop();
      if (node.fingerprint) continue;
      const change = changes.get(node);
      const before = known?.of(node, change, nodes);
      node.fingerprint = before ?? digest(node, change, nodes);
      if (before === undefined) known?.add(node, change);
    }
  }
  known?.settle();
}
