/** The thread on which nodes run for `--local`: the terminal stays alive whatever a node does. */
import { parentPort, workerData } from 'node:worker_threads';
import { createExecutor, createNodeFiles } from '@snug/executor';
import { asObject, parseJson } from '@snug/protocol';
import { createCache, createInlineCode, loadPacks, readJob } from '@snug/server';
import type { FromLocal, LocalConfig, ToLocal } from './local-messages.ts';

const { folders, options, stopped } = workerData as LocalConfig;
const port = parentPort!;
const say = (message: FromLocal): void => port.postMessage(message);

const files = createNodeFiles(folders);
const packs = await loadPacks(options.packs);
const code = createInlineCode(packs, { files }, (line) => console.error(line));
const { embedMetadata, previews } = options;
const executor = createExecutor({ packs, files, cache: createCache(options.cache), embedMetadata, previews });

async function run(message: Extract<ToLocal, { type: 'run' }>): Promise<void> {
  const job = readJob(message);
  const abort = new AbortController();
  const isInterrupted = (): boolean => Atomics.load(stopped, 0) === 1;
  // nodes that wait listen to the signal
  const watch = setInterval(() => isInterrupted() && abort.abort(), 20);
  await executor.run(job, { onEvent: (event) => say({ type: 'event', event }), signal: abort.signal, isInterrupted });
  clearInterval(watch);
  say({ type: 'ran' });
}

async function answer(message: ToLocal): Promise<void> {
  if (message.type === 'describe') say({ type: 'described', ...(await code.describe(message.classTypes)) });
  else if (message.type === 'run') await run(message);
  else {
    const checks = message.checks.map(({ valuesText, ...check }) => ({
      ...check,
      values: asObject(parseJson(valuesText)) ?? new Map(),
    }));
    say({ type: 'checked', results: await code.check(checks) });
  }
}

let turn = Promise.resolve();
port.on('message', (message: ToLocal) => {
  turn = turn.then(() => answer(message));
});
