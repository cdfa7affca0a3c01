/** Ctrl-C: once asks to stop, twice stops at once. */

/** npm hands a signal on that the terminal has sent already: what follows this quickly is the same keystroke. */
const ECHO_MS = 500;
export const EXIT_CANCELLED = 130;

export interface Interrupt {
  readonly signal: AbortSignal;
  /** Signals do what they did before. */
  release(): void;
}

/**
 * @param isUnderWay whether there is anything to stop; without it, the first one ends the process, too
 * @param onLeave is called before the process ends at once
 */
export function catchInterrupts(isUnderWay: () => boolean, onLeave: () => void): Interrupt {
  const abort = new AbortController();
  let firstAt: number | undefined;
  const heed = (): void => {
    const now = performance.now();
    if (firstAt !== undefined && now - firstAt <= ECHO_MS) return;
    if (firstAt !== undefined || !isUnderWay()) {
      onLeave();
      process.exit(EXIT_CANCELLED);
    }
    firstAt = now;
    abort.abort();
  };
  process.on('SIGINT', heed);
  process.on('SIGTERM', heed);
  return {
    signal: abort.signal,
    release() {
      process.off('SIGINT', heed);
      process.off('SIGTERM', heed);
    },
  };
}
