/** A text of which parts are UTF-8 already: what many messages have in common is encoded once. */
export class TextPieces {
  readonly pieces: readonly (string | Uint8Array)[];
  /** Characters and bytes: about what it takes. */
  readonly length: number;

  constructor(pieces: readonly (string | Uint8Array)[]) {
    this.pieces = pieces;
    this.length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  }

  toString(): string {
    return this.pieces.map((piece) => (typeof piece === 'string' ? piece : Buffer.from(piece).toString())).join('');
  }
}

/** A text message, or the bytes of a binary one. */
export type MessageData = string | TextPieces | Uint8Array;

/**
 * A message on its way to clients, encoded once.
 *
 * `ordered` messages are never dropped. Of `latest` ones with one key only the newest waits while a client is behind.
 * `lossy` ones are dropped for a newer one with the same key before anything else has to wait.
 */
export interface Outgoing {
  readonly data: MessageData;
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
