/** The workflow that a person edits, as a value: an edit makes a new one, so that undo is a list and views compare by identity. */
import type { Json, JsonObject } from '@snug/protocol/json';
import type { ValueControl } from '../catalogue/types.ts';

/** Ids are texts, unique in their graph; ids of nodes in subgraphs are joined with `:` only on the way to the server. */
export type NodeId = string;
export type LinkId = string;

/** Where a graph is: the nodes that stand for subgraphs, from the outermost in. Empty for the workflow itself. */
export type GraphPath = readonly NodeId[];
export const ROOT: GraphPath = [];

/** A node in its graph. */
export interface NodePlace {
  readonly path: GraphPath;
  readonly node: NodeId;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** How a node takes part in a run. */
export type NodeMode = 'always' | 'muted' | 'bypassed';

export type { ValueControl };

/**
 * What a widget holds, as plain data: integers past 2^53 are `bigint`, objects are plain objects, whole floats are numbers.
 * How they were written in the file is kept beside it.
 */
export type WidgetValue = unknown;

/** Members of a file that we do not know, in order: written back as they came. */
export type Extra = ReadonlyMap<string, Json>;

/** An input or output as the file tells it. What to show is told by `portsOf`, which knows the class too. */
export interface SavedSlot {
  /** Unique among the inputs, or outputs, of its node. */
  readonly name: string;
  readonly type: string;
  /** The widget that the input stands for. */
  readonly widget?: string | undefined;
  readonly extra: Extra;
}

export interface DocumentNode {
  readonly id: NodeId;
  /** Class type, kind of front-end node (`Reroute`, `PrimitiveNode`, `Note`), or the id of a subgraph definition. */
  readonly type: string;
  /** What the person called it; undefined shows the name of the class. */
  readonly title?: string | undefined;
  readonly position: Point;
  /** In pixels; undefined lets the node be as large as it needs. */
  readonly size?: Size | undefined;
  readonly mode: NodeMode;
  readonly isCollapsed: boolean;
  /** A CSS colour. */
  readonly colour?: string | undefined;
  /** By name of the input; also values of inputs that are linked at the moment. Set with `setValue` only. */
  readonly values: ReadonlyMap<string, WidgetValue>;
  /** How values change after each run, by name of the input; for those that have such a control. */
  readonly controls: ReadonlyMap<string, ValueControl>;
  readonly inputs: readonly SavedSlot[];
  readonly outputs: readonly SavedSlot[];
  /** The values as the file has them, by position or by name; always says the same as `values` and `controls`. */
  readonly savedValues?: readonly Json[] | JsonObject | undefined;
  readonly extra: Extra;
}

export interface DocumentLink {
  readonly id: LinkId;
  readonly from: { readonly node: NodeId; readonly slot: number };
  readonly to: { readonly node: NodeId; readonly input: string };
  readonly type: string;
  readonly extra: Extra;
}

export interface DocumentGroup {
  readonly id: string;
  readonly title: string;
  readonly position: Point;
  readonly size: Size;
  readonly colour?: string | undefined;
  readonly extra: Extra;
}

/** One level of nodes: the workflow itself, or the inside of a subgraph. */
export interface Graph {
  /** In the order that they are drawn. */
  readonly nodes: ReadonlyMap<NodeId, DocumentNode>;
  readonly links: ReadonlyMap<LinkId, DocumentLink>;
  readonly groups: readonly DocumentGroup[];
  /** The largest numbers given out so far: ids are not used again. */
  readonly lastNodeId: number;
  readonly lastLinkId: number;
}

/** An input or output of a subgraph, seen from outside. */
export interface SubgraphSlot {
  /** Unique among the inputs, or outputs, of the subgraph. */
  readonly name: string;
  readonly type: string;
  readonly extra: Extra;
}

/**
 * Inside a subgraph, links come from node {@link SUBGRAPH_INPUT} (slot: position of the input) and go to node
 * {@link SUBGRAPH_OUTPUT} (input: name of the output). Neither is in `graph.nodes`.
 */
export interface SubgraphDefinition {
  readonly id: string;
  readonly name: string;
  readonly inputs: readonly SubgraphSlot[];
  readonly outputs: readonly SubgraphSlot[];
  /** Where the two ends are drawn. */
  readonly inputsAt: Point;
  readonly outputsAt: Point;
  readonly graph: Graph;
  readonly extra: Extra;
}
export const SUBGRAPH_INPUT = '-10';
export const SUBGRAPH_OUTPUT = '-20';

export interface WorkflowDocument {
  readonly root: Graph;
  readonly subgraphs: ReadonlyMap<string, SubgraphDefinition>;
  /** 0.4 writes links as lists, 1 as objects. */
  readonly version: number;
  readonly extra: Extra;
}
