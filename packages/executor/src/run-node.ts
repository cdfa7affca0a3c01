import { asLink } from '@snug/graph';
import type { Prompt } from '@snug/graph';
import { Link } from '@snug/node-kit';
import type { SubgraphNode, UiOutput } from '@snug/node-kit';
import type { Json } from '@snug/protocol';
import type { ExecutableNode, Registry } from './registry.ts';

/** What a node made: for each output the list of its values, one a call. */
export interface CacheEntry {
  readonly outputs: readonly (readonly unknown[])[];
  readonly ui: UiOutput | undefined;
}

/** A node of the graph that runs: of the prompt, or added by expansion. */
export class RunNode {
  readonly id: string;
  readonly type: ExecutableNode;
  /** Links as {@link Link}, everything else as it will be handed to the node. */
  readonly inputs: Map<string, unknown>;
  readonly parent: RunNode | undefined;
  readonly displayId: string;
  readonly realId: string;
  readonly depth: number;
  /** Two nodes with one fingerprint make the same. */
  fingerprint = '';
  /** The result, for as long as somebody in this run may want it. */
  entry: CacheEntry | undefined;

  // places in the execution list
  order = 0;
  isPending = false;
  isReady = false;
  isParked = false;
  rank = 3;
  blocksOutput = false;
  /** Made when something blocks the node: nothing blocks what is known. */
  blockedBy: Set<RunNode> | undefined;
  dependents: RunNode[] = [];
  /** Nodes on the list that will read the result. */
  readers = 0;
  /** The nodes whose results this one will read. */
  reads: RunNode[] = [];

  constructor(id: string, type: ExecutableNode, inputs: Map<string, unknown>, parent?: RunNode, displayId?: string) {
    this.id = id;
    this.type = type;
    this.inputs = inputs;
    this.parent = parent;
    this.displayId = displayId ?? parent?.displayId ?? id;
    this.realId = parent?.realId ?? id;
    this.depth = parent ? parent.depth + 1 : 0;
  }
}

/** The nodes of a submitted prompt. Class types that are not in the registry are left out. */
export function promptRunNodes(prompt: Prompt, registry: Registry): Map<string, RunNode> {
  const nodes = new Map<string, RunNode>();
  for (const { id, classType, inputs } of prompt.values()) {
    const type = registry.get(classType);
    if (type) nodes.set(id, new RunNode(id, type, readInputs(inputs)));
  }
  return nodes;
}

function readInputs(inputs: ReadonlyMap<string, Json>): Map<string, unknown> {
  const values = new Map<string, unknown>();
  for (const [name, value] of inputs) {
    const link = typeof value === 'object' ? asLink(value) : undefined;
    if (link) values.set(name, new Link(link[0], link[1]));
    else values.set(name, value instanceof Map && value.has('__value__') ? value.get('__value__') : value);
  }
  return values;
}

/** A node as other nodes may look at it. */
export function asSubgraphNode(node: RunNode): SubgraphNode {
  return { classType: node.type.classType, inputs: new Map(node.inputs), displayId: node.displayId };
}
