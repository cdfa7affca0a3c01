import type { Json } from '@snug/protocol';
import type { Link, Subgraph } from './graph-builder.ts';
import type { OutputSpec, OutputSpecs } from './output.ts';

/** What a node shows: lists by key, such as `{ images: [file] }` or `{ text: ['hello'] }`. */
export type UiOutput = Readonly<Record<string, readonly unknown[]>>;

/** Stands in for a value and stops everything that would consume it. */
export class Blocker {
  readonly message: string | undefined;
  constructor(message?: string) {
    this.message = message;
  }
}

/**
 * Stops the nodes behind an output, or behind all of them when it is the whole result. With a message the client gets an
 * `execution_error` of type ExecutionBlocked; the rest of the prompt runs on.
 */
export function block(message?: string): Blocker {
  return new Blocker(message);
}

type OutputValue<O extends OutputSpec> =
  O extends OutputSpec<infer T, infer List> ? (List extends true ? readonly (T | Blocker)[] : T | Blocker) : never;

/** The values of a node's outputs, by name. */
export type OutputValues<O extends OutputSpecs> = { readonly [K in keyof O]: OutputValue<O[K]> };

/** As {@link OutputValues}, where a link into the expansion may stand for a value. */
export type ExpandedValues<O extends OutputSpecs> = { readonly [K in keyof O]: OutputValue<O[K]> | Link };

/** A result that is more than values; made by {@link withUi} and {@link expand}. `V` are its outputs. */
export class NodeResult<V extends object = object> {
  readonly outputs: Readonly<Record<string, unknown>> | undefined;
  readonly ui: UiOutput | undefined;
  readonly expansion: Subgraph | undefined;
  /** Only for inference; never present. */
  declare readonly values?: V;
  constructor(parts: { outputs?: object | undefined; ui?: UiOutput | undefined; expansion?: Subgraph | undefined }) {
    this.outputs = parts.outputs as Record<string, unknown> | undefined;
    this.ui = parts.ui;
    this.expansion = parts.expansion;
  }
}

/** Values together with what the node shows. Without values, whatever waits for them gets none. */
export function withUi(ui: UiOutput): NodeResult<never>;
export function withUi<V extends object>(ui: UiOutput, outputs: V): NodeResult<V>;
export function withUi<V extends object>(ui: UiOutput, outputs?: V): NodeResult<V> {
  return new NodeResult({ ui, outputs });
}

/** More nodes to run in this node's place; `outputs` holds links into them, or values. */
export function expand<V extends object>(expansion: Subgraph, outputs: V, ui?: UiOutput): NodeResult<V> {
  return new NodeResult({ expansion, outputs, ui });
}

/** A file that a node wrote, as `ui` lists it and `GET /view` finds it. */
export interface SavedFile {
  readonly filename: string;
  readonly subfolder: string;
  readonly type: 'output' | 'temp' | 'input';
  readonly [more: string]: Json;
}
