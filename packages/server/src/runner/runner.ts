/** Where prompts run. Events cross this seam, and nothing else does. */
import type { ExecutionEvent } from '@snug/executor';

/** A prompt to run, as JSON text. */
export interface RunnerJob {
  readonly promptId: string;
  readonly promptText: string;
  /** `extra_data`, with credentials. */
  readonly extraDataText: string;
  readonly targets: readonly string[];
}

export interface RunnerControl {
  readonly onEvent: (event: ExecutionEvent) => void;
  /** Interrupts the prompt. */
  readonly signal: AbortSignal;
}

export type RunnerOutcome =
  /** The last event ended the prompt. */
  | { readonly kind: 'ended' }
  /** The runner died before the prompt had ended: it may be tried again. */
  | { readonly kind: 'lost'; readonly reason: string }
  /** The prompt was interrupted and did not stop in time: the runner was ended, and its cache with it. */
  | { readonly kind: 'killed' };

export interface Runner {
  /**
   * Tells of a prompt that will run next, unless another is faster: a runner that has nothing to do may read it meanwhile.
   * Nothing of it is run, and nobody is told.
   */
  prepare?(job: RunnerJob): void;
  /** Runs one prompt; the caller waits for the outcome before the next. Never rejects. */
  run(job: RunnerJob, control: RunnerControl): Promise<RunnerOutcome>;
  /** Loads packs anew, once the running prompt has ended. */
  reload?(): Promise<void>;
  /** Forgets results and the state of nodes, between prompts. */
  free(): void;
  /** Ends what runs and gives everything back. */
  close(): Promise<void>;
}

export type CacheChoice =
  | { readonly kind: 'memory-pressure'; readonly keepFreeBytes?: number | undefined }
  | { readonly kind: 'classic' }
  | { readonly kind: 'lru'; readonly size: number }
  | { readonly kind: 'none' };
