import { expect, test } from 'vitest';
import { createMemoryBroker } from '../src/broker/memory-broker.ts';
import { PromptQueue } from '../src/prompts/prompt-queue.ts';
import { makeJob } from './contracts/jobs.ts';
import { HeldRunner } from './fixtures/held-runner.ts';

async function startQueue(broker = createMemoryBroker()) {
  const runner = new HeldRunner();
  const recipients = { toClient: () => {}, toAll: () => {}, wantsPreviewMetadata: () => false };
  const queue = new PromptQueue({ broker, runner, recipients, now: () => 7, onFault: () => {}, onLog: () => {} });
  await queue.start();
  const stop = async () => {
    const stopped = queue.stop();
    await runner.close();
    await stopped;
  };
  return { broker, runner, queue, stop };
}

test('a prompt that was running at each of many stops is still tried', async () => {
  const broker = createMemoryBroker();
  await broker.enqueue(makeJob('a'));
  for (let restart = 0; restart < 5; restart++) {
    const { runner, stop } = await startQueue(broker);
    expect((await runner.next()).job.promptId).toBe('a');
    expect(await broker.job('a')).toMatchObject({ attempts: 1, isRunning: true });
    await stop();
    expect(await broker.job('a')).toMatchObject({ attempts: 0, isRunning: false });
  }
});

test('a prompt that took its runner down has used up an attempt', async () => {
  const { broker, runner, queue, stop } = await startQueue();
  await queue.submit(makeJob('a'));
  (await runner.next()).end({ kind: 'lost', reason: 'boom' });
  await runner.next();
  expect(await broker.job('a')).toMatchObject({ attempts: 2, isRunning: true });
  await stop();
  expect(await broker.job('a')).toMatchObject({ attempts: 1, isRunning: false });
});
