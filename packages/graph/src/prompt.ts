/** A prompt in API form: nodes by id, in the order of the source. */
import { Float } from '@snug/protocol';
import type { Json, JsonObject } from '@snug/protocol';

/** Where a linked value comes from. */
export type LinkValue = readonly [nodeId: string, slot: number];

export interface PromptNode {
  readonly id: string;
  readonly classType: string;
  /** Literals and links. Validation writes coerced literals back. */
  readonly inputs: Map<string, Json>;
}

export type Prompt = ReadonlyMap<string, PromptNode>;

/** The link that a value stands for while a prompt runs, or undefined for a literal. */
export function asLink(value: unknown): LinkValue | undefined {
  if (!Array.isArray(value) || value.length !== 2 || typeof value[0] !== 'string') return undefined;
  const slot: unknown = value[1];
  const position = slot instanceof Float ? slot.value : slot;
  return typeof position === 'number' ? [value[0], position] : undefined;
}

/**
 * The nodes of a prompt that validation has let through. Nodes that no output needs may be malformed: they are left out,
 * since nothing can ask for them.
 */
export function promptNodes(json: JsonObject): Map<string, PromptNode> {
  const nodes = new Map<string, PromptNode>();
  for (const [id, node] of json) {
    if (!(node instanceof Map)) continue;
    const classType = node.get('class_type');
    const inputs = node.get('inputs');
    if (typeof classType !== 'string') continue;
    nodes.set(id, { id, classType, inputs: inputs instanceof Map ? inputs : new Map() });
  }
  return nodes;
}

/** The title that the author of the workflow gave a node. */
export function nodeTitle(node: JsonObject): string | undefined {
  const meta = node.get('_meta');
  const title = meta instanceof Map ? meta.get('title') : undefined;
  return typeof title === 'string' ? title : undefined;
}
