import { Blocker, NodeResult } from '@snug/node-kit';
import type { AnyNode, NodeContext, NodeFiles, UiOutput } from '@snug/node-kit';
import { pack } from '../src/index.ts';

const nodes = new Map<string, AnyNode>(pack.nodes.map((node) => [node.type, node]));

export function nodeOf(type: string): AnyNode {
  const node = nodes.get(type);
  if (!node) throw new Error(`The pack has no node ${type}.`);
  return node;
}

/** Runs a node of the pack; its outputs by name, and what it shows. */
export async function runNode(
  type: string,
  values: Readonly<Record<string, unknown>>,
  files: Partial<NodeFiles> = {},
): Promise<{ outputs: Readonly<Record<string, unknown>>; ui: UiOutput | undefined }> {
  const result: unknown = await nodeOf(type).run(values, { files } as NodeContext);
  if (result instanceof Blocker) throw new Error(`Node ${type} blocked.`);
  if (result instanceof NodeResult) return { outputs: result.outputs ?? {}, ui: result.ui };
  return { outputs: result as Record<string, unknown>, ui: undefined };
}

/** What a node is described or validated with, where it uses none of it. */
export const NO_FILES = {} as NodeFiles;

/** The value of a node's first output. */
export async function firstOutput(type: string, values: Readonly<Record<string, unknown>>): Promise<unknown> {
  const { outputs } = await runNode(type, values);
  return outputs[Object.keys(nodeOf(type).outputs as object)[0]!];
}
