/** Types of the workflow builder. A generated file gives `Nodes`: one member per class, with its inputs and outputs. */
import type { UploadedFile } from '../uploaded-file.ts';
import type { NodeFacts } from './node-knowledge.ts';
import type { PromptValue } from './input-writer.ts';
import type { Link } from './output-link.ts';

/** A whole number of up to 64 bits. As a number it is exact up to 2^53; past it, write `5n` or `'18446744073709551615'`. */
export type Int64 = number | bigint | `${bigint}`;

/** Plain data, for inputs that take more than numbers and texts. */
export type Literal =
  | string
  | number
  | bigint
  | boolean
  | null
  | readonly Literal[]
  | { readonly [key: string]: Literal | undefined };

/** Values of an input that takes several: a list in order, or each by its name. */
export type Several<Value, Name extends string> =
  | readonly (Value | undefined)[]
  | { readonly [Key in Name]?: Value | undefined };

/** What an input of an unknown class takes. */
export type UntypedInput =
  | Link<never>
  | Literal
  | UploadedFile
  | undefined
  | readonly UntypedInput[]
  | { readonly [member: string]: UntypedInput };

export interface UntypedNode {
  inputs: { readonly [input: string]: UntypedInput };
  outputs: { readonly [nameOrSlot: string]: Link<string> };
}

/** Of a workflow without types: any class, any inputs. */
export interface UntypedNodes {
  readonly [classType: string]: UntypedNode;
}

declare const types: unique symbol;

/** The part of a generated file that exists at run time. */
export interface NodeTable<Nodes> {
  readonly [classType: string]: NodeFacts;
  /** For the compiler only. */
  readonly [types]?: Nodes;
}

/** Descriptions by class, as `GET /object_info` gives them: plain data, or a map. */
export type NodeDescriptions = (ReadonlyMap<string, unknown> | { readonly [classType: string]: unknown }) & {
  readonly [types]?: undefined;
};

export interface NodeOptions {
  /** The node's id, which cannot be the name of a class that is used. By default the next whole number that is free. */
  readonly id?: string | undefined;
  /** What people call the node. */
  readonly title?: string | undefined;
  /** Inputs that the description does not tell of are let through: for nodes that take any. Default false. */
  readonly loose?: boolean | undefined;
}

type Call<Inputs, Outputs> =
  Partial<Inputs> extends Inputs
    ? (inputs?: Inputs, options?: NodeOptions) => BuiltNode<Outputs>
    : (inputs: Inputs, options?: NodeOptions) => BuiltNode<Outputs>;

/** The outputs of a node by name and by position. */
export type BuiltNode<Outputs> = Outputs & { readonly nodeId: string };

/** Adds a node of a class. */
export type NodeCall<Node> = Node extends { inputs: infer Inputs; outputs: infer Outputs }
  ? Call<Inputs, Outputs>
  : never;

export interface PromptNode {
  readonly class_type: string;
  readonly inputs: { [input: string]: PromptValue };
  readonly _meta?: { readonly title: string };
}

/** A prompt in API form: nodes by id. */
export type ApiPrompt = { [nodeId: string]: PromptNode };

type Members<Nodes> = {
  /** Adds a node of a class whose name only the program knows, or is that of a member here. */
  readonly add: <Class extends keyof Nodes & string>(
    classType: Class,
    ...rest: Parameters<NodeCall<Nodes[Class]>>
  ) => ReturnType<NodeCall<Nodes[Class]>>;
  /** The prompt in API form, as a copy. Large seeds are `bigint`: write it with a JSON writer that knows them. */
  readonly toPrompt: () => ApiPrompt;
  /** The prompt for `JSON.stringify`: large seeds are decimal texts, which every server reads exactly. */
  readonly toJSON: () => ApiPrompt;
};

/**
 * A workflow that is being written: one function per class of node. Its nodes are its own members, by id, so that it can
 * be given wherever a prompt is expected.
 */
export type WorkflowBuilder<Nodes = UntypedNodes> = Members<Nodes> & {
  readonly [Class in Exclude<keyof Nodes, keyof Members<Nodes>>]: NodeCall<Nodes[Class]>;
};

/** Nodes whose outputs are known by position only. */
export type ByPosition<Nodes> = {
  [Class in keyof Nodes]: Nodes[Class] extends { inputs: infer Inputs; outputs: infer Outputs }
    ? { inputs: Inputs; outputs: { [Slot in keyof Outputs as Slot extends number ? Slot : never]: Outputs[Slot] } }
    : never;
};
