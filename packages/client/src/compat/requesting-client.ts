/** The half of a client that needs no socket: addresses, headers, requests. Every part of it may be replaced by a plugin. */
import { viewQuery } from '../remote-file.ts';
import type { ViewOptions } from '../remote-file.ts';
import type { Settings } from '../options.ts';
import { addressOf, wantsClientId } from './addresses.ts';
import { readPlace, readSettings } from './client-config.ts';
import type { IComfyApiConfig, Logger, ServerPlace } from './client-config.ts';
import { throughHooks } from './client-hooks.ts';
import type { ClientHooks } from './client-hooks.ts';
import { ClientRequestError, ConnectError } from './errors.ts';
import { knownHeaders, mergedHeaders } from './headers.ts';
import { readJsonText } from './plain-json.ts';
import type { Bigints } from './plain-json.ts';
import { sendRequest } from './send-request.ts';
import type { FetchOptions } from './send-request.ts';

export abstract class RequestingClient {
  api_host: string;
  api_base: string;
  ssl: boolean;
  user: string;
  WebSocket: typeof WebSocket;
  fetch: typeof fetch;
  closed = false;

  protected readonly config: IComfyApiConfig;
  protected readonly settings: Settings;
  protected readonly hooks: ClientHooks[];
  protected readonly logger: Logger;
  /** Whether integers past 2^53 are exact. */
  protected readonly bigints: Bigints;
  #closing = new AbortController();

  /** @throws {ClientError} `invalid_option` */
  constructor(config: IComfyApiConfig, defaults: ServerPlace & { readonly user: string }) {
    const place = readPlace(config, defaults);
    this.config = config;
    this.api_host = place.api_host;
    this.api_base = place.api_base;
    this.ssl = place.ssl;
    this.user = config.user ?? defaults.user;
    this.WebSocket = config.WebSocket ?? globalThis.WebSocket;
    this.fetch = config.fetch ?? platformFetch;
    this.settings = readSettings(config, place);
    this.hooks = [...(config.hooks ?? [])];
    this.logger = config.logger ?? console;
    this.bigints = config.json?.bigints ?? 'number';
  }

  /** Who the server sends events to. */
  abstract get clientId(): string | undefined;

  /** The headers of a request; those in `options` win. Credentials that are asked for anew each time are not here. */
  apiHeaders(options?: RequestInit): Record<string, string> {
    return mergedHeaders(
      { Accept: '*/*', ...(this.user ? { 'Comfy-User': this.user } : {}) },
      knownHeaders(this.settings),
      options?.headers,
    );
  }
  /** As `apiHeaders`. */
  getHeaders(options?: RequestInit): Record<string, string> {
    return this.apiHeaders(options);
  }

  /** The address of a route, with its own query; `clientId` is added for routes that may read it. */
  apiURL(route: string): string {
    const clientId = wantsClientId(route) ? this.clientId : undefined;
    return addressOf(this, route, { clientId, ...this.config.auth?.query });
  }
  internalURL(route: string): string {
    return this.apiURL(`/internal${route}`);
  }
  /** The address of a file, with the credentials that addresses carry. */
  viewURL(filename: string, subfolder: string, type: string, options: ViewOptions = {}): string {
    const query = viewQuery({ filename, subfolder, folder: type }, options);
    return addressOf(this, '/view', { ...query, ...this.config.auth?.query });
  }
  wsURL(): string {
    return addressOf(this, '/ws', { clientId: this.clientId, ...this.config.auth?.query }, 'ws');
  }

  /**
   * Asks the server. `route` is a path, or a whole address of this server.
   * @throws {HttpError} for answers outside 200 to 299 and 304; {ClientRequestError} for none; {ConnectError} after
   * `close()`; what the signal was aborted with, as it is.
   */
  async fetchApi(route: string, options: FetchOptions = {}): Promise<Response> {
    if (this.closed) throw new ConnectError('Client is closed', 'client_closed');
    const url = route.startsWith(addressOf(this, '/', {})) ? route : this.apiURL(route);
    const given = { ...options, headers: this.apiHeaders(options) };
    const send = (init: RequestInit): Promise<Response> => this.transmit(url, init);
    return sendRequest(route, given, { settings: this.settings, url, send, closing: this.#closing.signal });
  }

  /** What a route answers, as JSON. @throws as `fetchApi`, and {ClientRequestError} `bad_answer` */
  protected async readJson<T>(route: string, options?: FetchOptions): Promise<T> {
    const response = await this.fetchApi(route, options);
    const text = await response.text();
    try {
      return readJsonText(text, this.bigints) as T;
    } catch (cause) {
      throw new ClientRequestError(`${route}: the answer is no JSON`, 'bad_answer', { cause });
    }
  }

  /** Sends a request as it is, through the hooks. */
  protected async transmit(url: string, init: RequestInit): Promise<Response> {
    const request = await throughHooks(this.hooks, { url, init }, (hook, one) => hook.request?.(one));
    const { fetch: send } = this;
    const response = await send(request.url, request.init);
    return throughHooks(this.hooks, response, (hook, one) => hook.response?.(one, request));
  }

  /** Ends what is under way. */
  protected abortRequests(): void {
    this.#closing.abort(new ConnectError('Client is closed', 'client_closed'));
  }
  protected allowRequests(): void {
    if (this.#closing.signal.aborted) this.#closing = new AbortController();
  }
}

const platformFetch: typeof fetch = (...request) => {
  if (typeof globalThis.fetch !== 'function')
    throw new ConnectError('fetch is not defined: give one', 'invalid_option');
  return globalThis.fetch(...request);
};
