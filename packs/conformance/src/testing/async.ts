/** Nodes that wait without holding others up, end with errors, or compete for something. */
import { ANY, defineNode, IMAGE, input } from '@snug/node-kit';
import { floatText } from '@snug/protocol';
import { unnamed } from '../unnamed.ts';
import { pause } from '../waiting.ts';
import { mapImage } from './pixel-maths.ts';
import { createSlots } from './slots.ts';

const category = 'experimental/async';
const TICK = 10;

const value = input.of(ANY);
const outputs = { value: unnamed(ANY) };

const sleep = defineNode({
  type: 'TestSleep',
  category,
  concurrent: true,
  inputs: {
    value,
    seconds: input.float({ default: 1, min: 0, max: 9999, step: 0.01 }),
    unique_id: input.hidden('UNIQUE_ID'),
  },
  outputs,
  async run({ value, seconds }, context) {
    const start = performance.now();
    for (let elapsed = 0; elapsed < seconds; elapsed = (performance.now() - start) / 1000) {
      await context.progress(elapsed, seconds);
      await pause(TICK, context.signal);
    }
    return { value };
  },
});

const asyncError = defineNode({
  type: 'TestAsyncError',
  category,
  concurrent: true,
  inputs: { value, error_after: input.float({ default: 0.1, min: 0, max: 10 }) },
  outputs,
  async run({ error_after }, { signal }): Promise<never> {
    await pause(error_after * 1000, signal);
    throw new Error('Intentional async execution error for testing');
  },
});

const syncError = defineNode({
  type: 'TestSyncError',
  category,
  inputs: { value },
  outputs,
  run(): never {
    throw new Error('Intentional sync execution error for testing');
  },
});

/** The text alone does not say "timeout", which clients look for in the text and in the type. */
class TimeoutError extends Error {
  readonly code = 'timeout';
  constructor(seconds: number) {
    super(`Operation timed out after ${floatText(seconds)} seconds`);
    this.name = 'TimeoutError';
  }
}

const asyncTimeout = defineNode({
  type: 'TestAsyncTimeout',
  category,
  concurrent: true,
  inputs: {
    value,
    timeout: input.float({ default: 1, min: 0.1, max: 10 }),
    operation_time: input.float({ default: 2, min: 0.1, max: 10 }),
  },
  outputs,
  async run({ value, timeout, operation_time }, { signal }) {
    await pause(Math.min(timeout, operation_time) * 1000, signal);
    if (operation_time > timeout) throw new TimeoutError(timeout);
    return { value };
  },
});

const resourcesInUse = new Set<string>();

const resourceUser = defineNode({
  type: 'TestAsyncResourceUser',
  category,
  concurrent: true,
  inputs: {
    value,
    resource_id: input.string({ default: 'resource_0' }),
    duration: input.float({ default: 0.1, min: 0, max: 1 }),
  },
  outputs,
  async run({ value, resource_id, duration }, { signal }) {
    if (resourcesInUse.has(resource_id)) throw new Error(`Resource ${resource_id} is in use: name another one.`);
    resourcesInUse.add(resource_id);
    try {
      await pause(duration * 1000, signal);
      return { value };
    } finally {
      resourcesInUse.delete(resource_id);
    }
  },
});

const batchProcessing = defineNode({
  type: 'TestAsyncBatchProcessing',
  category,
  concurrent: true,
  inputs: {
    images: input.of(IMAGE),
    process_time_per_item: input.float({ default: 0.1, min: 0.01, max: 1 }),
    unique_id: input.hidden('UNIQUE_ID'),
  },
  outputs: { images: unnamed(IMAGE) },
  async run({ images, process_time_per_item }, context) {
    for (let done = 1; done <= images.batch; done++) {
      await pause(process_time_per_item * 1000, context.signal);
      await context.progress(done, images.batch);
    }
    return { images: mapImage(images, (level) => 1 - level) };
  },
});

const slots = createSlots(2);

const concurrentLimit = defineNode({
  type: 'TestAsyncConcurrentLimit',
  category,
  concurrent: true,
  inputs: {
    value,
    duration: input.float({ default: 0.5, min: 0.1, max: 2 }),
    node_id: input.int({ default: 0 }),
  },
  outputs,
  async run({ value, duration }, { signal }) {
    await slots.take(signal);
    try {
      await pause(duration * 1000, signal);
      return { value };
    } finally {
      slots.release();
    }
  },
});

export const asyncNodes = [sleep, asyncError, syncError, asyncTimeout, resourceUser, batchProcessing, concurrentLimit];
