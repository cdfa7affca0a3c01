/** Everything that is shown but the workflow itself. */
import type { ConnectionInfo, HistoryItem, Queue } from '@snug/client';
import type { DocumentProblem } from '../document/index.ts';
import type { RunView } from './run-view.ts';

/** Something that a person should know, until it is dismissed. */
export interface Trouble {
  readonly id: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly kind: 'refused' | 'failed' | 'lost' | 'warning' | 'connection' | 'file';
  readonly message: string;
  /** What to do about it. */
  readonly hint: string | undefined;
  /** The same on nodes of the workflow. */
  readonly placed: readonly DocumentProblem[];
  readonly runId: string | undefined;
  readonly failure: FailureReport | undefined;
}

export interface FailureReport {
  readonly nodeId: string;
  readonly classType: string;
  readonly exceptionType: string;
  readonly message: string;
  readonly traceback: readonly string[];
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** Said in passing. */
export interface Notice {
  readonly id: number;
  readonly message: string;
}

export interface SessionState {
  readonly connection: ConnectionInfo;
  readonly queue: Queue;
  /** Runs of this page, in the order of their submission; the newest ones only. */
  readonly runs: readonly RunView[];
  /** The run that the nodes show. */
  readonly shownRun: string | undefined;
  /** Newest first. */
  readonly history: readonly HistoryItem[];
  /** Runs that were removed from the history: their pictures are not shown, though nodes may still have them. */
  readonly forgotten: ReadonlySet<string>;
  readonly troubles: readonly Trouble[];
  readonly notices: readonly Notice[];
  /** Every edit runs what it changed. */
  readonly isLive: boolean;
  /** Runs that are being prepared. */
  readonly isSubmitting: boolean;
}

export const EMPTY_SESSION: SessionState = {
  connection: { phase: 'idle', attempt: 0, reason: undefined },
  queue: { running: [], pending: [] },
  runs: [],
  shownRun: undefined,
  history: [],
  forgotten: new Set(),
  troubles: [],
  notices: [],
  isLive: false,
  isSubmitting: false,
};

export function runOf({ runs }: SessionState, id: string | undefined): RunView | undefined {
  return runs.find((run) => run.id === id);
}

/** What the nodes show. */
export const shownRunOf = (state: SessionState): RunView | undefined => runOf(state, state.shownRun);

/** A run of this page that has not ended, the oldest first. */
export const liveRuns = ({ runs }: SessionState): RunView[] => runs.filter(({ end }) => end === undefined);

const MIN_SAMPLES = 1;
const MAX_SAMPLES = 20;

/** Milliseconds that the whole queue may still take, judged by what runs took lately; undefined without evidence. */
export function queueRemainingMs({ queue, runs, history }: SessionState): number | undefined {
  if (!queue.running.length && !queue.pending.length) return undefined;
  const took = history
    .flatMap(({ end, durationMs }) => (end === 'succeeded' && durationMs !== undefined ? [durationMs] : []))
    .slice(0, MAX_SAMPLES);
  if (took.length < MIN_SAMPLES) return undefined;
  const mean = took.reduce((sum, ms) => sum + ms, 0) / took.length;
  const running = queue.running.reduce(
    (sum, { id }) => sum + (runs.find((run) => run.id === id)?.remainingMs ?? mean),
    0,
  );
  return running + queue.pending.length * mean;
}
