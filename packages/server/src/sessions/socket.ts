import type { MessageData } from '../wire/outgoing.ts';

/** The least that sessions ask of a connection; the host translates. */
export interface Socket {
  send(data: MessageData): void;
  close(code: number, reason: string): void;
  /** Ends the connection at once, for a peer that no longer reads. */
  terminate(): void;
  /** Bytes that earlier ticks handed over and the network has not taken yet. */
  readonly backlog: number;
}
