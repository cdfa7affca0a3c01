/** The queue of a server as a store of React: read when the server says that it moved, once at a time. */
import type { Client } from '../client.ts';
import type { QueueItem } from '../server-info.ts';

export interface QueueView {
  /** Of anybody, as are those that wait. */
  readonly running: readonly QueueItem[];
  readonly pending: readonly QueueItem[];
  /** It was read at least once. */
  readonly isKnown: boolean;
  /** Why it could not be read the last time. */
  readonly error: Error | undefined;
}

export const UNKNOWN: QueueView = { running: [], pending: [], isKnown: false, error: undefined };

/** Without a socket, nobody says that the queue moved. */
const POLL_MS = 5000;

export class QueueStore {
  readonly #client: Client;
  readonly #listeners = new Set<() => void>();
  #view = UNKNOWN;
  #stop: (() => void) | undefined;
  #reading: Promise<void> | undefined;
  #readsAgain = false;

  constructor(client: Client) {
    this.#client = client;
  }

  readonly view = (): QueueView => this.#view;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    this.#stop ??= this.#follow();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size) return;
      this.#stop?.();
      this.#stop = undefined;
    };
  };

  /** Reads it now. What was asked for while it is being read is read after that. */
  readonly refresh = (): Promise<void> => {
    if (this.#reading) {
      this.#readsAgain = true;
      return this.#reading;
    }
    this.#reading = this.#readAll().finally(() => (this.#reading = undefined));
    return this.#reading;
  };

  #follow(): () => void {
    const client = this.#client;
    const stops = [
      client.on('status', () => void this.refresh()),
      client.connection.on('state', ({ phase }) => {
        if (phase === 'open') void this.refresh();
      }),
    ];
    const timer = setInterval(() => {
      if (client.connection.phase !== 'open') void this.refresh();
    }, POLL_MS);
    void this.refresh();
    return () => {
      clearInterval(timer);
      for (const stop of stops) stop();
    };
  }

  async #readAll(): Promise<void> {
    do {
      this.#readsAgain = false;
      try {
        const { running, pending } = await this.#client.queue();
        this.#publish({ running, pending, isKnown: true, error: undefined });
      } catch (thrown) {
        const error = thrown instanceof Error ? thrown : new Error(String(thrown));
        this.#publish({ ...this.#view, error });
      }
    } while (this.#readsAgain && this.#listeners.size);
  }

  #publish(view: QueueView): void {
    this.#view = view;
    for (const listener of Array.from(this.#listeners)) listener();
  }
}

const stores = new WeakMap<Client, QueueStore>();

/** The store of a client's server: always the same. */
export function queueStoreOf(client: Client): QueueStore {
  const store = stores.get(client) ?? new QueueStore(client);
  stores.set(client, store);
  return store;
}
