// The durable queue against the bare disk: appending the same bytes to a file and waiting for the disk. Both take turns
// in one process. Prints one JSON line a figure. Build first (`npm run build`).
//
//   node bench/broker.mjs [--jobs 2000] [--folder FOLDER]
import { randomUUID } from 'node:crypto';
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createSqliteBroker } from '../packages/server/dist/broker/sqlite-broker.js';

const { values: args } = parseArgs({
  options: { jobs: { type: 'string', default: '2000' }, folder: { type: 'string', default: tmpdir() } },
});
const jobs = Number(args.jobs);
const SUBMITTERS = 32;
/** A prompt of ten thousand nodes is as big as this. */
const BIG = 1024 ** 2;
const BIG_JOBS = 60;
const textOf = (bytes) => JSON.stringify({ nodes: 'KSampler 7 '.repeat(bytes / 11) });
const smallText = textOf(3700);
const makeJob = (promptText = smallText) => ({
  promptId: randomUUID(),
  number: 0,
  numberText: '0',
  promptText,
  extraDataText: '{}',
  secretsText: '{}',
  targets: ['9'],
  clientId: 'bench',
  workflowId: undefined,
  createTime: Date.now(),
});
const end = {
  state: 'completed',
  outputsText: '{"9":{"images":[]}}',
  metaText: '{}',
  statusText: '{}',
  summaryText: '{}',
  startTime: 1,
  endTime: 2,
};

const micros = (times, share) => Math.round(times.sort((a, b) => a - b)[Math.floor(times.length * share)] * 1000);
const p = (times) => ({ p50_us: micros(times, 0.5), p99_us: micros(times, 0.99) });
const print = (figure) => console.log(JSON.stringify(figure));
async function timed(times, work) {
  const start = performance.now();
  const result = await work();
  times.push(performance.now() - start);
  return result;
}

const folder = mkdtempSync(join(args.folder, 'snug-bench-'));
const broker = await createSqliteBroker({ file: join(folder, 'store.db') });
const raw = openSync(join(folder, 'raw'), 'a');
try {
  const [disk, enqueue, claim, finish] = [[], [], [], []];
  for (let at = 0; at < jobs; at++) {
    const job = makeJob();
    const line = `${JSON.stringify(job)}\n`;
    await timed(disk, () => {
      writeSync(raw, line);
      fdatasyncSync(raw);
    });
    await timed(enqueue, () => broker.enqueue(job));
  }
  print({ name: 'append+fdatasync', ...p(disk) });
  print({ name: 'enqueue', ...p(enqueue), of_disk: +(micros(disk, 0.5) / micros(enqueue, 0.5)).toFixed(2) });

  const mean = enqueue.reduce((sum, time) => sum + time, 0) / jobs;
  const start = performance.now();
  const submit = async () => {
    for (let at = 0; at < jobs / SUBMITTERS; at++) await broker.enqueue(makeJob());
  };
  await Promise.all(Array.from({ length: SUBMITTERS }, submit));
  const perSecond = (Math.ceil(jobs / SUBMITTERS) * SUBMITTERS * 1000) / (performance.now() - start);
  const ratio = +((perSecond * mean) / 1000).toFixed(2);
  print({ name: `enqueue, ${SUBMITTERS} submitters`, per_s: Math.round(perSecond), of_sequential: ratio });

  for (let at = 0; at < jobs; at++) {
    const job = await timed(claim, () => broker.claim());
    await timed(finish, () => broker.finish(job.promptId, end));
  }
  print({ name: 'claim', ...p(claim) });
  print({ name: 'finish', ...p(finish) });

  await broker.clear();
  const bigText = textOf(BIG);
  const big = { disk: [], enqueue: [], claim: [], finish: [] };
  for (let at = 0; at < BIG_JOBS; at++) {
    await timed(big.disk, () => {
      writeSync(raw, bigText);
      fdatasyncSync(raw);
    });
    await timed(big.enqueue, () => broker.enqueue(makeJob(bigText)));
    const job = await timed(big.claim, () => broker.claim());
    await timed(big.finish, () => broker.finish(job.promptId, end));
  }
  print({ name: '1 MB: append+fdatasync', ...p(big.disk) });
  for (const name of ['enqueue', 'claim', 'finish']) print({ name: `1 MB: ${name}`, ...p(big[name]) });
} finally {
  await broker.close();
  closeSync(raw);
  rmSync(folder, { recursive: true });
}
