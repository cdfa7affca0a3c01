import type { Json } from '@snug/protocol';
import type { DescribeContext, NodeContext } from './context.ts';
import type { InputSpec, InputSpecs } from './input.ts';
import type { OutputSpecs } from './output.ts';
import type { Blocker, ExpandedValues, NodeResult, OutputValues } from './result.ts';

type Simplify<T> = { [K in keyof T]: T[K] } & {};
type ValueOf<S> = S extends InputSpec<infer T> ? T : never;
type OptionalKeys<I extends InputSpecs> = {
  [K in keyof I]: I[K] extends InputSpec<unknown, 'optional'> ? K : never;
}[keyof I];

/** What `run` receives: one value an input, or one list an input for a node that takes whole lists. */
export type InputValues<I extends InputSpecs, Lists extends boolean> = Simplify<
  {
    readonly [K in Exclude<keyof I, OptionalKeys<I>>]: Lists extends true ? readonly ValueOf<I[K]>[] : ValueOf<I[K]>;
  } & {
    readonly [K in OptionalKeys<I>]?: Lists extends true ? readonly ValueOf<I[K]>[] : ValueOf<I[K]>;
  }
>;

/** Values known before anything runs: links are undefined. */
export type KnownValues<I extends InputSpecs, Lists extends boolean> = Partial<InputValues<I, Lists>>;

export type RunResult<O extends OutputSpecs> =
  | OutputValues<O>
  | NodeResult<ExpandedValues<O>>
  | Blocker
  | (keyof O extends never ? void : never);

/** A check of the node's own, run when a prompt is submitted. */
export interface OwnValidation<I extends InputSpecs, Lists extends boolean> {
  /**
   * The inputs that the check takes over: the server no longer checks their limits and choices. `all` takes every input,
   * also undeclared ones.
   */
  readonly inputs: readonly (keyof I & string)[] | 'all';
  /** True when the check sees the types of linked values, and the server leaves the types of links to it. */
  readonly types?: boolean | undefined;
  /** True accepts; a text refuses the prompt with it. */
  check(
    values: KnownValues<I, Lists>,
    context: DescribeContext & { readonly types: ReadonlyMap<string, string> },
  ): true | string | Promise<true | string>;
}

/** Everything that can be said of a node. */
export interface NodeDefinition<I extends InputSpecs, O extends OutputSpecs, Lists extends boolean> {
  /** The class type: the name in prompts. Never change it: saved workflows hold it. */
  readonly type: string;
  readonly displayName?: string | undefined;
  /** The menu path, with slashes. */
  readonly category: string;
  readonly description?: string | undefined;
  readonly searchAliases?: readonly string[] | undefined;
  readonly inputs: I;
  readonly outputs: O;
  /** The node has an effect of its own (saves, shows): a prompt runs what its output nodes need. */
  readonly outputNode?: boolean | undefined;
  /** Every input arrives as the whole list behind it; the node runs once. */
  readonly takesLists?: Lists | undefined;
  /** While it awaits, other nodes may start. Any other promise is awaited before the next node. */
  readonly concurrent?: boolean | undefined;
  /** Two equal nodes must not share a result. */
  readonly notIdempotent?: boolean | undefined;
  /** What it shows is sent again when its result comes from the cache. */
  readonly intermediateOutput?: boolean | undefined;
  /** Inputs that are not declared are handed on, too. */
  readonly acceptsUndeclared?: boolean | undefined;
  readonly deprecated?: boolean | undefined;
  readonly experimental?: boolean | undefined;
  readonly devOnly?: boolean | undefined;
  readonly essentialsCategory?: string | undefined;
  /** The form of the description on the wire: `classic` leaves out what is unset, `schema` writes every key. */
  readonly form?: 'classic' | 'schema' | undefined;
  /**
   * The lazy inputs that the node cannot go without, asked before each attempt. Names of inputs that are there already
   * are ignored.
   */
  needs?(inputs: InputValues<I, Lists>, context: DescribeContext): readonly string[] | Promise<readonly string[]>;
  /** Checks inputs when a prompt is submitted. */
  readonly validate?: OwnValidation<I, Lists> | undefined;
  /**
   * Something that changes when the result would, although the inputs are equal: the digest of a file, or `NaN` for
   * never the same. An exception counts as changed.
   */
  fingerprint?(inputs: KnownValues<I, Lists>, context: DescribeContext): Json | Promise<Json>;
  run(inputs: InputValues<I, Lists>, context: NodeContext): RunResult<NoInfer<O>> | Promise<RunResult<NoInfer<O>>>;
}

/** A node of any shape, as packs and the executor hold it. */
// oxlint-disable-next-line typescript/no-explicit-any -- the one place where the shape is given up
export type AnyNode = NodeDefinition<any, any, any>;

/** Describes a node. Returns its argument; the types of inputs and outputs are inferred from it. */
export function defineNode<
  const I extends InputSpecs,
  const O extends OutputSpecs,
  const Lists extends boolean = false,
>(definition: NodeDefinition<I, O, Lists>): NodeDefinition<I, O, Lists> {
  if (!definition.type) throw new TypeError('A node needs a type: the name that prompts call it by.');
  return definition;
}
