import { expect, it } from 'vitest';
import type { QueueEntry } from '../src/broker/broker.ts';
import { queueEntryText, queuePieces } from '../src/prompts/entries.ts';
import { makeJob } from './contracts/jobs.ts';

function entry(promptId: string, isRunning: boolean): QueueEntry {
  const { secretsText: _secrets, ...job } = makeJob(promptId);
  return { ...job, arrival: 1, attempts: 0, isRunning };
}

async function* pagesOf(jobs: readonly QueueEntry[], size: number): AsyncGenerator<readonly QueueEntry[]> {
  for (let at = 0; at < jobs.length; at += size) yield jobs.slice(at, at + size);
}

it.each([
  [0, 0, 2],
  [1, 0, 2],
  [0, 1, 2],
  [1, 1, 2],
  [2, 3, 2],
  [1, 5, 2],
  [0, 4, 2],
  [3, 0, 1],
  [1, 2, 64],
])('%i running and %i waiting jobs in pages of %i are one list each', async (running, waiting, size) => {
  const runs = Array.from({ length: running }, (_, at) => entry(`runs ${at}`, true));
  const waits = Array.from({ length: waiting }, (_, at) => entry(`waits ${at}`, false));
  const pieces: string[] = [];
  for await (const piece of queuePieces(pagesOf([...runs, ...waits], size))) pieces.push(piece);
  const list = (jobs: readonly QueueEntry[]): string => `[${jobs.map(queueEntryText).join(',')}]`;
  expect(pieces.join('')).toBe(`{"queue_running":${list(runs)},"queue_pending":${list(waits)}}`);
  expect(pieces).toHaveLength(Math.max(1, Math.ceil((running + waiting) / size)));
});

it('a page of which nothing is left does no harm', async () => {
  const job = entry('waits', false);
  async function* pages(): AsyncGenerator<readonly QueueEntry[]> {
    yield [];
    yield [job];
    yield [];
  }
  let text = '';
  for await (const piece of queuePieces(pages())) text += piece;
  expect(text).toBe(`{"queue_running":[],"queue_pending":[${queueEntryText(job)}]}`);
});
