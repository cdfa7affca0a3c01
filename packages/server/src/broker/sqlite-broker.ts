import { setImmediate } from 'node:timers';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Broker, BrokerError, type Job } from './broker.ts';
import { type BrokerLimits, checkJob, resolveLimits } from './job-checks.ts';
import { PAGE_ITEMS, pageLength } from './pages.ts';
import { type EngineName, SqliteError } from './sqlite-driver.ts';
import { type Enqueued, sqliteQueue } from './sqlite-queue.ts';
import { sqliteRecords } from './sqlite-records.ts';
import { sqliteSettings } from './sqlite-settings.ts';
import { openStore, type Store, storeError } from './sqlite-store.ts';

export interface SqliteBrokerOptions extends BrokerLimits {
  /** The database file. It is made when missing; its folder must exist. Beside it are `-wal`, `-shm` and `.lock`. */
  readonly file: string;
  /** Default: Node's own library where there is one, else libsql. */
  readonly engine?: EngineName | undefined;
}

/**
 * A broker on one SQLite file. Nothing changes when it opens: what a crash left running is in `running()`.
 * `finish` and `requeue` of a job that is not running do nothing.
 * @throws {BrokerError} `store_locked` while another server uses the file; `store_failed` when it cannot be used.
 * @throws {RangeError} for a limit that is not a whole number from 1 up.
 */
export async function createSqliteBroker(options: SqliteBrokerOptions): Promise<Broker> {
  resolveLimits(options);
  const store = await openStore(options.file, options.engine);
  try {
    return sqliteBroker(store, options);
  } catch (error) {
    store.close();
    throw storeError(store.file, error);
  }
}

/** Jobs in one transaction: enough to hide the wait for the disk, few enough to take some milliseconds. */
const BATCH = 64;

interface Waiting {
  readonly job: Job;
  readonly resolve: (result: Enqueued) => void;
  readonly reject: (error: unknown) => void;
}

/** A broker on an open store, which it closes. */
export function sqliteBroker(store: Store, options: BrokerLimits): Broker {
  const { db, file } = store;
  const limits = resolveLimits(options);
  const queue = sqliteQueue(db, limits.maxPending);
  const records = sqliteRecords(db, limits);
  const settings = sqliteSettings(db);
  const waiting: Waiting[] = [];
  let open = true;
  /** Resolves when the jobs committed so far may be claimed; never rejects. */
  let settled: Promise<void> = Promise.resolve();

  /** Commits the jobs that have been waiting longest, all with one wait for the disk. */
  function commitBatch(): void {
    const batch = waiting.splice(0, BATCH);
    try {
      const results = queue.enqueue(batch.map(({ job }) => job));
      settled = settle(batch, results);
    } catch (error) {
      const failure = storeError(file, error);
      for (const { reject } of batch) reject(failure);
    }
  }
  /** Answers when the disk has the jobs. Those that it refuses are taken back, as if they had never come. */
  async function settle(batch: readonly Waiting[], results: readonly (Enqueued | BrokerError)[]): Promise<void> {
    const newest = queue.newest();
    const refused = await store.sync().catch((error: unknown) => ({ error }));
    if (refused) takeBack(results);
    queue.settle(newest);
    for (const [at, { resolve, reject }] of batch.entries()) {
      const result = results[at];
      if (refused) reject(refused.error);
      else if (result && 'kind' in result) resolve(result);
      else reject(result);
    }
  }
  function takeBack(results: readonly (Enqueued | BrokerError)[]): void {
    const added = results.flatMap((result) =>
      'kind' in result && result.kind === 'queued' ? [result.job.promptId] : [],
    );
    try {
      queue.remove(added);
    } catch {
      // the store refuses this as well: then they run, though their senders were told that they do not
    }
  }
  /** One batch each turn of the event loop, so that a flood of jobs leaves time for others. */
  function commitSoon(): void {
    if (waiting.length > 0) commitBatch();
    if (waiting.length > 0) setImmediate(commitSoon);
  }
  function flush(): void {
    while (waiting.length > 0) commitBatch();
  }

  /** Does one thing after all that was asked for before it. */
  function run<T>(work: () => T): T {
    if (!open) throw new BrokerError('store_failed', `Store ${file} is closed.`);
    flush();
    try {
      return work();
    } catch (error) {
      throw storeError(file, error);
    }
  }
  const step = async <T>(work: () => T): Promise<T> => run(work);
  /** A step that is on the disk when it resolves. */
  const lasting = async <T>(work: () => T): Promise<T> => {
    const result = run(work);
    await store.sync();
    return result;
  };

  /** Old copies of pages lie in the journal: it is emptied when credentials were in them. */
  function forgetSecrets(): void {
    try {
      db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } catch (error) {
      // The deletion itself is on disk, and the next checkpoint does the same.
      if (!(error instanceof SqliteError)) throw error;
    }
  }

  return {
    async enqueue(job) {
      checkJob(job);
      if (!open) throw new BrokerError('store_failed', `Store ${file} is closed.`);
      return new Promise<Enqueued>((resolve, reject) => {
        if (waiting.push({ job, resolve, reject }) === 1) setImmediate(commitSoon);
      });
    },
    async claim() {
      // what was asked for before is there to be claimed, but only once it is on the disk
      run(() => {});
      await settled;
      return run(() => queue.claim());
    },
    finish: (promptId, end) =>
      lasting(() => {
        const done = records.finish(promptId, end);
        if (done) queue.ended();
        if (done?.secret) forgetSecrets();
      }),
    requeue: (promptId, { forgive = false } = {}) => step(() => queue.requeue(promptId, forgive)),
    remove: (promptIds) =>
      lasting(() => {
        const { removed, secret } = queue.remove(promptIds);
        if (secret) forgetSecrets();
        return removed;
      }),
    clear: () =>
      lasting(() => {
        const removed = queue.clear();
        if (removed > 0) forgetSecrets();
        return removed;
      }),
    pending: () => step(queue.pending),
    running: () => step(queue.running),
    liveJobs: () => step(queue.liveJobs),
    async *queuePages() {
      const jobs = run(queue.sized);
      for (let at = 0; at < jobs.length;) {
        const next = jobs.slice(at, at + PAGE_ITEMS);
        const page = next.slice(0, pageLength(next.map(({ bytes }) => bytes)));
        yield run(() => queue.withTexts(page));
        at += page.length;
        await nextTurn();
      }
    },
    job: (promptId) => step(() => queue.job(promptId)),
    counts: queue.counts,
    nextNumber: () => run(() => queue.nextNumber()),
    history: (query = {}) => step(() => records.history(query)),
    async *historyPages(query = {}) {
      for (let rest = run(() => records.historyStart(query)); ;) {
        const page = run(() => records.historyPage(rest));
        if (page.records.length === 0) return;
        yield page.records;
        rest = page.rest;
        await nextTurn();
      }
    },
    record: (promptId) => step(() => records.record(promptId)),
    records: (query) => step(() => records.records(query)),
    deleteRecords: (promptIds) => lasting(() => records.deleteRecords(promptIds)),
    clearRecords: () => lasting(() => records.clearRecords()),
    settings: (user) => step(() => settings.settings(user)),
    saveSettings: (user, changes) => lasting(() => settings.saveSettings(user, changes)),
    async close() {
      if (!open) return;
      flush();
      open = false;
      try {
        queue.releaseNumbers();
      } catch {
        // Then some numbers are skipped, which is allowed.
      }
      await settled;
      // Whoever waited for the disk was told what came of it.
      await store.sync().catch(() => {});
      try {
        store.close();
      } catch (error) {
        throw storeError(file, error);
      }
    },
  };
}
