/** Listening to signals: one listener each, however many wait, since Node warns of more than ten. */

const waiting = new WeakMap<AbortSignal, Set<() => void>>();

/** Calls once when the signal aborts, at once when it has. Returns what ends that. */
export function onAbort(signal: AbortSignal | undefined, call: () => void): () => void {
  if (!signal) return () => {};
  if (signal.aborted) {
    call();
    return () => {};
  }
  const calls = waiting.get(signal) ?? new Set();
  if (!calls.size) {
    waiting.set(signal, calls);
    signal.addEventListener('abort', callAll);
  }
  // the same function may wait twice
  const own = (): void => call();
  calls.add(own);
  return () => {
    if (calls.delete(own) && !calls.size) signal.removeEventListener('abort', callAll);
  };
}

function callAll(this: AbortSignal): void {
  const calls = waiting.get(this);
  waiting.delete(this);
  for (const call of calls ?? []) call();
}
