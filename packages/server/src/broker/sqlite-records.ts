import type { HistoryQuery, JobEnd, JobRecord, JobState, RecordLimits, RecordQuery } from './broker.ts';
import { checkEnd, endBytes, historyRange } from './job-checks.ts';
import { type Db, numberIn, type SqlRow, SqliteError, textIn } from './sqlite-driver.ts';
import { jobIn } from './sqlite-queue.ts';

const SMALL = `place, prompt_id, number, number_text, state, create_time, start_time, end_time, bytes, client_id,
  workflow_id, targets, summary, status, meta, extra_data`;
const ALL = `${SMALL}, outputs, prompt`;
const LISTED = `${SMALL}, '' AS outputs, '' AS prompt`;
const FROM_JOB = 'prompt_id, number, number_text, create_time, client_id, workflow_id, targets, extra_data, prompt';
const OF_END = 'bytes, state, start_time, end_time, summary, status, meta, outputs';

function stateIn(row: SqlRow): JobState {
  const state = row['state'];
  if (state === 'completed' || state === 'failed' || state === 'cancelled') return state;
  throw new SqliteError('damaged', `a record has the unknown state ${String(state)}`);
}

const jobRecord = (row: SqlRow): JobRecord => ({
  ...jobIn(row),
  state: stateIn(row),
  outputsText: textIn(row, 'outputs'),
  metaText: textIn(row, 'meta'),
  statusText: textIn(row, 'status'),
  summaryText: textIn(row, 'summary'),
  startTime: row['start_time'] === null ? undefined : numberIn(row, 'start_time'),
  endTime: row['end_time'] === null ? undefined : numberIn(row, 'end_time'),
});

/** The ended jobs in the table `records`. Synchronous; each call is one transaction. */
export function sqliteRecords(db: Db, { maxRecords, maxRecordBytes }: RecordLimits) {
  const findJob = db.prepare(
    `SELECT arrival, bytes, secrets <> '{}' AS secret FROM jobs WHERE prompt_id = ? AND running = 1`,
  );
  const deleteJob = db.prepare('DELETE FROM jobs WHERE arrival = ?');
  const replaced = [...FROM_JOB.split(', '), ...OF_END.split(', ')].map((name) => `${name} = excluded.${name}`);
  // The job's texts go from table to table without passing through here.
  const store = db.prepare(`INSERT INTO records (${FROM_JOB}, ${OF_END})
    SELECT ${FROM_JOB}, ?, ?, ?, ?, ?, ?, ?, ? FROM jobs WHERE arrival = ?
    ON CONFLICT (prompt_id) DO UPDATE SET ${replaced.join(', ')}`);
  const findBytes = db.prepare('SELECT bytes FROM records WHERE prompt_id = ?');
  const evictOldest = db.prepare(`DELETE FROM records
    WHERE place = (SELECT place FROM records WHERE prompt_id <> ? ORDER BY place LIMIT 1) RETURNING bytes`);
  const deleteOne = db.prepare('DELETE FROM records WHERE prompt_id = ? RETURNING bytes');
  const deleteAll = db.prepare('DELETE FROM records');
  const page = db.prepare(`SELECT ${ALL} FROM records ORDER BY place LIMIT ? OFFSET ?`);
  const find = db.prepare(`SELECT ${ALL} FROM records WHERE prompt_id = ?`);
  const listed = db.prepare(`SELECT ${LISTED} FROM records WHERE state IN (?, ?, ?) ORDER BY place`);
  const listedOf = db.prepare(
    `SELECT ${LISTED} FROM records WHERE workflow_id = ? AND state IN (?, ?, ?) ORDER BY place`,
  );
  const totals = db.prepare('SELECT count(*) AS n, coalesce(sum(bytes), 0) AS bytes FROM records').get() ?? {};
  let total = numberIn(totals, 'n');
  let totalBytes = numberIn(totals, 'bytes');

  return {
    /** Moves a running job to the records; undefined when none has the id. */
    finish(promptId: string, end: JobEnd): { secret: boolean } | undefined {
      checkEnd(promptId, end);
      const added = endBytes(end);
      const done = db.transaction(() => {
        const job = findJob.get(promptId);
        if (!job) return undefined;
        const old = findBytes.get(promptId);
        const arrival = numberIn(job, 'arrival');
        const bytes = numberIn(job, 'bytes') + added;
        store.run(
          bytes,
          end.state,
          end.startTime ?? null,
          end.endTime ?? null,
          end.summaryText,
          end.statusText,
          end.metaText,
          end.outputsText,
          arrival,
        );
        deleteJob.run(arrival);
        let count = old ? total : total + 1;
        let sum = totalBytes + bytes - (old ? numberIn(old, 'bytes') : 0);
        while (count > 1 && (count > maxRecords || sum > maxRecordBytes)) {
          sum -= numberIn(evictOldest.get(promptId) ?? {}, 'bytes');
          count--;
        }
        return { secret: job['secret'] === 1, count, sum };
      });
      if (done) [total, totalBytes] = [done.count, done.sum];
      return done;
    },
    history(query: HistoryQuery): JobRecord[] {
      const { from, size } = historyRange(query, total);
      return size === 0 ? [] : page.all(size, from).map(jobRecord);
    },
    record(promptId: string): JobRecord | undefined {
      const row = find.get(promptId);
      return row && jobRecord(row);
    },
    records({ states, workflowId }: RecordQuery): JobRecord[] {
      const [first = null, second = null, third = null] = new Set(states);
      const rows =
        workflowId === undefined ? listed.all(first, second, third) : listedOf.all(workflowId, first, second, third);
      return rows.map(jobRecord);
    },
    deleteRecords(promptIds: readonly string[]): void {
      const deleted = db.transaction(() => promptIds.flatMap((promptId) => deleteOne.all(promptId)));
      total -= deleted.length;
      for (const row of deleted) totalBytes -= numberIn(row, 'bytes');
    },
    clearRecords(): void {
      // Records hold no credentials, and wiping each page of a long history would take seconds.
      db.exec('PRAGMA secure_delete = FAST');
      try {
        deleteAll.run();
      } finally {
        db.exec('PRAGMA secure_delete = ON');
      }
      total = 0;
      totalBytes = 0;
    },
  };
}
