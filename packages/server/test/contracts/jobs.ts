import { expect } from 'vitest';
import type { Broker, Job, JobEnd, JobRecord, LiveJob, RecordSummary, StoredJob } from '../../src/broker/broker.ts';

/** A job with plausible texts; its number and texts are told apart by its id. */
export function makeJob(promptId: string, changes: Partial<Job> = {}): Job {
  return {
    promptId,
    number: 0,
    numberText: '0',
    promptText: `{"1":{"class_type":"${promptId.length}"}}`,
    extraDataText: '{"client_id":"c"}',
    secretsText: '{}',
    targets: ['1'],
    clientId: 'c',
    workflowId: undefined,
    createTime: 1_700_000_000_000,
    ...changes,
  };
}

export function makeEnd(changes: Partial<JobEnd> = {}): JobEnd {
  return {
    state: 'completed',
    outputsText: '{"1":{"images":[]}}',
    metaText: '{"1":{}}',
    statusText: '{"completed":true}',
    summaryText: '{"outputs_count":0}',
    startTime: 1_700_000_000_001.5,
    endTime: 1_700_000_000_002,
    ...changes,
  };
}

/** What lists show of a job. */
export function lightJob(job: StoredJob): LiveJob {
  const { promptId, number, numberText, targets, clientId, workflowId, createTime, arrival, attempts } = job;
  return { promptId, number, numberText, targets, clientId, workflowId, createTime, arrival, attempts };
}

/** What lists show of a record. */
export function summaryOf(record: JobRecord): RecordSummary {
  const { promptId, number, numberText, targets, clientId, workflowId, createTime } = record;
  const { state, summaryText, startTime, endTime } = record;
  const job = { promptId, number, numberText, targets, clientId, workflowId, createTime };
  return { ...job, state, summaryText, startTime, endTime };
}

/** Has a job queued, taken and ended, before all others. */
export async function runJob(broker: Broker, promptId: string, end = makeEnd(), changes: Partial<Job> = {}) {
  await broker.enqueue(makeJob(promptId, { number: -1e9, ...changes }));
  expect((await broker.claim())?.promptId).toBe(promptId);
  await broker.finish(promptId, end);
}

export const ids = (jobs: readonly { promptId: string }[]) => jobs.map(({ promptId }) => promptId);

export async function allPages<T>(pages: AsyncIterable<readonly T[]>): Promise<T[]> {
  const all: T[] = [];
  for await (const page of pages) all.push(...page);
  return all;
}
