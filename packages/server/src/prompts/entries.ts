/** Jobs and records as the wire shows them, put together from the text that is kept of them. */
import type { Job, JobRecord, QueueEntry } from '../broker/broker.ts';

/** `[number, prompt_id, prompt, extra_data, outputs_to_execute]`. */
export function queueEntryText(
  job: Pick<Job, 'numberText' | 'promptId' | 'promptText' | 'extraDataText' | 'targets'>,
): string {
  return `[${job.numberText},${JSON.stringify(job.promptId)},${job.promptText},${job.extraDataText},${JSON.stringify(job.targets)}]`;
}

const BETWEEN = '],"queue_pending":[';

/** What runs and what waits as one JSON object, in pieces of some jobs each; at least one piece. */
export async function* queuePieces(pages: AsyncIterable<readonly QueueEntry[]>): AsyncGenerator<string, void> {
  let separator = '';
  let isOfRunning = true;
  const add = (job: QueueEntry): string => {
    if (isOfRunning && !job.isRunning) {
      separator = BETWEEN;
      isOfRunning = false;
    }
    const text = separator + queueEntryText(job);
    separator = ',';
    return text;
  };
  yield* pieces('{"queue_running":[', pages, add, () => (isOfRunning ? `${BETWEEN}]}` : ']}'));
}

/** An entry of the history, by its id. */
export function historyEntryText(record: JobRecord): string {
  const { promptId, outputsText, statusText, metaText } = record;
  return `${JSON.stringify(promptId)}:{"prompt":${queueEntryText(record)},"outputs":${outputsText},"status":${statusText},"meta":${metaText}}`;
}

/** The history as one JSON object, in pieces of some records each; at least one piece. */
export async function* historyPieces(pages: AsyncIterable<readonly JobRecord[]>): AsyncGenerator<string, void> {
  let separator = '';
  const add = (record: JobRecord): string => {
    const text = separator + historyEntryText(record);
    separator = ',';
    return text;
  };
  yield* pieces('{', pages, add, () => '}');
}

/** A piece a page. Each is held until the next page comes: a single one then has the end with it. */
async function* pieces<T>(
  start: string,
  pages: AsyncIterable<readonly T[]>,
  textOf: (item: T) => string,
  end: () => string,
): AsyncGenerator<string, void> {
  let piece = start;
  let isFirst = true;
  for await (const page of pages) {
    if (!isFirst) {
      yield piece;
      piece = '';
    }
    isFirst = false;
    for (const item of page) piece += textOf(item);
  }
  yield piece + end();
}

export function historyText(records: readonly JobRecord[]): string {
  return `{${records.map(historyEntryText).join(',')}}`;
}
