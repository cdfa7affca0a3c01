/** The handle of one job. It is not a promise: `result()` is. */
import { Emitter } from './emitter.ts';
import type { ListenOptions } from './emitter.ts';
import { isEndEvent } from './job-events.ts';
import type { JobEndEvent, JobEvent, JobEventOf, JobEventType, JobResult, JobWarning, Progress } from './job-events.ts';
import { JobStream } from './job-stream.ts';
import type { JobState } from './reduce.ts';

/** What is kept to find the job again, after a reload or a restart. */
export interface JobHandle {
  readonly id: string;
  /** The address of the server. */
  readonly server: string;
  /** Where a server that keeps messages can go on. */
  readonly cursor?: string | undefined;
}

export type CancelOutcome =
  | 'canceled'
  /** It ended in another way first. */
  | 'already-finished'
  /** The server does not know it. */
  | 'not-found';

export interface CancelOptions {
  /** Where the server cannot stop one job, stop whatever runs. Default false. */
  readonly allowGlobal?: boolean | undefined;
}

/** What drives a job, as its handle needs it. */
export interface JobHost {
  readonly id: string;
  readonly state: JobState;
  readonly progress: Progress;
  readonly warnings: readonly JobWarning[];
  readonly contradictions: number;
  readonly settings: { readonly bufferSize: number; readonly report: (error: unknown) => void };
  handle(): JobHandle;
  recap(): Iterable<JobEvent>;
  cancel(options: CancelOptions): Promise<CancelOutcome>;
}

export class Job implements AsyncIterable<JobEvent> {
  /** `replay` when the server sends what was missed; `snapshot` when only the state and the result are known. */
  fidelity: 'live' | 'replay' | 'snapshot';
  readonly #host: JobHost;
  readonly #emitter: Emitter;
  readonly #streams = new Set<JobStream>();
  #end: JobEndEvent | undefined;
  #result: Promise<JobResult> | undefined;
  #settle: ((end: JobEndEvent) => void) | undefined;
  #dropped = 0;

  /** Made by the client. */
  constructor(host: JobHost, fidelity: Job['fidelity']) {
    this.#host = host;
    this.fidelity = fidelity;
    this.#emitter = new Emitter(host.settings.report);
  }

  get id(): string {
    return this.#host.id;
  }
  get state(): JobState {
    return this.#host.state;
  }
  get progress(): Progress {
    return this.#host.progress;
  }
  get warnings(): readonly JobWarning[] {
    return this.#host.warnings;
  }
  /** How the job ended; undefined while it has not. */
  get end(): JobEndEvent | undefined {
    return this.#end;
  }
  /** What did not go as it should, though it made no difference. */
  get diagnostics(): { readonly contradictions: number; readonly droppedEvents: number } {
    const dropped = [...this.#streams].reduce((sum, stream) => sum + stream.dropped, this.#dropped);
    return { contradictions: this.#host.contradictions, droppedEvents: dropped };
  }

  /** A small value that can be stored as JSON, for `attach`. */
  handle(): JobHandle {
    return this.#host.handle();
  }

  /**
   * Resolves when the job succeeded and its outputs can be read. Nothing is thrown for those who do not ask.
   * @throws {ClientError} `execution_failed`, `validation_failed`, `job_lost`, `job_canceled`; what a signal was aborted
   * with, as it is.
   */
  result(): Promise<JobResult> {
    this.#result ??= new Promise((resolve, reject) => {
      const settle = (end: JobEndEvent): void => {
        if (end.type === 'succeeded') resolve(end.result);
        else reject(end.error);
      };
      if (this.#end) settle(this.#end);
      else this.#settle = settle;
    });
    return this.#result;
  }

  /**
   * Takes this job out of the queue, or stops it when it runs; resolves when it has ended, as the record shows.
   * @throws {ClientError} `cancel_unsupported`; `connection_failed` when the server cannot be asked.
   */
  cancel(options: CancelOptions = {}): Promise<CancelOutcome> {
    return this.#host.cancel(options);
  }

  /** Calls the listener for events of a type, or of all with `*`. Returns what ends that. */
  on<T extends JobEventType>(type: T, listener: (event: JobEventOf<T>) => void, options?: ListenOptions): () => void;
  on(type: '*', listener: (event: JobEvent) => void, options?: ListenOptions): () => void;
  on(type: string, listener: (event: never) => void, options?: ListenOptions): () => void {
    return this.#emitter.add(type, listener, listener as (event: unknown) => void, options);
  }

  once<T extends JobEventType>(type: T, listener: (event: JobEventOf<T>) => void): () => void {
    return this.#emitter.add(type, listener, listener as (event: unknown) => void, { once: true });
  }

  off(type: JobEventType | '*', listener: (event: never) => void): void {
    this.#emitter.remove(type, listener);
  }

  /** Events from now on, after a summary of what was; the end is the last. Leaving the loop does not cancel the job. */
  [Symbol.asyncIterator](): AsyncIterableIterator<JobEvent> {
    const stream = new JobStream(this.#host.settings.bufferSize, () => {
      this.#dropped += stream.dropped;
      this.#streams.delete(stream);
    });
    for (const event of this.#host.recap()) stream.push(event);
    if (this.#end) stream.push(this.#end);
    else this.#streams.add(stream);
    return stream;
  }

  /** For the client: something happened. */
  tell(event: JobEvent): void {
    if (this.#end) return;
    if (isEndEvent(event)) this.#end = event;
    for (const stream of this.#streams) stream.push(event);
    this.#emitter.emit(event.type, event);
    if (!this.#end) return;
    for (const stream of this.#streams) this.#dropped += stream.dropped;
    this.#streams.clear();
    this.#emitter.clear();
    this.#settle?.(this.#end);
    this.#settle = undefined;
  }
}
