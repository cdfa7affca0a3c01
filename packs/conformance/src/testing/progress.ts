/** Nodes that report their progress as a part of 1. */
import { ANY, defineNode, input } from '@snug/node-kit';
import { unnamed } from '../unnamed.ts';
import { blockThread, pause } from '../waiting.ts';

const category = 'experimental/progress';
const TICK = 10;

const inputs = { value: input.of(ANY), sleep_seconds: input.float({ default: 1 }) };
const outputs = { value: unnamed(ANY) };

const asyncUpdate = defineNode({
  type: 'TestAsyncProgressUpdate',
  category,
  concurrent: true,
  inputs,
  outputs,
  async run({ value, sleep_seconds }, context) {
    const start = performance.now();
    for (let elapsed = 0; elapsed < sleep_seconds; elapsed = (performance.now() - start) / 1000) {
      await context.setProgress(elapsed / sleep_seconds, 1);
      await pause(TICK, context.signal);
    }
    await context.setProgress(1, 1);
    return { value };
  },
});

const syncUpdate = defineNode({
  type: 'TestSyncProgressUpdate',
  category,
  inputs,
  outputs,
  async run({ value, sleep_seconds }, context) {
    const start = performance.now();
    for (let elapsed = 0; elapsed < sleep_seconds; elapsed = (performance.now() - start) / 1000) {
      context.throwIfInterrupted();
      await context.setProgress(elapsed / sleep_seconds, 1);
      blockThread(TICK);
    }
    await context.setProgress(1, 1);
    return { value };
  },
});

export const progressNodes = [asyncUpdate, syncUpdate];
