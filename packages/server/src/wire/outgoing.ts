/**
 * A message on its way to clients, encoded once.
 *
 * `ordered` messages are never dropped. Of `latest` ones with one key only the newest waits while a client is behind.
 * `lossy` ones are dropped for a newer one with the same key before anything else has to wait.
 */
export interface Outgoing {
  readonly data: string | Uint8Array;
  readonly delivery: 'ordered' | 'latest' | 'lossy';
  /** What the message is the newest value of; empty for ordered messages. */
  readonly key: string;
}

/** Who messages are for. A client that is not connected gets nothing. */
export interface Recipients {
  toClient(clientId: string, message: Outgoing): void;
  toAll(message: Outgoing): void;
  /** Whether the client asked for previews that name their node. */
  wantsPreviewMetadata(clientId: string): boolean;
}
