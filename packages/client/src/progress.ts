/**
 * How far a job is, between 0 and 1, and how long it may still take. Nodes weigh what nodes of their class took before; a
 * node with steps counts by them, another when it ends. The share never falls: what is added stretches the rest.
 */

/** Milliseconds by class, before any node of it was seen. */
const GUESSES: readonly [RegExp, number][] = [
  [/sampler/i, 10_000],
  [/upscale|interpolat/i, 4000],
  [/loader/i, 3000],
  [/vae(en|de)code/i, 1500],
];
const GUESS = 100;
const MAX_CLASSES = 500;
const MAX_SAMPLES = 9;
/** Before so much is known, a remaining time would be a guess. */
const EVIDENCE_SHARE = 0.01;
const EVIDENCE_MS = 200;

/** What nodes of each class took, kept for the next job. */
export class NodeTimes {
  readonly #samples = new Map<string, number[]>();

  weightOf(classType: string): number {
    const samples = this.#samples.get(classType);
    if (samples) return Math.max(1, samples.toSorted((a, b) => a - b)[samples.length >> 1]!);
    return GUESSES.find(([pattern]) => pattern.test(classType))?.[1] ?? GUESS;
  }

  learn(classType: string, ms: number): void {
    const samples = this.#samples.get(classType);
    if (samples) {
      samples.push(ms);
      if (samples.length > MAX_SAMPLES) samples.shift();
    } else if (this.#samples.size < MAX_CLASSES) this.#samples.set(classType, [ms]);
  }
}

interface NodeProgress {
  readonly classType: string;
  readonly weight: number;
  /** Between 0 and 1. */
  done: number;
  startedAt: number | undefined;
}

export class JobProgress {
  readonly #times: NodeTimes;
  readonly #nodes = new Map<string, NodeProgress>();
  /** Weight that is still to be done. */
  #rest = 0;
  #share = 0;
  #startedAt: number | undefined;
  #told: number | undefined;

  constructor(times: NodeTimes) {
    this.#times = times;
  }

  get share(): number {
    return this.#share;
  }

  /** Milliseconds; undefined until there is evidence. */
  remainingMs(now: number): number | undefined {
    if (this.#told !== undefined) return this.#told;
    if (this.#startedAt === undefined) return undefined;
    const elapsed = now - this.#startedAt;
    if (this.#share < EVIDENCE_SHARE || elapsed < EVIDENCE_MS) return undefined;
    return Math.round((elapsed * (1 - this.#share)) / this.#share);
  }

  add(nodeId: string, classType: string): NodeProgress {
    const known = this.#nodes.get(nodeId);
    if (known) return known;
    const node = { classType, weight: this.#times.weightOf(classType), done: 0, startedAt: undefined };
    this.#nodes.set(nodeId, node);
    this.#rest += node.weight;
    return node;
  }

  /** The node need not run: it counts for nothing. */
  leaveOut(nodeId: string): void {
    const node = this.#nodes.get(nodeId);
    if (!node || node.done > 0) return;
    this.#rest = Math.max(0, this.#rest - node.weight);
    node.done = 1;
  }

  start(now: number): void {
    this.#startedAt ??= now;
  }

  /** @param done between 0 and 1 @returns whether anything changed */
  report(nodeId: string, done: number, now: number): boolean {
    const node = this.add(nodeId, '');
    node.startedAt ??= now;
    const change = Math.min(1, done) - node.done;
    if (!(change > 0)) return false;
    const weight = change * node.weight;
    if (this.#rest > 0) this.#share = Math.min(1, this.#share + (1 - this.#share) * Math.min(1, weight / this.#rest));
    this.#rest = Math.max(0, this.#rest - weight);
    node.done += change;
    if (node.done >= 1 && node.classType !== '') this.#times.learn(node.classType, now - node.startedAt);
    return true;
  }

  /** The server's own numbers win. */
  tell(share: number | undefined, remainingMs: number | undefined): void {
    if (share !== undefined) this.#share = Math.max(this.#share, Math.min(1, share));
    this.#told = remainingMs ?? this.#told;
  }
}
