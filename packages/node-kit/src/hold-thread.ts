/** Told when the thread of the nodes begins to be held, and when it is free again. */
type HoldListener = (isHeld: boolean) => void;

let told: HoldListener = () => {};
let holds = 0;

/**
 * Runs work that cannot be stopped, such as one call of a network, on this thread or another. An interrupt of the prompt then waits
 * for its end, at most ten minutes, where it would otherwise end the process of the nodes after five seconds, and with it
 * everything that they keep in memory. Look at the signal between two such pieces of work.
 * @returns what the work resolves with
 */
export async function holdThread<T>(work: () => Promise<T>): Promise<T> {
  if (holds++ === 0) told(true);
  try {
    return await work();
  } finally {
    if (--holds === 0) told(false);
  }
}

/** For the process that runs nodes, not for nodes. There is one listener; the last one counts. */
export function onThreadHeld(listener: HoldListener): void {
  told = listener;
}
