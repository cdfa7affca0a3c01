import { createGraphBuilder, Interrupted } from '@snug/node-kit';
import type { AnyNode, NodeContext, NodeFiles, NodeGraph, SubgraphNode } from '@snug/node-kit';
import { pack } from '../src/index.ts';

/** One call that a node made on its context. */
export type Call = readonly [name: string, ...args: unknown[]];

const refuse = (): never => {
  throw new Error('These nodes touch no files.');
};
const files: NodeFiles = {
  resolve: refuse,
  list: refuse,
  listModels: refuse,
  resolveModel: refuse,
  series: refuse,
  write: refuse,
  read: refuse,
};

/** A graph of the given nodes; only submitted ones. */
export function fakeGraph(nodes: Readonly<Record<string, readonly [string, Record<string, unknown>]>>): NodeGraph {
  const all = new Map<string, SubgraphNode>(
    Object.entries(nodes).map(([id, [classType, inputs]]) => [
      id,
      { classType, inputs: new Map(Object.entries(inputs)) },
    ]),
  );
  return {
    has: (id) => all.has(id),
    get: (id) => all.get(id),
    displayId: (id) => id,
    realId: (id) => id,
    parentId: () => undefined,
    ids: () => [...all.keys()],
    original: new Map(),
  };
}

/** A context that writes down what the node does. Aborting `interrupt` interrupts the prompt. */
export function fakeContext(nodeId = '7'): NodeContext & { calls: Call[]; interrupt: AbortController } {
  const calls: Call[] = [];
  const interrupt = new AbortController();
  const throwIfInterrupted = (): void => {
    if (interrupt.signal.aborted) throw new Interrupted();
  };
  let builders = 0;
  return {
    calls,
    interrupt,
    files,
    signal: interrupt.signal,
    promptId: 'p',
    nodeId,
    listIndex: 0,
    prompt: new Map(),
    extraPngInfo: null,
    embedMetadata: true,
    graph: fakeGraph({}),
    previews: { method: 'none', size: 512 },
    progress(value, max, preview) {
      throwIfInterrupted();
      calls.push(preview ? ['progress', value, max, preview] : ['progress', value, max]);
    },
    setProgress(value, max) {
      calls.push(['setProgress', value, max]);
    },
    told: async () => {},
    throwIfInterrupted,
    send(event, data) {
      calls.push(['send', event, data]);
    },
    text(text) {
      calls.push(['text', text]);
    },
    log(line) {
      calls.push(['log', line]);
    },
    state: (create) => create(),
    builder: () => createGraphBuilder(`${nodeId}.0.${builders++}.`),
  };
}

export function nodeOf(type: string): AnyNode {
  const node = pack.nodes.find((one) => one.type === type);
  if (!node) throw new Error(`The pack has no node ${type}.`);
  return node;
}

export type Values = Readonly<Record<string, unknown>>;

/** Runs a node; what it throws at once is a rejection, too. */
export async function run(type: string, inputs: Values, context: NodeContext = fakeContext()): Promise<unknown> {
  return await nodeOf(type).run(inputs, context);
}

/** The lazy inputs that the node asks for. */
export async function needs(type: string, inputs: Values): Promise<unknown> {
  return await nodeOf(type).needs?.(inputs, fakeContext());
}

export async function fingerprint(type: string, inputs: Values): Promise<unknown> {
  return await nodeOf(type).fingerprint?.(inputs, fakeContext());
}

/** What the node's own validation says, given literals and the types of links. */
export async function check(type: string, values: Values, types: Record<string, string> = {}): Promise<unknown> {
  return await nodeOf(type).validate?.check(values, { files, types: new Map(Object.entries(types)) });
}
