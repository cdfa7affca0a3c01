import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type Broker,
  BrokerError,
  type HistoryQuery,
  type Job,
  type JobRecord,
  type LiveJob,
  type QueueEntry,
  type RecordQuery,
  type RecordSummary,
  type StoredJob,
} from './broker.ts';
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
import { PAGE_ITEMS } from './pages.ts';

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

function liveJob({ promptText: _prompt, extraDataText: _extra, secretsText: _secrets, ...job }: StoredJob): LiveJob {
  return job;
}

const queueEntry =
  (isRunning: boolean) =>
  ({ secretsText: _secrets, ...job }: StoredJob): QueueEntry => ({ ...job, isRunning });

function recordSummary(record: JobRecord): RecordSummary {
  const { promptText: _prompt, extraDataText: _extra, outputsText: _outputs, ...rest } = record;
  const { metaText: _meta, statusText: _status, ...summary } = rest;
  return summary;
}

const SORT_KEYS = {
  createTime: ({ createTime }: JobRecord) => createTime,
  duration: ({ startTime, endTime }: JobRecord) =>
    startTime === undefined || endTime === undefined ? 0 : endTime - startTime || 0,
};

function findRecords(records: readonly JobRecord[], query: RecordQuery): JobRecord[] {
  const { states, workflowId, sortBy, descending } = query;
  const found = records.filter(
    (record) => states.includes(record.state) && (workflowId === undefined || record.workflowId === workflowId),
  );
  if (!sortBy) return found;
  const [key, sign] = [SORT_KEYS[sortBy], descending ? -1 : 1];
  return found.sort((a, b) => sign * (key(a) - key(b)));
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
  function history(query: HistoryQuery): JobRecord[] {
    const { from, size } = historyRange(query, records.size);
    return [...records.values()].slice(from, from + size).map(({ record }) => record);
  }
  function run<T>(work: () => T): T {
    if (!open) throw new BrokerError('store_failed', 'The store is closed.');
    return work();
  }
  const step = async <T>(work: () => T): Promise<T> => run(work);
  const runningInOrder = () => [...running.values()].sort(inOrder);
  async function* pages<T>(find: () => readonly T[]): AsyncGenerator<readonly T[], void> {
    const found = run(find);
    for (let at = 0; at < found.length; at += PAGE_ITEMS) {
      yield run(() => found.slice(at, at + PAGE_ITEMS));
      await nextTurn();
    }
  }

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
    requeue: (promptId, { forgive = false } = {}) =>
      step(() => {
        const job = running.get(promptId);
        if (job && running.delete(promptId)) wait({ ...job, attempts: job.attempts - (forgive ? 1 : 0) });
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
    running: () => step(runningInOrder),
    liveJobs: () => step(() => ({ pending: queue.map(liveJob), running: runningInOrder().map(liveJob) })),
    queuePages: () => pages(() => [...runningInOrder().map(queueEntry(true)), ...queue.map(queueEntry(false))]),
    job: (promptId) =>
      step(() => {
        const isRunning = running.has(promptId);
        const job = running.get(promptId) ?? waiting.get(promptId);
        return job && { ...job, isRunning };
      }),
    counts: () => ({ pending: queue.length, running: running.size }),
    nextNumber: () => run(() => nextNumber++),

    history: (query = {}) => step(() => history(query)),
    historyPages: (query = {}) => pages(() => history(query)),
    record: (promptId) => step(() => records.get(promptId)?.record),
    records: (query) =>
      step(() => {
        const found = findRecords(
          [...records.values()].map(({ record }) => record),
          query,
        );
        const { from, size } = historyRange({ limit: query.limit, offset: query.offset ?? 0 }, found.length);
        return { records: found.slice(from, from + size).map(recordSummary), total: found.length };
      }),
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
