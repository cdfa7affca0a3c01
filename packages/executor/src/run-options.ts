/** What a run is given. */
import type { NodeContext, NodeFiles } from '@snug/node-kit';
import type { JsonObject } from '@snug/protocol';
import type { OutputCache } from './cache/cache.ts';
import type { EncodePreview } from './event-order.ts';
import type { ExecutionEvent } from './events.ts';
import type { KnownFingerprints } from './known-fingerprints.ts';
import type { Registry } from './registry.ts';

/** A prompt to run. It was validated before. */
export interface RunJob {
  readonly promptId: string;
  readonly prompt: JsonObject;
  readonly extraData: JsonObject;
  /** Output nodes to run. */
  readonly targets: readonly string[];
}

export interface RunSettings {
  readonly registry: Registry;
  readonly cache: OutputCache;
  readonly files: NodeFiles;
  readonly encodePreview: EncodePreview;
  readonly embedMetadata: boolean;
  readonly previews: NodeContext['previews'];
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** State of nodes that outlives the run, by id. */
  readonly states: Map<string, NodeState>;
  /** Of the prompt before. */
  readonly fingerprints: KnownFingerprints;
  readonly limits: ExecutionLimits;
}

/** What a node keeps as long as the node of its id is of its class. */
export interface NodeState {
  readonly classType: string;
  readonly state: unknown;
}

export interface ExecutionLimits {
  /** Nodes that expansion may add to one run. Default 250,000. */
  readonly maxAddedNodes: number;
  /** Expansions inside each other. Default 5,000. */
  readonly maxDepth: number;
  /** Attempts of a node that asks for more lazy inputs each time. Default 1,000. */
  readonly maxLazyAttempts: number;
}

export const DEFAULT_EXECUTION_LIMITS: ExecutionLimits = {
  maxAddedNodes: 250_000,
  maxDepth: 5000,
  maxLazyAttempts: 1000,
};

export interface RunControl {
  readonly onEvent: (event: ExecutionEvent) => void;
  readonly signal: AbortSignal;
  /** Asked between and inside nodes; sees an interruption that the signal cannot yet tell. Default: the signal. */
  readonly isInterrupted?: (() => boolean) | undefined;
}
