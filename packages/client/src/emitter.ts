/** Listeners by type. A listener that throws disturbs neither the others nor the sender. */

import { onAbort } from './abort.ts';

export interface ListenOptions {
  readonly signal?: AbortSignal | undefined;
  readonly once?: boolean | undefined;
}

type Listener = (data: unknown, type: string) => void;

interface Entry {
  readonly key: unknown;
  readonly call: Listener;
  readonly drop: () => void;
}

export class Emitter {
  readonly #entries = new Map<string, Entry[]>();
  readonly #report: (error: unknown) => void;
  readonly #onCount: ((count: number) => void) | undefined;
  #count = 0;

  constructor(report: (error: unknown) => void, onCount?: (count: number) => void) {
    this.#report = report;
    this.#onCount = onCount;
  }

  get size(): number {
    return this.#count;
  }

  has(type: string): boolean {
    return this.#entries.has(type);
  }

  types(): string[] {
    return [...this.#entries.keys()];
  }

  /** @param key what `remove` finds the listener by */
  add(type: string, key: unknown, call: Listener, { signal, once = false }: ListenOptions = {}): () => void {
    if (signal?.aborted) return () => {};
    const drop = (): void => {
      release();
      const entries = this.#entries.get(type);
      if (!entries?.includes(entry)) return;
      const rest = entries.filter((one) => one !== entry);
      if (rest.length) this.#entries.set(type, rest);
      else this.#entries.delete(type);
      this.#recount(-1);
    };
    const entry: Entry = {
      key,
      drop,
      call: once
        ? (data, of) => {
            drop();
            call(data, of);
          }
        : call,
    };
    // a copy: listeners may come and go while others are called
    this.#entries.set(type, [...(this.#entries.get(type) ?? []), entry]);
    const release = onAbort(signal, drop);
    this.#recount(1);
    return drop;
  }

  remove(type: string, key: unknown): void {
    for (const entry of this.#entries.get(type) ?? []) if (entry.key === key) entry.drop();
  }

  clear(): void {
    for (const type of this.types()) for (const entry of this.#entries.get(type) ?? []) entry.drop();
  }

  /** Whether anybody listened. */
  emit(type: string, data: unknown): boolean {
    const entries = this.#entries.get(type);
    for (const entry of entries ?? []) this.#call(entry, data, type);
    for (const entry of this.#entries.get('*') ?? []) this.#call(entry, data, type);
    return entries !== undefined;
  }

  #call(entry: Entry, data: unknown, type: string): void {
    try {
      entry.call(data, type);
    } catch (error) {
      this.#report(error);
    }
  }

  #recount(change: number): void {
    this.#count += change;
    this.#onCount?.(this.#count);
  }
}
