/** Waiting, running and ended prompts as one list of jobs. */
import type { JobRecord, JobState, LiveJob, RecordSummary, StoredJob } from '../broker/broker.ts';
import { normaliseOutputs } from './summary.ts';

export type JobStatus = 'pending' | 'in_progress' | JobState;
export const JOB_STATUSES: readonly JobStatus[] = ['pending', 'in_progress', 'completed', 'failed', 'cancelled'];

/** A job on its way to a list: what it is sorted by, and its JSON text without the closing brace. */
export interface JobView {
  readonly createTime: number;
  /** Milliseconds; 0 when it has not run. */
  readonly duration: number;
  readonly openText: string;
}

const NOT_COUNTED = '"outputs_count":0,"previewable_outputs_count":0';

export function liveJob(job: LiveJob, status: 'pending' | 'in_progress'): JobView {
  const text = `{"id":${JSON.stringify(job.promptId)},"status":"${status}","priority":${job.numberText},"create_time":${job.createTime},${NOT_COUNTED}`;
  return { createTime: job.createTime, duration: 0, openText: text + workflowMember(job.workflowId) };
}

export function endedJob(record: RecordSummary): JobView {
  const { promptId, state, numberText, createTime, startTime, endTime, summaryText, workflowId } = record;
  const times = [
    ['execution_start_time', startTime],
    ['execution_end_time', endTime],
  ].map(([name, time]) => (time === undefined ? '' : `,"${name}":${time}`));
  const summary = summaryText.slice(1, -1);
  const text = `{"id":${JSON.stringify(promptId)},"status":"${state}","priority":${numberText},"create_time":${createTime}${times.join('')},${summary}`;
  const duration = startTime !== undefined && endTime !== undefined ? endTime - startTime : 0;
  return { createTime, duration, openText: text + workflowMember(workflowId) };
}

const workflowMember = (id: string | undefined): string =>
  id === undefined ? '' : `,"workflow_id":${JSON.stringify(id)}`;

export const jobText = (view: JobView): string => `${view.openText}}`;

const workflowText = (job: { promptText: string; extraDataText: string }): string =>
  `,"workflow":{"prompt":${job.promptText},"extra_data":${job.extraDataText}}}`;

/** A job with everything that is known of it. */
export function liveJobDetail(job: StoredJob, status: 'pending' | 'in_progress'): string {
  return liveJob(job, status).openText + workflowText(job);
}

export function endedJobDetail(record: JobRecord): string {
  return `${endedJob(record).openText},"outputs":${normaliseOutputs(record.outputsText)},"execution_status":${record.statusText}${workflowText(record)}`;
}
