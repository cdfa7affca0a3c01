/** Time and chance, which are given so that tests can hold them. */

import { onAbort } from './abort.ts';

export interface Clock {
  /** Milliseconds; only differences count. */
  now(): number;
  /** @param isBackground the wait alone is no reason for a process to go on */
  setTimeout(run: () => void, ms: number, isBackground?: boolean): unknown;
  clearTimeout(handle: unknown): void;
}

export interface Chance {
  /** A number in [0, 1). */
  random(): number;
  /** Fills the bytes with what nobody can guess. */
  randomBytes(bytes: Uint8Array<ArrayBuffer>): Uint8Array;
}

/** The longest wait that timers take; they fire at once for more. */
const LONGEST = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => performance.now(),
  setTimeout(run, ms, isBackground = false) {
    const handle = globalThis.setTimeout(run, Math.min(ms, LONGEST));
    // Node's timers are objects; others are numbers, and hold no process
    if (isBackground) (handle as { unref?: () => void }).unref?.();
    return handle;
  },
  clearTimeout(handle) {
    globalThis.clearTimeout(handle as number);
  },
};

export const systemChance: Chance = {
  random: () => Math.random(),
  randomBytes: (bytes) => crypto.getRandomValues(bytes),
};

/** One timer that is set anew, never two. */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #isBackground = false;
  #handle: unknown;
  #dueAt: number | undefined;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** Rings at a time of the clock; undefined: never. */
  set(dueAt: number | undefined, isBackground = false): void {
    if (dueAt === this.#dueAt && isBackground === this.#isBackground) return;
    if (this.#dueAt !== undefined) this.#clock.clearTimeout(this.#handle);
    this.#dueAt = dueAt;
    this.#isBackground = isBackground;
    if (dueAt === undefined) return;
    const run = (): void => {
      this.#dueAt = undefined;
      this.#ring();
    };
    this.#handle = this.#clock.setTimeout(run, Math.max(0, dueAt - this.#clock.now()), isBackground);
  }
}

/** Resolves after some time, or as soon as one of the signals aborts. */
export function pause(clock: Clock, ms: number, ...signals: (AbortSignal | undefined)[]): Promise<void> {
  return new Promise((resolve) => {
    const releases: (() => void)[] = [];
    const done = (): void => {
      clock.clearTimeout(handle);
      for (const release of releases.splice(0)) release();
      resolve();
    };
    const handle = clock.setTimeout(done, ms);
    for (const signal of signals) releases.push(onAbort(signal, done));
  });
}
