/** Ends of jobs that no server ended. */
import { JobLostError } from '../errors.ts';
import type { JobEndEvent, JobResult } from '../job-events.ts';
import type { Job } from '../job.ts';
import { Outputs } from '../outputs.ts';

export function noResult(id: string): JobResult {
  return { id, outputs: new Outputs([]), cached: [], warnings: [], durationMs: undefined, record: undefined };
}

export function closedEnd(id: string): JobEndEvent {
  const reason = 'client-closed';
  return { type: 'lost', reason, error: new JobLostError(id, reason), result: noResult(id) };
}

/** How a job ends that has not ended yet. Nothing is thrown. */
export function endOf(job: Job): Promise<JobEndEvent> {
  return new Promise((resolve) => {
    const stop = job.on('*', () => {
      if (!job.end) return;
      stop();
      resolve(job.end);
    });
  });
}
