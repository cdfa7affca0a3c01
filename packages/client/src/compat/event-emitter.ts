/** Events with any number of arguments, under the names that emitters of Node and of `eventemitter3` have. */
import { Emitter } from '../emitter.ts';
import type { ListenOptions } from '../emitter.ts';
import type { Loose } from './loose.ts';

export type EventListener = (...args: Loose[]) => void;
type Arguments<Events, T extends keyof Events> = Events[T] extends readonly unknown[] ? Events[T] : Loose[];

interface Entry {
  readonly listener: EventListener;
  readonly drop: () => void;
}

export class EventEmitter<Events extends object = Record<string, Loose[]>> {
  readonly #emitter: Emitter;
  readonly #entries = new Map<string, Entry[]>();

  /** @param report gets what a listener throws; the others are called nevertheless */
  constructor(report: (error: unknown) => void) {
    this.#emitter = new Emitter(report);
  }

  /** @param context what `this` is in the listener */
  on<T extends keyof Events & string>(
    type: T,
    listener: (...args: Arguments<Events, T>) => void,
    context?: unknown,
  ): this;
  on(type: string, listener: EventListener, context?: unknown): this;
  on(type: string, listener: EventListener, context?: unknown): this {
    this.listen(type, listener, {}, context);
    return this;
  }
  once<T extends keyof Events & string>(
    type: T,
    listener: (...args: Arguments<Events, T>) => void,
    context?: unknown,
  ): this;
  once(type: string, listener: EventListener, context?: unknown): this;
  once(type: string, listener: EventListener, context?: unknown): this {
    this.listen(type, listener, { once: true }, context);
    return this;
  }
  addListener(type: string, listener: EventListener, context?: unknown): this {
    return this.on(type, listener, context);
  }

  /** Adds a listener; returns what removes it. */
  listen(type: string, listener: EventListener, options: ListenOptions = {}, context?: unknown): () => void {
    if (options.signal?.aborted) return () => {};
    const call = (args: unknown): void => {
      if (options.once) entry.drop();
      listener.apply(context ?? this, args as unknown[]);
    };
    const stop = this.#emitter.add(type, listener, call, { signal: options.signal });
    const drop = (): void => {
      stop();
      options.signal?.removeEventListener('abort', drop);
      const rest = (this.#entries.get(type) ?? []).filter((one) => one !== entry);
      if (rest.length) this.#entries.set(type, rest);
      else this.#entries.delete(type);
    };
    const entry: Entry = { listener, drop };
    options.signal?.addEventListener('abort', drop);
    this.#entries.set(type, [...(this.#entries.get(type) ?? []), entry]);
    return drop;
  }

  /** Removes a listener from a type; all of the type without one. */
  off(type: string, listener?: EventListener): this {
    for (const entry of this.#entries.get(type) ?? [])
      if (listener === undefined || entry.listener === listener) entry.drop();
    return this;
  }
  removeListener(type: string, listener?: EventListener): this {
    return this.off(type, listener);
  }
  removeAllListeners(type?: string): this {
    for (const one of type === undefined ? this.eventNames() : [type]) this.off(one);
    return this;
  }

  /** Whether anybody listened. */
  emit<T extends keyof Events & string>(type: T, ...args: Arguments<Events, T>): boolean;
  emit(type: string, ...args: unknown[]): boolean;
  emit(type: string, ...args: unknown[]): boolean {
    return this.#emitter.emit(type, args);
  }

  /** Types that somebody listens to. */
  eventNames(): string[] {
    return [...this.#entries.keys()];
  }
  listeners(type: string): EventListener[] {
    return (this.#entries.get(type) ?? []).map(({ listener }) => listener);
  }
  listenerCount(type: string): number {
    return this.#entries.get(type)?.length ?? 0;
  }
}
