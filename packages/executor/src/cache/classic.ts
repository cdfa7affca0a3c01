import type { CacheEntry, RunNode } from '../run-node.ts';
import type { OutputCache } from './cache.ts';

/** Results of the nodes that one node expanded into, and the submitted node that they belong to. */
interface Nest {
  readonly owner: { readonly id: string; readonly classType: string };
  readonly entries: Map<string, CacheEntry>;
}

const nestKey = ({ id, type }: RunNode): string => `${type.classType}\n${id}`;

/** Keeps the results of the last prompt: a prompt that starts forgets what it cannot use. */
export function createClassicCache(): OutputCache & {
  dropLargest(wanted: number, sizeOf: (entry: CacheEntry) => number): void;
} {
  let top = new Map<string, CacheEntry>();
  const nests = new Map<string, Nest>();

  const entriesFor = (node: RunNode): Map<string, CacheEntry> | undefined =>
    node.parent ? nests.get(nestKey(node.parent))?.entries : top;

  return {
    keepsResults: true,
    begin(nodes) {
      const kept = new Map<string, CacheEntry>();
      for (const { fingerprint } of nodes.values()) {
        const entry = top.get(fingerprint);
        if (entry) kept.set(fingerprint, entry);
      }
      top = kept;
      for (const [key, { owner }] of nests)
        if (nodes.get(owner.id)?.type.classType !== owner.classType) nests.delete(key);
    },
    get: (node) => entriesFor(node)?.get(node.fingerprint),
    set(node, entry) {
      entriesFor(node)?.set(node.fingerprint, entry);
    },
    expanded(parent, children) {
      const before = nests.get(nestKey(parent))?.entries;
      const entries = new Map<string, CacheEntry>();
      for (const child of children) {
        const entry = before?.get(child.fingerprint);
        if (entry) entries.set(child.fingerprint, entry);
      }
      let real = parent;
      while (real.parent) real = real.parent;
      nests.set(nestKey(parent), { owner: { id: real.id, classType: real.type.classType }, entries });
    },
    clear() {
      top.clear();
      nests.clear();
    },
    dropLargest(wanted, sizeOf) {
      const sized = [top, ...[...nests.values()].map((nest) => nest.entries)].flatMap((entries) =>
        [...entries].map(([key, entry]) => ({ entries, key, size: sizeOf(entry) })),
      );
      let dropped = 0;
      for (const { entries, key, size } of sized.sort((a, b) => b.size - a.size)) {
        if (dropped >= wanted || !size) break;
        entries.delete(key);
        dropped += size;
      }
    },
  };
}
