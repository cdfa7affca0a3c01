/** What the canvas is given, and what it asks for: it holds no workflow and no run of its own. */
import type { Client, Failure, Output } from '@snug/client';
import type { Catalogue } from '../catalogue/types.ts';
import type { BatchAxis, DocumentProblem, DocumentView, Edit } from '../document/index.ts';
import type { GraphPath, NodeId, NodePlace, WorkflowDocument } from '../document/types.ts';

export type NodeRunState = 'idle' | 'waiting' | 'running' | 'done' | 'cached' | 'failed';

/** What a node failed with, and the inputs that it had. */
export interface NodeFailure extends Failure {
  readonly inputs?: Readonly<Record<string, unknown>> | undefined;
}

/** What is shown of the run on one node. */
export interface NodeRun {
  readonly state: NodeRunState;
  /** How much of the node is done, between 0 and 1; undefined where it counts no steps. */
  readonly share: number | undefined;
  /** Address of the newest preview. */
  readonly preview: string | undefined;
  /** What the node said last while it ran. */
  readonly text: string | undefined;
  readonly outputs: readonly Output[];
  readonly failure: NodeFailure | undefined;
}

/** Runs of nodes, by the id that a node has in prompts (`promptIdOf`): each node of the canvas listens to its own. */
export interface NodeRuns {
  /** The same object until something of that node changes. */
  get(promptId: string): NodeRun;
  /** Returns what ends that. */
  subscribe(promptId: string, listener: () => void): () => void;
}

/** Makes an edit of the newest document. */
export type MakeEdit = (document: WorkflowDocument) => Edit;

export interface CanvasProps {
  readonly document: WorkflowDocument;
  readonly catalogue: Catalogue;
  /** The graph that is open. */
  readonly path: GraphPath;
  readonly onPath: (path: GraphPath) => void;
  /** Edits the document and records it; refusals are shown by the canvas. Edits with the same key, one after the other, are one step. */
  readonly onEdit: (make: MakeEdit, mergeKey?: string) => Edit;
  readonly onUndo: () => void;
  readonly onRedo: () => void;
  readonly runs: NodeRuns;
  /** Of the last run: marked on nodes and widgets until their values change or something runs. */
  readonly problems: readonly DocumentProblem[];
  readonly client: Client;
  readonly onRun: (what?: RunRequest) => void;
  /** Shows a picture large. */
  readonly onOpenOutput?: ((output: Output) => void) | undefined;
  /** What to show at first; fits the graph by default. */
  readonly initialView?: Pick<DocumentView, 'pan' | 'zoom'> | undefined;
  /** The node of the open graph to bring into view and select; a new object for every wish. */
  readonly focus?: { readonly node: NodeId } | undefined;
  /** Called when a pan or zoom has ended. */
  readonly onView?: ((view: Pick<DocumentView, 'pan' | 'zoom'>) => void) | undefined;
  /** Says something in passing. */
  readonly onNotice: (message: string) => void;
  /** Nothing can be edited: narrow screens watch and run. */
  readonly isReadOnly?: boolean | undefined;
}

export interface RunRequest {
  /** Only what this node needs. */
  readonly upTo?: NodePlace | undefined;
  /** Once for every combination of values. */
  readonly batch?: readonly BatchAxis[] | undefined;
}
