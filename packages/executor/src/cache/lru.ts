import type { CacheEntry } from '../run-node.ts';
import type { OutputCache } from './cache.ts';

/**
 * Keeps the results of many prompts. When a prompt starts and more than `size` are kept, those that went unused for the
 * most prompts go first; results of the running prompt never do.
 */
export function createLruCache(size: number): OutputCache {
  /** By age: a used entry moves to the end. */
  const entries = new Map<string, { entry: CacheEntry; generation: number }>();
  let generation = 0;

  return {
    keepsResults: true,
    begin(nodes) {
      generation++;
      for (const { fingerprint } of nodes.values()) {
        const kept = entries.get(fingerprint);
        if (!kept) continue;
        entries.delete(fingerprint);
        entries.set(fingerprint, { entry: kept.entry, generation });
      }
      while (entries.size > size) {
        const [oldest] = entries;
        if (!oldest || oldest[1].generation === generation) break;
        const old = oldest[1].generation;
        for (const [key, kept] of entries) {
          if (kept.generation !== old) break;
          entries.delete(key);
        }
      }
    },
    get({ fingerprint }) {
      const kept = entries.get(fingerprint);
      if (kept && kept.generation !== generation) {
        entries.delete(fingerprint);
        entries.set(fingerprint, { entry: kept.entry, generation });
      }
      return kept?.entry;
    },
    set({ fingerprint }, entry) {
      entries.delete(fingerprint);
      entries.set(fingerprint, { entry, generation });
    },
    expanded() {},
    clear: () => entries.clear(),
  };
}
