/** The thread on which nodes run. It may be held by a node for as long as that likes. */
import { parentPort, workerData } from 'node:worker_threads';
import { createExecutor, createNodeFiles } from '@snug/executor';
import type { Executor, RunJob } from '@snug/executor';
import { onThreadHeld } from '@snug/node-kit';
import { createCache } from '../runner/create-cache.ts';
import { encodePreview } from '../runner/encode-preview.ts';
import { rehearsalPack } from '../rehearsal/rehearsal-pack.ts';
import { readJob } from '../runner/read-job.ts';
import { EventPacker } from './event-batch.ts';
import { loadPacks } from './load-packs.ts';
import { EventWriter } from './event-ring.ts';
import type { FromWorker, Marked, ToRunner, WorkerData } from './protocol.ts';

const { config, interrupted, held, ring } = workerData as WorkerData;
const port = parentPort!;
const writer = new EventWriter(ring);
const say = (message: FromWorker): void => port.postMessage(message);
function post(message: Marked): void {
  writer.mark();
  say(message);
}

let current: { run: number; abort: AbortController } | undefined;

/** Read while its sender is not yet answered: what is left to do is to run it. */
let prepared: RunJob | undefined;

async function run(executor: Executor, { run, job }: Extract<ToRunner, { type: 'run' }>): Promise<void> {
  const taken = job ? readJob(job) : prepared!;
  prepared = undefined;
  const abort = new AbortController();
  current = { run, abort };
  const packer = new EventPacker({
    write(text) {
      if (!writer.write(text)) return false;
      if (writer.takesWakeUp()) say({ type: 'look' });
      return true;
    },
    post: (text, pictures) => post({ type: 'events', run, text, pictures }),
  });
  await executor.run(taken, {
    onEvent(event) {
      // told by whoever handed the run over
      if (event.type !== 'started') packer.push(event);
    },
    signal: abort.signal,
    // seen even by a node that never lets messages in
    isInterrupted: () => Atomics.load(interrupted, 0) === run,
  });
  current = undefined;
  post({ type: 'ended', run });
}

onThreadHeld((isHeld) => Atomics.store(held, 0, isHeld ? 1 : 0));
const packs = await loadPacks(config.packs);
const executor = createExecutor({
  packs: [rehearsalPack, ...packs],
  files: createNodeFiles(config.folders),
  cache: createCache(config.cache),
  encodePreview,
  embedMetadata: config.embedMetadata,
  previews: config.previews,
  limits: config.limits,
});

// one prompt at a time, and nothing is forgotten while one runs
let turn = Promise.resolve();
port.on('message', (message: ToRunner) => {
  if (message.type === 'interrupt') {
    if (current?.run === message.run) current.abort.abort();
  } else if (message.type === 'free') turn = turn.then(() => executor.free());
  else if (message.type === 'prepare') turn = turn.then(() => void (prepared = readJob(message.job)));
  else turn = turn.then(() => run(executor, message));
});
post({ type: 'ready' });
