/** Everything that a job tells. The last event is always one of the five ends, and comes once. */
import type { ClientError, JobLostError, LostReason, Problem } from './errors.ts';
import type { ConversionWarning } from './workflow-source.ts';
import type { Output, Outputs } from './outputs.ts';

export interface JobNode {
  readonly id: string;
  readonly classType: string;
  /** What the author of the workflow called it, else its class. */
  readonly title: string;
}

export interface Progress {
  /** Of the whole job, between 0 and 1; it never falls. */
  readonly share: number;
  /** Milliseconds; undefined until there is evidence. */
  readonly remainingMs: number | undefined;
  /** The node that moved last. */
  readonly node: JobNode | undefined;
  /** Of that node, where it has steps. */
  readonly steps: { readonly value: number; readonly max: number } | undefined;
}

export interface JobPreview {
  readonly nodeId: string | undefined;
  readonly mime: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly blob: Blob;
}

export type JobWarning =
  /** The server runs only a part: outputs with problems were dropped. */
  | { readonly type: 'partial-acceptance'; readonly problems: readonly Problem[]; readonly message: string }
  /** The workflow was converted, perhaps not as it was meant. */
  | { readonly type: 'conversion'; readonly problems: readonly ConversionWarning[]; readonly message: string }
  /** A branch was stopped by a node; the rest goes on. */
  | { readonly type: 'blocked'; readonly nodeId: string; readonly message: string }
  /** Pictures came through the socket, and the connection was lost meanwhile: some may be missing. */
  | { readonly type: 'socket-outputs-incomplete'; readonly message: string }
  /** The server keeps no record: the outputs are those that were told. */
  | { readonly type: 'no-record'; readonly message: string };

export interface JobResult {
  readonly id: string;
  readonly outputs: Outputs;
  /** Nodes that did not run, because their results were known. */
  readonly cached: readonly string[];
  readonly warnings: readonly JobWarning[];
  /** Milliseconds of execution by the server's clock, where it tells. */
  readonly durationMs: number | undefined;
  /** The record as the server sent it. */
  readonly record: unknown;
}

export type JobEndEvent =
  | { readonly type: 'succeeded'; readonly result: JobResult }
  /** `result` has what was done before, here and below. */
  | { readonly type: 'failed'; readonly error: ClientError; readonly result: JobResult }
  /** `error` is what the signal was aborted with, or a `JobCanceledError`. */
  | { readonly type: 'canceled'; readonly error: unknown; readonly result: JobResult }
  | { readonly type: 'lost'; readonly reason: LostReason; readonly error: JobLostError; readonly result: JobResult }
  /** The server did not take the job. */
  | { readonly type: 'rejected'; readonly error: Error; readonly result: JobResult };

export type JobEvent =
  /** `position` counts the jobs that run first, where it is known. */
  | { readonly type: 'queued'; readonly position: number | undefined }
  | { readonly type: 'started' }
  | { readonly type: 'cached'; readonly nodes: readonly string[] }
  | { readonly type: 'node'; readonly node: JobNode; readonly state: 'running' | 'finished' }
  | ({ readonly type: 'progress' } & Progress)
  | ({ readonly type: 'preview' } & JobPreview)
  /** What a node says while it runs. */
  | { readonly type: 'text'; readonly nodeId: string; readonly text: string }
  | { readonly type: 'output'; readonly output: Output }
  | { readonly type: 'warning'; readonly warning: JobWarning }
  /** A message of a kind of its own that names this job. */
  | { readonly type: 'custom'; readonly name: string; readonly data: unknown }
  | JobEndEvent;

export type JobEventType = JobEvent['type'];
export type JobEventOf<T extends JobEventType> = Extract<JobEvent, { readonly type: T }>;

const ENDS: ReadonlySet<string> = new Set(['succeeded', 'failed', 'canceled', 'lost', 'rejected']);

export function isEndEvent(event: JobEvent): event is JobEndEvent {
  return ENDS.has(event.type);
}

/** Events of which only the newest counts for a reader that is behind. */
export function mergeKey(event: JobEvent): string | undefined {
  if (event.type === 'progress' || event.type === 'queued') return event.type;
  if (event.type === 'preview') return `preview ${event.nodeId ?? ''}`;
  return event.type === 'text' ? `text ${event.nodeId}` : undefined;
}
