/** What the canvas itself remembers: neither workflow nor run. */
import type { LinkId, NodeId, Point } from '../document/types.ts';
import { createStore } from '../session/store.ts';
import type { Store } from '../session/store.ts';
import type { NodeFailure } from './canvas-props.ts';

/** A slot of a node. */
export interface SlotRef {
  readonly node: NodeId;
  readonly side: 'input' | 'output';
  /** Name of the input. */
  readonly input: string;
  /** Position of the output. */
  readonly slot: number;
  readonly type: string;
}

/** What lies over the canvas; one at a time. */
export type Overlay =
  /** Adds a node where it was asked for; linked to a slot when a link was dropped there. `at` is on the screen. */
  | { readonly kind: 'search'; readonly at: Point; readonly from: SlotRef | undefined }
  /** Slots that a slot can be linked with. */
  | { readonly kind: 'link'; readonly from: SlotRef; readonly anchor: DOMRect }
  | { readonly kind: 'node-menu'; readonly node: NodeId; readonly at: Point }
  | { readonly kind: 'pane-menu'; readonly at: Point }
  | { readonly kind: 'shortcuts' }
  | { readonly kind: 'batch'; readonly node: NodeId; readonly input: string | undefined }
  | { readonly kind: 'failure'; readonly failure: NodeFailure };

export interface CanvasState {
  readonly nodes: ReadonlySet<NodeId>;
  readonly links: ReadonlySet<LinkId>;
  /** The selected group. */
  readonly group: string | undefined;
  /** The slot that a link is being drawn from. */
  readonly linking: SlotRef | undefined;
  /** Where nodes are while they are dragged. */
  readonly dragged: ReadonlyMap<string, Point> | undefined;
  /** Nodes whose rarely used inputs are shown. */
  readonly advanced: ReadonlySet<NodeId>;
  /** The node or group whose title is being typed. */
  readonly renaming: string | undefined;
  readonly overlay: Overlay | undefined;
}

export const NOTHING: ReadonlySet<string> = new Set();

export function createCanvasState(): Store<CanvasState> {
  return createStore<CanvasState>({
    nodes: NOTHING,
    links: NOTHING,
    group: undefined,
    linking: undefined,
    dragged: undefined,
    advanced: NOTHING,
    renaming: undefined,
    overlay: undefined,
  });
}
