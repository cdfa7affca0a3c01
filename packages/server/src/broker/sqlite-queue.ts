import type { BrokerError, FoundJob, Job, LiveJob, QueueEntry, StoredJob } from './broker.ts';
import { jobBytes, queueFull } from './job-checks.ts';
import { type Db, numberIn, type SqlRow, textIn } from './sqlite-driver.ts';
import { withoutWiping } from './sqlite-store.ts';

const LIGHT = 'arrival, prompt_id, number, number_text, attempts, create_time, client_id, workflow_id, targets';
// CROSS JOIN takes the tables in the order they are written in.
const WHOLE = `SELECT ${LIGHT}, running, secrets, extra_data, prompt FROM jobs CROSS JOIN prompts USING (arrival)`;

/** Numbers taken from the counter's row at once: a crash skips fewer than so many. */
const NUMBER_BLOCK = 100;

interface SizedJob {
  readonly job: LiveJob & { readonly isRunning: boolean };
  readonly bytes: number;
}

export type Enqueued = { kind: 'queued' | 'duplicate'; job: StoredJob };

/** What a row of `jobs` and one of `records` both say about a job. */
export function jobIn(row: SqlRow) {
  return {
    promptId: textIn(row, 'prompt_id'),
    number: numberIn(row, 'number'),
    numberText: textIn(row, 'number_text'),
    targets: JSON.parse(textIn(row, 'targets')) as string[],
    clientId: row['client_id'] === null ? undefined : textIn(row, 'client_id'),
    workflowId: row['workflow_id'] === null ? undefined : textIn(row, 'workflow_id'),
    createTime: numberIn(row, 'create_time'),
  };
}

/** What a row of `prompts` holds. */
export const promptIn = (row: SqlRow) => ({
  extraDataText: textIn(row, 'extra_data'),
  promptText: textIn(row, 'prompt'),
});

const liveJob = (row: SqlRow): LiveJob => ({
  ...jobIn(row),
  arrival: numberIn(row, 'arrival'),
  attempts: numberIn(row, 'attempts'),
});

const storedJob = (row: SqlRow): StoredJob => ({
  ...liveJob(row),
  ...promptIn(row),
  secretsText: textIn(row, 'secrets'),
});

/** The waiting and running jobs in the tables `jobs` and `prompts`. Synchronous; each call is one transaction. */
export function sqliteQueue(db: Db, maxPending: number) {
  const insert = db.prepare(`INSERT INTO jobs
    (arrival, prompt_id, number, number_text, running, attempts, create_time, bytes, client_id, workflow_id, targets,
    secrets) VALUES (?, ?, ?, ?, 0, 0, ?, ?, ?, ?, ?, ?) ON CONFLICT (prompt_id) DO NOTHING`);
  const insertPrompt = db.prepare('INSERT INTO prompts (arrival, extra_data, prompt) VALUES (?, ?, ?)');
  const find = db.prepare(`${WHOLE} WHERE prompt_id = ?`);
  const findNext = db.prepare(`${WHOLE} WHERE running = 0 AND arrival <= ? ORDER BY number, arrival LIMIT 1`);
  const markClaimed = db.prepare('UPDATE jobs SET running = 1, attempts = attempts + 1 WHERE arrival = ?');
  const putBack = db.prepare(
    'UPDATE jobs SET running = 0, attempts = attempts - ? WHERE prompt_id = ? AND running = 1',
  );
  const removeOne = db.prepare(
    `DELETE FROM jobs WHERE prompt_id = ? AND running = 0 RETURNING arrival, secrets <> '{}' AS secret`,
  );
  const removePrompt = db.prepare('DELETE FROM prompts WHERE arrival = ?');
  const removeAll = db.prepare('DELETE FROM jobs WHERE running = 0');
  const removeAllPrompts = db.prepare(
    'DELETE FROM prompts WHERE arrival IN (SELECT arrival FROM jobs WHERE running = 0)',
  );
  const list = db.prepare(`${WHOLE} WHERE running = ? ORDER BY number, arrival`);
  const listLight = db.prepare(`SELECT ${LIGHT} FROM jobs WHERE running = ? ORDER BY number, arrival`);
  const listAll = db.prepare(`SELECT ${LIGHT}, running, bytes FROM jobs ORDER BY running DESC, number, arrival`);
  const findTexts = db.prepare('SELECT extra_data, prompt FROM prompts WHERE arrival = ?');
  const saveNumber = db.prepare('UPDATE counter SET next_number = ?');

  const number = (sql: string) => numberIn(db.prepare(sql).get() ?? {}, 'n');
  let pending = number('SELECT count(*) AS n FROM jobs WHERE running = 0');
  let running = number('SELECT count(*) AS n FROM jobs WHERE running = 1');
  let arrival = number('SELECT coalesce(max(arrival), 0) AS n FROM prompts');
  let nextNumber = number('SELECT next_number AS n FROM counter');
  let reserved = nextNumber;
  /** Later arrivals may not be on the disk yet. */
  let settled = arrival;
  /** The job that waits alone, when it came in through here: it need not be read to be claimed. */
  let lone: StoredJob | undefined;

  const duplicate = (promptId: string): Enqueued | undefined => {
    const row = find.get(promptId);
    return row && { kind: 'duplicate', job: storedJob(row) };
  };
  function next(): StoredJob | undefined {
    const row = findNext.get(settled);
    return row && storedJob(row);
  }
  /** Other jobs wait than before. */
  function waitingChanged(by: number): void {
    pending += by;
    lone = undefined;
  }
  function add(given: Job): Enqueued {
    const job = { ...given, number: given.number + 0, arrival: ++arrival, attempts: 0 };
    const added = insert.run(
      job.arrival,
      job.promptId,
      job.number,
      job.numberText,
      job.createTime,
      jobBytes(job),
      job.clientId ?? null,
      job.workflowId ?? null,
      JSON.stringify(job.targets),
      job.secretsText,
    );
    const known = added === 0 && duplicate(job.promptId);
    if (known) return known;
    insertPrompt.run(job.arrival, job.extraDataText, job.promptText);
    return { kind: 'queued', job };
  }

  return {
    counts: () => ({ pending, running }),
    /** Adds jobs in one transaction; the place of each that finds the queue full has an error. */
    enqueue(jobs: readonly Job[]): (Enqueued | BrokerError)[] {
      const added: StoredJob[] = [];
      const results = db.transaction(() =>
        jobs.map((job) => {
          const room = pending + added.length < maxPending;
          const result = room ? add(job) : duplicate(job.promptId);
          if (result?.kind === 'queued') added.push(result.job);
          return result ?? queueFull(maxPending);
        }),
      );
      waitingChanged(added.length);
      if (pending === 1) lone = added[0];
      return results;
    },
    /** The newest arrival. */
    newest: (): number => arrival,
    /** Lets jobs be claimed up to an arrival. */
    settle(upTo: number): void {
      settled = Math.max(settled, upTo);
    },
    claim(): StoredJob | undefined {
      if (pending === 0) return undefined;
      const job = lone && lone.arrival <= settled ? lone : next();
      if (!job) return undefined;
      markClaimed.run(job.arrival);
      waitingChanged(-1);
      running++;
      return { ...job, attempts: job.attempts + 1 };
    },
    requeue(promptId: string, forgive: boolean): void {
      if (putBack.run(forgive ? 1 : 0, promptId) === 0) return;
      waitingChanged(1);
      running--;
    },
    remove(promptIds: readonly string[]): { removed: string[]; secret: boolean } {
      let secret = false;
      const arrivals: number[] = [];
      const removed = db.transaction(() => {
        const found = promptIds.filter((promptId) => {
          const row = removeOne.get(promptId);
          if (!row) return false;
          if (row['secret'] === 1) secret = true;
          arrivals.push(numberIn(row, 'arrival'));
          return true;
        });
        withoutWiping(db, () => arrivals.forEach((arrival) => removePrompt.run(arrival)));
        return found;
      });
      waitingChanged(-removed.length);
      return { removed, secret };
    },
    clear(): number {
      const removed = db.transaction(() => {
        withoutWiping(db, () => removeAllPrompts.run());
        return removeAll.run();
      });
      waitingChanged(-removed);
      return removed;
    },
    /** To be called when the row of a running job was deleted. */
    ended(): void {
      running--;
    },
    pending: (): StoredJob[] => list.all(0).map(storedJob),
    running: (): StoredJob[] => list.all(1).map(storedJob),
    liveJobs: () => ({ pending: listLight.all(0).map(liveJob), running: listLight.all(1).map(liveJob) }),
    /** Running jobs and then waiting ones, with the bytes that their texts take. */
    sized: (): SizedJob[] =>
      listAll
        .all()
        .map((row) => ({ job: { ...liveJob(row), isRunning: row['running'] === 1 }, bytes: numberIn(row, 'bytes') })),
    /** With the texts of those whose texts are still there: a job that was removed has none, one that ended has. */
    withTexts: (jobs: readonly SizedJob[]): QueueEntry[] =>
      jobs.flatMap(({ job }) => {
        const row = findTexts.get(job.arrival);
        return row ? [{ ...job, ...promptIn(row) }] : [];
      }),
    job(promptId: string): FoundJob | undefined {
      const row = find.get(promptId);
      return row && { ...storedJob(row), isRunning: row['running'] === 1 };
    },
    nextNumber(): number {
      if (nextNumber === reserved) {
        saveNumber.run(reserved + NUMBER_BLOCK);
        reserved += NUMBER_BLOCK;
      }
      return nextNumber++;
    },
    /** Gives back the numbers that were reserved and not used. */
    releaseNumbers(): void {
      if (nextNumber !== reserved) saveNumber.run((reserved = nextNumber));
    },
  };
}
