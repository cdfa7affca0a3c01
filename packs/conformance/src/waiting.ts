import { Interrupted } from '@snug/node-kit';

/** The longest time that a timer takes; it would fire at once for more. */
const LONGEST_TIMER = 2 ** 31 - 1;
const sleeper = new Int32Array(new SharedArrayBuffer(4));

/** Stops the whole thread: no timer and no message gets in between. */
export function blockThread(milliseconds: number): void {
  Atomics.wait(sleeper, 0, 0, milliseconds);
}

/**
 * Waits and lets others work.
 * @throws {Interrupted} as soon as the signal is aborted.
 */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(new Interrupted());
    };
    const timer = setTimeout(
      () => {
        signal.removeEventListener('abort', stop);
        resolve();
      },
      Math.min(milliseconds, LONGEST_TIMER),
    );
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
