import type { JobEnd, JobState } from '../broker/broker.ts';
import { summariseOutputs } from '../jobs/summary.ts';
import type { RunTrace } from '../wire/project-events.ts';

const STATES: Record<string, JobState> = {
  execution_success: 'completed',
  execution_error: 'failed',
  execution_interrupted: 'cancelled',
};

/** What is stored of a run that has ended. */
export function jobEnd(trace: RunTrace): JobEnd {
  const [last, dataText] = trace.messages.at(-1) ?? ['execution_error', '{}'];
  const state = STATES[last] ?? 'failed';
  const hasSucceeded = state === 'completed';
  const messages = trace.messages.map(([name, text]) => `[${JSON.stringify(name)},${text}]`).join(',');
  const status = `"status_str":"${hasSucceeded ? 'success' : 'error'}","completed":${hasSucceeded}`;
  const error = state === 'failed' ? `,"execution_error":${dataText}` : '';
  return {
    state,
    outputsText: trace.outputsText,
    metaText: trace.metaText,
    statusText: `{${status},"messages":[${messages}]}`,
    summaryText: `${JSON.stringify(summariseOutputs(trace.outputs)).slice(0, -1)}${error}}`,
    startTime: trace.startTime,
    endTime: trace.endTime,
  };
}
