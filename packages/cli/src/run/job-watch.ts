/**
 * Follows one prompt on a server to its end. The socket tells what happens; the record decides how it ended. Silence is
 * no end: it is a reason to look.
 */
import { asObject, Float } from '@snug/protocol';
import type { Json, JsonObject } from '@snug/protocol';
import { failure } from './job-record.ts';
import type { Look } from './job-record.ts';
import type { RunEnd, RunEvent } from './prompt-host.ts';

export interface WatchTiming {
  /** After the message that tells of an end: the record is written at about the same time. */
  readonly settleMs: number;
  /** How long a record is waited for that the server says exists. */
  readonly recordMs: number;
  /** Without a message for so long, the server is asked. */
  readonly silenceMs: number;
  /** Between questions while the socket is down. */
  readonly pollMs: number;
  /** Without any answer for so long, the prompt is given up. */
  readonly unreachableMs: number;
}

export const WATCH_TIMING: WatchTiming = {
  settleMs: 250,
  recordMs: 2000,
  silenceMs: 10_000,
  pollMs: 1000,
  unreachableMs: 60_000,
};

/** Between two questions for a record that should be there. */
const RECORD_RETRY_MS = 50;
/** A prompt that is in no list so often is gone; once may be a moment between two lists. */
const ABSENCES = 2;

export interface WatchOptions {
  /** Ids of the nodes that were submitted. */
  readonly nodes: ReadonlySet<string>;
  readonly lookUp: () => Promise<Look>;
  readonly onEvent: (event: RunEvent) => void;
  readonly isLinked: () => boolean;
  readonly timing?: WatchTiming | undefined;
}

export class JobWatch {
  readonly ended: Promise<RunEnd>;
  readonly #options: WatchOptions;
  readonly #timing: WatchTiming;
  readonly #outputs: JsonObject = new Map();
  readonly #told = new Map<string, string>();
  #finish!: (end: RunEnd) => void;
  #isOver = false;
  #hasStarted = false;
  #isCancelling = false;
  #isAccepted = false;
  /** How it ended by the socket's account, and since when that is known. */
  #end: { readonly end: RunEnd; readonly since: number } | undefined;
  #absences = 0;
  #heardAt = performance.now();
  #answeredAt = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #isLooking = false;
  #looksAgain = false;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#timing = options.timing ?? WATCH_TIMING;
    this.ended = new Promise((resolve) => (this.#finish = resolve));
    this.#lookIn(this.#rest());
  }

  /** A message of the socket that is about this prompt. */
  receive(type: string, data: JsonObject): void {
    if (this.#isOver) return;
    this.#heardAt = performance.now();
    const node = data.get('display_node') ?? data.get('node');
    switch (type) {
      case 'execution_start':
        this.#start();
        break;
      case 'execution_cached': {
        const nodes = data.get('nodes');
        const ids = Array.isArray(nodes) ? nodes.filter((id): id is string => typeof id === 'string') : [];
        this.#options.onEvent({ type: 'cached', nodes: ids });
        break;
      }
      case 'executing':
        this.#start();
        if (typeof node === 'string') this.#options.onEvent({ type: 'node-started', node });
        // the record can be read by now
        else if (node === null) this.#lookIn(0);
        break;
      case 'progress':
        if (typeof node === 'string') this.#tellProgress(node, data.get('value'), data.get('max'), 'running');
        break;
      case 'progress_state':
        this.#start();
        for (const [id, state] of asObject(data.get('nodes')) ?? []) {
          const entry = asObject(state);
          if (entry) this.#tellProgress(id, entry.get('value'), entry.get('max'), entry.get('state'));
        }
        break;
      case 'executed': {
        const output = asObject(data.get('output'));
        if (typeof node !== 'string' || !output) break;
        const id = data.get('node');
        this.#outputs.set(typeof id === 'string' ? id : node, output);
        this.#options.onEvent({ type: 'output', node, output });
        break;
      }
      case 'execution_success':
        this.#settle({ kind: 'done', outputs: this.#outputs, refusals: [] });
        break;
      case 'execution_interrupted':
        this.#settle({ kind: 'cancelled', outputs: this.#outputs });
        break;
      case 'execution_error':
        this.#fail(data);
        break;
      default:
    }
  }

  /** The socket opened or dropped. */
  linkChanged(): void {
    if (!this.#isOver) this.#lookIn(0);
  }

  /** The server took the prompt: from now on, it has to know of it. */
  accepted(): void {
    this.#isAccepted = true;
  }

  /** The prompt was asked to stop: should the server forget it, it was cancelled. */
  cancelling(): void {
    this.#isCancelling = true;
    if (!this.#isOver) this.#lookIn(0);
  }

  /** Ends the watch without an answer. */
  giveUp(end: RunEnd): void {
    this.#conclude(end);
  }

  #start(): void {
    if (this.#hasStarted) return;
    this.#hasStarted = true;
    this.#options.onEvent({ type: 'started' });
  }

  #fail(data: JsonObject): void {
    const end = failure(data, this.#outputs);
    // a branch was stopped; the rest of the prompt runs on
    if (data.get('exception_type') === 'ExecutionBlocked' && end.kind === 'failed')
      this.#options.onEvent({ type: 'warning', message: `node ${end.node} (${end.classType}): ${end.reason}` });
    else this.#settle(end);
  }

  #tellProgress(node: string, value: Json | undefined, max: Json | undefined, state: Json | undefined): void {
    if (!this.#options.nodes.has(node)) return;
    const [done, all] = [numberOf(value), numberOf(max)];
    const text = `${state === 'finished' ? 'finished' : 'running'} ${done}/${all}`;
    // each message repeats the state of every node
    if (this.#told.get(node) === text) return;
    this.#told.set(node, text);
    if (state === 'finished') this.#options.onEvent({ type: 'node-finished', node });
    else if (done > 0) this.#options.onEvent({ type: 'progress', node, value: done, max: all });
  }

  #settle(end: RunEnd): void {
    this.#end ??= { end, since: performance.now() };
    this.#lookIn(this.#timing.settleMs);
  }

  #rest(): number {
    return this.#options.isLinked() ? this.#timing.silenceMs : this.#timing.pollMs;
  }

  #lookIn(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const silent = performance.now() - this.#heardAt;
      const { silenceMs } = this.#timing;
      // messages came meanwhile: there is nothing to ask yet
      if (ms === silenceMs && silent < silenceMs && !this.#end && this.#options.isLinked()) this.#lookIn(silenceMs);
      else void this.#look();
    }, ms);
  }

  async #look(): Promise<void> {
    if (this.#isLooking) {
      this.#looksAgain = true;
      return;
    }
    this.#isLooking = true;
    const look = await this.#options.lookUp();
    this.#isLooking = false;
    if (this.#isOver) return;
    if (look.kind !== 'unreachable') this.#answeredAt = performance.now();
    this.#heed(look);
    if (this.#looksAgain && !this.#isOver) this.#lookIn(0);
    this.#looksAgain = false;
  }

  #heed(look: Look): void {
    if (look.kind === 'ended') {
      this.#conclude(look.end);
      return;
    }
    if (look.kind !== 'absent') this.#absences = 0;
    if (this.#end) {
      // its record is late, or nobody can be asked for it: what the socket told has to do
      if (performance.now() - this.#end.since >= this.#timing.recordMs) this.#conclude(this.#end.end);
      else this.#lookIn(RECORD_RETRY_MS);
      return;
    }
    if (look.kind === 'live') {
      if (look.isRunning) this.#start();
      this.#lookIn(this.#rest());
    } else if (look.kind === 'absent') this.#miss();
    else if (performance.now() - this.#answeredAt < this.#timing.unreachableMs) this.#lookIn(this.#timing.pollMs);
    else this.#conclude({ kind: 'lost', reason: `the server stopped answering (${look.reason}); it may still run it` });
  }

  #miss(): void {
    if (!this.#isAccepted) this.#lookIn(this.#rest());
    else if (this.#isCancelling) this.#conclude({ kind: 'cancelled', outputs: this.#outputs });
    else if (++this.#absences < ABSENCES) this.#lookIn(this.#timing.pollMs);
    else {
      const reason = this.#hasStarted
        ? 'the server has no record of it: it was restarted, or its history was cleared'
        : 'it is no longer in the queue: somebody removed it, or the server was restarted';
      this.#conclude({ kind: 'lost', reason });
    }
  }

  #conclude(end: RunEnd): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#finish(end);
  }
}

function numberOf(json: Json | undefined): number {
  const value = json instanceof Float ? json.value : Number(json ?? 0);
  return Number.isFinite(value) ? value : 0;
}
