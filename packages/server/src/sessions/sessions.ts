/** Who is connected, and how messages find them. */
import { parseJson } from '@snug/protocol';
import type { JsonObject } from '@snug/protocol';
import { latestMessage, orderedMessage } from '../wire/messages.ts';
import { statusMessage } from '../wire/messages.ts';
import type { Outgoing, Recipients } from '../wire/outgoing.ts';
import { DEFAULT_OUTBOX_LIMITS, Outbox } from './outbox.ts';
import type { OutboxLimits } from './outbox.ts';
import type { Socket } from './socket.ts';

export interface SessionsOptions {
  readonly newId: () => string;
  /** What the server offers, as JSON text. */
  readonly featuresText: () => string;
  readonly queueRemaining: () => number;
  /** The node that the client's running prompt is at, as clients see it. */
  readonly currentNodeOf: (clientId: string) => string | undefined;
  readonly limits?: Partial<OutboxLimits> | undefined;
  readonly now: () => number;
}

/** Milliseconds between looks at connections that may have stalled. */
const STALL_CHECK_MS = 1000;
/** Close code for a socket whose client id was taken over by a newer one. Only clients that know it are closed. */
const CLOSE_TAKEN_OVER = 4409;

/** One connection, as the host drives it. */
export interface Connection {
  message(data: string | undefined): void;
  drained(): void;
  closed(): void;
}

class Session implements Connection {
  readonly clientId: string;
  readonly socket: Socket;
  readonly outbox: Outbox;
  flags: JsonObject = new Map();
  hasSpoken = false;
  #owner: Sessions;

  constructor(owner: Sessions, clientId: string, socket: Socket, limits: OutboxLimits) {
    this.#owner = owner;
    this.clientId = clientId;
    this.socket = socket;
    this.outbox = new Outbox(socket, limits);
  }
  message(data: string | undefined): void {
    if (data !== undefined) this.#owner.heard(this, data);
  }
  drained(): void {
    this.outbox.drained();
  }
  closed(): void {
    this.#owner.left(this);
  }
}

export class Sessions implements Recipients {
  readonly #options: SessionsOptions;
  readonly #limits: OutboxLimits;
  readonly #byClient = new Map<string, Session>();
  /** Those that messages reach; a socket that was taken over is open, but not among them. */
  readonly #all = new Set<Session>();
  readonly #stallCheck: NodeJS.Timeout;

  constructor(options: SessionsOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULT_OUTBOX_LIMITS, ...options.limits };
    this.#stallCheck = setInterval(() => {
      const now = options.now();
      for (const session of this.#all) session.outbox.checkStall(now);
    }, STALL_CHECK_MS);
    this.#stallCheck.unref();
  }

  get size(): number {
    return this.#all.size;
  }

  /** A socket has opened. The first messages go out before anything else can. */
  opened(socket: Socket, givenId: string): Connection {
    const { newId, queueRemaining, currentNodeOf } = this.#options;
    const clientId = givenId || newId();
    const session = new Session(this, clientId, socket, this.#limits);
    const earlier = this.#byClient.get(clientId);
    if (earlier) {
      this.#all.delete(earlier);
      earlier.outbox.close();
      // a stock client would come back at once, and for ever: it is left open and silent
      if (earlier.flags.get('supports_takeover_close') === true)
        earlier.socket.close(CLOSE_TAKEN_OVER, 'replaced by a newer connection');
    }
    this.#byClient.set(clientId, session);
    this.#all.add(session);
    session.outbox.send(statusMessage(queueRemaining(), clientId));
    const node = currentNodeOf(clientId);
    if (node !== undefined) session.outbox.send(orderedMessage('executing', `{"node":${JSON.stringify(node)}}`));
    return session;
  }

  /** The first JSON object that a client sends may tell what it supports; everything later is ignored. */
  heard(session: Session, data: string): void {
    if (session.hasSpoken) return;
    let message;
    try {
      message = parseJson(data, { maxDepth: 32 });
    } catch {
      return;
    }
    if (!(message instanceof Map)) return;
    session.hasSpoken = true;
    if (message.get('type') !== 'feature_flags') return;
    const flags = message.get('data');
    if (flags instanceof Map) session.flags = flags;
    session.outbox.send(orderedMessage('feature_flags', this.#options.featuresText()));
  }

  left(session: Session): void {
    session.outbox.close();
    this.#all.delete(session);
    // a newer connection with the same id is none of this one's business
    if (this.#byClient.get(session.clientId) === session) this.#byClient.delete(session.clientId);
  }

  toClient(clientId: string, message: Outgoing): void {
    this.#byClient.get(clientId)?.outbox.send(message);
  }

  toAll(message: Outgoing): void {
    for (const session of this.#all) session.outbox.send(message);
  }

  isConnected(clientId: string): boolean {
    return this.#byClient.has(clientId);
  }

  wantsPreviewMetadata(clientId: string): boolean {
    return this.#byClient.get(clientId)?.flags.get('supports_preview_metadata') === true;
  }

  tellLogs(clientId: string, dataText: string): void {
    this.toClient(clientId, latestMessage('logs', '', dataText));
  }

  /** Closes every connection, as a server that stops does. */
  close(code: number, reason: string): void {
    clearInterval(this.#stallCheck);
    for (const session of this.#all) session.socket.close(code, reason);
  }
}
