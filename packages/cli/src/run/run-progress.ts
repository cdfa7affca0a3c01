import type { RunEvent } from './prompt-host.ts';

/** What is left is told from this share on: before, it would be a guess. */
const LEAST_SHARE = 0.05;
/** Milliseconds that something has to take before its end is guessed at. */
const LEAST_MS = 1000;

/** How far one prompt has come. Every node weighs the same, a running one counts by its steps. */
export class RunProgress {
  readonly #total: number;
  readonly #parts = new Map<string, number>();
  readonly #nodes: ReadonlySet<string>;
  #sum = 0;
  #highest = 0;
  #cached = 0;
  #startedAt: number | undefined;
  #currentSince = 0;
  #tellsEnds = false;
  /** The node that started last. */
  current: string | undefined;
  /** The steps of the current node, when it tells any. */
  steps: { readonly value: number; readonly max: number } | undefined;

  /** @param nodes ids of the nodes that are to run */
  constructor(nodes: Iterable<string>) {
    this.#nodes = new Set(nodes);
    this.#total = Math.max(1, this.#nodes.size);
  }

  /** @param now milliseconds of any clock that does not go back */
  take(event: RunEvent, now: number): void {
    switch (event.type) {
      case 'started':
        this.#startedAt ??= now;
        break;
      case 'cached':
        for (const node of event.nodes) this.#set(node, 1);
        this.#cached = this.#sum / this.#total;
        break;
      case 'node-started':
        // older servers tell of no ends: a node has ended when the next one starts
        if (!this.#tellsEnds && this.current !== undefined && this.current !== event.node) this.#set(this.current, 1);
        if (this.current === event.node) break;
        this.steps = undefined;
        this.current = event.node;
        this.#currentSince = now;
        break;
      case 'progress':
        this.#set(event.node, event.max > 0 ? event.value / event.max : 0);
        if (event.max > 1 && event.node === this.current) this.steps = { value: event.value, max: event.max };
        break;
      case 'node-finished':
        this.#tellsEnds = true;
        this.#set(event.node, 1);
        break;
      case 'queued':
      case 'output':
      case 'warning':
        break;
    }
  }

  /** From 0 to 1; never goes back. */
  get share(): number {
    return this.#highest;
  }

  /** Nodes that are finished or came from the cache. */
  get finished(): number {
    let count = 0;
    for (const part of this.#parts.values()) if (part === 1) count++;
    return count;
  }

  get total(): number {
    return this.#total;
  }

  get hasStarted(): boolean {
    return this.#startedAt !== undefined;
  }

  /** Seconds that it will probably still take; undefined while that cannot be told. What was cached took no time. */
  secondsLeft(now: number): number | undefined {
    if (this.#startedAt === undefined || this.#highest >= 1) return undefined;
    const worked = (this.#highest - this.#cached) / (1 - this.#cached);
    const whole = secondsAfter(now - this.#startedAt, worked);
    if (whole === undefined || this.current === undefined) return whole;
    // what the node that runs takes by itself is known better
    const part = this.#parts.get(this.current) ?? 0;
    return Math.max(whole, (part < 1 ? secondsAfter(now - this.#currentSince, part) : undefined) ?? 0);
  }

  #set(node: string, part: number): void {
    if (!this.#nodes.has(node)) return;
    const before = this.#parts.get(node) ?? 0;
    const after = Math.max(before, Math.min(1, part));
    if (!(after > before)) return;
    this.#parts.set(node, after);
    this.#sum += after - before;
    this.#highest = Math.max(this.#highest, Math.min(1, this.#sum / this.#total));
  }
}

/** Seconds for the rest of something of which a share took so long. */
function secondsAfter(elapsedMs: number, share: number): number | undefined {
  if (!(share > LEAST_SHARE) || elapsedMs < LEAST_MS) return undefined;
  return (elapsedMs / 1000) * ((1 - share) / share);
}
