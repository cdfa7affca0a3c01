/** The newest preview of a job as an address for an `<img>`. Addresses hold memory until they are revoked. */
import type { JobPreview } from '../job-events.ts';
import type { Job } from '../job.ts';
import { Frame } from './frame.ts';

export interface PreviewView {
  /** For an `<img>`; it is revoked for you. */
  readonly url: string;
  readonly blob: Blob;
  readonly mime: string;
  readonly nodeId: string | undefined;
}

export class PreviewStore {
  readonly #job: Job;
  readonly #nodeId: string | undefined;
  readonly #listeners = new Set<() => void>();
  readonly #frame = new Frame(() => this.#publish());
  #newest: JobPreview | undefined;
  #view: PreviewView | undefined;
  /** Shown before: it may be loading still. */
  #last: PreviewView | undefined;
  #stop: (() => void) | undefined;

  constructor(job: Job, nodeId: string | undefined) {
    this.#job = job;
    this.#nodeId = nodeId;
  }

  readonly view = (): PreviewView | undefined => this.#view;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    this.#stop ??= this.#job.on('preview', (event) => {
      if (this.#nodeId !== undefined && event.nodeId !== this.#nodeId) return;
      this.#newest = event;
      this.#frame.later();
    });
    return () => {
      this.#listeners.delete(listener);
      // strict mode leaves and comes back at once
      queueMicrotask(() => this.#release());
    };
  };

  #publish(): void {
    if (!this.#newest) return;
    const { blob, mime, nodeId } = this.#newest;
    revoke(this.#last);
    this.#last = this.#view;
    this.#view = { url: URL.createObjectURL(blob), blob, mime, nodeId };
    for (const listener of Array.from(this.#listeners)) listener();
  }

  #release(): void {
    if (this.#listeners.size) return;
    this.#stop?.();
    this.#stop = undefined;
    this.#frame.stop();
    revoke(this.#last);
    revoke(this.#view);
    this.#last = undefined;
    this.#view = undefined;
  }
}

function revoke(view: PreviewView | undefined): void {
  if (view) URL.revokeObjectURL(view.url);
}
