import type { Graph } from './types.ts';
import { numberOf } from './json-field.ts';

/** The place of a new node in the order of execution: after all others. Front ends work it out anew. */
export function nextOrder({ nodes }: Graph): number {
  let last = -1;
  for (const { extra } of nodes.values()) last = Math.max(last, numberOf(extra.get('order')) ?? -1);
  return last + 1;
}
