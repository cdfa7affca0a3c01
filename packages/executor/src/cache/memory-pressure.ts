import { readFileSync } from 'node:fs';
import { freemem, totalmem } from 'node:os';
import type { CacheEntry } from '../run-node.ts';
import type { OutputCache } from './cache.ts';
import { createClassicCache } from './classic.ts';

const GIB = 1024 ** 3;
/** Looking at the memory after each of many small nodes would cost more than they do. */
const CHECK_EVERY_MS = 100;

export interface MemoryPressureOptions {
  /** Bytes of free memory below which results of the running prompt are dropped, largest first. */
  readonly keepFree?: number | undefined;
  readonly available?: (() => number) | undefined;
  readonly now?: (() => number) | undefined;
}

/** A tenth of the memory, between 2 and 10 GiB, but never more than a quarter of what there is. */
export function defaultKeepFree(total = totalmem()): number {
  return Math.min(Math.min(Math.max(total / 10, 2 * GIB), 10 * GIB), total / 4);
}

/** Bytes that programs can still get; on Linux this counts what the system holds only as a file cache. */
export function availableMemory(): number {
  try {
    const found = /^MemAvailable:\s+(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'utf8'));
    if (found) return Number(found[1]) * 1024;
  } catch {
    // not Linux
  }
  return freemem();
}

/** The classic cache, which gives up results of the running prompt, too, when memory runs short. */
export function createMemoryPressureCache(options: MemoryPressureOptions = {}): OutputCache {
  const { keepFree = defaultKeepFree(), available = availableMemory, now = () => performance.now() } = options;
  const classic = createClassicCache();
  let checkedAt = -Infinity;

  return {
    ...classic,
    set(node, entry) {
      classic.set(node, entry);
      if (now() - checkedAt < CHECK_EVERY_MS) return;
      checkedAt = now();
      const missing = keepFree - available();
      if (missing > 0) classic.dropLargest(missing, entrySize);
    },
  };
}

/** Bytes of the binary data in a result, as far as it can be seen without following cycles. */
export function entrySize(entry: CacheEntry): number {
  let size = 0;
  const seen = new Set<unknown>();
  const open: unknown[] = [entry.outputs];
  while (open.length && seen.size < 10_000) {
    const value = open.pop();
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    if (ArrayBuffer.isView(value)) size += value.byteLength;
    else if (value instanceof ArrayBuffer) size += value.byteLength;
    else for (const part of value instanceof Map ? value.values() : Object.values(value)) open.push(part);
  }
  return size;
}
