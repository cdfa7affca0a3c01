import { createGraphBuilder, Interrupted } from '@snug/node-kit';
import type { GraphBuilder, NodeContext, NodeFiles, NodeGraph, Preview } from '@snug/node-kit';
import { stringifyJson, toJson } from '@snug/protocol';
import type { JsonObject } from '@snug/protocol';
import type { EventOrder } from './event-order.ts';
import { ProgressThrottle } from './progress.ts';
import type { RunNode } from './run-node.ts';

/** What all nodes of a run share. */
export interface RunScope {
  readonly promptId: string;
  readonly prompt: JsonObject;
  readonly extraPngInfo: JsonObject | null;
  readonly embedMetadata: boolean;
  readonly previews: NodeContext['previews'];
  readonly signal: AbortSignal;
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
    return this.#scope.signal;
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
  throwIfInterrupted(): void {
    if (this.#scope.isInterrupted()) throw new Interrupted();
  }
  progress(value: number, max: number, preview?: Preview): void | Promise<void> {
    this.throwIfInterrupted();
    this.#throttle ??= new ProgressThrottle();
    if (!this.#throttle.passes(value, max, preview !== undefined, this.#scope.now())) return;
    return this.#report(Math.min(value, max), max, true, preview);
  }
  setProgress(value: number, max: number, preview?: Preview): void | Promise<void> {
    return this.#report(value, max, false, preview);
  }
  #report(value: number, max: number, withLegacy: boolean, preview: Preview | undefined): void | Promise<void> {
    const event = { type: 'node-progressed', node: this.#node.id, value, max, withLegacy, preview: undefined } as const;
    if (preview) return this.#scope.events.pushPreview(event, preview);
    this.#scope.events.push(event);
  }
  send(event: string, data: unknown): void {
    this.#scope.events.push({ type: 'custom-sent', event, dataText: stringifyJson(toJson(data)) });
  }
  text(text: string): void {
    this.#scope.events.push({ type: 'text-shown', node: this.#node.id, text: text.slice(0, MAX_TEXT) });
  }
  log(line: string): void {
    this.#scope.events.push({ type: 'logged', line: line.slice(0, MAX_TEXT) });
  }
  state<T>(create: () => T): T {
    return this.#scope.state(this.#node, create);
  }
  builder(): GraphBuilder {
    return createGraphBuilder(`${this.#node.id}.${this.listIndex}.${this.#builders++}.`);
  }
}
