/** Events that wait for one reader: bounded, the newest progress and preview alone, and the end always. */
import { isEndEvent, mergeKey } from './job-events.ts';
import type { JobEvent } from './job-events.ts';

export class JobStream implements AsyncIterableIterator<JobEvent> {
  readonly #limit: number;
  readonly #onReturn: () => void;
  /** By the key that events merge under, else by a number of their own; in order of arrival. */
  readonly #waiting = new Map<string | number, JobEvent>();
  #next = 0;
  #reader: ((result: IteratorResult<JobEvent>) => void) | undefined;
  #isOver = false;
  /** Events that made way. */
  dropped = 0;

  constructor(limit: number, onReturn: () => void) {
    this.#limit = limit;
    this.#onReturn = onReturn;
  }

  push(event: JobEvent): void {
    if (this.#isOver) return;
    if (isEndEvent(event)) this.#isOver = true;
    const reader = this.#reader;
    if (reader) {
      this.#reader = undefined;
      reader({ value: event, done: false });
      return;
    }
    const key = mergeKey(event) ?? this.#next++;
    // the newest takes the place at the end: what came between stays before it
    this.#waiting.delete(key);
    this.#waiting.set(key, event);
    if (this.#waiting.size <= this.#limit) return;
    const [oldest] = this.#waiting.keys();
    this.#waiting.delete(oldest!);
    this.dropped++;
  }

  next(): Promise<IteratorResult<JobEvent>> {
    const [first] = this.#waiting;
    if (first) {
      this.#waiting.delete(first[0]);
      return Promise.resolve({ value: first[1], done: false });
    }
    if (this.#isOver) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve) => (this.#reader = resolve));
  }

  /** The reader has left: the job goes on. */
  return(): Promise<IteratorResult<JobEvent>> {
    this.#isOver = true;
    this.#waiting.clear();
    this.#reader?.({ value: undefined, done: true });
    this.#reader = undefined;
    this.#onReturn();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
