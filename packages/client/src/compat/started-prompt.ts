/** A prompt that was handed to the server: the core's job, and what its sender threw. */
import type { Clock } from '../clock.ts';
import { pause } from '../clock.ts';
import type { JobEndEvent } from '../job-events.ts';
import type { JobRun } from '../job-run.ts';
import type { Job } from '../job.ts';
import { lostError } from './result.ts';

export class StartedPrompt {
  /** What the sender threw. */
  failure: unknown;
  #run: JobRun | undefined;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  begin(run: JobRun): this {
    this.#run = run;
    return this;
  }

  get job(): Job {
    return this.#run!.job;
  }

  /** Resolves when the server has it. @throws what the sender threw, or why nobody knows whether the server has it. */
  async whenAccepted(): Promise<Job> {
    const { job } = this;
    await whenAccepted(job);
    const { end } = job;
    if (end?.type === 'rejected') throw this.failure ?? end.error;
    if (end?.type === 'lost') throw lostError(job.id, end.error);
    return job;
  }

  whenOver(): Promise<JobEndEvent> {
    return whenOver(this.job);
  }

  /** Asks the server at least so often, in milliseconds. Returns what ends that. */
  askEvery(ms: number): () => void {
    const stop = new AbortController();
    const ask = async (): Promise<void> => {
      while (!stop.signal.aborted && !this.job.end) {
        await pause(this.#clock, ms, stop.signal);
        this.#run?.nudge();
      }
    };
    void ask();
    return () => stop.abort();
  }
}

/** Resolves when the server has a job, or it is over. */
export function whenAccepted(job: Job): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (job.state === 'preparing' || job.state === 'submitting') return;
      stop();
      resolve();
    };
    const stop = job.on('*', look);
    if (job.end) resolve();
  });
}

export async function whenOver(job: Job): Promise<JobEndEvent> {
  await job.result().catch(() => undefined);
  return job.end!;
}
