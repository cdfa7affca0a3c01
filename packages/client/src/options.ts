/** What `createClient` takes, and what it makes of it. */
import { systemChance, systemClock } from './clock.ts';
import type { Chance, Clock } from './clock.ts';
import { ClientError } from './errors.ts';
import type { JobTiming } from './reduce.ts';
import type { SocketFactory } from './socket.ts';

/** Any of them, and several at once. A function is asked anew for every request and every connection. */
export interface Auth {
  readonly basic?: { readonly user: string; readonly password: string } | undefined;
  readonly bearer?: string | (() => string | Promise<string>) | undefined;
  readonly headers?: Readonly<Record<string, string>> | (() => Readonly<Record<string, string>>) | undefined;
  /**
   * Added to every address, links to files too: what a socket or an `<img>` of a browser can carry, since neither has
   * headers.
   */
  readonly query?: Readonly<Record<string, string>> | undefined;
  /** `true` sends the browser's cookies to another origin as well; a text is sent as the header, outside of browsers. */
  readonly cookie?: boolean | string | undefined;
}

export interface ReconnectOptions {
  /** Milliseconds that the first wait has at most. The wait is drawn between 0 and the most. Default 300. */
  readonly minMs?: number | undefined;
  /** Milliseconds that any wait has at most. Default 15,000. */
  readonly maxMs?: number | undefined;
  /** How much longer each wait may be than the one before. Default 1.7. */
  readonly factor?: number | undefined;
}

export interface Timeouts extends Partial<JobTiming> {
  /** Milliseconds for the head of an answer. Uploads and downloads have no limit but their signal. Default 60,000. */
  readonly requestMs?: number | undefined;
  /** Milliseconds for a question about a job. Default 10,000. */
  readonly lookMs?: number | undefined;
  /** Milliseconds that a job waits for the socket before it is sent without one. Default 5000. */
  readonly readyMs?: number | undefined;
  /** Milliseconds for a socket to open. Default 10,000. */
  readonly connectMs?: number | undefined;
  /** Milliseconds for a sign of life after something happened that must be told. Default 5000. */
  readonly evidenceMs?: number | undefined;
}

/** Keeps the client's id over reloads of a page. `sessionStorage` is one. */
export interface IdStore {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

export interface ClientOptions {
  /** Where the server is. A path is kept: `https://gpu.example.com/comfy`. User and password are used as `auth.basic`. */
  readonly url: string | URL;
  readonly auth?: Auth | undefined;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The user of a server with several. Servers without CORS for it refuse requests that have it. */
  readonly user?: string | undefined;
  /** `auto`: a socket, and questions while there is none. `poll`: questions alone. Default `auto`. */
  readonly transport?: 'auto' | 'poll' | undefined;
  /**
   * Who the server sends events to. By default a new one for every client; a text is used as it is, and no two clients may
   * share it; `{ persist: 'session' }` survives a reload and is not shared with a duplicated tab.
   */
  readonly clientId?: string | { readonly persist: 'session' | IdStore } | undefined;
  readonly reconnect?: ReconnectOptions | undefined;
  readonly timeouts?: Timeouts | undefined;
  /** The method of live previews that is asked for, or `false` for what the server is set to. Default `auto`. */
  readonly previews?: string | false | undefined;
  /** Classes of nodes whose previews are results. `SaveImageWebsocket` is one without being named. */
  readonly socketOutputs?: readonly string[] | undefined;
  /** What goes before the path of a route. Default `/api`; older servers need ''. */
  readonly apiPrefix?: string | undefined;
  /** Events that wait for one reader of a job; what is past it makes way, ends excepted. Default 1000. */
  readonly bufferSize?: number | undefined;
  /** What a listener threw. By default it is reported as an uncaught error. */
  readonly onError?: ((error: unknown) => void) | undefined;
  readonly fetch?: typeof fetch | undefined;
  /** Opens sockets. Default: the platform's `WebSocket`; in Node, `ws` when it is installed. */
  readonly openSocket?: SocketFactory | undefined;
  readonly clock?: Clock | undefined;
  readonly chance?: Chance | undefined;
}

export const DEFAULT_TIMING: JobTiming = {
  settleMs: 250,
  recordMs: 2000,
  silenceMs: 10_000,
  pollMs: 1000,
  maxPollMs: 5000,
  absenceMs: 1000,
  unreachableMs: 300_000,
  submitMs: 30_000,
};

export interface Settings {
  /** Without a slash at its end. */
  readonly base: string;
  readonly apiPrefix: string;
  readonly auth: Auth;
  readonly headers: Readonly<Record<string, string>>;
  readonly isPolling: boolean;
  readonly previews: string | false;
  readonly socketOutputs: ReadonlySet<string>;
  readonly bufferSize: number;
  readonly timing: JobTiming;
  readonly requestMs: number;
  readonly lookMs: number;
  readonly readyMs: number;
  readonly connectMs: number;
  readonly evidenceMs: number;
  readonly reconnect: { readonly minMs: number; readonly maxMs: number; readonly factor: number };
  readonly clock: Clock;
  readonly chance: Chance;
  readonly report: (error: unknown) => void;
}

/** @throws {ClientError} `invalid_option` */
export function readOptions(options: ClientOptions): Settings {
  const { url, auth } = readUrl(options.url);
  const {
    requestMs = 60_000,
    lookMs = 10_000,
    readyMs = 5000,
    connectMs = 10_000,
    evidenceMs = 5000,
  } = options.timeouts ?? {};
  const { minMs = 300, maxMs = 15_000, factor = 1.7 } = options.reconnect ?? {};
  const given = Object.entries(options.timeouts ?? {}).filter(([, value]) => value !== undefined);
  return {
    base: url,
    apiPrefix: options.apiPrefix ?? '/api',
    auth: { ...auth, ...options.auth },
    headers: { ...options.headers, ...(options.user ? { 'comfy-user': options.user } : {}) },
    isPolling: options.transport === 'poll',
    previews: options.previews ?? 'auto',
    socketOutputs: new Set(['SaveImageWebsocket', ...(options.socketOutputs ?? [])]),
    bufferSize: Math.max(2, options.bufferSize ?? 1000),
    timing: { ...DEFAULT_TIMING, ...Object.fromEntries(given) },
    requestMs,
    lookMs,
    readyMs,
    connectMs,
    evidenceMs,
    reconnect: { minMs, maxMs, factor },
    clock: options.clock ?? systemClock,
    chance: options.chance ?? systemChance,
    report: options.onError ?? reportUncaught,
  };
}

function reportUncaught(error: unknown): void {
  // as an event target of the platform does it
  queueMicrotask(() => {
    throw error;
  });
}

function readUrl(given: string | URL): { url: string; auth: Auth } {
  const text = String(given);
  const full = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(full))
    throw new ClientError('invalid_option', `url: ${text} is no address: write http://host:8188.`);
  const url = new URL(full);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new ClientError('invalid_option', `url: ${text} must begin with http:// or https://.`);
  const user = decodeURIComponent(url.username);
  const password = decodeURIComponent(url.password);
  const auth: Auth = user || password ? { basic: { user, password } } : {};
  return { url: url.origin + url.pathname.replace(/\/+$/, ''), auth };
}
