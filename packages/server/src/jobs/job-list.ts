/** One list of the waiting, running and ended jobs, a page at a time. */
import type { Broker, JobState } from '../broker/broker.ts';
import { endedJob, liveJob } from './job-view.ts';
import type { JobStatus, JobView } from './job-view.ts';

export interface JobListQuery {
  readonly statuses: readonly JobStatus[];
  readonly workflowId: string | undefined;
  readonly by: 'createTime' | 'duration';
  readonly descending: boolean;
  readonly limit: number | undefined;
  readonly offset: number;
}

/** Jobs that are equal in what they are sorted by: the running ones first, then the waiting ones, then the ended ones. */
export async function jobPage(
  broker: Pick<Broker, 'liveJobs' | 'records'>,
  query: JobListQuery,
): Promise<{ readonly page: readonly JobView[]; readonly total: number }> {
  const { statuses, workflowId, by, descending, limit, offset } = query;
  const live = await liveViews(broker, query);
  // only so many of those before the page can be live: all other ones are records, which stay in the store
  const skipped = Math.max(0, offset - live.length);
  const start = offset - skipped;
  const { records, total } = await broker.records({
    states: statuses.filter((status): status is JobState => status !== 'pending' && status !== 'in_progress'),
    workflowId,
    sortBy: by,
    descending,
    limit: limit === undefined ? undefined : start + limit,
    offset: skipped,
  });
  const sign = descending ? -1 : 1;
  const views = [...live, ...records.map(endedJob)].sort((a, b) => sign * (a[by] - b[by]));
  const page = views.slice(start, limit === undefined ? undefined : start + limit);
  return { page, total: live.length + total };
}

async function liveViews(
  broker: Pick<Broker, 'liveJobs'>,
  { statuses, workflowId }: Pick<JobListQuery, 'statuses' | 'workflowId'>,
): Promise<JobView[]> {
  const { running, pending } = await broker.liveJobs();
  return [
    ...(statuses.includes('in_progress') ? running.map((job) => ({ job, status: 'in_progress' as const })) : []),
    ...(statuses.includes('pending') ? pending.map((job) => ({ job, status: 'pending' as const })) : []),
  ]
    .filter(({ job }) => workflowId === undefined || job.workflowId === workflowId)
    .map(({ job, status }) => liveJob(job, status));
}
