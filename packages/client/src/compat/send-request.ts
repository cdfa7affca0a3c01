/** One request of a program, made with the core's care: bounded, tried again where that is safe, and told apart. */
import { onAbort } from '../abort.ts';
import { ClientError, RequestError } from '../errors.ts';
import { Http } from '../http.ts';
import type { HttpRequest } from '../http.ts';
import type { Settings } from '../options.ts';
import { isObject } from '../wire.ts';
import { ClientRequestError, HttpError } from './errors.ts';
import { mergedHeaders } from './headers.ts';

export interface FetchOptions extends RequestInit {
  /** Milliseconds until the head of the answer is there. Default: `timeouts.requestMs`, 60,000. */
  timeout_ms?: number | undefined;
  /** Whether it may be sent again when nobody answers, or the server is busy. Default: for GET and HEAD. */
  retry?: boolean | undefined;
}

export interface RequestWay {
  readonly settings: Settings;
  readonly url: string;
  readonly send: (init: RequestInit) => Promise<Response>;
  /** Aborts when the client is closed. */
  readonly closing: AbortSignal;
}

/**
 * The signal counts while the body is read, too.
 * @throws {HttpError} for answers that are no success; {ClientRequestError} for none at all.
 */
export async function sendRequest(route: string, options: FetchOptions, way: RequestWay): Promise<Response> {
  const { timeout_ms, retry, ...init } = options;
  let last: Response | undefined;
  const http = new Http(way.settings, async (_url, given) => {
    last = await way.send({
      ...given,
      ...withoutSignal(init),
      headers: mergedHeaders(given?.headers, init.headers),
      ...signalOf(given?.signal, init.signal, way.closing),
    });
    return last;
  });
  const method = (init.method ?? 'GET').toUpperCase() as HttpRequest['method'];
  const request = { method, body: init.body ?? undefined, timeoutMs: timeout_ms, retry, isLong: true };
  try {
    init.signal?.throwIfAborted();
    return await http.send(route, request, (response) => Promise.resolve(response));
  } catch (error) {
    if (last?.status === 304) return last;
    throw asClientError(error, way.url);
  }
}

function withoutSignal({ signal: _signal, ...rest }: RequestInit): RequestInit {
  return rest;
}

function signalOf(...signals: (AbortSignal | null | undefined)[]): { signal: AbortSignal } {
  const given = signals.filter((signal) => signal instanceof AbortSignal);
  if (typeof AbortSignal.any === 'function') return { signal: AbortSignal.any(given) };
  const stop = new AbortController();
  for (const signal of given) onAbort(signal, () => stop.abort(signal.reason));
  return { signal: stop.signal };
}

function asClientError(error: unknown, url: string): unknown {
  if (error instanceof RequestError) {
    const json = isObject(error.body) || Array.isArray(error.body) ? error.body : undefined;
    return new HttpError(`Endpoint Bad Request (${error.status}): ${url}: ${error.message}`, error.status, json, error);
  }
  if (!(error instanceof ClientError)) return error;
  const { code, retryable, hint } = error;
  return new ClientRequestError(error.message, code, { cause: error, retryable, hint });
}
