import { Interrupted } from '@snug/node-kit';

/** A number of places; who finds none free waits for one, first come first served. */
export interface Slots {
  /** @throws {Interrupted} when the signal is aborted while waiting; then no place is held. */
  take(signal: AbortSignal): Promise<void>;
  release(): void;
}

export function createSlots(count: number): Slots {
  let free = count;
  const waiting = new Set<() => void>();

  return {
    take(signal) {
      return new Promise((resolve, reject) => {
        const leave = (): void => {
          waiting.delete(enter);
          reject(new Interrupted());
        };
        const enter = (): void => {
          signal.removeEventListener('abort', leave);
          resolve();
        };
        if (signal.aborted) return leave();
        if (free > 0) {
          free--;
          return resolve();
        }
        waiting.add(enter);
        signal.addEventListener('abort', leave, { once: true });
      });
    },
    release() {
      const [next] = waiting;
      if (!next) {
        free++;
        return;
      }
      waiting.delete(next);
      next();
    },
  };
}
