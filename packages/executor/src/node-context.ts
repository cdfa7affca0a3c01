import { createGraphBuilder, Interrupted } from '@snug/node-kit';
import type { NodeContext, NodeFiles, NodeGraph, Preview } from '@snug/node-kit';
import { stringifyJson, toJson } from '@snug/protocol';
import type { JsonObject } from '@snug/protocol';
import type { EventOrder } from './event-order.ts';
import { ProgressThrottle } from './progress.ts';
import type { RunNode } from './run-node.ts';
import type { RunSignal } from './run-signal.ts';

/** What all nodes of a run share. */
export interface RunScope {
  readonly promptId: string;
  readonly prompt: JsonObject;
  readonly extraPngInfo: JsonObject | null;
  readonly embedMetadata: boolean;
  readonly previews: NodeContext['previews'];
  readonly signal: RunSignal;
  readonly files: NodeFiles;
  readonly graph: NodeGraph;
  readonly events: EventOrder;
  isInterrupted(): boolean;
  now(): number;
  state<T>(node: RunNode, create: () => T): T;
}

/** Texts that nodes send are cut here, so that no event grows without bound. */
const MAX_TEXT = 1_000_000;

/** What one call of a node may ask for. */
export class CallContext implements NodeContext {
  readonly #scope: RunScope;
  readonly #node: RunNode;
  readonly listIndex: number;
  #throttle: ProgressThrottle | undefined;
  #builders = 0;

  constructor(scope: RunScope, node: RunNode, listIndex: number) {
    this.#scope = scope;
    this.#node = node;
    this.listIndex = listIndex;
  }
  get signal(): AbortSignal {
    return this.#scope.signal.forNodes;
  }
  get promptId(): string {
    return this.#scope.promptId;
  }
  get nodeId(): string {
    return this.#node.id;
  }
  get prompt(): JsonObject {
    return this.#scope.prompt;
  }
  get extraPngInfo(): JsonObject | null {
    return this.#scope.extraPngInfo;
  }
  get embedMetadata(): boolean {
    return this.#scope.embedMetadata;
  }
  get previews(): NodeContext['previews'] {
    return this.#scope.previews;
  }
  get graph(): NodeGraph {
    return this.#scope.graph;
  }
  get files(): NodeFiles {
    return this.#scope.files;
  }
  // Nodes take what they need apart, as in `run(values, { progress })`: nothing here may depend on `this`.
  get throwIfInterrupted(): NodeContext['throwIfInterrupted'] {
    return () => this.#stopIfInterrupted();
  }
  get progress(): NodeContext['progress'] {
    return (value, max, preview) => {
      this.#stopIfInterrupted();
      this.#throttle ??= new ProgressThrottle();
      if (!this.#throttle.passes(value, max, preview !== undefined, this.#scope.now())) return undefined;
      return this.#report(Math.min(value, max), max, true, preview);
    };
  }
  get setProgress(): NodeContext['setProgress'] {
    return (value, max, preview) => this.#report(value, max, false, preview);
  }
  get told(): NodeContext['told'] {
    return async () => this.#scope.events.caughtUp();
  }
  get send(): NodeContext['send'] {
    return (event, data) =>
      this.#scope.events.push({ type: 'custom-sent', event, dataText: stringifyJson(toJson(data)) });
  }
  get text(): NodeContext['text'] {
    return (text) =>
      this.#scope.events.push({ type: 'text-shown', node: this.#node.id, text: text.slice(0, MAX_TEXT) });
  }
  get log(): NodeContext['log'] {
    return (line) => this.#scope.events.push({ type: 'logged', line: line.slice(0, MAX_TEXT) });
  }
  get state(): NodeContext['state'] {
    return (create) => this.#scope.state(this.#node, create);
  }
  get builder(): NodeContext['builder'] {
    return () => createGraphBuilder(`${this.#node.id}.${this.listIndex}.${this.#builders++}.`);
  }

  #stopIfInterrupted(): void {
    if (this.#scope.isInterrupted()) throw new Interrupted();
  }
  #report(value: number, max: number, withLegacy: boolean, preview: Preview | undefined): void | Promise<void> {
    const event = { type: 'node-progressed', node: this.#node.id, value, max, withLegacy, preview: undefined } as const;
    if (preview) return this.#scope.events.pushPreview(event, preview);
    this.#scope.events.push(event);
  }
}
