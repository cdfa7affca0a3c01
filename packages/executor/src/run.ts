/** One run of one prompt: picks nodes, calls them, and tells what happens. */
import { Link } from '@snug/node-kit';
import { promptNodes } from '@snug/graph';
import { asObject, stringifyJson, toJson } from '@snug/protocol';
import { callOnce, settleCalls } from './call.ts';
import type { Settled } from './call.ts';
import { toldChanges } from './changes.ts';
import { EventOrder } from './event-order.ts';
import type { EndEvent } from './events.ts';
import { ExecutionList } from './execution-list.ts';
import { asAddedNode, expandedNodes } from './expansion.ts';
import { cycleFailure, isInterruption, nodeFailure } from './failure.ts';
import { assignFingerprints } from './fingerprint.ts';
import { argumentSets, gatherInputs } from './gather.ts';
import type { CallArguments, Gathered } from './gather.ts';
import { graphView } from './graph-view.ts';
import { hiddenValue } from './hidden-values.ts';
import { neededSources } from './lazy-inputs.ts';
import type { RunScope } from './node-context.ts';
import { mergeCalls, mergeUi } from './results.ts';
import type { CallResult } from './results.ts';
import { promptRunNodes } from './run-node.ts';
import type { CacheEntry, RunNode } from './run-node.ts';
import type { RunControl, RunJob, RunSettings } from './run-options.ts';
import { RunSignal } from './run-signal.ts';

/** Milliseconds that synchronous nodes may hold the thread before timers and messages get a turn. */
const BREATH_MS = 10;

/** A node's calls, finished or not. */
interface Attempt {
  gathered: Gathered;
  calls: CallResult[];
}

export class Run {
  readonly #job: RunJob;
  readonly #settings: RunSettings;
  readonly #events: EventOrder;
  readonly #nodes: Map<string, RunNode>;
  readonly #list: ExecutionList;
  readonly #scope: RunScope;
  readonly #executed: string[] = [];
  readonly #attempts = new Map<RunNode, Attempt>();
  readonly #settled = new Map<RunNode, Settled>();
  readonly #lazyAttempts = new Map<RunNode, number>();
  readonly #shown = new Set<string>();
  #added = 0;
  #breathedAt = performance.now();

  constructor(job: RunJob, settings: RunSettings, control: RunControl) {
    this.#job = job;
    this.#settings = settings;
    this.#events = new EventOrder(control.onEvent, settings.encodePreview);
    this.#nodes = promptRunNodes(promptNodes(job.prompt), settings.registry);
    this.#list = new ExecutionList(this.#nodes, (node) => this.#lookUp(node) !== undefined);
    const isInterrupted = control.isInterrupted ?? (() => control.signal.aborted);
    const signal = new RunSignal(control.signal);
    // No getter in here: the engine makes a shape for each, which reaches the whole run, and forgets shapes last of all. Graphs
    // that were long gone were copied at each collection then, at ten times its cost.
    this.#scope = {
      promptId: job.promptId,
      prompt: job.prompt,
      extraPngInfo: asObject(job.extraData.get('extra_pnginfo')) ?? null,
      embedMetadata: settings.embedMetadata,
      previews: settings.previews,
      signal,
      files: settings.files,
      graph: graphView(this.#nodes, job.prompt),
      events: this.#events,
      isInterrupted: () => signal.isOver || isInterrupted(),
      now: () => performance.now(),
      state: (node, create) => this.#stateOf(node, create),
    };
  }

  /** Runs to the end. Whatever nodes do, it resolves with the event that ended the run. */
  async toEnd(): Promise<EndEvent> {
    const { clock, cache, states, fingerprints } = this.#settings;
    this.#events.push({ type: 'started', time: clock() });
    const changes = await this.#changes(this.#nodes.values());
    assignFingerprints(this.#nodes.values(), this.#nodes, changes, fingerprints);
    cache.begin(this.#nodes);
    for (const [id, { classType }] of states) if (this.#nodes.get(id)?.type.classType !== classType) states.delete(id);

    const cached = [...this.#nodes.values()].filter((node) => cache.get(node)).map((node) => node.id);
    for (const id of this.#job.targets) {
      const node = this.#nodes.get(id);
      if (node) this.#list.add(node);
    }
    this.#events.push({ type: 'cached', nodes: cached, planned: this.#list.size, time: clock() });
    const end = (await this.#untilEmpty()) ?? this.#succeed(cached);
    this.#events.push(end);
    this.#events.close();
    this.#scope.signal.end();
    await this.#events.drained();
    return end;
  }

  async #untilEmpty(): Promise<EndEvent | undefined> {
    while (!this.#list.isEmpty) {
      const node = this.#list.pick();
      if (!node) {
        if (!this.#list.hasParked) return this.#failOnCycle();
        await this.#list.unparked();
        continue;
      }
      // the next node may hold the thread: pictures of the one before are encoded first, and what waits behind them goes out
      const behind = this.#events.caughtUp();
      if (behind) await behind;
      try {
        const step = this.#step(node);
        if (step) await step;
      } catch (thrown) {
        return this.#endBy(node, thrown);
      }
      if (performance.now() - this.#breathedAt > BREATH_MS) await this.#breathe();
    }
    return undefined;
  }

  async #breathe(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#breathedAt = performance.now();
  }

  /** Takes a picked node as far as it goes; a promise only when there is something to wait for. */
  #step(node: RunNode): void | Promise<void> {
    const known = this.#lookUp(node);
    if (known) {
      this.#showOutput(node, known, true);
      this.#finish(node, true);
      return;
    }
    const settled = this.#settled.get(node);
    if (settled) {
      this.#settled.delete(node);
      return this.#takeSettled(node, settled);
    }
    const attempt = this.#attempts.get(node);
    if (attempt) return this.#complete(node, attempt);
    this.#events.push({ type: 'node-started', node: node.id });
    const gathered = gatherInputs(node, this.#nodes, (key) => hiddenValue(key, node, this.#job, this.#scope));
    const fresh: Attempt = { gathered, calls: [] };
    this.#attempts.set(node, fresh);
    if (node.type.needs) return this.#callWhenReady(node, fresh);
    return this.#call(node, fresh);
  }

  async #callWhenReady(node: RunNode, attempt: Attempt): Promise<void> {
    const wanted = await neededSources(node, attempt.gathered, this.#nodes, this.#scope);
    if (!wanted.length) return this.#call(node, attempt);
    const attempts = (this.#lazyAttempts.get(node) ?? 0) + 1;
    this.#lazyAttempts.set(node, attempts);
    if (attempts > this.#settings.limits.maxLazyAttempts)
      throw new Error(`Node ${node.id} asked for inputs ${attempts} times and never had enough.`);
    this.#attempts.delete(node);
    for (const source of wanted) this.#list.require(source, node);
    this.#list.unstage(node);
  }

  #call(node: RunNode, attempt: Attempt): void | Promise<void> {
    const sets = argumentSets(node, attempt.gathered);
    if (node.type.isConcurrent) return this.#callConcurrently(node, sets);
    for (let at = 0; at < sets.length; at++) {
      const result = this.#callOnce(node, sets[at]!, at);
      if (result instanceof Promise) return this.#callRest(node, attempt, sets, at, result);
      attempt.calls.push(result);
    }
    return this.#conclude(node);
  }

  async #callRest(
    node: RunNode,
    attempt: Attempt,
    sets: readonly CallArguments[],
    from: number,
    first: Promise<CallResult>,
  ): Promise<void> {
    attempt.calls.push(await first);
    for (let at = from + 1; at < sets.length; at++) attempt.calls.push(await this.#callOnce(node, sets[at]!, at));
    return this.#conclude(node);
  }

  /** Starts every call; a node that is not done at once is parked, and others may start. */
  async #callConcurrently(node: RunNode, sets: readonly CallArguments[]): Promise<void> {
    let settled: Settled | undefined;
    // a call that throws at once fails like one that throws later
    const calls = settleCalls(sets.map(async (set, at) => this.#callOnce(node, set, at)));
    const isSettled = calls.then((result) => (settled = result));
    await new Promise((resolve) => setImmediate(resolve));
    if (settled) return this.#takeSettled(node, settled);
    const letGo = this.#list.park(node);
    void isSettled.then((result) => {
      this.#settled.set(node, result);
      letGo();
    });
  }

  #takeSettled(node: RunNode, settled: Settled): void | Promise<void> {
    if ('thrown' in settled) throw settled.thrown;
    this.#attempts.get(node)!.calls = settled.results;
    return this.#conclude(node);
  }

  #callOnce(node: RunNode, set: CallArguments, at: number): CallResult | Promise<CallResult> {
    return callOnce(node, set, at, this.#scope, (message) => {
      const { id, type } = node;
      const executed = [...this.#executed];
      this.#events.push({ type: 'node-blocked', node: id, nodeType: type.classType, message, executed });
    });
  }

  /** All calls are done: shows what they show, and waits for expansions if there are any. */
  #conclude(node: RunNode): void | Promise<void> {
    const attempt = this.#attempts.get(node)!;
    if (!attempt.calls.some((call) => call.expansion)) return this.#complete(node, attempt);
    const ui = mergeUi(attempt.calls);
    if (ui) this.#showOutput(node, { outputs: [], ui }, false);
    return this.#expand(node, attempt.calls);
  }

  #complete(node: RunNode, attempt: Attempt): void {
    const entry = mergeCalls(node.type, attempt.calls, this.#nodes);
    this.#attempts.delete(node);
    const hasExpanded = attempt.calls.some((call) => call.expansion);
    if (entry.ui && !hasExpanded) this.#showOutput(node, entry, false);
    node.entry = entry;
    this.#settings.cache.set(node, entry);
    this.#executed.push(node.id);
    this.#finish(node, false);
  }

  #finish(node: RunNode, fromCache: boolean): void {
    this.#events.push({ type: 'node-finished', node: node.id, fromCache });
    this.#list.complete(node);
    const read = node.reads;
    node.reads = [];
    for (const source of read) {
      // a result that nobody waits for lives on in the cache alone
      if (--source.readers === 0 && !source.isPending) source.entry = undefined;
    }
  }

  /** Adds what all calls expand into at once: the cache keeps what any of them can use. */
  async #expand(node: RunNode, calls: readonly CallResult[]): Promise<void> {
    const { registry, limits, cache } = this.#settings;
    for (const { expansion } of calls) this.#added += expansion?.size ?? 0;
    if (this.#added > limits.maxAddedNodes)
      throw new Error(`Expansion added more than ${limits.maxAddedNodes} nodes to the prompt.`);
    if (node.depth >= limits.maxDepth) throw new Error(`Expansions nest deeper than ${limits.maxDepth}.`);
    const children = expandedNodes(node, calls, registry);
    for (const child of children) this.#nodes.set(child.id, child);
    this.#events.push({ type: 'nodes-added', nodes: children.map(asAddedNode) });
    assignFingerprints(children, this.#nodes, await this.#changes(children));
    cache.expanded(node, children);
    for (const child of children) if (child.type.isOutput) this.#list.add(child);
    for (const value of calls.flatMap((call) => (call.expansion ? call.values : []))) {
      if (!(value instanceof Link)) continue;
      const source = this.#nodes.get(value.node);
      if (!source) throw new Error(`Node ${node.id} returned a link to node ${value.node}, which does not exist.`);
      this.#list.require(source, node);
    }
    this.#list.unstage(node);
  }

  #changes(nodes: Iterable<RunNode>): Promise<Map<RunNode, string>> {
    return toldChanges(nodes, this.#nodes, this.#job, this.#scope);
  }

  #lookUp(node: RunNode): CacheEntry | undefined {
    if (this.#attempts.has(node)) return undefined;
    return (node.entry ??= this.#settings.cache.get(node));
  }

  #showOutput(node: RunNode, { ui }: CacheEntry, isCached: boolean): void {
    if (!ui && !isCached) return;
    this.#shown.add(node.id);
    this.#events.push({ type: 'output-shown', node: node.id, outputText: ui ? stringifyJson(toJson(ui)) : 'null' });
  }

  #succeed(cached: readonly string[]): EndEvent {
    for (const id of cached) {
      const node = this.#nodes.get(id)!;
      if (!node.type.isShownAgain || this.#shown.has(id)) continue;
      const entry = this.#lookUp(node);
      if (entry?.ui) this.#showOutput(node, entry, true);
    }
    return { type: 'succeeded', time: this.#settings.clock() };
  }

  #failOnCycle(): EndEvent {
    const cycle = this.#list.cycle();
    const blamed = cycle.find((node) => node.parent) ?? cycle[0]!;
    const failure = cycleFailure(blamed, this.#nodes, this.#knownOutputs());
    return { type: 'failed', failure, executed: [...this.#executed], time: this.#settings.clock() };
  }

  #endBy(node: RunNode, thrown: unknown): EndEvent {
    const real = this.#nodes.get(node.realId) ?? node;
    const executed = [...this.#executed];
    const time = this.#settings.clock();
    if (isInterruption(thrown) || this.#scope.isInterrupted()) {
      return { type: 'interrupted', nodeId: real.id, nodeType: real.type.classType, executed, time };
    }
    const failure = nodeFailure(node, real, thrown, this.#attempts.get(node)?.gathered, this.#knownOutputs());
    return { type: 'failed', failure, executed, time };
  }

  #knownOutputs(): string[] {
    return this.#settings.cache.keepsResults ? [...this.#nodes.keys()] : [];
  }

  #stateOf<T>(node: RunNode, create: () => T): T {
    const { states } = this.#settings;
    const { classType } = node.type;
    const kept = states.get(node.id);
    if (kept?.classType === classType) return kept.state as T;
    const state = create();
    states.set(node.id, { classType, state });
    return state;
  }
}
