/** Lets a few tasks run at once; the others wait, up to a number. */
export interface Gate {
  /** Runs a task when its turn comes; undefined when too many wait already. */
  run<T>(task: () => Promise<T>): Promise<T | undefined>;
}

export function createGate(running: number, maxWaiting: number): Gate {
  let free = running;
  const waiting: (() => void)[] = [];
  return {
    async run(task) {
      if (free > 0) free--;
      else if (waiting.length >= maxWaiting) return undefined;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await task();
      } finally {
        const next = waiting.shift();
        if (next) next();
        else free++;
      }
    },
  };
}
