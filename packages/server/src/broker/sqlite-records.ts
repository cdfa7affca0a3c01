import type { HistoryQuery, JobEnd, JobRecord, JobState, RecordLimits, RecordQuery, RecordSummary } from './broker.ts';
import { checkEnd, endBytes, historyRange } from './job-checks.ts';
import { PAGE_ITEMS, pageLength } from './pages.ts';
import { type Db, numberIn, type SqlRow, SqliteError, type Statement, textIn } from './sqlite-driver.ts';
import { jobIn, promptIn } from './sqlite-queue.ts';
import { withoutWiping } from './sqlite-store.ts';

const FROM_JOB = 'prompt_id, arrival, number, number_text, create_time, client_id, workflow_id, targets';
const OF_END = 'bytes, state, start_time, end_time, summary';
const LIGHT = `place, ${FROM_JOB}, ${OF_END}`;
// CROSS JOIN takes the tables in the order they are written in.
const WHOLE = `SELECT ${LIGHT}, extra_data, prompt, status, meta, outputs
  FROM records CROSS JOIN prompts USING (arrival) CROSS JOIN results USING (arrival)`;

const SORT_KEYS = { createTime: 'create_time', duration: 'coalesce(end_time - start_time, 0)' };

/** Records that are still to be read. */
export interface Remainder {
  readonly place: number;
  readonly count: number;
}

function stateIn(row: SqlRow): JobState {
  const state = row['state'];
  if (state === 'completed' || state === 'failed' || state === 'cancelled') return state;
  throw new SqliteError('damaged', `a record has the unknown state ${String(state)}`);
}

const recordSummary = (row: SqlRow): RecordSummary => ({
  ...jobIn(row),
  state: stateIn(row),
  summaryText: textIn(row, 'summary'),
  startTime: row['start_time'] === null ? undefined : numberIn(row, 'start_time'),
  endTime: row['end_time'] === null ? undefined : numberIn(row, 'end_time'),
});

const jobRecord = (row: SqlRow): JobRecord => ({
  ...recordSummary(row),
  ...promptIn(row),
  outputsText: textIn(row, 'outputs'),
  metaText: textIn(row, 'meta'),
  statusText: textIn(row, 'status'),
});

/** The ended jobs in the tables `records`, `prompts` and `results`. Synchronous; each call is one transaction. */
export function sqliteRecords(db: Db, { maxRecords, maxRecordBytes }: RecordLimits) {
  const findJob = db.prepare(
    `SELECT arrival, bytes, secrets <> '{}' AS secret FROM jobs WHERE prompt_id = ? AND running = 1`,
  );
  const deleteJob = db.prepare('DELETE FROM jobs WHERE arrival = ?');
  const replaced = `${FROM_JOB}, ${OF_END}`.split(', ').map((name) => `${name} = excluded.${name}`);
  const store = db.prepare(`INSERT INTO records (${FROM_JOB}, ${OF_END})
    SELECT ${FROM_JOB}, ?, ?, ?, ?, ? FROM jobs WHERE arrival = ?
    ON CONFLICT (prompt_id) DO UPDATE SET ${replaced.join(', ')}`);
  const storeResult = db.prepare('INSERT INTO results (arrival, status, meta, outputs) VALUES (?, ?, ?, ?)');
  const findOld = db.prepare('SELECT arrival, bytes FROM records WHERE prompt_id = ?');
  const deleteOldest = db.prepare(`DELETE FROM records
    WHERE place = (SELECT place FROM records WHERE prompt_id <> ? ORDER BY place LIMIT 1) RETURNING arrival, bytes`);
  const deleteOne = db.prepare('DELETE FROM records WHERE prompt_id = ? RETURNING arrival, bytes');
  const deletePrompt = db.prepare('DELETE FROM prompts WHERE arrival = ?');
  const deleteResult = db.prepare('DELETE FROM results WHERE arrival = ?');
  const deleteAllPrompts = db.prepare('DELETE FROM prompts WHERE arrival IN (SELECT arrival FROM records)');
  const deleteAllResults = db.prepare('DELETE FROM results');
  const deleteAll = db.prepare('DELETE FROM records');
  const findPlace = db.prepare('SELECT place FROM records ORDER BY place LIMIT 1 OFFSET ?');
  const sizes = db.prepare('SELECT place, bytes FROM records WHERE place >= ? ORDER BY place LIMIT ?');
  const page = db.prepare(`${WHOLE} WHERE place >= ? ORDER BY place LIMIT ?`);
  const find = db.prepare(`${WHOLE} WHERE prompt_id = ?`);
  const totals = db.prepare('SELECT count(*) AS n, coalesce(sum(bytes), 0) AS bytes FROM records').get() ?? {};
  let total = numberIn(totals, 'n');
  let totalBytes = numberIn(totals, 'bytes');

  const lists = new Map<string, Statement>();
  function list(sql: string): Statement {
    const known = lists.get(sql) ?? db.prepare(sql);
    lists.set(sql, known);
    return known;
  }
  /** To be called with the row of each record that was deleted. */
  function deleteTexts(row: SqlRow): void {
    const arrival = numberIn(row, 'arrival');
    deletePrompt.run(arrival);
    deleteResult.run(arrival);
  }
  /** Deletes the oldest records while there are too many; gives how many and how much is left. */
  function evict(kept: string, count: number, bytes: number): { count: number; bytes: number } {
    while (count > 1 && (count > maxRecords || bytes > maxRecordBytes)) {
      const row = deleteOldest.get(kept) ?? {};
      deleteTexts(row);
      bytes -= numberIn(row, 'bytes');
      count--;
    }
    return { count, bytes };
  }
  function start(query: HistoryQuery): Remainder {
    const { from, size } = historyRange(query, total);
    const row = size > 0 ? findPlace.get(from) : undefined;
    return row ? { place: numberIn(row, 'place'), count: size } : { place: 0, count: 0 };
  }

  return {
    /** Moves a running job to the records; undefined when none has the id. */
    finish(promptId: string, end: JobEnd): { secret: boolean } | undefined {
      checkEnd(promptId, end);
      const done = db.transaction(() => {
        const job = findJob.get(promptId);
        if (!job) return undefined;
        const old = findOld.get(promptId);
        const arrival = numberIn(job, 'arrival');
        const bytes = numberIn(job, 'bytes') + endBytes(end);
        store.run(bytes, end.state, end.startTime ?? null, end.endTime ?? null, end.summaryText, arrival);
        storeResult.run(arrival, end.statusText, end.metaText, end.outputsText);
        deleteJob.run(arrival);
        const left = withoutWiping(db, () => {
          if (old) deleteTexts(old);
          return evict(promptId, old ? total : total + 1, totalBytes + bytes - (old ? numberIn(old, 'bytes') : 0));
        });
        return { secret: job['secret'] === 1, left };
      });
      if (done) [total, totalBytes] = [done.left.count, done.left.bytes];
      return done;
    },
    history(query: HistoryQuery): JobRecord[] {
      const { place, count } = start(query);
      return count === 0 ? [] : page.all(place, count).map(jobRecord);
    },
    historyStart: start,
    /** Some of the records, at least one unless there is none, and what is still to be read. */
    historyPage({ place, count }: Remainder): { records: JobRecord[]; rest: Remainder } {
      const rows = sizes.all(place, Math.min(count, PAGE_ITEMS));
      const size = pageLength(rows.map((row) => numberIn(row, 'bytes')));
      const last = rows[size - 1];
      const next = last ? numberIn(last, 'place') + 1 : place;
      return { records: page.all(place, size).map(jobRecord), rest: { place: next, count: count - size } };
    },
    record(promptId: string): JobRecord | undefined {
      const row = find.get(promptId);
      return row && jobRecord(row);
    },
    records(query: RecordQuery): { records: RecordSummary[]; total: number } {
      const { states, workflowId, sortBy, descending = false, limit, offset = 0 } = query;
      const [first = null, second = null, third = null] = new Set(states);
      const asked = [first, second, third, ...(workflowId === undefined ? [] : [workflowId])];
      const where = `state IN (?, ?, ?)${workflowId === undefined ? '' : ' AND workflow_id = ?'}`;
      const count = numberIn(list(`SELECT count(*) AS n FROM records WHERE ${where}`).get(...asked) ?? {}, 'n');
      const { from, size } = historyRange({ limit, offset }, count);
      if (size === 0) return { records: [], total: count };
      const order = sortBy ? `${SORT_KEYS[sortBy]} ${descending ? 'DESC' : 'ASC'}, place` : 'place';
      // Sorting carries only the places along: a summary may be long.
      const chosen = `SELECT place FROM records WHERE ${where} ORDER BY ${order} LIMIT ? OFFSET ?`;
      const listed = list(`SELECT ${LIGHT} FROM records WHERE place IN (${chosen}) ORDER BY ${order}`);
      return { records: listed.all(...asked, size, from).map(recordSummary), total: count };
    },
    deleteRecords(promptIds: readonly string[]): void {
      const deleted = db.transaction(() =>
        withoutWiping(db, () => {
          const rows = promptIds.flatMap((promptId) => deleteOne.all(promptId));
          rows.forEach(deleteTexts);
          return rows;
        }),
      );
      total -= deleted.length;
      for (const row of deleted) totalBytes -= numberIn(row, 'bytes');
    },
    clearRecords(): void {
      db.transaction(() =>
        withoutWiping(db, () => {
          deleteAllPrompts.run();
          deleteAllResults.run();
          deleteAll.run();
        }),
      );
      total = 0;
      totalBytes = 0;
    },
  };
}
