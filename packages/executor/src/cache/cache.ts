import type { CacheEntry, RunNode } from '../run-node.ts';

/** Results that outlive a prompt. What is looked up is equal to what would be made, whatever the node is called. */
export interface OutputCache {
  /** A prompt starts: decides what may be forgotten. Every node has its fingerprint. */
  begin(nodes: ReadonlyMap<string, RunNode>): void;
  get(node: RunNode): CacheEntry | undefined;
  set(node: RunNode, entry: CacheEntry): void;
  /** A node expanded: results that its earlier expansions left and that these nodes cannot use may go. */
  expanded(parent: RunNode, children: readonly RunNode[]): void;
  clear(): void;
  /** False when nothing is kept at all: clients are then told of no known outputs. */
  readonly keepsResults: boolean;
}

/** Keeps nothing. Within a run, results still reach the nodes that wait for them. */
export function createNullCache(): OutputCache {
  return {
    keepsResults: false,
    begin() {},
    get: () => undefined,
    set() {},
    expanded() {},
    clear() {},
  };
}
