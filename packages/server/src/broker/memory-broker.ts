import { type Broker, BrokerError, type Job, type JobRecord, type StoredJob } from './broker.ts';
import {
  type BrokerLimits,
  checkEnd,
  checkJob,
  endBytes,
  historyRange,
  jobBytes,
  queueFull,
  resolveLimits,
} from './job-checks.ts';

const inOrder = (a: StoredJob, b: StoredJob) => a.number - b.number || a.arrival - b.arrival;

/** Where a job stands, or belongs, among jobs in order. */
function placeOf(jobs: readonly StoredJob[], job: StoredJob): number {
  let low = 0;
  let high = jobs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = jobs[middle];
    if (other && inOrder(other, job) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * A broker that keeps nothing when it is gone: for tests and for embedding.
 * `finish` and `requeue` of a job that is not running do nothing.
 * @throws {RangeError} for a limit that is not a whole number from 1 up.
 */
export function createMemoryBroker(options: BrokerLimits = {}): Broker {
  const { maxPending, maxRecords, maxRecordBytes } = resolveLimits(options);
  let queue: StoredJob[] = [];
  const waiting = new Map<string, StoredJob>();
  const running = new Map<string, StoredJob>();
  const records = new Map<string, { record: JobRecord; bytes: number }>();
  const settings = new Map<string, Map<string, string>>();
  let recordBytes = 0;
  let arrival = 0;
  let nextNumber = 0;
  let open = true;

  const wait = (job: StoredJob) => {
    queue.splice(placeOf(queue, job), 0, job);
    waiting.set(job.promptId, job);
  };
  const forget = (promptId: string) => {
    recordBytes -= records.get(promptId)?.bytes ?? 0;
    records.delete(promptId);
  };
  function evict(kept: string): void {
    for (const promptId of records.keys()) {
      if (records.size <= maxRecords && recordBytes <= maxRecordBytes) return;
      if (promptId !== kept) forget(promptId);
    }
  }
  function run<T>(work: () => T): T {
    if (!open) throw new BrokerError('store_failed', 'The store is closed.');
    return work();
  }
  const step = async <T>(work: () => T): Promise<T> => run(work);

  return {
    enqueue: (job: Job) =>
      step(() => {
        checkJob(job);
        const known = waiting.get(job.promptId) ?? running.get(job.promptId);
        if (known) return { kind: 'duplicate', job: known };
        if (queue.length >= maxPending) throw queueFull(maxPending);
        const stored = { ...job, number: job.number + 0, arrival: ++arrival, attempts: 0 };
        wait(stored);
        return { kind: 'queued', job: stored };
      }),
    claim: () =>
      step(() => {
        const next = queue.shift();
        if (!next) return undefined;
        const job = { ...next, attempts: next.attempts + 1 };
        waiting.delete(job.promptId);
        running.set(job.promptId, job);
        return job;
      }),
    finish: (promptId, end) =>
      step(() => {
        checkEnd(promptId, end);
        const job = running.get(promptId);
        if (!job) return;
        running.delete(promptId);
        const { secretsText: _secrets, arrival: _arrival, attempts: _attempts, ...rest } = job;
        const bytes = jobBytes(job) + endBytes(end);
        recordBytes += bytes - (records.get(promptId)?.bytes ?? 0);
        records.set(promptId, { record: { ...rest, ...end }, bytes });
        evict(promptId);
      }),
    requeue: (promptId) =>
      step(() => {
        const job = running.get(promptId);
        if (job && running.delete(promptId)) wait(job);
      }),
    remove: (promptIds) =>
      step(() => {
        const removed = promptIds.filter((promptId) => waiting.delete(promptId));
        if (removed.length > 0) queue = queue.filter(({ promptId }) => waiting.has(promptId));
        return removed;
      }),
    clear: () =>
      step(() => {
        const removed = queue.length;
        queue = [];
        waiting.clear();
        return removed;
      }),
    pending: () => step(() => [...queue]),
    running: () => step(() => [...running.values()].sort(inOrder)),
    counts: () => ({ pending: queue.length, running: running.size }),
    nextNumber: () => run(() => nextNumber++),

    history: (query = {}) =>
      step(() => {
        const { from, size } = historyRange(query, records.size);
        return [...records.values()].slice(from, from + size).map(({ record }) => record);
      }),
    record: (promptId) => step(() => records.get(promptId)?.record),
    records: ({ states, workflowId }) =>
      step(() =>
        [...records.values()]
          .map(({ record }) => record)
          .filter(({ state }) => states.includes(state))
          .filter((record) => workflowId === undefined || record.workflowId === workflowId)
          .map((record) => ({ ...record, promptText: '', outputsText: '' })),
      ),
    deleteRecords: (promptIds) => step(() => promptIds.forEach(forget)),
    clearRecords: () =>
      step(() => {
        records.clear();
        recordBytes = 0;
      }),

    settings: (user) => step(() => new Map(settings.get(user))),
    saveSettings: (user, changes) =>
      step(() => {
        settings.set(user, new Map([...(settings.get(user) ?? []), ...changes]));
      }),
    async close() {
      open = false;
    },
  };
}
