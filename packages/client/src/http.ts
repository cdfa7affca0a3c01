/** Requests to the server: each one authenticated, bounded in time, tried again where that is safe, and told apart. */
import { pause } from './clock.ts';
import { ClientError, RequestError } from './errors.ts';
import { failureOf } from './http-failure.ts';
import { parseText } from './json-text.ts';
import type { Settings } from './options.ts';

export interface HttpRequest {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | undefined;
  readonly query?: Readonly<Record<string, string | number | undefined>> | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** A text is sent as JSON. */
  readonly body?: BodyInit | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds until the head of the answer; Infinity for none. */
  readonly timeoutMs?: number | undefined;
  /** Whether the same request may be sent again. Default: for GET and HEAD. */
  readonly retry?: boolean | undefined;
  /** The route has no twin under the prefix. */
  readonly isBare?: boolean | undefined;
}

const MAX_TRIES = 4;
const RETRY_MIN_MS = 250;
const RETRY_MAX_MS = 10_000;
/** A server that wants to be left alone for longer is not asked again. */
const MAX_RETRY_AFTER_MS = 120_000;

export class Http {
  readonly #settings: Settings;
  readonly #fetch: typeof fetch;
  readonly #closing = new AbortController();

  constructor(settings: Settings, fetchWith: typeof fetch) {
    this.#settings = settings;
    this.#fetch = fetchWith;
  }

  /** The address of a route, with the credentials that addresses carry. */
  url(path: string, query: HttpRequest['query'] = {}, isBare = false): string {
    const { base, apiPrefix, auth } = this.#settings;
    const parts: string[] = [];
    for (const [key, value] of [...Object.entries(query), ...Object.entries(auth.query ?? {})]) {
      if (value !== undefined) parts.push(`${encodeURIComponent(key)}=${encodeURIComponent(value)}`);
    }
    const known = path.startsWith('/api/') || isBare ? '' : apiPrefix;
    return base + known + path + (parts.length ? `?${parts.join('&')}` : '');
  }

  /** Headers with the credentials. */
  async headers(more: Readonly<Record<string, string>> = {}): Promise<Record<string, string>> {
    const { auth, headers } = this.#settings;
    const all: Record<string, string> = { ...headers };
    if (auth.basic) all['authorization'] = `Basic ${base64(`${auth.basic.user}:${auth.basic.password}`)}`;
    const bearer = typeof auth.bearer === 'function' ? await auth.bearer() : auth.bearer;
    if (bearer !== undefined) all['authorization'] = `Bearer ${bearer}`;
    if (typeof auth.cookie === 'string') all['cookie'] = auth.cookie;
    return { ...all, ...(typeof auth.headers === 'function' ? auth.headers() : auth.headers), ...more };
  }

  /** The body as plain data; undefined when it is empty. @throws {ClientError} */
  async json(path: string, request: HttpRequest = {}): Promise<unknown> {
    const response = await this.send(path, { ...request, headers: { accept: 'application/json', ...request.headers } });
    const text = await readBody(response, path);
    if (text.trim() === '') return undefined;
    try {
      return parseText(text);
    } catch (error) {
      const hint = text.trimStart().startsWith('<') ? 'A page came instead of data: is the address right, and is there a log-in in front?' : undefined;
      const facts = { status: response.status, body: text.slice(0, 2000), cause: error, hint };
      throw new RequestError('bad_answer', `${path}: the answer is no JSON.`, facts);
    }
  }

  /** An answer that is a success, its body unread. @throws {ClientError} */
  async send(path: string, request: HttpRequest = {}): Promise<Response> {
    const { clock, chance } = this.#settings;
    const method = request.method ?? 'GET';
    const mayRetry = request.retry ?? (method === 'GET' || method === 'HEAD');
    for (let tries = 1; ; tries++) {
      try {
        return await this.#once(path, method, request);
      } catch (error) {
        if (!(error instanceof ClientError) || !error.retryable || !mayRetry || tries === MAX_TRIES) throw error;
        const asked = error instanceof RequestError ? error.retryAfterMs : undefined;
        if (asked !== undefined && asked > MAX_RETRY_AFTER_MS) throw error;
        const most = Math.min(RETRY_MIN_MS * 2 ** tries, RETRY_MAX_MS);
        await pause(clock, Math.max(asked ?? 0, chance.random() * most), request.signal ?? this.#closing.signal);
        if (request.signal?.aborted) throw request.signal.reason;
        if (this.#closing.signal.aborted) throw error;
      }
    }
  }

  async #once(path: string, method: string, request: HttpRequest): Promise<Response> {
    const { clock, requestMs, auth } = this.#settings;
    if (this.#closing.signal.aborted) throw new ClientError('client_closed', 'The client was closed.');
    request.signal?.throwIfAborted();
    const body = request.body;
    const headers = await this.headers({
      ...(typeof body === 'string' ? { 'content-type': 'application/json' } : {}),
      ...request.headers,
    });
    const stop = new AbortController();
    const timeoutMs = request.timeoutMs ?? requestMs;
    const late = new ClientError('timed_out', `${path}: no answer in ${timeoutMs} ms.`, { retryable: true });
    const timer = timeoutMs === Infinity ? undefined : clock.setTimeout(() => stop.abort(late), timeoutMs);
    const pass = (): void => stop.abort(request.signal?.reason);
    const quit = (): void => stop.abort(new ClientError('client_closed', 'The client was closed.'));
    request.signal?.addEventListener('abort', pass);
    this.#closing.signal.addEventListener('abort', quit);
    const release = (): void => {
      request.signal?.removeEventListener('abort', pass);
      this.#closing.signal.removeEventListener('abort', quit);
    };
    try {
      const response = await this.#fetch(this.url(path, request.query, request.isBare), {
        method,
        headers,
        signal: stop.signal,
        // a redirected POST arrives as a GET, without its body
        redirect: method === 'GET' || method === 'HEAD' ? 'follow' : 'manual',
        ...(body === undefined ? {} : { body }),
        ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
        ...(auth.cookie === true ? { credentials: 'include' } : {}),
      });
      if (response.ok) return released(response, release);
      throw await failureOf(response, path);
    } catch (error) {
      release();
      if (stop.signal.aborted) throw stop.signal.reason;
      if (error instanceof ClientError) throw error;
      const hint = 'Is the server running, and is the address right? In a page, the server may refuse other origins.';
      throw new ClientError('connection_failed', `${path}: ${reasonOf(error)}`, { cause: error, retryable: true, hint });
    } finally {
      if (timer !== undefined) clock.clearTimeout(timer);
    }
  }

  /** Aborts what is under way, and refuses the rest. */
  close(): void {
    this.#closing.abort();
  }
}

/** The signal reaches the body too, for as long as somebody may read it. */
function released(response: Response, release: () => void): Response {
  if (!response.body) release();
  else releaseLater.get(response.body)?.();
  if (response.body) {
    watched.register(response, release);
  }
  return response;
}

const releaseLater = new WeakMap<object, () => void>();
const watched = new FinalizationRegistry<() => void>((release) => release());

export async function readBody(response: Response, path: string): Promise<string> {
  try {
    return await response.text();
  } catch (error) {
    if (error instanceof ClientError) throw error;
    throw new ClientError('connection_failed', `${path}: ${reasonOf(error)}`, { cause: error, retryable: true });
  }
}

/** What went wrong, as the innermost error has it: `fetch failed` says nothing. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? reasonOf(error.cause) : error.message;
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
