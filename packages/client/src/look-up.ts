/**
 * Asks the server about jobs. One call where the server has a route for one job; else the queue first and the history
 * second: a job that ends between the two reads is then found in the second, and never seems lost.
 */
import { RequestError } from './errors.ts';
import type { Http } from './http.ts';
import { findInQueue, readHistoryEntry, readJob } from './look.ts';
import type { Look } from './look.ts';
import { objectAt, textAt } from './wire.ts';

export interface LookUpOptions {
  readonly http: Http;
  /** Milliseconds for an answer. */
  readonly timeoutMs: number;
  /** Jobs that may ask. Several share one read of the queue. */
  readonly liveJobs: () => number;
}

export class LookUp {
  readonly #options: LookUpOptions;
  /** Whether the server answers for single jobs; undefined until it was asked. */
  #hasJobs: boolean | undefined;
  /** A read of the queue that has not begun yet: who asks now gets an answer from after now. */
  #nextQueue: Promise<unknown> | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: LookUpOptions) {
    this.#options = options;
  }

  /** Whether single jobs can be read, and so stopped; asks when it is not known. */
  async hasJobs(id: string): Promise<boolean> {
    if (this.#hasJobs === undefined) await this.#readJob(id).catch(() => undefined);
    return this.#hasJobs ?? false;
  }

  /** @param isOver the record should be there */
  async look(id: string, isOver: boolean): Promise<Look> {
    try {
      if (!isOver && this.#options.liveJobs() > 1) {
        const found = findInQueue(await this.#readQueue(), id);
        if (found) return found;
      }
      const found = this.#hasJobs === false ? undefined : await this.#readJob(id);
      if (found) return found;
      return findInQueue(await this.#readQueue(), id) ?? (await this.#readHistory(id));
    } catch (error) {
      return { kind: 'unreachable', error };
    }
  }

  async #readJob(id: string): Promise<Look | undefined> {
    try {
      const found = readJob(await this.#get(`/api/jobs/${encodeURIComponent(id)}`));
      this.#hasJobs = found !== undefined;
      return found;
    } catch (error) {
      if (!(error instanceof RequestError) || (error.code !== 'bad_answer' && ![404, 405].includes(error.status)))
        throw error;
      // a server without the route answers without a word
      this.#hasJobs = error.status === 404 && textAt(error.body, 'error') !== undefined;
      return this.#hasJobs ? { kind: 'absent' } : undefined;
    }
  }

  #readQueue(): Promise<unknown> {
    this.#nextQueue ??= this.#queue.then(() => {
      this.#nextQueue = undefined;
      const reading = this.#get('/queue');
      this.#queue = reading.catch(() => undefined);
      return reading;
    });
    return this.#nextQueue;
  }

  async #readHistory(id: string): Promise<Look> {
    const entry = objectAt(await this.#get(`/history/${encodeURIComponent(id)}`), id);
    return entry ? { kind: 'ended', record: readHistoryEntry(entry) } : { kind: 'absent' };
  }

  #get(path: string): Promise<unknown> {
    // the job itself asks again
    return this.#options.http.json(path, { retry: false, timeoutMs: this.#options.timeoutMs });
  }
}
