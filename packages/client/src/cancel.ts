/** Stopping one job and no other: out of the queue when it waits, stopped when it runs. */
import { ClientError, RequestError } from './errors.ts';
import type { Http } from './http.ts';
import type { LookUp } from './look-up.ts';

const ROUTE_MISSING: ReadonlySet<number> = new Set([404, 405, 501]);

/**
 * Asks the server to stop a job. The answer says only that it was asked: the record shows the end.
 * @param allowGlobal stop whatever runs, where the server can do no better and the job is the one that runs
 * @throws {ClientError} `cancel_unsupported`, and what requests throw.
 */
export async function askToCancel(http: Http, lookUp: LookUp, id: string, allowGlobal: boolean): Promise<void> {
  if (await askByRoute(http, id)) return;
  await http.json('/queue', { method: 'POST', body: JSON.stringify({ delete: [id] }), retry: true });
  const found = await lookUp.look(id, false);
  if (found.kind !== 'running') return;
  // servers with jobs heed the id; older ones stop whatever runs, which by now may be another job
  if (!(await lookUp.hasJobs(id)) && !allowGlobal) {
    const hint = 'Give `allowGlobal: true` to stop whatever runs.';
    throw new ClientError('cancel_unsupported', `Job ${id} runs, and the server cannot stop one job alone.`, { hint });
  }
  await http.json('/interrupt', { method: 'POST', body: JSON.stringify({ prompt_id: id }), retry: true });
}

async function askByRoute(http: Http, id: string): Promise<boolean> {
  try {
    await http.json(`/api/jobs/${encodeURIComponent(id)}/cancel`, { method: 'POST', body: '{}', retry: true });
    return true;
  } catch (error) {
    if (error instanceof RequestError && (ROUTE_MISSING.has(error.status) || error.code === 'bad_answer')) return false;
    throw error;
  }
}
