/** Translates between `ws` and sessions. Several messages of one tick leave in one write, many in some. */
import { STATUS_CODES } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { Socket as NetSocket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import type { Sessions } from '../sessions/sessions.ts';
import type { Socket } from '../sessions/socket.ts';
import type { MessageData } from '../wire/outgoing.ts';
import { frameOf } from './frame.ts';

export interface WebSocketHostOptions {
  readonly sessions: Sessions;
  /** Why a request may not connect, as for every other request. */
  readonly refusalOf: (request: IncomingMessage) => string | undefined;
  /** Connections at once. Default 10,000. */
  readonly maxConnections?: number | undefined;
  /** Milliseconds between pings; a peer that answers none within the next interval is ended. Default 15,000. */
  readonly pingMs?: number | undefined;
}

export interface WebSocketHost {
  /** Takes the upgrades of a server. */
  attach(server: Server): void;
  close(): void;
}

/** As the reference: one byte more closes the socket. */
const MAX_INBOUND_BYTES = 4 * 1024 * 1024 - 1;
const OF_UPGRADES = /^(?:connection|upgrade|http2-settings)$/i;
/** Bytes of one tick past which they are written before it ends. */
const MAX_GATHERED = 64 * 1024;
/** An id is part of a URL. */
const MAX_CLIENT_ID = 1000;

export function hostWebSockets({
  sessions,
  refusalOf,
  maxConnections = 10_000,
  pingMs = 15_000,
}: WebSocketHostOptions): WebSocketHost {
  const acceptor = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: MAX_INBOUND_BYTES });
  const alive = new WeakSet<WebSocket>();
  const servers = new Set<Server>();

  function onUpgrade(this: Server, request: IncomingMessage, stream: Duplex, head: Buffer): void {
    if (request.headers.upgrade?.toLowerCase() !== 'websocket') return declineUpgrade(this, request, stream, head);
    stream.on('error', () => stream.destroy());
    const target = request.url ?? '/';
    if (!URL.canParse(target, 'http://host')) return refuse(stream, 400, 'The address cannot be read.');
    const url = new URL(target, 'http://host');
    if (url.pathname !== '/ws' && url.pathname !== '/api/ws') return refuse(stream, 404, 'Sockets are served at /ws.');
    const refusal = refusalOf(request);
    if (refusal !== undefined) return refuse(stream, 403, refusal);
    if (acceptor.clients.size >= maxConnections) return refuse(stream, 503, 'Too many connections.');
    const clientId = url.searchParams.get('clientId') ?? '';
    if (clientId.length > MAX_CLIENT_ID)
      return refuse(stream, 400, `clientId must have at most ${MAX_CLIENT_ID} characters.`);
    acceptor.handleUpgrade(request, stream, head, (socket) => attach(socket, stream as NetSocket, clientId));
  }

  function attach(socket: WebSocket, stream: NetSocket, clientId: string): void {
    const adapter = new TickSocket(socket, stream);
    const connection = sessions.opened(adapter, clientId);
    alive.add(socket);
    stream.on('drain', () => {
      // a slow reader is no dead peer: its answer to a ping waits behind what it still has to read
      alive.add(socket);
      connection.drained();
    });
    socket.on('message', (data, isBinary) => connection.message(isBinary ? undefined : (data as Buffer).toString()));
    socket.on('pong', () => alive.add(socket));
    socket.on('close', () => connection.closed());
    // a broken peer is closed by the library; there is nobody to tell
    socket.on('error', () => {});
  }

  const pings = setInterval(() => {
    for (const socket of acceptor.clients) {
      if (!alive.delete(socket)) socket.terminate();
      else socket.ping();
    }
  }, pingMs);
  pings.unref();

  return {
    attach(server) {
      servers.add(server);
      server.on('upgrade', onUpgrade);
    },
    close() {
      clearInterval(pings);
      for (const server of servers) server.off('upgrade', onUpgrade);
      acceptor.close();
      for (const socket of acceptor.clients) setTimeout(() => socket.terminate(), 1000).unref();
    },
  };
}

/** Some clients offer HTTP/2 with every request. Node stops reading such a one: it starts over without the offer. */
function declineUpgrade(server: Server, request: IncomingMessage, stream: Duplex, head: Buffer): void {
  const { method, url, rawHeaders } = request;
  const lines = [`${method} ${url} HTTP/1.1`];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    if (!OF_UPGRADES.test(rawHeaders[at]!)) lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`);
  }
  stream.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit(stream instanceof TLSSocket ? 'secureConnection' : 'connection', stream);
}

function refuse(stream: Duplex, status: number, reason: string): void {
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(reason)}\r\n\r\n`;
  stream.end(head + reason);
}

/** Gathers the frames of one tick into few writes: a peer reads the first of many while the others are made. */
class TickSocket implements Socket {
  readonly #socket: WebSocket;
  readonly #stream: NetSocket;
  #frames: Buffer[] = [];
  #gathered = 0;
  /** The backlog when the tick began; undefined when it has sent nothing. */
  #earlier: number | undefined;

  constructor(socket: WebSocket, stream: NetSocket) {
    this.#socket = socket;
    this.#stream = stream;
  }

  get backlog(): number {
    return this.#earlier ?? this.#stream.writableLength;
  }

  send(data: MessageData): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#earlier === undefined) {
      this.#earlier = this.#stream.writableLength;
      process.nextTick(() => {
        this.#flush();
        this.#earlier = undefined;
      });
    }
    const frame = frameOf(data);
    this.#frames.push(frame);
    this.#gathered += frame.length;
    if (this.#gathered >= MAX_GATHERED) this.#flush();
  }

  #flush(): void {
    const frames = this.#frames;
    this.#frames = [];
    this.#gathered = 0;
    if (!frames.length || this.#socket.readyState !== this.#socket.OPEN) return;
    const whole = asTheyLie(frames);
    // a part of a strip that had to wait would keep all of it
    const mayLie = whole && (this.#stream.writableLength === 0 || whole.length === whole.buffer.byteLength);
    this.#stream.write(mayLie ? whole : Buffer.concat(frames));
  }

  close(code: number, reason: string): void {
    this.#flush();
    this.#socket.close(code, reason);
  }

  terminate(): void {
    this.#socket.terminate();
  }
}

/** Frames that lie right behind each other in memory, as one. */
function asTheyLie(frames: readonly Buffer[]): Buffer | undefined {
  const { buffer, byteOffset } = frames[0]!;
  let end = byteOffset;
  for (const frame of frames) {
    if (frame.buffer !== buffer || frame.byteOffset !== end) return undefined;
    end += frame.length;
  }
  return Buffer.from(buffer, byteOffset, end - byteOffset);
}
