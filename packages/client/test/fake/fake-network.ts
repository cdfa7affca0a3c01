/** Carries a fake server without any socket: what is lost, late, doubled or cut is up to the test. */
import type { ClientOptions } from '../../src/options.ts';
import type { SocketLike } from '../../src/socket.ts';
import type { FakeClock } from './fake-clock.ts';
import type { Answer, FakeComfy, FakeSocket } from './fake-comfy.ts';

/** What a network needs of a server. */
export type CarriedServer = Pick<FakeComfy, 'answer' | 'open' | 'receive' | 'closed'>;

export interface Fate {
  /** Milliseconds of the way. */
  readonly delayMs?: number;
  readonly isLost?: boolean;
  readonly isDoubled?: boolean;
}

export interface NetworkFaults {
  /** What becomes of a message of the server. */
  message?: (data: string | Uint8Array) => Fate;
  /** Before a request reaches the server: an answer in its place, `fail` for no connection, `hang` for none ever. */
  request?: (method: string, path: string) => Answer | 'fail' | 'hang' | undefined;
  /** After the server acted on it: whether the answer gets lost. */
  isAnswerLost?: (method: string, path: string) => boolean;
  /** Milliseconds of one way. */
  latencyMs?: () => number;
  /** Whether sockets can be opened. */
  isSocketRefused?: () => boolean;
}

export class FakeNetwork {
  readonly comfy: CarriedServer;
  readonly clock: FakeClock;
  readonly faults: NetworkFaults = {};
  readonly requests: string[] = [];
  readonly opened: string[] = [];
  readonly #lines = new Set<Line>();

  constructor(comfy: CarriedServer, clock: FakeClock) {
    this.comfy = comfy;
    this.clock = clock;
  }

  /** What a client is given to live in this network. */
  options(more: Partial<ClientOptions> = {}): ClientOptions {
    let seed = 1;
    const random = (): number => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    const randomBytes = (bytes: Uint8Array<ArrayBuffer>): Uint8Array => bytes.map(() => Math.floor(random() * 256));
    return {
      url: 'http://fake',
      clock: this.clock,
      chance: { random, randomBytes },
      fetch: ((url: string, init: RequestInit) => this.#fetch(url, init)) as typeof fetch,
      openSocket: ({ url }) => this.#open(url),
      ...more,
    };
  }

  get openSockets(): number {
    return this.#lines.size;
  }

  /** Every connection is cut. */
  cut(code = 1006): void {
    for (const line of Array.from(this.#lines)) line.end(code);
  }

  #open(url: string): SocketLike {
    this.opened.push(url);
    const clientId = new URL(url).searchParams.get('clientId') ?? '';
    const line = new Line(this, clientId, () => this.#lines.delete(line));
    this.clock.setTimeout(() => {
      if (this.faults.isSocketRefused?.()) return line.end(1006);
      this.#lines.add(line);
      line.begin();
    }, this.faults.latencyMs?.() ?? 1);
    return line;
  }

  async #fetch(url: string, init: RequestInit): Promise<Response> {
    const { pathname, searchParams } = new URL(url);
    const method = init.method ?? 'GET';
    this.requests.push(`${method} ${pathname}`);
    await this.#wait(init.signal);
    const instead = this.faults.request?.(method, pathname);
    if (instead === 'hang') await this.#wait(init.signal, Infinity);
    if (instead === 'fail') throw new TypeError('fetch failed');
    const answer =
      typeof instead === 'object'
        ? instead
        : this.comfy.answer(method, pathname, searchParams, typeof init.body === 'string' ? init.body : '');
    const isLost = this.faults.isAnswerLost?.(method, pathname);
    await this.#wait(init.signal);
    if (isLost) throw new TypeError('fetch failed');
    return asResponse(answer);
  }

  #wait(signal: AbortSignal | null | undefined, ms = this.faults.latencyMs?.() ?? 1): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const stop = (): void => {
        if (timer !== undefined) this.clock.clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer =
        ms === Infinity
          ? undefined
          : this.clock.setTimeout(() => {
              signal?.removeEventListener('abort', stop);
              resolve();
            }, ms);
      signal?.addEventListener('abort', stop, { once: true });
    });
  }
}

/** As much of an answer as the client reads; the platform's own would take thousands of times as long. */
function asResponse({ status, body, headers = {} }: Answer): Response {
  const response = {
    status,
    ok: status >= 200 && status < 300,
    type: 'basic',
    body: null,
    headers: { get: (name: string) => headers[name] ?? null },
    text: () => Promise.resolve(body),
    arrayBuffer: () => Promise.resolve(new TextEncoder().encode(body).buffer),
    blob: () => Promise.resolve(new Blob([body])),
  };
  return response as never;
}

/** Both ends of one socket. */
class Line implements SocketLike, FakeSocket {
  binaryType = 'arraybuffer';
  readonly #network: FakeNetwork;
  readonly #clientId: string;
  readonly #gone: () => void;
  readonly #listeners = new Map<string, (event: object) => void>();
  #isOver = false;
  /** Messages keep their order unless the test delays them. */
  #lastAt = 0;

  constructor(network: FakeNetwork, clientId: string, gone: () => void) {
    this.#network = network;
    this.#clientId = clientId;
    this.#gone = gone;
  }

  addEventListener(type: string, listener: (event: object) => void): void {
    this.#listeners.set(type, listener);
  }

  begin(): void {
    if (this.#isOver) return;
    this.#listeners.get('open')?.({});
    this.#network.comfy.open(this, this.#clientId);
  }

  send(data: string): void {
    const { clock, comfy, faults } = this.#network;
    clock.setTimeout(() => {
      if (!this.#isOver) comfy.receive(this, data);
    }, faults.latencyMs?.() ?? 1);
  }

  close(): void {
    this.#leave();
  }

  deliver(data: string | Uint8Array): void {
    const { clock, faults } = this.#network;
    const { delayMs = 0, isLost, isDoubled } = faults.message?.(data) ?? {};
    if (isLost) return;
    this.#lastAt = Math.max(this.#lastAt, clock.now() + 1);
    const at = delayMs ? clock.now() + 1 + delayMs : this.#lastAt;
    const event = { data: typeof data === 'string' ? data : data.slice().buffer };
    for (let copies = isDoubled ? 2 : 1; copies > 0; copies--)
      clock.setTimeout(() => {
        if (!this.#isOver) this.#listeners.get('message')?.(event);
      }, at - clock.now());
  }

  end(code: number, reason = ''): void {
    if (this.#isOver) return;
    this.#leave();
    this.#network.clock.setTimeout(() => this.#listeners.get('close')?.({ code, reason }), 0);
  }

  #leave(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#gone();
    this.#network.comfy.closed(this, this.#clientId);
  }
}
