/** Requests to the server: each one authenticated, bounded in time, tried again where that is safe, and told apart. */
import { onAbort } from './abort.ts';
import { pause } from './clock.ts';
import { authHeaders, requestUrl } from './credentials.ts';
import type { Query } from './credentials.ts';
import { ClientError, RequestError } from './errors.ts';
import { connectionFailed, refusalOf } from './http-failure.ts';
import { parseText } from './json-text.ts';
import type { Settings } from './options.ts';

export interface HttpRequest {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | undefined;
  readonly query?: Query | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** A text is sent as JSON. */
  readonly body?: RequestInit['body'] | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds until the whole answer is there. Default: the client's `requestMs`. */
  readonly timeoutMs?: number | undefined;
  /** The time counts for the head of the answer alone. */
  readonly isLong?: boolean | undefined;
  /** Whether the same request may be sent again. Default: for GET and HEAD. */
  readonly retry?: boolean | undefined;
  /** The route has no twin under the prefix. */
  readonly isBare?: boolean | undefined;
}

/** An answer whose body is still to be read. `done` must be called, whatever happens. */
export interface OpenAnswer {
  readonly response: Response;
  readonly done: () => void;
}

const MAX_TRIES = 4;
const RETRY_MIN_MS = 250;
const RETRY_MAX_MS = 10_000;
/** A server that wants to be left alone for longer is not asked again. */
const MAX_RETRY_AFTER_MS = 120_000;

export class Http {
  readonly #settings: Settings;
  readonly #fetch: typeof fetch;
  #closing = new AbortController();

  constructor(settings: Settings, fetchWith: typeof fetch) {
    this.#settings = settings;
    this.#fetch = fetchWith;
  }

  url(path: string, query?: Query, isBare = false): string {
    return requestUrl(this.#settings, path, query, isBare);
  }

  headers(): Promise<Record<string, string>> {
    return authHeaders(this.#settings);
  }

  /** The body as plain data; undefined when it is empty. @throws {ClientError} */
  async json(path: string, request: HttpRequest = {}): Promise<unknown> {
    return this.send(path, request, async (response) => {
      const text = await response.text();
      if (text.trim() === '') return undefined;
      try {
        return parseText(text);
      } catch (error) {
        const isPage = text.trimStart().startsWith('<');
        const hint = isPage ? 'A page came: is the address right? Is there a log-in?' : undefined;
        const facts = { status: response.status, body: text.slice(0, 2000), cause: error, hint };
        throw new RequestError('bad_answer', `${path}: the answer is no JSON.`, facts);
      }
    });
  }

  /** Reads an answer that is a success. @throws {ClientError} */
  send<T>(path: string, request: HttpRequest, read: (response: Response) => Promise<T>): Promise<T> {
    return this.#retry(request, async () => {
      const { response, done } = await this.#open(path, request);
      try {
        return await read(response);
      } catch (error) {
        throw done() ?? (error instanceof ClientError ? error : connectionFailed(path, error));
      } finally {
        done();
      }
    });
  }

  /** Opens a body to be read as it comes. @throws {ClientError} */
  open(path: string, request: HttpRequest): Promise<OpenAnswer> {
    return this.#retry(request, () => this.#open(path, { ...request, isLong: true }));
  }

  async #retry<T>(request: HttpRequest, attempt: () => Promise<T>): Promise<T> {
    const { clock, chance } = this.#settings;
    const mayRetry = request.retry ?? (request.method === undefined || request.method === 'GET');
    for (let tries = 1; ; tries++) {
      try {
        return await attempt();
      } catch (error) {
        if (!(error instanceof ClientError) || !error.retryable || !mayRetry || tries === MAX_TRIES) throw error;
        const asked = (error instanceof RequestError ? error.retryAfterMs : undefined) ?? 0;
        if (asked > MAX_RETRY_AFTER_MS) throw error;
        const most = Math.min(RETRY_MIN_MS * 2 ** tries, RETRY_MAX_MS);
        await pause(clock, Math.max(asked, chance.random() * most), request.signal, this.#closing.signal);
        if (this.#closing.signal.aborted) throw error;
        request.signal?.throwIfAborted();
      }
    }
  }

  async #open(path: string, request: HttpRequest): Promise<{ response: Response; done: () => unknown }> {
    const { clock, requestMs, auth } = this.#settings;
    const { method = 'GET', body, signal, timeoutMs = requestMs } = request;
    const closing = this.#closing.signal;
    if (closing.aborted) throw closing.reason;
    signal?.throwIfAborted();
    const headers = await authHeaders(this.#settings, {
      ...(typeof body === 'string' ? { 'content-type': 'application/json' } : {}),
      ...request.headers,
    });
    const stop = new AbortController();
    const late = (): void =>
      stop.abort(new ClientError('timed_out', `${path}: no answer in ${timeoutMs} ms.`, { retryable: true }));
    const timer = timeoutMs === Infinity ? undefined : clock.setTimeout(late, timeoutMs);
    const releases = [
      onAbort(signal, () => stop.abort(signal?.reason)),
      onAbort(closing, () => stop.abort(closing.reason)),
    ];
    /** Lets go of everything; returns why the request was stopped, if it was. */
    const done = (): unknown => {
      if (timer !== undefined) clock.clearTimeout(timer);
      for (const release of releases) release();
      return stop.signal.aborted ? stop.signal.reason : undefined;
    };
    try {
      const send = this.#fetch;
      const response = await send(this.url(path, request.query, request.isBare), {
        method,
        headers,
        signal: stop.signal,
        // a redirected POST arrives as a GET, without its body
        redirect: method === 'GET' || method === 'HEAD' ? 'follow' : 'manual',
        ...(body === undefined || body === null ? {} : { body }),
        ...(typeof body === 'object' && body && 'getReader' in body ? { duplex: 'half' } : {}),
        ...(auth.cookie === true ? { credentials: 'include' as const } : {}),
      });
      if (!response.ok) throw await refusalOf(response, path);
      if (request.isLong && timer !== undefined) clock.clearTimeout(timer);
      return { response, done };
    } catch (error) {
      const stopped = done();
      if (stopped !== undefined) throw stopped;
      throw error instanceof ClientError ? error : connectionFailed(path, error);
    }
  }

  /** Aborts what is under way. */
  close(): void {
    this.#closing.abort(new ClientError('client_closed', 'The client was closed.'));
  }

  /** Takes requests again. */
  reopen(): void {
    if (this.#closing.signal.aborted) this.#closing = new AbortController();
  }
}
