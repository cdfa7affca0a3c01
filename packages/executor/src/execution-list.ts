/**
 * Which node runs next: dependencies first, and among the ready ones those that show something soonest. The order is the
 * reference's: output nodes and concurrent ones, then what feeds an output, then what feeds that, each in the order in
 * which they joined the list.
 */
import { Link } from '@snug/node-kit';
import { specOf } from './registry.ts';
import type { RunNode } from './run-node.ts';

const RANKS = 4;

/** A heap of ready nodes by their order of joining. Entries that are out of date are skipped when they come up. */
class ReadyHeap {
  readonly #nodes: RunNode[] = [];

  push(node: RunNode): void {
    const nodes = this.#nodes;
    let at = nodes.push(node) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (nodes[above]!.order <= node.order) break;
      nodes[at] = nodes[above]!;
      at = above;
    }
    nodes[at] = node;
  }

  pop(): RunNode | undefined {
    const nodes = this.#nodes;
    const first = nodes[0];
    const last = nodes.pop();
    if (!first || !last || first === last) return first;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= nodes.length) break;
      if (below + 1 < nodes.length && nodes[below + 1]!.order < nodes[below]!.order) below++;
      if (nodes[below]!.order >= last.order) break;
      nodes[at] = nodes[below]!;
      at = below;
    }
    nodes[at] = last;
    return first;
  }
}

export class ExecutionList {
  readonly #nodes: ReadonlyMap<string, RunNode>;
  readonly #isCached: (node: RunNode) => boolean;
  readonly #ready = Array.from({ length: RANKS }, () => new ReadyHeap());
  readonly #pending = new Set<RunNode>();
  #joined = 0;
  #parked = 0;
  #wake: (() => void) | undefined;

  constructor(nodes: ReadonlyMap<string, RunNode>, isCached: (node: RunNode) => boolean) {
    this.#nodes = nodes;
    this.#isCached = isCached;
  }

  /** Nodes that wait or run. */
  get size(): number {
    return this.#pending.size;
  }

  get isEmpty(): boolean {
    return this.size === 0;
  }

  get hasParked(): boolean {
    return this.#parked > 0;
  }

  /** Puts a node on the list, and with it everything that it needs and that is not known yet. */
  add(start: RunNode): void {
    const stack = [start];
    const edges: [from: RunNode, to: RunNode][] = [];
    const joined: RunNode[] = [];
    while (stack.length) {
      const node = stack.pop()!;
      if (node.isPending) continue;
      this.#join(node);
      joined.push(node);
      if (node === start && this.#isCached(node)) continue;
      for (const [name, value] of node.inputs) {
        if (!(value instanceof Link)) continue;
        if (specOf(node.type, name)?.options.get('lazy') === true) continue;
        const source = this.#nodes.get(value.node);
        if (!source) continue;
        if (!source.isPending && !this.#isCached(source)) stack.push(source);
        edges.push([source, node]);
      }
    }
    for (const [from, to] of edges) this.#link(from, to);
    for (const node of joined) this.#makeReady(node);
  }

  /** Lets `to` wait for `from`, unless the result of `from` is known. */
  require(from: RunNode, to: RunNode): void {
    if (!from.isPending && !this.#isCached(from)) this.add(from);
    this.#link(from, to);
  }

  #join(node: RunNode): void {
    node.order = ++this.#joined;
    node.isPending = true;
    node.isReady = false;
    node.blocksOutput = false;
    node.rank = node.type.isOutput || node.type.isConcurrent ? 0 : RANKS - 1;
    this.#pending.add(node);
  }

  #link(from: RunNode, to: RunNode): void {
    if (to.blockedBy?.has(from)) return;
    from.readers++;
    to.reads.push(from);
    if (!from.isPending || this.#isCached(from)) return;
    (to.blockedBy ??= new Set()).add(from);
    to.isReady = false;
    from.dependents.push(to);
    if (to.blocksOutput) this.#raise(from, 2);
    if (!to.type.isOutput) return;
    this.#raise(from, 1);
    if (from.blocksOutput) return;
    from.blocksOutput = true;
    for (const source of from.blockedBy ?? []) this.#raise(source, 2);
  }

  #raise(node: RunNode, rank: number): void {
    if (node.rank <= rank) return;
    node.rank = rank;
    if (node.isReady) this.#ready[rank]!.push(node);
  }

  /** Unless something blocks it. */
  #makeReady(node: RunNode): void {
    if (node.blockedBy?.size || node.isReady || node.isParked || !node.isPending) return;
    node.isReady = true;
    this.#ready[node.rank]!.push(node);
  }

  /** The next node, which stays on the list; undefined when none is ready. */
  pick(): RunNode | undefined {
    for (const [rank, heap] of this.#ready.entries()) {
      for (let node = heap.pop(); node; node = heap.pop()) {
        if (!node.isReady || node.rank !== rank) continue;
        node.isReady = false;
        return node;
      }
    }
    return undefined;
  }

  /** Puts a picked node back: it runs again as soon as nothing blocks it. */
  unstage(node: RunNode): void {
    this.#makeReady(node);
  }

  /** Takes a picked node off the list and lets the nodes behind it go on. */
  complete(node: RunNode): void {
    node.isPending = false;
    node.isReady = false;
    this.#pending.delete(node);
    for (const dependent of node.dependents) {
      dependent.blockedBy?.delete(node);
      this.#makeReady(dependent);
    }
    node.dependents = [];
  }

  /** Keeps a picked node waiting for something outside the graph; the returned function lets it go on. */
  park(node: RunNode): () => void {
    node.isParked = true;
    this.#parked++;
    return () => {
      node.isParked = false;
      this.#parked--;
      this.#makeReady(node);
      this.#wake?.();
    };
  }

  /** Resolves when a parked node may go on. */
  async unparked(): Promise<void> {
    await new Promise<void>((wake) => (this.#wake = wake));
    this.#wake = undefined;
  }

  /** The nodes that wait for each other when nothing can go on, in the order of joining. */
  cycle(): RunNode[] {
    const waits = new Set(this.#pending);
    const waiters = new Map<RunNode, number>();
    for (const node of waits) waiters.set(node, node.dependents.filter((one) => waits.has(one)).length);
    const free = [...waits].filter((node) => waiters.get(node) === 0);
    while (free.length) {
      const node = free.pop()!;
      waits.delete(node);
      for (const source of node.blockedBy ?? []) {
        const left = (waiters.get(source) ?? 0) - 1;
        waiters.set(source, left);
        if (left === 0 && waits.has(source)) free.push(source);
      }
    }
    return [...waits];
  }
}
