/** The socket to a server. It comes back by itself; what was missed meanwhile is asked for elsewhere. */
import { randomUUID } from 'node:crypto';
import { asObject, JsonError, parseJson } from '@snug/protocol';
import type { JsonObject } from '@snug/protocol';
import { WebSocket } from 'ws';
import type { RawData } from 'ws';
import type { ServerAddress } from './server-http.ts';

export interface LinkHandlers {
  onMessage(type: string, data: JsonObject): void;
  /** The socket opened or dropped: messages may have been missed. */
  onChange(isUp: boolean): void;
}

export interface LinkTiming {
  /** Before the first attempt to come back; it grows from there. */
  readonly minBackoffMs: number;
  readonly maxBackoffMs: number;
  /** Between two signs of life; without an answer to one, the socket is given up. */
  readonly heartbeatMs: number;
}

export const LINK_TIMING: LinkTiming = { minBackoffMs: 300, maxBackoffMs: 10_000, heartbeatMs: 15_000 };

const HANDSHAKE_MS = 10_000;
const GROWTH = 1.7;
/** How long a close is waited for. */
const CLOSE_MS = 500;

export class ServerLink {
  readonly clientId = randomUUID();
  readonly #address: ServerAddress;
  readonly #handlers: LinkHandlers;
  readonly #timing: LinkTiming;
  #socket: WebSocket | undefined;
  #isUp = false;
  #isClosed = false;
  #attempts = 0;
  #retry: NodeJS.Timeout | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  #whenUp: (() => void)[] = [];

  constructor(address: ServerAddress, handlers: LinkHandlers, timing: LinkTiming = LINK_TIMING) {
    this.#address = address;
    this.#handlers = handlers;
    this.#timing = timing;
    this.#open();
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** Resolves when the socket is open, or after so many milliseconds: work can go on without it. */
  ready(withinMs: number): Promise<void> {
    if (this.#isUp || this.#isClosed) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, withinMs);
      this.#whenUp.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    clearInterval(this.#heartbeat);
    for (const resolve of this.#whenUp.splice(0)) resolve();
    const socket = this.#socket;
    if (!socket || socket.readyState === WebSocket.CLOSED) return;
    const closed = new Promise((resolve) => socket.once('close', resolve));
    const timer = setTimeout(() => socket.terminate(), CLOSE_MS);
    socket.close(1000);
    await closed;
    clearTimeout(timer);
  }

  #open(): void {
    const { base, headers } = this.#address;
    const url = `${base.replace(/^http/, 'ws')}/ws?clientId=${this.clientId}`;
    const socket = new WebSocket(url, { headers, handshakeTimeout: HANDSHAKE_MS, perMessageDeflate: false });
    this.#socket = socket;
    socket.on('open', () => {
      // the first message of a client tells what it understands
      const data = { supports_preview_metadata: true, supports_takeover_close: true };
      socket.send(JSON.stringify({ type: 'feature_flags', data }));
      this.#attempts = 0;
      this.#watch(socket);
      this.#change(true);
    });
    socket.on('message', (data, isBinary) => {
      if (!isBinary) this.#receive(textOf(data));
    });
    // an error is followed by a close
    socket.on('error', () => {});
    socket.on('close', () => {
      clearInterval(this.#heartbeat);
      this.#change(false);
      if (!this.#isClosed) this.#retry = setTimeout(() => this.#open(), this.#backoff());
    });
  }

  /** Half-open sockets never close by themselves. */
  #watch(socket: WebSocket): void {
    let isAlive = true;
    const sign = (): void => {
      isAlive = true;
    };
    socket.on('pong', sign);
    socket.on('ping', sign);
    socket.on('message', sign);
    this.#heartbeat = setInterval(() => {
      if (!isAlive) socket.terminate();
      else {
        isAlive = false;
        socket.ping();
      }
    }, this.#timing.heartbeatMs);
  }

  #change(isUp: boolean): void {
    if (isUp) for (const resolve of this.#whenUp.splice(0)) resolve();
    if (this.#isUp === isUp) return;
    this.#isUp = isUp;
    if (!this.#isClosed) this.#handlers.onChange(isUp);
  }

  #receive(text: string): void {
    let message;
    try {
      message = asObject(parseJson(text));
    } catch (error) {
      if (error instanceof JsonError) return;
      throw error;
    }
    const type = message?.get('type');
    const data = asObject(message?.get('data'));
    if (typeof type === 'string' && data && !this.#isClosed) this.#handlers.onMessage(type, data);
  }

  #backoff(): number {
    const { minBackoffMs, maxBackoffMs } = this.#timing;
    const grown = Math.min(maxBackoffMs, minBackoffMs * GROWTH ** this.#attempts++);
    // several clients of one server do not come back in one instant
    return grown * (0.7 + Math.random() * 0.6);
  }
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return Buffer.isBuffer(data) ? data.toString() : Buffer.from(data).toString();
}
