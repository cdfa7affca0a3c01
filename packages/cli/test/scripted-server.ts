/** A server that does what a test says, to show what a client makes of a bad one. */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';

interface Submitted {
  readonly promptId: string;
  readonly clientId: string;
}

export class ScriptedServer {
  readonly base: string;
  /** Requests as `GET /queue`. */
  readonly requests: string[] = [];
  /** First messages of sockets. */
  readonly greetings: unknown[] = [];
  /** By id, as `GET /history/{id}` has them. */
  readonly history = new Map<string, unknown>();
  running: string[] = [];
  pending: string[] = [];
  /** What answers instead of the usual; true when it did. */
  intercept: (request: string, response: ServerResponse) => boolean = () => false;
  /** A prompt has come; it is answered when this resolves. */
  onPrompt: (submitted: Submitted) => unknown = () => {};
  /** The next prompt is taken, but its answer does not arrive. */
  losesAnswer = false;
  onSocket: () => void = () => {};
  refusesSockets = false;
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  readonly #sockets = new WebSocketServer({ noServer: true });
  #socket: WebSocket | undefined;

  static async start(): Promise<ScriptedServer> {
    const server = new ScriptedServer();
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    const { port } = server.#server.address() as AddressInfo;
    (server as { base: string }).base = `http://127.0.0.1:${port}`;
    return server;
  }

  private constructor() {
    this.base = '';
    this.#server.on('upgrade', (request, stream, head) => {
      stream.on('error', () => {});
      if (this.refusesSockets) {
        stream.destroy();
        return;
      }
      this.#sockets.handleUpgrade(request, stream, head, (socket) => {
        this.#socket = socket;
        this.tell('status', { status: { exec_info: { queue_remaining: this.running.length + this.pending.length } } });
        socket.once('message', (data) => this.greetings.push(JSON.parse((data as Buffer).toString())));
        this.onSocket();
      });
    });
  }

  tell(type: string, data: object): void {
    this.#socket?.send(JSON.stringify({ type, data }));
  }

  dropSocket(): void {
    this.#socket?.terminate();
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path = ''] = (request.url ?? '').split('?');
    const line = `${request.method} ${path}`;
    this.requests.push(line);
    const body = await readBody(request);
    if (this.intercept(line, response)) return;
    const json = (value: unknown): void => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    };
    const id = path.split('/').pop() ?? '';
    if (line === 'POST /prompt') {
      const { prompt_id: promptId, client_id: clientId } = JSON.parse(body) as Record<string, string>;
      await this.onPrompt({ promptId: promptId!, clientId: clientId! });
      if (this.losesAnswer) response.destroy();
      else json({ prompt_id: promptId, number: 1, node_errors: {} });
    } else if (path === '/queue') {
      const entries = (ids: string[]) => ids.map((one) => [1, one, {}, {}, []]);
      json({ queue_running: entries(this.running), queue_pending: entries(this.pending) });
    } else if (path.startsWith('/history/')) {
      json(this.history.has(id) ? { [id]: this.history.get(id) } : {});
    } else if (line === 'GET /prompt')
      json({ exec_info: { queue_remaining: this.running.length + this.pending.length } });
    else if (line === 'POST /interrupt') response.end();
    else response.writeHead(404).end('404: Not Found');
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
