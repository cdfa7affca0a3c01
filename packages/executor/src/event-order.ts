/** Keeps events in order although previews take time to encode: what comes later waits behind them. */
import type { Preview } from '@snug/node-kit';
import type { EncodedPreview, ExecutionEvent } from './events.ts';

export type EncodePreview = (preview: Preview) => Promise<EncodedPreview | undefined>;

type ProgressEvent = Extract<ExecutionEvent, { type: 'node-progressed' }>;

interface Slot {
  /** What is told when its turn comes; a function tells whoever waits for that turn. */
  event: ExecutionEvent | (() => void);
  /** Present until the preview is encoded or given up. */
  waiting: Preview | undefined;
  isEncoding: boolean;
}

/** Pictures that are encoded at the same time. */
const ENCODERS = 8;

export class EventOrder {
  readonly #deliver: (event: ExecutionEvent) => void;
  readonly #encode: EncodePreview;
  readonly #slots: Slot[] = [];
  /** The last preview of each node that may be given up. */
  readonly #newest = new Map<string, Slot>();
  #encoding = 0;
  #isClosed = false;
  #idle: (() => void)[] = [];
  #drained: (() => void)[] = [];

  constructor(deliver: (event: ExecutionEvent) => void, encode: EncodePreview) {
    this.#deliver = deliver;
    this.#encode = encode;
  }

  /** Nothing follows the end of a run, whatever nodes still say. */
  close(): void {
    this.#isClosed = true;
  }

  push(event: ExecutionEvent): void {
    if (this.#isClosed) return;
    if (this.#slots.length) this.#slots.push({ event, waiting: undefined, isEncoding: false });
    else this.#deliver(event);
  }

  /** Resolves when another preview may come; a caller that does not wait loses older previews, never the newest. */
  pushPreview(event: ProgressEvent, preview: Preview): void | Promise<void> {
    if (this.#isClosed) return;
    const slot = { event, waiting: preview, isEncoding: false };
    if (preview.delivery !== 'every') this.#giveUpOlder(slot);
    this.#slots.push(slot);
    this.#startEncoding();
    if (this.#encoding >= ENCODERS) return new Promise((resolve) => this.#idle.push(resolve));
  }

  /** A promise only when something is held back: it resolves when all that was pushed so far is delivered. */
  caughtUp(): Promise<void> | undefined {
    if (!this.#slots.length) return undefined;
    return new Promise((resolve) => this.#slots.push({ event: resolve, waiting: undefined, isEncoding: false }));
  }

  /** Resolves when every event is delivered. */
  async drained(): Promise<void> {
    if (this.#slots.length) await new Promise<void>((resolve) => this.#drained.push(resolve));
  }

  /** A preview that nobody has begun to encode makes way for a newer one of the same node; its progress may stay. */
  #giveUpOlder(newer: Slot & { event: ProgressEvent }): void {
    const older = this.#newest.get(newer.event.node);
    this.#newest.set(newer.event.node, newer);
    if (!older?.waiting || older.isEncoding) return;
    if (older === this.#slots.at(-1)) this.#slots.pop();
    else older.waiting = undefined;
  }

  #startEncoding(): void {
    for (const slot of this.#slots) {
      if (this.#encoding >= ENCODERS) return;
      if (!slot.waiting || slot.isEncoding) continue;
      slot.isEncoding = true;
      this.#encoding++;
      void this.#encodeInto(slot, slot.waiting);
    }
  }

  async #encodeInto(slot: Slot, preview: Preview): Promise<void> {
    try {
      const encoded = await this.#encode(preview);
      slot.event = { ...(slot.event as ProgressEvent), preview: encoded };
    } catch {
      // a picture that cannot be encoded is not worth the prompt; the progress itself still goes out
    }
    slot.waiting = undefined;
    this.#encoding--;
    this.#flush();
    this.#startEncoding();
    // everybody: who waits for a preview that was given up would wait for ever otherwise
    if (this.#encoding < ENCODERS) for (const resolve of this.#idle.splice(0)) resolve();
  }

  #flush(): void {
    const open = this.#slots.findIndex((slot) => slot.waiting);
    const ready = this.#slots.splice(0, open < 0 ? this.#slots.length : open);
    for (const { event } of ready) {
      if (typeof event === 'function') event();
      else this.#deliver(event);
    }
    if (this.#slots.length) return;
    for (const resolve of this.#drained.splice(0)) resolve();
  }
}
