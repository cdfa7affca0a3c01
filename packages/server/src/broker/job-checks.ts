import {
  BrokerError,
  DEFAULT_MAX_PENDING,
  DEFAULT_RECORD_LIMITS,
  type HistoryQuery,
  type Job,
  type JobEnd,
  type RecordLimits,
} from './broker.ts';

/** What every broker takes. */
export interface BrokerLimits {
  readonly limits?: Partial<RecordLimits> | undefined;
  /** Waiting jobs at most. Default {@link DEFAULT_MAX_PENDING}. */
  readonly maxPending?: number | undefined;
}

/** @throws {RangeError} when a bound is not a whole number from 1 up. */
export function resolveLimits({ limits, maxPending = DEFAULT_MAX_PENDING }: BrokerLimits) {
  const maxRecords = limits?.maxRecords ?? DEFAULT_RECORD_LIMITS.maxRecords;
  const maxRecordBytes = limits?.maxRecordBytes ?? DEFAULT_RECORD_LIMITS.maxRecordBytes;
  for (const [name, value] of Object.entries({ maxPending, maxRecords, maxRecordBytes })) {
    if (!Number.isSafeInteger(value) || value < 1)
      throw new RangeError(`${name} is ${value}: give a whole number >= 1`);
  }
  return { maxPending, maxRecords, maxRecordBytes };
}

/** @throws {RangeError} for a NaN: it has no place in an order. */
export function checkJob({ promptId, number, createTime }: Job): void {
  if (Number.isNaN(number)) throw new RangeError(`job ${promptId}: number is NaN; it must have a place in the queue`);
  if (Number.isNaN(createTime)) throw new RangeError(`job ${promptId}: createTime is NaN`);
}

/** @throws {RangeError} for a time that is NaN. */
export function checkEnd(promptId: string, { startTime, endTime }: JobEnd): void {
  if (Number.isNaN(startTime)) throw new RangeError(`job ${promptId}: startTime is NaN`);
  if (Number.isNaN(endTime)) throw new RangeError(`job ${promptId}: endTime is NaN`);
}

/** Bytes that a job brings into its record. */
export function jobBytes({ promptText, extraDataText }: Pick<Job, 'promptText' | 'extraDataText'>): number {
  return Buffer.byteLength(promptText) + Buffer.byteLength(extraDataText);
}

/** Bytes that the end of a job adds to its record. */
export function endBytes({ outputsText, metaText, statusText, summaryText }: JobEnd): number {
  return [outputsText, metaText, statusText, summaryText].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}

const count = (value: number | undefined, otherwise: number) =>
  value === undefined || Number.isNaN(value) ? otherwise : Math.max(0, Math.trunc(value));

/** Which of `total` records, oldest first, a query asks for. Negative counts are 0; NaN is as if not given. */
export function historyRange({ limit, offset }: HistoryQuery, total: number): { from: number; size: number } {
  const size = Math.min(count(limit, total), total);
  if (offset === undefined || Number.isNaN(offset)) return { from: total - size, size };
  const from = Math.min(count(offset, 0), total);
  return { from, size: Math.min(size, total - from) };
}

export function queueFull(maxPending: number): BrokerError {
  return new BrokerError('queue_full', `The queue is full: ${maxPending} jobs are waiting. Try again later.`);
}
