/** Carries out what connection.ts decides: opens sockets, owns the timer, and hears only the newest socket. */
import { Alarm } from './clock.ts';
import { closeCode } from './close-codes.ts';
import { START, step } from './connection.ts';
import type { ConnectionEffect, ConnectionEvent, ConnectionState, ConnectionTiming } from './connection.ts';
import { socketUrl } from './credentials.ts';
import { RequestError } from './errors.ts';
import type { Http } from './http.ts';
import type { Settings } from './options.ts';
import type { WatchPlatform } from './platform.ts';
import type { SocketFactory, SocketLike } from './socket.ts';

export interface LinkOptions {
  readonly settings: Settings;
  readonly http: Http;
  readonly openSocket: SocketFactory;
  readonly watchPlatform: WatchPlatform;
  readonly clientId: () => string;
  readonly newClientId: () => void;
  /** Further parts of the socket's address: where to resume. */
  readonly resumeQuery: () => Readonly<Record<string, string>>;
  readonly onText: (text: string) => void;
  readonly onBytes: (bytes: Uint8Array) => void;
  readonly onState: (state: ConnectionState, before: ConnectionState) => void;
  /** The page is seen again, or the network is back. */
  readonly onWake: () => void;
  /** The page is being left. */
  readonly onLeave: () => void;
}

/** What this client tells the server that it understands. Servers ignore what they do not know. */
const FEATURES = {
  supports_preview_metadata: true,
  supports_progress_text_metadata: true,
  supports_takeover_close: true,
  supports_event_sequence: true,
};
const GREETING = JSON.stringify({ type: 'feature_flags', data: FEATURES });
/** A plain question that every server answers. */
const PROBE = '/prompt';
const REFUSALS: ReadonlySet<number> = new Set([401, 403, 404]);

export class Link {
  readonly #options: LinkOptions;
  readonly #timing: ConnectionTiming;
  readonly #alarm: Alarm;
  #state = START;
  #socket: SocketLike | undefined;
  #isHeld = false;
  /** Counts sockets, so that what an earlier one still says is not heard. */
  #generation = 0;
  #hasHeard = false;
  #waiting: (() => void)[] = [];
  #unwatch: (() => void) | undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
    const { reconnect, connectMs, evidenceMs, clock } = options.settings;
    this.#timing = { ...reconnect, connectMs, evidenceMs, rotateMs: 1000, blockedMs: 30_000, stableMs: 5000 };
    this.#alarm = new Alarm(clock, () => this.feed({ type: 'timer' }));
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Whether messages come. */
  get isOpen(): boolean {
    return this.#state.phase === 'open';
  }

  connect(): void {
    this.#unwatch ??= this.#options.watchPlatform((type) => {
      if (type === 'left') return this.#options.onLeave();
      this.feed({ type });
      if (type !== 'offline') this.#options.onWake();
    });
    this.feed({ type: 'connect' });
  }

  /** Something happened that the server must tell of: if it does not, the socket is replaced. */
  suspect(): void {
    this.feed({ type: 'suspect' });
  }

  /** Whether the connection alone keeps a process going: while somebody waits for what comes through it. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    this.#alarm.set(this.#state.dueAt, !isHeld);
    this.#socket?.hold?.(isHeld);
  }

  /** Resolves when messages come, or when none can be expected soon. */
  ready(): Promise<void> {
    if (this.#isSettled()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  close(): void {
    this.feed({ type: 'close' });
    this.#unwatch?.();
    this.#unwatch = undefined;
  }

  feed(event: ConnectionEvent): void {
    const { settings, onState } = this.#options;
    const { clock, chance, isPolling } = settings;
    const before = this.#state;
    const moment = { now: clock.now(), random: chance.random(), timing: this.#timing, isPolling };
    const [state, ...effects] = step(before, event, moment);
    if (state === before && effects.length === 0) return;
    this.#state = state;
    this.#alarm.set(state.dueAt, !this.#isHeld);
    for (const effect of effects) this.#carryOut(effect);
    if (state.phase !== before.phase) {
      if (state.phase !== 'open') this.#hasHeard = false;
      onState(state, before);
    }
    this.#settle();
  }

  #carryOut(effect: ConnectionEffect): void {
    switch (effect) {
      case 'open':
        void this.#open();
        break;
      case 'drop':
        this.#drop();
        break;
      case 'greet':
        this.#send(GREETING);
        break;
      case 'probe':
        void this.#probe();
        break;
      case 'rename':
        this.#options.newClientId();
        break;
    }
  }

  async #open(): Promise<void> {
    const { settings, http, openSocket, clientId, resumeQuery } = this.#options;
    const generation = ++this.#generation;
    const isStale = (): boolean => generation !== this.#generation;
    try {
      const headers = await http.headers();
      if (isStale()) return;
      const url = socketUrl(settings, { clientId: clientId(), ...resumeQuery() });
      const rest = (): void => {
        if (!isStale()) this.feed({ type: 'close' });
      };
      const opening = openSocket({ url, headers, rest });
      const socket = opening instanceof Promise ? await opening : opening;
      if (isStale()) return socket.close();
      this.#socket = socket;
      socket.binaryType = 'arraybuffer';
      socket.addEventListener('open', () => {
        if (isStale()) return;
        socket.hold?.(this.#isHeld);
        this.feed({ type: 'opened' });
      });
      socket.addEventListener('message', (event) => {
        if (!isStale()) this.#receive((event as { readonly data: unknown }).data);
      });
      socket.addEventListener('close', (event) => {
        const { code, reason } = event as { readonly code: number; readonly reason: string };
        if (!isStale()) this.#dropped(code, reason);
      });
      // a close follows, and says more; nobody listening would be an exception in Node
      socket.addEventListener('error', () => {});
    } catch (error) {
      if (!isStale()) this.#dropped(1006, String(error));
    }
  }

  #receive(data: unknown): void {
    if (!this.#hasHeard) {
      this.#hasHeard = true;
      this.#settle();
    }
    this.feed({ type: 'heard' });
    if (typeof data === 'string') this.#options.onText(data);
    else if (data instanceof ArrayBuffer) this.#options.onBytes(new Uint8Array(data));
    else if (ArrayBuffer.isView(data))
      this.#options.onBytes(new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength));
  }

  #dropped(code: number, reason: string): void {
    this.#generation++;
    this.#socket = undefined;
    this.feed({ type: 'dropped', close: closeCode(code, reason) });
  }

  #drop(): void {
    this.#generation++;
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.hold?.(false);
    socket?.close(1000);
  }

  #send(text: string): void {
    try {
      this.#socket?.send(text);
    } catch {
      // it is closing, and will say so
    }
  }

  async #probe(): Promise<void> {
    const { http, settings } = this.#options;
    let refusal: string | undefined;
    try {
      await http.json(PROBE, { retry: false, timeoutMs: settings.lookMs });
    } catch (error) {
      if (error instanceof RequestError && REFUSALS.has(error.status)) refusal = error.message;
    }
    this.feed(refusal === undefined ? { type: 'probed' } : { type: 'probed', refusal });
  }

  #isSettled(): boolean {
    const { phase, attempt } = this.#state;
    if (phase === 'open') return this.#hasHeard;
    return phase !== 'connecting' || attempt > 0;
  }

  #settle(): void {
    if (!this.#waiting.length || !this.#isSettled()) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
