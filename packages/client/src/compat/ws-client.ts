/** The connection: events, and a socket from `connect()` until `disconnect()`. */
/// <reference lib="esnext.disposable" preserve="true" />
import { onAbort } from '../abort.ts';
import type { ConnectionInfo } from '../connection-view.ts';
import type { ClientOptions } from '../options.ts';
import type { SocketLike, SocketRequest } from '../socket.ts';
import { eventsOf, readBinary } from './binary-events.ts';
import type { BinaryEvent } from './binary-events.ts';
import type { IComfyApiConfig } from './client-config.ts';
import { throughHooks } from './client-hooks.ts';
import { ComfySession } from './comfy-session.ts';
import { failureOf, faultOf, statusIn } from './connect-failure.ts';
import type { ConnectionFault } from './connect-failure.ts';
import { ClientRequestError, ConnectError, PollingTimeoutError, WebSocketTimeoutError } from './errors.ts';
import type { EventListener } from './event-emitter.ts';
import { mergedHeaders } from './headers.ts';
import { ListeningClient } from './listening-client.ts';
import { withFeatures } from './socket-features.ts';
import { StatusPoll } from './status-poll.ts';

export interface ConnectOptions {
  /** Ask for the status instead of opening a socket. `interval` in milliseconds, default 1000. */
  polling?: { enabled: boolean; interval?: number | undefined } | undefined;
  websocket?: { enabled: boolean } | undefined;
  /** Milliseconds. Default 15,000. */
  timeout_ms?: number | undefined;
  signal?: AbortSignal | undefined;
}

type SocketListener<K extends keyof WebSocketEventMap = keyof WebSocketEventMap> = (
  event: WebSocketEventMap[K],
) => void;

export class WsClient extends ListeningClient {
  static DEFAULT_API_HOST = '127.0.0.1:8188';
  static DEFAULT_API_BASE = '';
  static DEFAULT_USER = '';
  static IS_BROWSER: boolean = 'window' in globalThis;

  /** The events of a binary message. Nothing is thrown: what nobody knows is `unknown_binary`. */
  static readBinaryData(buf: ArrayBuffer): BinaryEvent[] {
    return eventsOf(readBinary(new Uint8Array(buf)));
  }

  /** The newest socket; `null` after `disconnect()`. */
  socket?: WebSocket | null;
  /** As `close()`, for `await using`. Missing where the platform has no such symbol. */
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;

  /** Milliseconds. */
  protected _polling_interval = 1000;
  protected socket_callbacks: { [K in keyof WebSocketEventMap]?: SocketListener<K>[] } = {};
  readonly #poll: StatusPoll;
  #comfy: ComfySession;
  #stopHearing: (() => void) | undefined;
  #phase: ConnectionInfo['phase'] = 'idle';
  #wasOpen = false;
  #fault: ConnectionFault | undefined;

  /** @throws {ClientError} `invalid_option` */
  constructor(config: IComfyApiConfig = {}) {
    const { DEFAULT_API_HOST: api_host, DEFAULT_API_BASE: api_base, DEFAULT_USER: user } = WsClient;
    super(config, { api_host, api_base, user, ssl: false });
    this.#poll = new StatusPoll({
      clock: this.settings.clock,
      read: () => this.readJson('/prompt', { retry: false }),
      tell: (status) => this.events.emit('status', status),
    });
    this.#comfy = this.#begin(idOption(config.clientId));
    const dispose = Symbol.asyncDispose as symbol | undefined;
    if (dispose) Object.defineProperty(this, dispose, { value: () => Promise.resolve(this.close()) });
  }

  /** Another one takes effect with a new connection, and the jobs under way are lost to this client. */
  override get clientId(): string | undefined {
    return this.#comfy.connection.clientId;
  }
  override set clientId(value: string | undefined) {
    if (value === this.clientId) return;
    const { isWanted } = this.#comfy;
    if (isWanted) this.disconnect();
    this.#comfy.close();
    this.#comfy = this.#begin(value);
    if (isWanted) void this.connect();
  }

  protected get comfy(): ComfySession {
    return this.#comfy;
  }
  /** What tells that the status is asked for; `null` while it is not. */
  protected get _polling_timer(): unknown {
    return this.#poll.isRunning ? this.#poll : null;
  }

  /** @deprecated Use `connect`. */
  init(): Promise<true> {
    return this.connect();
  }

  /**
   * Opens the socket, or asks for the status instead. Resolves when the server was heard. A server that does not answer is
   * tried again, also after this rejected, until `disconnect()`.
   * @throws {ConnectError} at once when the server refuses, or cannot be reached; {WebSocketTimeoutError},
   * {PollingTimeoutError} after `timeout_ms`; what the signal was aborted with.
   */
  connect(options: ConnectOptions = {}): Promise<true> {
    const connecting = this.#connect(options);
    // programs that do not wait for it hear of it by `connection_error`
    connecting.catch(() => undefined);
    return connecting;
  }

  async #connect({ polling, websocket, timeout_ms = 15_000, signal }: ConnectOptions): Promise<true> {
    const isPolling = polling?.enabled ?? this.config.transport === 'poll';
    if (!isPolling && websocket?.enabled === false)
      throw new ConnectError('You must enable either polling or websocket', 'invalid_option');
    signal?.throwIfAborted();
    this.closed = false;
    this.allowRequests();
    this._polling_interval = polling?.interval ?? this._polling_interval;
    if (isPolling) {
      this.#poll.start(this._polling_interval);
      return this.#probe(timeout_ms, signal);
    }
    if (typeof this.WebSocket !== 'function' && !this.config.openSocket)
      throw new ConnectError('WebSocket is not defined: give one', 'invalid_option');
    this.#stopHearing ??= this.#comfy.session.events.add('*', this, (data, type) => this.hear({ type, data }));
    this.#comfy.connect();
    // a program that asks again has a reason to hope
    this.#comfy.session.link.feed({ type: 'woken' });
    return this.#whenOpen(timeout_ms, signal);
  }

  async #probe(timeout_ms: number, signal: AbortSignal | undefined): Promise<true> {
    try {
      await this.fetchApi('/system_stats', { timeout_ms, retry: false, ...(signal ? { signal } : {}) });
      return true;
    } catch (error) {
      const isLate = error instanceof ClientRequestError && error.code === 'timed_out';
      throw isLate ? new PollingTimeoutError(timeout_ms) : error;
    }
  }

  #whenOpen(timeout_ms: number, signal: AbortSignal | undefined): Promise<true> {
    const { connection } = this.#comfy;
    if (connection.phase === 'open') return Promise.resolve(true);
    const { clock } = this.settings;
    return new Promise((resolve, reject) => {
      const finish = (end: () => void): void => {
        stop();
        release();
        clock.clearTimeout(timer);
        end();
      };
      const stop = connection.on('state', (info) => {
        const failure = failureOf(info, this.#fault);
        if (info.phase === 'open') finish(() => resolve(true));
        else if (failure) finish(() => reject(failure));
      });
      const release = onAbort(signal, () => finish(() => reject(signal?.reason as Error)));
      const late = (): void => finish(() => reject(new WebSocketTimeoutError(timeout_ms)));
      const timer = clock.setTimeout(late, timeout_ms);
    });
  }

  /** Ends the connection and what is under way, and takes all listeners away. `connect()` begins anew. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.events.emit('close');
    this.disconnect();
    this.#comfy.close();
    this.abortRequests();
    this.events.removeAllListeners();
    this.server_events.removeAllListeners();
  }

  /** Lets go of the socket, and asks for the status no longer. Jobs under way go on. */
  disconnect(): void {
    this._disconnectSocket();
    this._disconnectPolling();
  }
  _disconnectSocket(): void {
    if (!this.#comfy.isWanted) return;
    this.#comfy.disconnect();
    this.#stopHearing?.();
    this.#stopHearing = undefined;
    this.#wasOpen = false;
    this.removeSocketCallbacks();
    this.socket = null;
  }
  _disconnectPolling(): void {
    this.#poll.stop();
  }

  /** Listens to a socket until `removeSocketCallbacks`. Returns what ends that. */
  protected addSocketCallback<K extends keyof WebSocketEventMap>(
    socket: WebSocket,
    type: K,
    listener: SocketListener<K>,
    options?: boolean | AddEventListenerOptions,
  ): () => void {
    const callbacks: { [T in K]?: SocketListener<T>[] } = this.socket_callbacks;
    callbacks[type] = [...(callbacks[type] ?? []), listener];
    socket.addEventListener(type, listener, options);
    return () => {
      callbacks[type] = (callbacks[type] ?? []).filter((one) => one !== listener);
      socket.removeEventListener(type, listener, options);
    };
  }
  protected removeSocketCallbacks(): void {
    for (const [type, listeners] of Object.entries(this.socket_callbacks) as [
      keyof WebSocketEventMap,
      EventListener[],
    ][])
      for (const listener of listeners) this.socket?.removeEventListener?.(type, listener);
    this.socket_callbacks = {};
  }

  #begin(clientId: ClientOptions['clientId']): ComfySession {
    const { base } = this.settings;
    const send = (url: string, init: RequestInit): Promise<Response> =>
      this.transmit(this.apiURL(url.slice(base.length)), {
        ...init,
        headers: mergedHeaders(init.headers, this.apiHeaders()),
      });
    const openSocket = (request: SocketRequest): Promise<SocketLike> => this.#openSocket(request);
    const comfy = new ComfySession({ settings: this.settings, clientId, fetch: send as typeof fetch, openSocket });
    comfy.connection.on('state', (info) => this.#onState(info));
    return comfy;
  }

  async #openSocket(request: SocketRequest): Promise<SocketLike> {
    const address = new URL(this.wsURL());
    // where to resume
    for (const [key, value] of new URL(request.url).searchParams)
      if (!address.searchParams.has(key)) address.searchParams.set(key, value);
    const { url } = await throughHooks(this.hooks, { url: String(address) }, (hook, one) => hook.socketOpen?.(one));
    const isWanted = (): boolean => this.#comfy.isWanted;
    if (!isWanted()) throw new ConnectError('Client is closed', 'client_closed');
    const socket = (await (this.config.openSocket?.({ ...request, url }) ?? new this.WebSocket(url))) as WebSocket;
    if (!isWanted()) return socket;
    this.removeSocketCallbacks();
    this.socket = socket;
    socket.binaryType = 'arraybuffer';
    this.addSocketCallback(socket, 'message', (event) => this.#onMessage(event));
    this.addSocketCallback(socket, 'error', (event) => {
      this.#fault = faultOf(event);
      this.events.emit('connection_error', this.#fault);
    });
    return withFeatures(socket, this.config.features);
  }

  #onState(info: ConnectionInfo): void {
    const { phase, attempt, reason } = info;
    const before = this.#phase;
    this.#phase = phase;
    if (phase === 'reconnecting' && attempt > 0 && !this.#wasOpen) this.#poll.start(this._polling_interval);
    if (phase === before) return;
    if (phase === 'open') {
      this.#poll.stop();
      this.#fault = undefined;
      const type = this.#wasOpen ? 'reconnected' : 'connected';
      this.#wasOpen = true;
      this.events.emit(type);
    } else if (before === 'open' && phase !== 'closed') {
      this.events.emit('status', null);
      if (phase !== 'stopped') this.events.emit('reconnecting');
    }
    if (phase === 'blocked' || phase === 'stopped')
      this.events.emit('connection_error', { type: statusIn(reason) ?? phase, message: reason ?? phase });
  }

  #onMessage(event: MessageEvent): void {
    this.events.emit('message', event);
    const data: unknown = event.data;
    if (typeof data === 'string') return;
    const bytes = ArrayBuffer.isView(data)
      ? new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength)
      : new Uint8Array(data as ArrayBuffer);
    const message = this.#comfy.session.incoming.bytes(bytes);
    for (const one of eventsOf(message)) this.events.emit(one.type, one.data);
    // in the order in which messages came: nothing has to be read first
    if (message.kind === 'preview') this.events.emit('image_data', { image: message.bytes.buffer, mime: message.mime });
  }
}

/** What the core takes for an id. */
function idOption(clientId: IComfyApiConfig['clientId']): ClientOptions['clientId'] {
  if (typeof clientId !== 'object') return clientId;
  const { persist } = clientId;
  return persist === 'memory' ? undefined : { persist };
}
