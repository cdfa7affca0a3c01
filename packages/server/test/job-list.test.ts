import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Broker, JobRecord, JobState, LiveJob } from '../src/broker/broker.ts';
import { createMemoryBroker } from '../src/broker/memory-broker.ts';
import { jobPage } from '../src/jobs/job-list.ts';
import type { JobListQuery } from '../src/jobs/job-list.ts';
import { JOB_STATUSES, jobText } from '../src/jobs/job-view.ts';
import type { JobStatus } from '../src/jobs/job-view.ts';
import { makeEnd, makeJob } from './contracts/jobs.ts';

const EVERYTHING: JobListQuery = {
  statuses: JOB_STATUSES,
  workflowId: undefined,
  by: 'createTime',
  descending: true,
  limit: undefined,
  offset: 0,
};

/** All jobs, sorted and cut in one go. */
async function slowPage(broker: Broker, query: JobListQuery): Promise<{ ids: string[]; total: number }> {
  const { statuses, workflowId, by, descending, limit = Infinity, offset } = query;
  const duration = ({ startTime, endTime }: JobRecord) =>
    startTime === undefined || endTime === undefined ? 0 : endTime - startTime;
  const live = (jobs: readonly LiveJob[], status: JobStatus) => jobs.map((job) => ({ ...job, status, duration: 0 }));
  const all = [
    ...live(await broker.running(), 'in_progress'),
    ...live(await broker.pending(), 'pending'),
    ...(await broker.history()).map((record) => ({ ...record, status: record.state, duration: duration(record) })),
  ].filter((job) => statuses.includes(job.status) && (workflowId === undefined || job.workflowId === workflowId));
  all.sort((a, b) => (descending ? b[by] - a[by] : a[by] - b[by]));
  return { ids: all.slice(offset, offset + limit).map(({ promptId }) => promptId), total: all.length };
}

const few = fc.integer({ min: 0, max: 4 });
const jobs = fc.array(
  fc.record({
    createTime: few,
    workflowId: fc.constantFrom(undefined, 'v', 'w'),
    end: fc.option(
      fc.record({
        state: fc.constantFrom<JobState>('completed', 'failed', 'cancelled'),
        startTime: fc.option(few, { nil: undefined }),
        endTime: fc.option(few, { nil: undefined }),
      }),
    ),
  }),
  { maxLength: 25, size: 'max' },
);
const queries: fc.Arbitrary<JobListQuery> = fc.record({
  statuses: fc.subarray([...JOB_STATUSES], { minLength: 1 }),
  workflowId: fc.constantFrom(undefined, undefined, 'v', 'w'),
  by: fc.constantFrom('createTime', 'duration'),
  descending: fc.boolean(),
  limit: fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined }),
  offset: fc.integer({ min: 0, max: 30 }),
});

test('a page is what cutting the whole sorted list gives', async () => {
  await fc.assert(
    fc.asyncProperty(
      jobs,
      fc.nat(3),
      fc.array(queries, { minLength: 5, maxLength: 5 }),
      async (made, running, asked) => {
        const broker = createMemoryBroker();
        for (const [at, { createTime, workflowId, end }] of made.entries()) {
          await broker.enqueue(makeJob(`${at}`, { createTime, workflowId, number: end ? -1 : at % 3 }));
          if (!end) continue;
          await broker.claim();
          await broker.finish(`${at}`, makeEnd(end));
        }
        for (let at = 0; at < running; at++) await broker.claim();
        for (const query of asked) {
          const { page, total } = await jobPage(broker, query);
          const ids = page.map((view) => (JSON.parse(jobText(view)) as { id: string }).id);
          expect({ ids, total }).toEqual(await slowPage(broker, query));
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('equal jobs: those that run come first, then those that wait, then those that ended, in either direction', async () => {
  const broker = createMemoryBroker();
  for (const id of ['ended', 'ended later', 'running', 'waiting']) await broker.enqueue(makeJob(id));
  for (const id of ['ended', 'ended later']) {
    await broker.claim();
    await broker.finish(id, makeEnd({ startTime: undefined }));
  }
  await broker.claim();
  for (const by of ['createTime', 'duration'] as const) {
    for (const descending of [true, false]) {
      const { page } = await jobPage(broker, { ...EVERYTHING, by, descending });
      const ids = page.map((view) => (JSON.parse(jobText(view)) as { id: string }).id);
      expect(ids).toEqual(['running', 'waiting', 'ended', 'ended later']);
    }
  }
});

test('a page asks the store for the records on it, not for all of them', async () => {
  const broker = createMemoryBroker();
  for (let at = 0; at < 50; at++) {
    await broker.enqueue(makeJob(`${at}`, { createTime: at }));
    await broker.claim();
    await broker.finish(`${at}`, makeEnd());
  }
  for (const id of ['a', 'b']) await broker.enqueue(makeJob(id, { createTime: 100 }));
  let read = 0;
  const counted: Pick<Broker, 'liveJobs' | 'records'> = {
    liveJobs: () => broker.liveJobs(),
    async records(query) {
      const found = await broker.records(query);
      read += found.records.length;
      return found;
    },
  };
  const { page, total } = await jobPage(counted, { ...EVERYTHING, limit: 5, offset: 30 });
  expect({ size: page.length, total }).toEqual({ size: 5, total: 52 });
  expect(read).toBe(7);
});
