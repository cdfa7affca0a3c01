/** Nodes of a graph without a run around them. */
import { ANY, input, Link, output } from '@snug/node-kit';
import type { AnyNode } from '@snug/node-kit';
import { createRegistry } from '../src/registry.ts';
import type { Registry } from '../src/registry.ts';
import { RunNode } from '../src/run-node.ts';

type Parts = Partial<Omit<AnyNode, 'type'>>;

/** A node with any inputs and one output of any type, unless said otherwise. */
export function testNode(type: string, parts: Parts = {}): AnyNode {
  const outputs = { value: output.of(ANY) };
  return {
    category: 'test',
    acceptsUndeclared: true,
    inputs: {},
    outputs,
    run: () => ({ value: null }),
    ...parts,
    type,
  };
}

export const lazyInput = input.of(ANY, { lazy: true });

export function registryOf(...nodes: readonly AnyNode[]): Registry {
  return createRegistry([{ name: 'test', nodes }]);
}

export const link = (node: string, slot = 0): Link => new Link(node, slot);

/** Nodes by id: their class and inputs. */
export type NodeTable = Readonly<
  Record<string, readonly [classType: string, inputs?: Readonly<Record<string, unknown>>]>
>;

export function runNodes(registry: Registry, table: NodeTable): Map<string, RunNode> {
  const nodes = new Map<string, RunNode>();
  for (const [id, [classType, inputs = {}]] of Object.entries(table)) {
    const type = registry.get(classType);
    if (!type) throw new Error(`no node ${classType}`);
    nodes.set(id, new RunNode(id, type, new Map(Object.entries(inputs))));
  }
  return nodes;
}

/** The node, which a test relies on being there. */
export function nodeAt(nodes: ReadonlyMap<string, RunNode>, id: string): RunNode {
  const node = nodes.get(id);
  if (!node) throw new Error(`no node with id ${id}`);
  return node;
}
