/** Waiting until members have no job any more. */
import { pause } from '../clock.ts';
import type { Clock } from '../clock.ts';
import type { Member } from './member.ts';

export interface DrainOptions {
  /** Jobs that wait in its queue are taken back and go to other members. Default false. */
  readonly moveWaiting?: boolean | undefined;
  /** Milliseconds to wait for the jobs that it has. Default: until they have ended. */
  readonly timeoutMs?: number | undefined;
}

/** `undrained`: it was asked to go on first. `timed-out`: it still has jobs, and takes nothing new. */
export type DrainOutcome = 'drained' | 'undrained' | 'timed-out';

export class Draining {
  readonly #clock: Clock;
  readonly #waits = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Something happened that may be the end of a wait. */
  look(): void {
    for (const wait of Array.from(this.#waits)) wait();
  }

  async wait(member: Member, timeoutMs: number | undefined): Promise<DrainOutcome> {
    const isOver = new AbortController();
    const idle = new Promise<void>((resolve) => {
      const wait = (): void => {
        if (member.isDraining && member.runs.size && !isOver.signal.aborted) return;
        this.#waits.delete(wait);
        resolve();
      };
      this.#waits.add(wait);
      wait();
    });
    const late = timeoutMs === undefined ? undefined : pause(this.#clock, timeoutMs, isOver.signal);
    await (late ? Promise.race([idle, late]) : idle);
    isOver.abort();
    this.look();
    if (!member.isDraining) return 'undrained';
    return member.runs.size ? 'timed-out' : 'drained';
  }
}
