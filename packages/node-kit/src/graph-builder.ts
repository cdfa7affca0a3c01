/** Points at an output of a node: its id and the position of the output. */
export class Link {
  readonly node: string;
  readonly slot: number;
  constructor(node: string, slot: number) {
    this.node = node;
    this.slot = slot;
  }
}

/** A node of an expansion. Inputs are links, JSON data, or any value that the node's socket takes. */
export interface SubgraphNode {
  readonly classType: string;
  readonly inputs: Map<string, unknown>;
  /** Whose place the node takes in what clients see. Default: the node that expanded. */
  readonly displayId?: string | undefined;
}

export type Subgraph = ReadonlyMap<string, SubgraphNode>;

/** A node under construction. */
export interface BuilderNode {
  readonly id: string;
  readonly classType: string;
  readonly inputs: ReadonlyMap<string, unknown>;
  /** The link to one of its outputs. */
  out(slot: number): Link;
  /** Sets an input; undefined removes it. */
  set(name: string, value: unknown): this;
  /** Shows the node to clients as another one. */
  showAs(displayId: string): this;
}

/** Builds the nodes that a node expands into. Ids get the builder's prefix, so that they stay unique and repeatable. */
export interface GraphBuilder {
  readonly prefix: string;
  /** Adds a node; without an id it gets the next number, from 1. */
  node(classType: string, inputs?: Readonly<Record<string, unknown>>, id?: string): BuilderNode;
  /** The node with this id, given without the prefix. */
  lookup(id: string): BuilderNode | undefined;
  remove(id: string): void;
  /** Points every link to one output at something else; undefined removes those inputs. */
  replaceOutput(id: string, slot: number, value: unknown): void;
  /** What {@link expand} takes. */
  finish(): Subgraph;
}

interface Draft extends SubgraphNode {
  displayId: string | undefined;
}

export function createGraphBuilder(prefix: string): GraphBuilder {
  const drafts = new Map<string, Draft>();
  const handles = new Map<string, BuilderNode>();
  let count = 0;

  return {
    prefix,
    node(classType, inputs = {}, id) {
      const fullId = prefix + (id ?? String(++count));
      const existing = handles.get(fullId);
      if (existing) return existing;
      const draft: Draft = { classType, inputs: new Map(Object.entries(inputs)), displayId: undefined };
      for (const [name, value] of draft.inputs) if (value === undefined) draft.inputs.delete(name);
      const handle: BuilderNode = {
        id: fullId,
        classType,
        inputs: draft.inputs,
        out: (slot) => new Link(fullId, slot),
        set(name, value) {
          if (value === undefined) draft.inputs.delete(name);
          else draft.inputs.set(name, value);
          return handle;
        },
        showAs(displayId) {
          draft.displayId = displayId;
          return handle;
        },
      };
      drafts.set(fullId, draft);
      handles.set(fullId, handle);
      return handle;
    },
    lookup: (id) => handles.get(prefix + id),
    remove(id) {
      drafts.delete(prefix + id);
      handles.delete(prefix + id);
    },
    replaceOutput(id, slot, value) {
      for (const { inputs } of drafts.values()) {
        for (const [name, current] of inputs) {
          if (!(current instanceof Link) || current.node !== prefix + id || current.slot !== slot) continue;
          if (value === undefined) inputs.delete(name);
          else inputs.set(name, value);
        }
      }
    },
    finish: () => drafts,
  };
}
