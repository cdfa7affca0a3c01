/** What the server says about a job when it is asked. */
import type { Failure } from './errors.ts';
import type { WireObject } from './wire.ts';

/** How a job ended, by its record. */
export type JobRecord = {
  /** What each node showed, by node id. */
  readonly outputs: ReadonlyMap<string, WireObject>;
  /** Nodes that did not run, because their results were known. */
  readonly cached: readonly string[];
  /** Milliseconds between start and end, by the server's clock. */
  readonly durationMs: number | undefined;
  /** As the server sent it. */
  readonly raw: unknown;
} & ({ readonly end: 'succeeded' | 'canceled' } | { readonly end: 'failed'; readonly failure: Failure });

export type Look =
  /** `position` counts the jobs that run first. */
  | { readonly kind: 'pending'; readonly position: number | undefined }
  | { readonly kind: 'running' }
  | { readonly kind: 'ended'; readonly record: JobRecord }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreachable'; readonly error: unknown };
