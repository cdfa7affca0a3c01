import { useEffect, useState, useSyncExternalStore } from 'react';
import type { Client } from '../client.ts';
import type { Job, JobHandle } from '../job.ts';
import { IDLE, storeOf } from './job-store.ts';
import type { JobView } from './job-store.ts';
import { useClient } from './provider.tsx';

const never = (): (() => void) => () => {};
const idle = (): JobView => IDLE;

/** What becomes of a job that the program has. On a server, and without a job, it is `idle`. */
export function useJobView(job: Job | undefined): JobView {
  const store = job && storeOf(job);
  return useSyncExternalStore(store?.subscribe ?? never, store?.view ?? idle, idle);
}

/**
 * Follows a job: the handle that `run` gave, or the id or stored handle of a job that the server has. Leaving the page does
 * not cancel it. A handle of another server than the client's is a job that is `idle`.
 */
export function useJob(job: Job | JobHandle | string | undefined): JobView {
  const client = useClient();
  const id = typeof job === 'string' ? job : job?.id;
  const [attached, setAttached] = useState<Job>();
  const given = typeof job === 'object' && 'result' in job ? job : undefined;
  const server = typeof job === 'object' && 'server' in job ? job.server : undefined;
  const cursor = typeof job === 'object' && 'cursor' in job ? job.cursor : undefined;
  useEffect(() => {
    if (given || id === undefined) return setAttached(undefined);
    // a handle that is written down anew with every render is the same job
    setAttached(attach(client, server === undefined ? id : { id, server, cursor }));
  }, [client, given, id, server, cursor]);
  const isCurrent = attached !== undefined && attached.id === id;
  return useJobView(given ?? (isCurrent ? attached : undefined));
}

/** The job, unless it is another server's. The same one while it lives, however often an effect runs. */
export function attach(client: Client, handle: JobHandle | string): Job | undefined {
  if (typeof handle === 'object' && handle.server !== client.url) return undefined;
  return client.attach(handle);
}
