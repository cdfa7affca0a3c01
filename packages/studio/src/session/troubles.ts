/** How a run that did not succeed is told to a person. */
import { ClientError, ExecutionError, JobLostError, ValidationError } from '@snug/client';
import type { JobEndEvent } from '@snug/client';
import { placeFailure, placeProblems } from '../document/index.ts';
import type { DocumentProblem } from '../document/index.ts';
import type { WorkflowDocument } from '../document/types.ts';
import { failureReport } from './failure-report.ts';
import { isRemoved } from './run-view.ts';
import type { RunView } from './run-view.ts';
import type { SessionState, Trouble } from './session-state.ts';
import type { Store } from './store.ts';

export type TroubleFacts = Pick<Trouble, 'kind' | 'message'> & Partial<Omit<Trouble, 'id' | 'at'>>;

const MAX_TROUBLES = 100;
let lastId = 0;

/** Newest first. */
export function addTrouble(store: Store<SessionState>, facts: TroubleFacts): void {
  const trouble: Trouble = {
    id: ++lastId,
    at: Date.now(),
    hint: undefined,
    placed: [],
    runId: undefined,
    failure: undefined,
    ...facts,
  };
  store.set((state) => ({ ...state, troubles: [trouble, ...state.troubles].slice(0, MAX_TROUBLES) }));
}

/** What went wrong with a run, and what of it stands on nodes; nothing for a run that went well or was stopped. */
export function troubleOf(
  run: RunView,
  event: JobEndEvent,
  document: WorkflowDocument,
): { readonly facts: TroubleFacts; readonly placed: readonly DocumentProblem[] } | undefined {
  if (event.type === 'succeeded') {
    const part = run.warnings.find((warning) => warning.type === 'partial-acceptance');
    if (!part) return undefined;
    const placed = placeProblems(document, part.problems);
    return { placed, facts: { kind: 'warning', message: part.message, placed, runId: run.id } };
  }
  const { error } = event;
  if (event.type === 'canceled' || isRemoved(event)) return undefined;
  if (error instanceof ValidationError) {
    const placed = placeProblems(document, error.problems);
    return { placed, facts: { kind: 'refused', message: error.message, placed, runId: run.id } };
  }
  if (error instanceof ExecutionError) {
    const failure = failureReport(error, event.result.record);
    const placed = [placeFailure(document, failure)];
    return { placed, facts: { kind: 'failed', message: failure.message, placed, runId: run.id, failure } };
  }
  const kind = error instanceof JobLostError ? 'lost' : 'refused';
  const hint = error instanceof ClientError ? error.hint : undefined;
  return {
    placed: [],
    facts: { kind, hint, message: error instanceof Error ? error.message : String(error), runId: run.id },
  };
}
