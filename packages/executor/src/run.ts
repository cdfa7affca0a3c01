/** One run of one prompt: picks nodes, calls them, and tells what happens. */
import { Blocker, Interrupted, Link } from '@snug/node-kit';
import type { NodeContext, NodeFiles, NodeGraph } from '@snug/node-kit';
import { promptNodes } from '@snug/graph';
import { asObject, stringifyJson, toJson } from '@snug/protocol';
import type { JsonObject } from '@snug/protocol';
import type { OutputCache } from './cache/cache.ts';
import { EventOrder } from './event-order.ts';
import type { EncodePreview } from './event-order.ts';
import type { EndEvent, ExecutionEvent } from './events.ts';
import { ExecutionList } from './execution-list.ts';
import { cycleFailure, isInterruption, nodeFailure } from './failure.ts';
import { assignFingerprints, canonical, unique } from './fingerprint.ts';
import { argumentSets, gatherInputs } from './gather.ts';
import type { Gathered } from './gather.ts';
import { CallContext } from './node-context.ts';
import type { RunScope } from './node-context.ts';
import type { Registry } from './registry.ts';
import { blockedCall, mergeCalls, mergeUi, readReturn } from './results.ts';
import type { CallResult } from './results.ts';
import { asSubgraphNode, promptRunNodes, RunNode } from './run-node.ts';
import type { CacheEntry } from './run-node.ts';

/** A prompt to run. It was validated before. */
export interface RunJob {
  readonly promptId: string;
  readonly prompt: JsonObject;
  readonly extraData: JsonObject;
  /** Output nodes to run. */
  readonly targets: readonly string[];
}

export interface RunSettings {
  readonly registry: Registry;
  readonly cache: OutputCache;
  readonly files: NodeFiles;
  readonly encodePreview: EncodePreview;
  readonly embedMetadata: boolean;
  readonly previews: NodeContext['previews'];
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** State of nodes that outlives the run. */
  readonly states: Map<string, unknown>;
  readonly limits: ExecutionLimits;
}

export interface ExecutionLimits {
  /** Nodes that expansion may add to one run. Default 250,000. */
  readonly maxAddedNodes: number;
  /** Expansions inside each other. Default 5,000. */
  readonly maxDepth: number;
  /** Attempts of a node that asks for more lazy inputs each time. Default 1,000. */
  readonly maxLazyAttempts: number;
}

export const DEFAULT_EXECUTION_LIMITS: ExecutionLimits = {
  maxAddedNodes: 250_000,
  maxDepth: 5000,
  maxLazyAttempts: 1000,
};

export interface RunControl {
  readonly onEvent: (event: ExecutionEvent) => void;
  readonly signal: AbortSignal;
  /** Asked between and inside nodes; sees an interruption that the signal cannot yet tell. Default: the signal. */
  readonly isInterrupted?: (() => boolean) | undefined;
}

/** Ids of expanded nodes hold those of their parents: unbounded, they would grow with the square of the depth. */
const MAX_ID_LENGTH = 16_000;
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
  readonly #concurrent = new Map<RunNode, { thrown?: unknown; failed: boolean }>();
  readonly #lazyAttempts = new Map<RunNode, number>();
  readonly #shown = new Set<string>();
  /** Ends what concurrent nodes still do when the run is over. */
  readonly #over = new AbortController();
  #added = 0;
  #breathedAt = performance.now();

  constructor(job: RunJob, settings: RunSettings, control: RunControl) {
    this.#job = job;
    this.#settings = settings;
    this.#events = new EventOrder(control.onEvent, settings.encodePreview);
    this.#nodes = promptRunNodes(promptNodes(job.prompt), settings.registry);
    this.#list = new ExecutionList(this.#nodes, (node) => this.#lookUp(node) !== undefined);
    const graph = this.#graphView();
    const isInterrupted = control.isInterrupted ?? (() => control.signal.aborted);
    this.#scope = {
      promptId: job.promptId,
      prompt: job.prompt,
      extraPngInfo: asObject(job.extraData.get('extra_pnginfo')) ?? null,
      embedMetadata: settings.embedMetadata,
      previews: settings.previews,
      signal: AbortSignal.any([control.signal, this.#over.signal]),
      files: settings.files,
      graph,
      events: this.#events,
      isInterrupted: () => this.#over.signal.aborted || isInterrupted(),
      now: () => performance.now(),
      state: (node, create) => this.#stateOf(node, create),
    };
  }

  /** Runs to the end. Whatever nodes do, it resolves with the event that ended the run. */
  async toEnd(): Promise<EndEvent> {
    const { clock, cache, states } = this.#settings;
    this.#events.push({ type: 'started', time: clock() });
    assignFingerprints(this.#nodes.values(), this.#nodes, await this.#changes());
    cache.begin(this.#nodes);
    const present = new Set([...this.#nodes.values()].map(stateKey));
    for (const key of states.keys()) if (!present.has(key)) states.delete(key);

    const cached = [...this.#nodes.values()].filter((node) => cache.get(node)).map((node) => node.id);
    this.#events.push({ type: 'cached', nodes: cached, time: clock() });
    for (const id of this.#job.targets) {
      const node = this.#nodes.get(id);
      if (node) this.#list.add(node);
    }
    const end = (await this.#untilEmpty()) ?? this.#succeed(cached);
    this.#events.push(end);
    this.#events.close();
    this.#over.abort();
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
    const task = this.#concurrent.get(node);
    if (task) {
      this.#concurrent.delete(node);
      if (task.failed) throw task.thrown;
      return this.#conclude(node);
    }
    const attempt = this.#attempts.get(node);
    if (attempt) return this.#complete(node, attempt);
    this.#events.push({ type: 'node-started', node: node.id });
    const gathered = gatherInputs(node, this.#nodes, (key) => this.#hiddenValue(key, node));
    const fresh: Attempt = { gathered, calls: [] };
    this.#attempts.set(node, fresh);
    if (node.type.hasLazyInputs) return this.#callWhenReady(node, fresh);
    return this.#call(node, fresh);
  }

  async #callWhenReady(node: RunNode, attempt: Attempt): Promise<void> {
    const wanted = await this.#neededInputs(node, attempt.gathered);
    if (!wanted.length) return this.#call(node, attempt);
    const attempts = (this.#lazyAttempts.get(node) ?? 0) + 1;
    this.#lazyAttempts.set(node, attempts);
    if (attempts > this.#settings.limits.maxLazyAttempts)
      throw new Error(`Node ${node.id} asked for inputs ${attempts} times and never had enough.`);
    this.#attempts.delete(node);
    for (const source of wanted) this.#list.require(source, node);
    this.#list.unstage(node);
  }

  /** The sources of the lazy inputs that the node asks for and does not have. */
  async #neededInputs(node: RunNode, gathered: Gathered): Promise<RunNode[]> {
    const { definition, classType } = node.type;
    const names = new Set<string>();
    for (const values of argumentSets(node, gathered)) {
      this.#throwIfInterrupted();
      // a blocked call is not made, so it needs nothing
      if (findBlocker(values, node.type.takesLists)) continue;
      const asked: unknown = await definition.needs!(values, this.#scope);
      for (const name of Array.isArray(asked) ? (asked as unknown[]) : [])
        if (typeof name === 'string') names.add(name);
    }
    const sources: RunNode[] = [];
    for (const name of names) {
      if (gathered.values.has(name) && !gathered.missing.has(name)) continue;
      if (!node.inputs.has(name))
        throw new Error(
          `Node ${node.id} (${classType}) says it needs input ${name}, but there is no input to that node at all`,
        );
      const link = node.inputs.get(name);
      if (!(link instanceof Link))
        throw new Error(`Node ${node.id} (${classType}) says it needs input ${name}, but that value is a constant`);
      const source = this.#nodes.get(link.node);
      if (!source)
        throw new Error(`Input ${name} of node ${node.id} links to node ${link.node}, which does not exist.`);
      if (link.slot >= source.type.outputs.length)
        throw new Error(
          `Input ${name} of node ${node.id} links to output ${link.slot} of node ${link.node}, which does not exist.`,
        );
      sources.push(source);
    }
    return sources;
  }

  #call(node: RunNode, attempt: Attempt): void | Promise<void> {
    const sets = argumentSets(node, attempt.gathered);
    if (node.type.isConcurrent) return this.#callConcurrently(node, attempt, sets);
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
    sets: Record<string, unknown>[],
    from: number,
    first: Promise<CallResult>,
  ): Promise<void> {
    attempt.calls.push(await first);
    for (let at = from + 1; at < sets.length; at++) attempt.calls.push(await this.#callOnce(node, sets[at]!, at));
    return this.#conclude(node);
  }

  /** Starts every call; a node that is not done at once is parked, and others may start. */
  async #callConcurrently(node: RunNode, attempt: Attempt, sets: Record<string, unknown>[]): Promise<void> {
    let isDone = false;
    const calls = Promise.allSettled(sets.map(async (set, at) => this.#callOnce(node, set, at))).then((results) => {
      isDone = true;
      return results;
    });
    await new Promise((resolve) => setImmediate(resolve));
    const settle = async (): Promise<{ thrown?: unknown; failed: boolean }> => {
      for (const result of await calls) {
        if (result.status === 'rejected') return { thrown: result.reason, failed: true };
        attempt.calls.push(result.value);
      }
      return { failed: false };
    };
    if (isDone) {
      const outcome = await settle();
      if (outcome.failed) throw outcome.thrown;
      return this.#conclude(node);
    }
    const letGo = this.#list.park(node);
    void settle().then((outcome) => {
      this.#concurrent.set(node, outcome);
      letGo();
    });
  }

  #callOnce(node: RunNode, values: Record<string, unknown>, at: number): CallResult | Promise<CallResult> {
    this.#throwIfInterrupted();
    const { type } = node;
    const blocker = findBlocker(values, type.takesLists);
    if (blocker) return this.#blockCall(node, blocker);
    const returned: unknown = type.definition.run(values, new CallContext(this.#scope, node, at));
    if (returned instanceof Promise) return returned.then((value) => readReturn(type, value));
    return readReturn(type, returned);
  }

  #blockCall(node: RunNode, blocker: Blocker): CallResult {
    if (blocker.message !== undefined) {
      const { message } = blocker;
      this.#events.push({
        type: 'node-blocked',
        node: node.id,
        nodeType: node.type.classType,
        message,
        executed: [...this.#executed],
      });
    }
    return blockedCall(node.type, new Blocker());
  }

  /** All calls are done: shows what they show, and waits for expansions if there are any. */
  #conclude(node: RunNode): void {
    const attempt = this.#attempts.get(node)!;
    if (!attempt.calls.some((call) => call.expansion)) return this.#complete(node, attempt);
    const ui = mergeUi(attempt.calls);
    if (ui) this.#showOutput(node, { outputs: [], ui }, false);
    this.#expand(node, attempt.calls);
    this.#list.unstage(node);
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
  #expand(node: RunNode, calls: readonly CallResult[]): void {
    const { registry, limits, cache } = this.#settings;
    for (const { expansion } of calls) this.#added += expansion?.size ?? 0;
    if (this.#added > limits.maxAddedNodes)
      throw new Error(`Expansion added more than ${limits.maxAddedNodes} nodes to the prompt.`);
    if (node.depth >= limits.maxDepth) throw new Error(`Expansions nest deeper than ${limits.maxDepth}.`);
    const children: RunNode[] = [];
    for (const [id, draft] of calls.flatMap(({ expansion }) => [...(expansion ?? [])])) {
      const type = registry.get(draft.classType);
      if (id.length > MAX_ID_LENGTH)
        throw new Error(`Node ${node.id} expands into a node whose id is longer than ${MAX_ID_LENGTH}.`);
      if (!type) throw new Error(`Node ${node.id} expands into node type ${draft.classType}, which does not exist.`);
      children.push(new RunNode(id, type, new Map(draft.inputs), node, draft.displayId));
    }
    for (const child of children) this.#nodes.set(child.id, child);
    this.#events.push({
      type: 'nodes-added',
      nodes: children.map(({ id, type, displayId, realId }) => ({
        id,
        classType: type.classType,
        displayId,
        parentId: node.id,
        realId,
      })),
    });
    assignFingerprints(children, this.#nodes, this.#childChanges(children));
    cache.expanded(node, children);
    for (const child of children) if (child.type.isOutput) this.#list.add(child);
    for (const value of calls.flatMap((call) => (call.expansion ? call.values : []))) {
      if (!(value instanceof Link)) continue;
      const source = this.#nodes.get(value.node);
      if (!source) throw new Error(`Node ${node.id} returned a link to node ${value.node}, which does not exist.`);
      this.#list.require(source, node);
    }
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
      if (!node.type.definition.intermediateOutput || this.#shown.has(id)) continue;
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

  #throwIfInterrupted(): void {
    if (this.#scope.isInterrupted()) throw new Interrupted();
  }

  /** What nodes say of their state outside the graph, asked of every node of the prompt. */
  async #changes(): Promise<Map<RunNode, string>> {
    const changes = new Map<RunNode, string>();
    for (const node of this.#nodes.values()) {
      const { definition } = node.type;
      if (!definition.fingerprint) continue;
      const hidden = (key: string): unknown =>
        key === 'PROMPT' ? new Map() : key === 'DYNPROMPT' ? null : this.#hiddenValue(key, node);
      try {
        const told: unknown[] = [];
        for (const values of argumentSets(node, gatherInputs(node, this.#nodes, hidden, true))) {
          const value: unknown = await definition.fingerprint(values, this.#scope);
          told.push(value instanceof Blocker ? null : value);
        }
        changes.set(node, canonical(told));
      } catch {
        changes.set(node, unique());
      }
    }
    return changes;
  }

  /** Expanded nodes are asked without waiting: a change that only a promise can tell counts as a change. */
  #childChanges(children: readonly RunNode[]): Map<RunNode, string> {
    const changes = new Map<RunNode, string>();
    for (const node of children) {
      const { definition } = node.type;
      if (!definition.fingerprint) continue;
      try {
        const sets = argumentSets(
          node,
          gatherInputs(node, this.#nodes, (key) => this.#hiddenValue(key, node), true),
        );
        changes.set(node, canonical(sets.map((values) => definition.fingerprint!(values, this.#scope))));
      } catch {
        changes.set(node, unique());
      }
    }
    return changes;
  }

  #hiddenValue(key: string, node: RunNode): unknown {
    const { extraData, prompt } = this.#job;
    switch (key) {
      case 'UNIQUE_ID':
        return node.id;
      case 'PROMPT':
        return prompt;
      case 'DYNPROMPT':
        return this.#scope.graph;
      case 'EXTRA_PNGINFO':
        return this.#scope.extraPngInfo;
      case 'AUTH_TOKEN_COMFY_ORG':
      case 'API_KEY_COMFY_ORG':
      case 'COMFY_USAGE_SOURCE':
        return extraData.get(key.toLowerCase()) ?? null;
      default:
        return undefined;
    }
  }

  #stateOf<T>(node: RunNode, create: () => T): T {
    const { states } = this.#settings;
    const key = stateKey(node);
    if (!states.has(key)) states.set(key, create());
    return states.get(key) as T;
  }

  #graphView(): NodeGraph {
    const nodes = this.#nodes;
    const known = (id: string): RunNode => {
      const node = nodes.get(id);
      if (!node) throw new Error(`There is no node ${id} in the graph.`);
      return node;
    };
    return {
      has: (id) => nodes.has(id),
      get: (id) => {
        const node = nodes.get(id);
        return node && asSubgraphNode(node);
      },
      displayId: (id) => known(id).displayId,
      realId: (id) => known(id).realId,
      parentId: (id) => known(id).parent?.id,
      ids: () => [...nodes.keys()],
      original: this.#job.prompt,
    };
  }
}

const stateKey = (node: RunNode): string => `${node.type.classType}\n${node.id}`;

function findBlocker(values: Record<string, unknown>, areLists: boolean): Blocker | undefined {
  for (const name in values) {
    const value = values[name];
    if (value instanceof Blocker) return value;
    if (areLists && Array.isArray(value)) {
      const found: unknown = value.find((one) => one instanceof Blocker);
      if (found instanceof Blocker) return found;
    }
  }
  return undefined;
}
