/** How a job ends, for its listeners. */
import { ExecutionError, JobCanceledError, JobLostError } from './errors.ts';
import type { JobEndEvent, JobResult } from './job-events.ts';
import type { JobNarrator } from './job-narrator.ts';
import { isBlocked, readFailure } from './look.ts';
import { Outputs } from './outputs.ts';
import type { Ending, Verdict } from './reduce.ts';

export function endEvent(id: string, verdict: Verdict, narrator: JobNarrator): JobEndEvent {
  const record = 'record' in verdict ? verdict.record : undefined;
  const shown = record?.outputs ?? narrator.shown;
  const result: JobResult = {
    id,
    outputs: new Outputs(narrator.outputs(shown), shown),
    cached: record?.cached.length ? record.cached : narrator.cached,
    warnings: narrator.warnings,
    durationMs: record?.durationMs,
    record: record?.raw,
  };
  switch (verdict.end) {
    case 'succeeded':
      return { type: 'succeeded', result };
    case 'failed':
      return { type: 'failed', error: new ExecutionError(verdict.failure), result };
    case 'canceled':
      return { type: 'canceled', error: verdict.cause ?? new JobCanceledError(id), result };
    case 'lost': {
      const { reason, cause } = verdict;
      return { type: 'lost', reason, error: new JobLostError(id, reason, cause), result };
    }
    case 'rejected': {
      const { error } = verdict;
      return { type: 'rejected', error: error instanceof Error ? error : new Error(String(error)), result };
    }
  }
}

/** The end that a message tells of, if it tells of one. */
export function endingOf(type: string, data: unknown): Ending | undefined {
  if (type === 'execution_success') return { end: 'succeeded' };
  if (type === 'execution_interrupted') return { end: 'canceled' };
  if (type === 'execution_error' && !isBlocked(data)) return { end: 'failed', failure: readFailure(data) };
  return undefined;
}
