/** The process that prompts run in. Its main thread only passes messages on, so that it always answers. */
import { Worker } from 'node:worker_threads';
import { readConfig } from './protocol.ts';
import type { FromRunner, Picture, ToRunner } from './protocol.ts';

const BATCH_MS = 1;

const config = readConfig(process.argv[2]!);
/** Number of the run that is to stop. */
const interrupted = new Int32Array(new SharedArrayBuffer(4));
const worker = new Worker(new URL('./runner-worker.js', import.meta.url), { workerData: { config, interrupted } });

function send(message: FromRunner): void {
  process.send?.(message, undefined, undefined, (error) => {
    // the server is gone: nobody is left to run for
    if (error) process.exit(0);
  });
}

let texts: string[] = [];
let pictures: Picture[] = [];
let batchRun = 0;
let sentAt = -Infinity;
let timer: NodeJS.Timeout | undefined;

function flush(): void {
  clearTimeout(timer);
  timer = undefined;
  if (!texts.length) return;
  send({ type: 'events', run: batchRun, text: texts.join(','), pictures });
  texts = [];
  pictures = [];
  sentAt = performance.now();
}

worker.on('message', (message: FromRunner) => {
  if (message.type !== 'events') {
    flush();
    send(message);
    return;
  }
  batchRun = message.run;
  texts.push(message.text);
  for (const picture of message.pictures) pictures.push(picture);
  const waited = performance.now() - sentAt;
  if (waited >= BATCH_MS || texts.length >= 256) flush();
  else timer ??= setTimeout(flush, BATCH_MS - waited);
});

function give(reason: string): void {
  flush();
  process.exitCode = 1;
  process.send?.({ type: 'broken', reason } satisfies FromRunner, undefined, undefined, () => process.exit());
}
// the last events come between these two: without them, nobody knew which node it was
let reason: string | undefined;
worker.on('error', (error: Error & { code?: string }) => {
  reason = error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'it ran out of memory' : `${error.name}: ${error.message}`;
});
worker.on('exit', (code) => give(reason ?? `a node ended it with exit code ${code}`));

process.on('message', (message: ToRunner) => {
  if (message.type === 'interrupt') Atomics.store(interrupted, 0, message.run);
  worker.postMessage(message);
});
process.on('disconnect', () => process.exit(process.exitCode));
// the terminal sends its signals to the whole group: the server decides when we end
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
