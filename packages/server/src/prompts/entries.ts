/** Jobs and records as the wire shows them, put together from the text that is kept of them. */
import type { Job, JobRecord, QueueEntry } from '../broker/broker.ts';

/** `[number, prompt_id, prompt, extra_data, outputs_to_execute]`. */
export function queueEntryText(
  job: Pick<Job, 'numberText' | 'promptId' | 'promptText' | 'extraDataText' | 'targets'>,
): string {
  return `[${job.numberText},${JSON.stringify(job.promptId)},${job.promptText},${job.extraDataText},${JSON.stringify(job.targets)}]`;
}

/** What runs and what waits as one JSON object, in pieces of some jobs each; at least one piece. */
export async function* queuePieces(pages: AsyncIterable<readonly QueueEntry[]>): AsyncGenerator<string, void> {
  let piece = '{"queue_running":[';
  let isOfRunning = true;
  let isFirst = true;
  let hasPage = false;
  for await (const page of pages) {
    if (hasPage) {
      yield piece;
      piece = '';
    }
    hasPage = true;
    for (const job of page) {
      if (isOfRunning && !job.isRunning) {
        piece += BETWEEN;
        isOfRunning = false;
        isFirst = true;
      }
      piece += isFirst ? queueEntryText(job) : `,${queueEntryText(job)}`;
      isFirst = false;
    }
  }
  yield `${piece}${isOfRunning ? BETWEEN : ''}]}`;
}

const BETWEEN = '],"queue_pending":[';

/** An entry of the history, by its id. */
export function historyEntryText(record: JobRecord): string {
  const { promptId, outputsText, statusText, metaText } = record;
  return `${JSON.stringify(promptId)}:{"prompt":${queueEntryText(record)},"outputs":${outputsText},"status":${statusText},"meta":${metaText}}`;
}

/** The history as one JSON object, in pieces of some records each; at least one piece. */
export async function* historyPieces(pages: AsyncIterable<readonly JobRecord[]>): AsyncGenerator<string, void> {
  let piece = '{';
  let isFirst = true;
  for await (const page of pages) {
    if (!isFirst) {
      yield piece;
      piece = ',';
    }
    piece += page.map(historyEntryText).join(',');
    isFirst = false;
  }
  yield `${piece}}`;
}

export function historyText(records: readonly JobRecord[]): string {
  return `{${records.map(historyEntryText).join(',')}}`;
}
