/** Asks for the length of the queue while no socket tells it. */
import { pause } from '../clock.ts';
import type { Clock } from '../clock.ts';

export interface StatusPollOptions {
  readonly clock: Clock;
  /** The status now. */
  readonly read: () => Promise<unknown>;
  /** `null` when the server does not answer. */
  readonly tell: (status: unknown) => void;
}

/** A server that is idle, or away, is asked so many times less often at last. */
const MAX_FACTOR = 10;

export class StatusPoll {
  readonly #options: StatusPollOptions;
  #stop: AbortController | undefined;

  constructor(options: StatusPollOptions) {
    this.#options = options;
  }

  get isRunning(): boolean {
    return this.#stop !== undefined;
  }

  /** @param interval milliseconds between two questions while something is in the queue */
  start(interval: number): void {
    if (this.#stop) return;
    this.#stop = new AbortController();
    void this.#run(interval, this.#stop.signal);
  }

  stop(): void {
    this.#stop?.abort();
    this.#stop = undefined;
  }

  async #run(interval: number, signal: AbortSignal): Promise<void> {
    const { clock, read, tell } = this.#options;
    let factor = 1;
    for (;;) {
      await pause(clock, interval * factor, signal);
      if (signal.aborted) return;
      const status = await read().catch(() => null);
      if (signal.aborted) return;
      factor = isBusy(status) ? 1 : Math.min(MAX_FACTOR, factor * 1.5);
      tell(status);
    }
  }
}

function isBusy(status: unknown): boolean {
  const { exec_info } = (status ?? {}) as { readonly exec_info?: { readonly queue_remaining?: unknown } };
  return typeof exec_info?.queue_remaining === 'number' && exec_info.queue_remaining > 0;
}
