/** One client's talk with one server: the socket, what comes through it, and the jobs that it is about. */
import { ClientId } from './client-id.ts';
import { pause } from './clock.ts';
import { connectionInfo } from './connection-view.ts';
import type { ConnectionState } from './connection.ts';
import { Emitter } from './emitter.ts';
import type { Http } from './http.ts';
import { Incoming } from './incoming.ts';
import type { BinaryMessage, Message } from './incoming.ts';
import { Link } from './link.ts';
import type { ClientOptions, Settings } from './options.ts';
import { Pending } from './pending.ts';
import type { WatchPlatform } from './platform.ts';
import { KNOWN_TYPES } from './server-events.ts';
import type { PreviewEvent } from './server-events.ts';
import type { SocketFactory } from './socket.ts';
import { isObject, member, textAt } from './wire.ts';
import type { WireObject } from './wire.ts';

export interface SessionOptions {
  readonly settings: Settings;
  readonly http: Http;
  readonly clientId: ClientOptions['clientId'];
  readonly openSocket: SocketFactory;
  readonly watchPlatform: WatchPlatform;
}

export class Session {
  readonly pending: Pending;
  /** What the server sends, by type. */
  readonly events: Emitter;
  /** What becomes of the connection. */
  readonly lifeCycle: Emitter;
  readonly link: Link;
  readonly incoming = new Incoming();
  /** What the server said that it can, on this connection or the last. */
  features: WireObject | undefined;
  readonly #settings: Settings;
  readonly #clientId: ClientId;
  /** Ends waits for the socket. */
  #closing = new AbortController();

  constructor({ settings, http, clientId, openSocket, watchPlatform }: SessionOptions) {
    this.#settings = settings;
    this.#clientId = new ClientId(clientId, settings.chance);
    this.lifeCycle = new Emitter(settings.report);
    this.pending = new Pending(() => this.#hold());
    this.events = new Emitter(settings.report, () => this.#hold());
    this.link = new Link({
      settings,
      http,
      openSocket,
      watchPlatform,
      clientId: () => this.clientId,
      newClientId: () => this.#rename(() => this.#clientId.renew()),
      resumeQuery: () => (this.incoming.cursor === undefined ? {} : { since: this.incoming.cursor }),
      onText: (text) => this.#onText(text),
      onBytes: (bytes) => this.#onBinary(this.incoming.bytes(bytes)),
      onState: (state, before) => this.#onState(state, before),
      onWake: () => {
        this.#clientId.unkeep();
        this.pending.nudge();
      },
      onLeave: () => this.#clientId.keep(),
    });
  }

  get clientId(): string {
    return this.#clientId.value;
  }

  /** Opens the socket if it is not, and resolves when messages come, or when none can be expected soon. */
  async ready(): Promise<void> {
    this.connect();
    const stop = new AbortController();
    await Promise.race([
      this.link.ready(),
      pause(this.#settings.clock, this.#settings.readyMs, stop.signal, this.#closing.signal),
    ]);
    stop.abort('over');
  }

  connect(): void {
    if (this.#closing.signal.aborted) this.#closing = new AbortController();
    this.link.connect();
  }

  close(): void {
    this.#clientId.keep();
    this.#closing.abort();
    this.pending.stop({ end: 'lost', reason: 'client-closed' });
    this.link.close();
  }

  #hold(): void {
    // both are made before the link
    this.link?.hold(this.pending.size > 0 || this.events.size > 0);
  }

  #rename(change: () => void): void {
    const before = this.clientId;
    change();
    this.lifeCycle.emit('renamed', { clientId: this.clientId, before });
  }

  #onState(state: ConnectionState, before: ConnectionState): void {
    if (state.phase === 'open' || before.phase === 'open') this.pending.linkChanged(state.phase === 'open');
    const [info, last] = [connectionInfo(state), connectionInfo(before)];
    if (info.phase !== last.phase || info.attempt !== last.attempt) this.lifeCycle.emit('state', info);
  }

  #onText(text: string): void {
    const read = this.incoming.text(text);
    if (!read) return;
    const { message, hasGap } = read;
    if (message.type === 'status') this.#adopt(textAt(message.data, 'sid'));
    if (message.type === 'feature_flags') this.#learn(message.data);
    this.pending.hear(message);
    if (hasGap) this.pending.nudge();
    this.#tell(message);
  }

  /** The server may call this client otherwise than it asked for. */
  #adopt(sid: string | undefined): void {
    if (sid !== undefined && sid !== '' && sid !== this.clientId) this.#rename(() => this.#clientId.adopt(sid));
  }

  #learn(features: unknown): void {
    if (!isObject(features)) return;
    this.features = features;
    this.incoming.hasLongTexts = member(features, 'supports_progress_text_metadata') === true;
  }

  #tell({ type, data }: Message): void {
    const isHeard = this.events.emit(type, data);
    if (!isHeard && !KNOWN_TYPES.test(type)) this.events.emit('unhandled', { type, data });
  }

  #onBinary(message: BinaryMessage): void {
    this.pending.hearBinary(message);
    if (message.kind === 'unknown') {
      this.events.emit('unknown_binary', { number: message.number, bytes: message.bytes });
    } else if (message.kind === 'text') {
      const { nodeId, text, promptId } = message;
      this.events.emit('progress_text', { nodeId, text, promptId });
    } else if (this.events.size) {
      const { nodeId, displayNodeId, parentNodeId, realNodeId, promptId, bytes, mime } = message;
      const blob = new Blob([bytes], { type: mime });
      if (nodeId !== undefined) {
        const event: PreviewEvent = { blob, nodeId, displayNodeId, parentNodeId, realNodeId, promptId };
        this.events.emit('b_preview_with_metadata', event);
      }
      this.events.emit('b_preview', blob);
    }
  }
}
