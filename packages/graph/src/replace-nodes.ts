/** Rewrites prompts that name class types which are gone, as their packs say. */
import { asObject, toJson } from '@snug/protocol';
import type { Json, JsonObject } from '@snug/protocol';
import { asLink } from './prompt.ts';

/** How a node of a class type that is gone becomes one of another. */
export interface Replacement {
  readonly oldNodeId: string;
  readonly newNodeId: string;
  /** Input of the new node to where its value comes from. An input that is not named keeps its name. */
  readonly inputs?: Readonly<Record<string, { readonly fromInput: string } | { readonly value: unknown }>> | undefined;
  /** Position of an old output to the position of the new one. One that is not named keeps its place. */
  readonly outputs?: Readonly<Record<number, number>> | undefined;
}

/**
 * Changes the prompt in place, and links to changed nodes with it.
 * @param isKnown class types that exist stay as they are
 */
export function replaceNodes(
  prompt: Json,
  replacements: readonly Replacement[],
  isKnown: (classType: string) => boolean,
): void {
  if (!replacements.length || !(prompt instanceof Map)) return;
  const byOld = new Map(replacements.map((one) => [one.oldNodeId, one]));
  const replaced = new Map<string, Replacement>();
  for (const [id, node] of prompt) {
    const classType = asObject(node)?.get('class_type');
    const found = typeof classType === 'string' && !isKnown(classType) ? byOld.get(classType) : undefined;
    if (!found) continue;
    replaced.set(id, found);
    replaceNode(node as JsonObject, found);
  }
  if (replaced.size) moveLinks(prompt, replaced);
}

function replaceNode(node: JsonObject, { newNodeId, inputs = {} }: Replacement): void {
  node.set('class_type', newNodeId);
  const given = asObject(node.get('inputs'));
  if (!given) return;
  const sources = new Map(Object.entries(inputs));
  const taken = new Set([...sources.values()].map((from) => ('fromInput' in from ? from.fromInput : '')));
  const renamed: JsonObject = new Map([...given].filter(([name]) => !taken.has(name)));
  for (const [name, from] of sources) {
    const value = 'fromInput' in from ? given.get(from.fromInput) : toJson(from.value);
    if (value !== undefined) renamed.set(name, value);
  }
  node.set('inputs', renamed);
}

function moveLinks(prompt: JsonObject, replaced: ReadonlyMap<string, Replacement>): void {
  for (const node of prompt.values()) {
    const inputs = asObject(asObject(node)?.get('inputs'));
    for (const [name, value] of inputs ?? []) {
      const link = asLink(value);
      const moved = link && replaced.get(link[0])?.outputs?.[link[1]];
      if (link && moved !== undefined) inputs!.set(name, [link[0], moved]);
    }
  }
}
