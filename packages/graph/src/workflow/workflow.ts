/** The front end's workflow file as a value. Wire names stay in `source`, where unknown keys are kept too. */
import type { Json, JsonObject } from '@snug/protocol';

/** What a node does when the workflow runs; any other number runs it. */
export const NODE_MODES = { muted: 2, bypassed: 4 } as const;

export interface WorkflowInput {
  readonly name: string;
  /** A type name; `*` takes anything. */
  readonly type: string;
  /** The link that feeds it. */
  readonly link: string | undefined;
  /** The widget that this socket stands for. */
  readonly widget: string | undefined;
}

export interface WorkflowOutput {
  readonly name: string;
  readonly type: string;
}

export interface WorkflowNode {
  readonly id: string;
  /** The class, a kind that only the front end knows, or the id of a subgraph. */
  readonly type: string;
  /** What the author called it; undefined when the class's own name is shown. */
  readonly title: string | undefined;
  readonly mode: number;
  readonly inputs: readonly WorkflowInput[];
  readonly outputs: readonly WorkflowOutput[];
  /** By position, or by name. */
  readonly widgetValues: readonly Json[] | JsonObject;
  readonly source: JsonObject;
}

export interface WorkflowLink {
  readonly id: string;
  readonly from: string;
  readonly fromSlot: number;
  readonly to: string;
  readonly toSlot: number;
  readonly type: string;
}

/** The end of a link. */
export interface Consumer {
  readonly node: WorkflowNode;
  readonly input: WorkflowInput;
}

export interface WorkflowGraph {
  /** By id, in order of execution. */
  readonly nodes: ReadonlyMap<string, WorkflowNode>;
  readonly links: ReadonlyMap<string, WorkflowLink>;
  /** Which input each link feeds, by link id. */
  readonly consumers: ReadonlyMap<string, Consumer>;
}

/** A graph that is used as a node. */
export interface Subgraph extends WorkflowGraph {
  readonly id: string;
  readonly name: string;
  readonly inputs: readonly WorkflowOutput[];
  readonly outputs: readonly WorkflowOutput[];
  /** Links that start at this node come from outside. */
  readonly inputNode: string;
  /** Links from outside, by the position of the input. */
  readonly inputLinks: ReadonlyMap<number, readonly WorkflowLink[]>;
  /** The link that feeds each output, by position. */
  readonly outputLinks: ReadonlyMap<number, WorkflowLink>;
  readonly source: JsonObject;
}

export interface Workflow extends WorkflowGraph {
  /** 0.4 (links as arrays) or 1 (links as objects). */
  readonly version: number;
  readonly id: string | undefined;
  readonly subgraphs: ReadonlyMap<string, Subgraph>;
  readonly groups: readonly Json[];
  readonly extra: JsonObject;
  readonly source: JsonObject;
}

export type WorkflowProblemType =
  | 'not_a_workflow'
  | 'invalid_node'
  | 'invalid_subgraph'
  | 'duplicate_node_id'
  | 'too_large'
  | 'missing_node_type'
  | 'missing_subgraph'
  | 'group_node'
  | 'subgraph_cycle'
  | 'link_cycle'
  | 'unknown_node'
  | 'unknown_input'
  | 'invalid_input_name';

/** Why a workflow cannot be used. */
export interface WorkflowProblem {
  /** The node, `outer:inner` inside subgraphs; empty when it concerns the whole. */
  readonly nodeId: string;
  readonly type: WorkflowProblemType;
  readonly message: string;
}

/** More problems than this are not told. */
export const MAX_PROBLEMS = 1000;
/** Nodes of one workflow, each use of a subgraph counted. */
export const MAX_NODES = 100_000;
