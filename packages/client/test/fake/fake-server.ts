/** Carries a fake server over real sockets, on a port of its own. */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { systemClock } from '../../src/clock.ts';
import { FakeComfy } from './fake-comfy.ts';
import type { Answer, FakeOptions, FakeSocket } from './fake-comfy.ts';

export interface ServerFaults {
  /** An answer in the place of the server's; `never` for none. */
  request?: (request: IncomingMessage) => Answer | 'never' | undefined;
  /** The status with which a socket is refused. */
  refuseSocket?: (request: IncomingMessage) => number | undefined;
}

export class FakeServer {
  readonly comfy: FakeComfy;
  readonly faults: ServerFaults = {};
  readonly upgrades: IncomingMessage[] = [];
  readonly #path: string;
  readonly #server: Server;
  readonly #acceptor = new WebSocketServer({ noServer: true, perMessageDeflate: false });

  constructor(options: Partial<FakeOptions>, path: string) {
    this.comfy = new FakeComfy({ clock: systemClock, stepMs: 2, ...options });
    this.#path = path;
    this.#server = createServer((request, response) => void this.#answer(request, response));
    this.#server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
      this.upgrades.push(request);
      // whoever is refused may be gone before they have read it
      stream.on('error', () => {});
      const status = this.faults.refuseSocket?.(request);
      const url = new URL(request.url!, 'http://x');
      if (status !== undefined || url.pathname !== `${path}/ws`)
        return void stream.end(`HTTP/1.1 ${status ?? 404} No\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
      this.#acceptor.handleUpgrade(request, stream, head, (socket) => this.#attach(socket, url));
    });
  }

  static async start(options: Partial<FakeOptions> = {}, path = ''): Promise<FakeServer> {
    const server = new FakeServer(options, path);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${this.#path}`;
  }
  /** Sockets that are open. */
  get sockets(): ReadonlySet<WebSocket> {
    return this.#acceptor.clients;
  }

  /** Ends every connection without a word. */
  cut(): void {
    for (const socket of this.#acceptor.clients) socket.terminate();
  }

  async stop(): Promise<void> {
    this.cut();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #attach(socket: WebSocket, url: URL): void {
    const clientId = url.searchParams.get('clientId') ?? '';
    const side: FakeSocket = {
      deliver: (data) => socket.send(data),
      end: (code) => (code === 1006 ? socket.terminate() : socket.close(code)),
    };
    socket.on('message', (data: Buffer) => this.comfy.receive(side, data.toString()));
    socket.on('close', () => this.comfy.closed(side, clientId));
    socket.on('error', () => {});
    this.comfy.open(side, clientId);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const part of request) body += String(part);
    const { pathname, searchParams } = new URL(request.url!, 'http://x');
    const instead = this.faults.request?.(request);
    if (instead === 'never') return;
    const isOurs = pathname.startsWith(`${this.#path}/`);
    const route = pathname.slice(this.#path.length);
    const answer =
      instead ?? (isOurs ? this.comfy.answer(request.method!, route, searchParams, body) : { status: 404, body: '' });
    response.writeHead(answer.status, answer.headers).end(answer.body);
  }
}
