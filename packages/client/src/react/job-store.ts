/** One job as a store of React: whoever looks shares it, and nothing is kept of it once nobody does. */
import type { JobEvent, JobResult, JobWarning, Progress } from '../job-events.ts';
import type { Job } from '../job.ts';
import { Outputs } from '../outputs.ts';
import type { Output } from '../outputs.ts';
import type { JobState } from '../reduce.ts';
import { Frame } from './frame.ts';

/** A job at one moment. `idle`: there is none. */
export interface JobView {
  readonly job: Job | undefined;
  readonly status: JobState | 'idle';
  /** It has begun and has not ended. */
  readonly isLive: boolean;
  /** Jobs that run first, where it is known. */
  readonly position: number | undefined;
  readonly progress: Progress;
  /** Those of the result; before that, what nodes have delivered. Undefined when there is no job. */
  readonly outputs: Outputs | undefined;
  readonly warnings: readonly JobWarning[];
  readonly result: JobResult | undefined;
  /** Why it failed, was lost or was rejected. That it was canceled is no error. */
  readonly error: Error | undefined;
}

export const IDLE: JobView = {
  job: undefined,
  status: 'idle',
  isLive: false,
  position: undefined,
  progress: { share: 0, remainingMs: undefined, node: undefined, steps: undefined },
  outputs: undefined,
  warnings: [],
  result: undefined,
  error: undefined,
};

/** What is told rarely and changes the status; the rest waits for the next frame. */
const AT_ONCE: ReadonlySet<string> = new Set([
  'queued',
  'started',
  'warning',
  'succeeded',
  'failed',
  'canceled',
  'lost',
  'rejected',
]);

export class JobStore {
  readonly #job: Job;
  readonly #listeners = new Set<() => void>();
  readonly #frame = new Frame(() => this.#publish());
  #told: Output[] = [];
  #position: number | undefined;
  #view: JobView;
  #events: AsyncIterator<JobEvent> | undefined;

  constructor(job: Job) {
    this.#job = job;
    this.#view = this.#look();
  }

  readonly view = (): JobView => this.#view;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    if (!this.#events) {
      this.#view = this.#look();
      void this.#follow();
    }
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size) return;
      this.#frame.stop();
      // the job goes on: its reader alone ends
      void this.#events?.return?.();
      this.#events = undefined;
    };
  };

  /** A summary of what was comes first, so that nothing need be kept while nobody looks. */
  async #follow(): Promise<void> {
    const events = this.#job[Symbol.asyncIterator]();
    this.#events = events;
    this.#told = [];
    this.#position = undefined;
    for (let next = await events.next(); !next.done; next = await events.next()) {
      if (this.#events !== events) return;
      this.#hear(next.value);
    }
  }

  #hear(event: JobEvent): void {
    if (event.type === 'output') this.#told = [...this.#told, event.output];
    if (event.type === 'queued') this.#position = event.position;
    if (event.type === 'started') this.#position = undefined;
    // that is for usePreview
    if (event.type === 'preview') return;
    if (AT_ONCE.has(event.type)) this.#frame.now();
    else this.#frame.later();
  }

  #publish(): void {
    this.#view = this.#look();
    for (const listener of Array.from(this.#listeners)) listener();
  }

  #look(): JobView {
    const job = this.#job;
    const { end: ended, state, progress, warnings } = job;
    return {
      job,
      status: state,
      isLive: !ended,
      position: this.#position,
      progress,
      outputs: ended ? ended.result.outputs : new Outputs(this.#told),
      warnings: ended ? ended.result.warnings : [...warnings],
      result: ended?.result,
      error: ended && ended.type !== 'succeeded' && ended.type !== 'canceled' ? ended.error : undefined,
    };
  }
}

const stores = new WeakMap<Job, JobStore>();

/** The store of a job: always the same. */
export function storeOf(job: Job): JobStore {
  const store = stores.get(job) ?? new JobStore(job);
  stores.set(job, store);
  return store;
}
