import { createClassicCache, createLruCache, createMemoryPressureCache, createNullCache } from '@snug/executor';
import type { OutputCache } from '@snug/executor';
import type { CacheChoice } from './runner.ts';

export function createCache(choice: CacheChoice): OutputCache {
  switch (choice.kind) {
    case 'memory-pressure':
      return createMemoryPressureCache({ keepFree: choice.keepFreeBytes });
    case 'classic':
      return createClassicCache();
    case 'lru':
      return createLruCache(choice.size);
    case 'none':
      return createNullCache();
  }
}
