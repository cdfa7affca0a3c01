/** What waits for one connection, and what may be dropped while it does. One stalled socket never delays another. */
import type { MessageData, Outgoing } from '../wire/outgoing.ts';
import type { Socket } from './socket.ts';

export interface OutboxLimits {
  /** Bytes in the socket's backlog past which a client counts as behind. Default 256 kB. */
  readonly behindBytes: number;
  /** Bytes that may wait here before the client is closed as too slow. Default 32 MB. */
  readonly maxQueuedBytes: number;
  /** Messages that may wait here. Default 100,000. */
  readonly maxQueuedMessages: number;
  /** Milliseconds without the network taking anything before the connection is ended. Default 30,000. */
  readonly stallMs: number;
}

export const DEFAULT_OUTBOX_LIMITS: OutboxLimits = {
  behindBytes: 256 * 1024,
  maxQueuedBytes: 32_000_000,
  maxQueuedMessages: 100_000,
  stallMs: 30_000,
};

/** Close code for a client that cannot keep up: it may connect again and read what it missed over HTTP. */
export const CLOSE_TOO_SLOW = 1013;

const sizeOf = (data: MessageData): number => data.length;

export class Outbox {
  readonly #socket: Socket;
  readonly #limits: OutboxLimits;
  /** In the order of sending; a newer value of a key takes the last place. */
  readonly #waiting = new Map<string | number, Outgoing>();
  #waitingBytes = 0;
  #ordinal = 0;
  #stalledSince: number | undefined;
  #stalledAt = 0;
  #isClosed = false;
  /** Previews that made way for newer ones, or for what may not be dropped. */
  dropped = 0;

  constructor(socket: Socket, limits: OutboxLimits) {
    this.#socket = socket;
    this.#limits = limits;
  }

  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  send(message: Outgoing): void {
    if (this.#isClosed) return;
    if (!this.#waiting.size && this.#socket.backlog <= this.#limits.behindBytes) {
      this.#socket.send(message.data);
      return;
    }
    this.#enqueue(message);
    if (this.#isFull) this.#dropPreviews();
    if (!this.#isFull) return;
    this.#giveUp();
    this.#socket.close(CLOSE_TOO_SLOW, 'too slow');
  }

  get #isFull(): boolean {
    return this.#waitingBytes > this.#limits.maxQueuedBytes || this.#waiting.size > this.#limits.maxQueuedMessages;
  }

  #dropPreviews(): void {
    for (const [key, message] of this.#waiting) {
      if (message.delivery !== 'lossy') continue;
      this.#waiting.delete(key);
      this.#waitingBytes -= sizeOf(message.data);
      this.dropped++;
    }
  }

  #enqueue(message: Outgoing): void {
    const key = message.delivery === 'ordered' ? ++this.#ordinal : message.key;
    const older = this.#waiting.get(key);
    if (older) {
      this.#waiting.delete(key);
      this.#waitingBytes -= sizeOf(older.data);
      if (older.delivery === 'lossy') this.dropped++;
    }
    this.#waiting.set(key, message);
    this.#waitingBytes += sizeOf(message.data);
  }

  /** The network has taken something: sends what waits, until the client is behind again. */
  drained(): void {
    this.#stalledSince = undefined;
    // the socket's backlog leaves out what this tick hands over: counted here, or all of it would go at once
    let room = this.#limits.behindBytes - this.#socket.backlog;
    for (const [key, message] of this.#waiting) {
      if (room < 0) return;
      this.#waiting.delete(key);
      this.#waitingBytes -= sizeOf(message.data);
      room -= sizeOf(message.data);
      this.#socket.send(message.data);
    }
  }

  /** Called now and then: ends a connection whose backlog has not moved for too long. */
  checkStall(now: number): void {
    const { backlog } = this.#socket;
    if (backlog === 0 || backlog !== this.#stalledAt || this.#stalledSince === undefined) {
      this.#stalledSince = backlog === 0 ? undefined : now;
      this.#stalledAt = backlog;
      if (backlog === 0) this.drained();
      return;
    }
    if (now - this.#stalledSince < this.#limits.stallMs) return;
    this.#giveUp();
    this.#socket.terminate();
  }

  close(): void {
    this.#giveUp();
  }

  #giveUp(): void {
    this.#isClosed = true;
    this.#waiting.clear();
    this.#waitingBytes = 0;
  }
}
