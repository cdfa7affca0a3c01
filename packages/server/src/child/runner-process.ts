/** The process that prompts run in. Its main thread only passes messages on, so that it always answers. */
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { createRingMemory, EventReader, MARK } from './event-ring.ts';
import { readConfig } from './protocol.ts';
import type { FromRunner, FromWorker, Marked, Picture, ToRunner, WorkerData } from './protocol.ts';

/** Events are passed on together, so often. */
const BATCH_MS = 2;
/** Between two words that a run which is to stop cannot yet: more often than its time to stop runs out. */
const HOLDING_MS = 50;

/**
 * Megabytes for new objects of the thread that runs nodes, from its start. The engine would begin with one and go up as it
 * sees need: until then, a graph that is read outlives several collections and is copied in each.
 */
const NEW_OBJECTS_MB = 16;

const config = readConfig(process.argv[2]!);
const interrupted = new Int32Array(new SharedArrayBuffer(4));
const held = new Int32Array(new SharedArrayBuffer(4));
const ring = createRingMemory();
const reader = new EventReader(ring);
setFlagsFromString(`--min-semi-space-size=${NEW_OBJECTS_MB}`);
const worker = new Worker(new URL('./runner-worker.js', import.meta.url), {
  workerData: { config, interrupted, held, ring } satisfies WorkerData,
});

function send(message: FromRunner): void {
  process.send?.(message, undefined, undefined, (error) => {
    // the server is gone: nobody is left to run for
    if (error) process.exit(0);
  });
}

/** The server sends the next prompt when this one has ended: all that is written belongs to it. */
let run = 0;
let texts: string[] = [];
/** Read, and behind the place of a message that has not come yet. */
let unread = '';
/** Messages whose places have not been reached. */
const posted: Marked[] = [];
let pictures: Picture[] = [];
let sentAt = -Infinity;
let timer: NodeJS.Timeout | undefined;

function flush(): void {
  if (texts.length) sendEvents('events');
}
function sendEvents(type: 'events' | 'ended'): void {
  send({ type, run, text: texts.join(''), pictures });
  texts = [];
  pictures = [];
  sentAt = performance.now();
}
/** Takes what there is, in order: up to the place of a message that is still on its way. */
function take(): void {
  unread += reader.read();
  for (;;) {
    const mark = unread.indexOf(MARK);
    const text = mark < 0 ? unread : unread.slice(0, mark);
    if (text) texts.push(text);
    if (mark < 0) unread = '';
    const message = mark < 0 ? undefined : posted.shift();
    if (!message) {
      unread = unread.slice(text.length);
      return;
    }
    unread = unread.slice(mark + 1);
    if (message.type === 'events') {
      texts.push(message.text);
      for (const picture of message.pictures) pictures.push(picture);
    } else if (message.type === 'ended') {
      clearInterval(holds);
      sendEvents('ended');
    } else {
      flush();
      send(message);
    }
  }
}
/** Passes on what there is; looks again as long as there is something. */
function look(): void {
  timer = undefined;
  take();
  const waited = performance.now() - sentAt;
  if (texts.length && waited < BATCH_MS) lookIn(BATCH_MS - waited);
  else if (texts.length || !reader.fallsAsleep()) {
    flush();
    lookIn(BATCH_MS);
  }
}
function lookIn(ms: number): void {
  timer ??= setTimeout(look, ms);
}

worker.on('message', (message: FromWorker) => {
  if (message.type === 'look') {
    if (!timer) look();
    return;
  }
  posted.push(message);
  take();
  if (texts.length) lookIn(0);
});

function give(reason: string): void {
  take();
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

let holds: NodeJS.Timeout | undefined;
/** Until the run has ended: it may hold its thread again before it sees that it is to stop. */
function tellHolds(stopping: number): void {
  clearInterval(holds);
  holds = setInterval(() => {
    if (Atomics.load(held, 0) === 1) send({ type: 'holding', run: stopping });
  }, HOLDING_MS);
}

process.on('message', (message: ToRunner) => {
  if (message.type === 'run') {
    run = message.run;
    // a run that is over soon is told in one message, not the first of its events in one of their own
    sentAt = performance.now();
  }
  if (message.type === 'interrupt') {
    Atomics.store(interrupted, 0, message.run);
    tellHolds(message.run);
  }
  worker.postMessage(message);
});
process.on('disconnect', () => process.exit(process.exitCode));
// the terminal sends its signals to the whole group: the server decides when we end
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
