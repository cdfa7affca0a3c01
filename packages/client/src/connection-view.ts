/** The connection as users of the client see it. Its events are apart from the server's. */
import type { ConnectionState } from './connection.ts';
import type { Emitter, ListenOptions } from './emitter.ts';

/**
 * `idle`: nobody needs it yet. `polling`: no socket is wanted. `reconnecting`: jobs are asked about meanwhile. `blocked`:
 * the server refuses, it is tried again every 30 s. `offline`: the platform says so. `stopped`: the server said not to come
 * back; `connect()` does.
 */
export type ConnectionPhase =
  | 'idle'
  | 'connecting'
  | 'open'
  | 'polling'
  | 'reconnecting'
  | 'blocked'
  | 'offline'
  | 'stopped'
  | 'closed';

export interface ConnectionInfo {
  readonly phase: ConnectionPhase;
  /** Failures in a row. */
  readonly attempt: number;
  /** Why it is blocked or stopped. */
  readonly reason: string | undefined;
}

export interface ConnectionEvents {
  state: ConnectionInfo;
  /** The id that the server sends events to is another one. */
  renamed: { readonly clientId: string; readonly before: string };
}

export function connectionInfo({ phase, attempt, reason }: ConnectionState): ConnectionInfo {
  const isRetry = phase === 'waiting' || phase === 'probing' || (phase === 'connecting' && attempt > 0);
  return { phase: isRetry ? 'reconnecting' : phase, attempt, reason };
}

export interface ConnectionHost {
  readonly state: () => ConnectionState;
  readonly clientId: () => string;
  readonly cursor: () => string | undefined;
}

export class Connection {
  readonly #host: ConnectionHost;
  readonly #emitter: Emitter;

  /** Made by the client. */
  constructor(host: ConnectionHost, emitter: Emitter) {
    this.#host = host;
    this.#emitter = emitter;
  }

  get state(): ConnectionInfo {
    return connectionInfo(this.#host.state());
  }
  get phase(): ConnectionPhase {
    return this.state.phase;
  }
  /** The id that the server sends events to. */
  get clientId(): string {
    return this.#host.clientId();
  }
  /** Where a server that keeps messages can go on; undefined for others. */
  get cursor(): string | undefined {
    return this.#host.cursor();
  }

  /** Returns what ends it. */
  on<T extends keyof ConnectionEvents>(
    type: T,
    listener: (data: ConnectionEvents[T]) => void,
    options?: ListenOptions,
  ): () => void {
    return this.#emitter.add(type, listener, listener as (data: unknown) => void, options);
  }

  off<T extends keyof ConnectionEvents>(type: T, listener: (data: ConnectionEvents[T]) => void): void {
    this.#emitter.remove(type, listener);
  }
}
