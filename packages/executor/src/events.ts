/**
 * Everything that can happen while a prompt runs, as one union. It crosses from the runner to the server and nothing else
 * does. What nodes made is JSON text from the start: it is encoded once, whoever reads it.
 */
/** A node that expansion added. Nodes of the submitted prompt are known by their id alone. */
export interface AddedNode {
  readonly id: string;
  readonly classType: string;
  readonly displayId: string;
  readonly parentId: string;
  readonly realId: string;
}

/** An encoded picture. */
export interface EncodedPreview {
  readonly bytes: Uint8Array;
  readonly mime: 'image/jpeg' | 'image/png';
  readonly delivery: 'newest' | 'every';
}

export interface Failure {
  /** The submitted node to blame. */
  readonly nodeId: string;
  readonly nodeType: string;
  /** Ends in a newline, but for cycles. */
  readonly message: string;
  readonly errorType: string;
  readonly traceback: readonly string[];
  readonly currentInputsText: string;
  readonly currentOutputs: readonly string[];
}

/** Times are milliseconds since the epoch; nodes are given by id. */
export type ExecutionEvent =
  | { readonly type: 'started'; readonly time: number }
  /**
   * Nodes of the prompt whose results are known already, in prompt order, and how many will be gone through as far as one can
   * tell: expansion and lazy inputs may add to them.
   */
  | { readonly type: 'cached'; readonly nodes: readonly string[]; readonly planned: number; readonly time: number }
  | { readonly type: 'nodes-added'; readonly nodes: readonly AddedNode[] }
  /** A node starts, or goes on after its lazy inputs came. */
  | { readonly type: 'node-started'; readonly node: string }
  | {
      readonly type: 'node-progressed';
      readonly node: string;
      readonly value: number;
      readonly max: number;
      /** Also told in the older message, for clients that know no other. */
      readonly withLegacy: boolean;
      readonly preview: EncodedPreview | undefined;
    }
  | { readonly type: 'text-shown'; readonly node: string; readonly text: string }
  | { readonly type: 'custom-sent'; readonly event: string; readonly dataText: string }
  | { readonly type: 'logged'; readonly line: string }
  /** What a node shows; `null` for a node served from the cache that shows nothing. */
  | { readonly type: 'output-shown'; readonly node: string; readonly outputText: string }
  /** A block with a message met its first consumer. The prompt runs on. */
  | {
      readonly type: 'node-blocked';
      readonly node: string;
      readonly nodeType: string;
      readonly message: string;
      readonly executed: readonly string[];
    }
  | { readonly type: 'node-finished'; readonly node: string; readonly fromCache: boolean }
  | { readonly type: 'succeeded'; readonly time: number }
  | { readonly type: 'failed'; readonly failure: Failure; readonly executed: readonly string[]; readonly time: number }
  | {
      readonly type: 'interrupted';
      readonly nodeId: string;
      readonly nodeType: string;
      readonly executed: readonly string[];
      readonly time: number;
    };

/** The event that ends a run. */
export type EndEvent = Extract<ExecutionEvent, { type: 'succeeded' | 'failed' | 'interrupted' }>;

export function isEnd(event: ExecutionEvent): event is EndEvent {
  return event.type === 'succeeded' || event.type === 'failed' || event.type === 'interrupted';
}
