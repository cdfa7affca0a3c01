/**
 * The queue, the job records and the settings, behind one interface. Of a store that outlives its process:
 * - What an `await` here has returned from survives the end of the process, however it dies.
 * - It survives a power cut too, but for `claim` and `requeue`, which do not wait for the disk. A job whose claim is
 *   lost waits as before; one whose requeue is lost is among those running. Neither is lost itself.
 * - What is found again is how things once stood: whatever is kept, everything before it is kept too.
 *
 * Implementations are held to the contract suite in `test/contracts`.
 */

/** A prompt that was accepted and has not ended. JSON is kept as text: only who needs it parses it. */
export interface Job {
  readonly promptId: string;
  /** Place in the queue: lower runs first; equal numbers run in the order of arrival. */
  readonly number: number;
  /** The number as the wire has it: `3` from the server's counter, `3.0` from a client. */
  readonly numberText: string;
  /** The validated graph. */
  readonly promptText: string;
  /** `extra_data` without credentials. */
  readonly extraDataText: string;
  /** Credentials, only for the run; `{}` when there are none. Gone from the store when the job ends. */
  readonly secretsText: string;
  /** Ids of the output nodes to run. */
  readonly targets: readonly string[];
  readonly clientId: string | undefined;
  readonly workflowId: string | undefined;
  /** Milliseconds since the epoch. */
  readonly createTime: number;
}

/** A job with what the store adds. */
export interface StoredJob extends Job {
  /** Grows with each arrival. */
  readonly arrival: number;
  /** How often it was claimed, but for the times that were forgiven. */
  readonly attempts: number;
}

/** A waiting or running job without its big texts. */
export type LiveJob = Omit<StoredJob, 'promptText' | 'extraDataText' | 'secretsText'>;

/** A whole job, and whether it runs or waits. */
export interface FoundJob extends StoredJob {
  readonly isRunning: boolean;
}

/** A waiting or running job as the queue shows it. */
export type QueueEntry = Omit<FoundJob, 'secretsText'>;

export type JobState = 'completed' | 'failed' | 'cancelled';

/** How a job ended. */
export interface JobEnd {
  readonly state: JobState;
  /** `outputs`, `meta` and `status` of the history entry, as JSON text. */
  readonly outputsText: string;
  readonly metaText: string;
  readonly statusText: string;
  /** What lists of jobs show beyond the above (counts, preview, error), as JSON text of an object. */
  readonly summaryText: string;
  /** Milliseconds since the epoch. */
  readonly startTime: number | undefined;
  readonly endTime: number | undefined;
}

/** A job that has ended. */
export interface JobRecord extends Omit<Job, 'secretsText'>, JobEnd {}

/** A job that has ended, without its big texts. */
export type RecordSummary = Omit<JobRecord, 'promptText' | 'extraDataText' | 'outputsText' | 'metaText' | 'statusText'>;

export interface HistoryQuery {
  /** At most so many. Without an offset the newest ones. */
  readonly limit?: number | undefined;
  /** Skip so many of the oldest. */
  readonly offset?: number | undefined;
}

export interface RecordQuery {
  readonly states: readonly JobState[];
  readonly workflowId?: string | undefined;
  /** `duration` is from start to end, 0 when one of them is unknown. Default: the order of the first end. */
  readonly sortBy?: 'createTime' | 'duration' | undefined;
  /** Turns `sortBy` around; equal ones stay in the order of their first end. */
  readonly descending?: boolean | undefined;
  /** At most so many. */
  readonly limit?: number | undefined;
  /** Skip so many. */
  readonly offset?: number | undefined;
}

export interface Broker {
  /** Puts a job into the queue. `duplicate` when a job with the id is waiting or running: nothing was changed then. */
  enqueue(job: Job): Promise<{ kind: 'queued'; job: StoredJob } | { kind: 'duplicate'; job: StoredJob }>;
  /** Takes the next job and marks it as running. Does not wait for the disk: see above. */
  claim(): Promise<StoredJob | undefined>;
  /** Ends a running job and stores its record in one step. A record with the same id is replaced, its place kept. */
  finish(promptId: string, end: JobEnd): Promise<void>;
  /**
   * Puts a running job back into the queue, at its old place. Does not wait for the disk: see above.
   * With `forgive`, the attempt that its claim counted is taken back.
   */
  requeue(promptId: string, options?: { readonly forgive?: boolean | undefined }): Promise<void>;
  /** Removes waiting jobs; resolves with the ids that were there. */
  remove(promptIds: readonly string[]): Promise<string[]>;
  /** Removes all waiting jobs; resolves with their number. */
  clear(): Promise<number>;
  /** Waiting jobs, next first. With all their texts, which takes long for a long queue: see `queuePages`. */
  pending(): Promise<readonly StoredJob[]>;
  running(): Promise<readonly StoredJob[]>;
  /** The same jobs in the same order, without their big texts. */
  liveJobs(): Promise<{ readonly pending: readonly LiveJob[]; readonly running: readonly LiveJob[] }>;
  /**
   * Running jobs and then waiting ones, in the same order, a few at a time, with a turn of the event loop between. All are of
   * the moment of the first page: one that starts, ends or goes back meanwhile is shown where it was. One that is removed
   * meanwhile may be missing.
   */
  queuePages(): AsyncIterable<readonly QueueEntry[]>;
  /** A waiting or running job. */
  job(promptId: string): Promise<FoundJob | undefined>;
  counts(): { readonly pending: number; readonly running: number };
  /** The server's counter for `number`; the first is 0. Survives restarts; may skip numbers after a crash. */
  nextNumber(): number;

  /** Records in the order of their first end, oldest first. Many of them take long: see `historyPages`. */
  history(query?: HistoryQuery): Promise<readonly JobRecord[]>;
  /**
   * The same a few at a time, with a turn of the event loop between. A record that is added, replaced or deleted
   * meanwhile may be among them or not; every other is, once.
   */
  historyPages(query?: HistoryQuery): AsyncIterable<readonly JobRecord[]>;
  record(promptId: string): Promise<JobRecord | undefined>;
  /** Records for lists of jobs; `total` is how many there are without `limit` and `offset`. */
  records(query: RecordQuery): Promise<{ readonly records: readonly RecordSummary[]; readonly total: number }>;
  deleteRecords(promptIds: readonly string[]): Promise<void>;
  clearRecords(): Promise<void>;

  /** Settings of a user, as JSON text by id. */
  settings(user: string): Promise<ReadonlyMap<string, string>>;
  /** Changes some settings in one step. */
  saveSettings(user: string, changes: ReadonlyMap<string, string>): Promise<void>;

  close(): Promise<void>;
}

/** Bounds of what is kept of ended jobs; the oldest records go first. */
export interface RecordLimits {
  /** Default 10,000. */
  readonly maxRecords: number;
  /** Bytes of JSON text over all records. Default 1 GiB. */
  readonly maxRecordBytes: number;
}

export const DEFAULT_RECORD_LIMITS: RecordLimits = { maxRecords: 10_000, maxRecordBytes: 1024 ** 3 };

/** Waiting jobs at most, unless an option says otherwise. */
export const DEFAULT_MAX_PENDING = 100_000;

/** Thrown by `enqueue` when the queue is full, or the disk refuses. */
export class BrokerError extends Error {
  readonly code: 'queue_full' | 'store_failed' | 'store_locked';
  constructor(code: BrokerError['code'], message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'BrokerError';
    this.code = code;
  }
}
