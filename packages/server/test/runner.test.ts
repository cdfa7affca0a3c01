import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ExecutionEvent } from '@snug/executor';
import { createProcessRunner } from '../src/runner/process-runner.ts';
import type { ProcessRunnerOptions } from '../src/runner/process-runner.ts';
import type { Runner, RunnerJob, RunnerOutcome } from '../src/runner/runner.ts';
import { ensureBuilt } from './fixtures/built.ts';
import { createFaultConfig } from './fixtures/fault-server.ts';
import { processCount } from './fixtures/processes.ts';

const lines: string[] = [];
const config = createFaultConfig(lines);
const runners: Runner[] = [];
let runner: Runner;

async function createRunner(options: Partial<ProcessRunnerOptions> = {}): Promise<Runner> {
  const { base: _base, remove: _remove, ...rest } = config;
  const created = await createProcessRunner({ ...rest, graceMs: 200, ...options });
  runners.push(created);
  return created;
}
beforeAll(async () => {
  ensureBuilt();
  runner = await createRunner();
});
afterAll(async () => {
  for (const one of runners) await one.close();
  config.remove();
});

interface Ran {
  readonly outcome: RunnerOutcome;
  readonly events: readonly ExecutionEvent[];
  readonly types: readonly string[];
}

async function run(
  classType: string,
  inputs: Record<string, unknown> = {},
  { on = runner, interruptAt }: { on?: Runner; interruptAt?: ExecutionEvent['type'] } = {},
): Promise<Ran> {
  const events: ExecutionEvent[] = [];
  const abort = new AbortController();
  const outcome = await on.run(
    {
      promptId: `run ${classType}`,
      promptText: JSON.stringify({ 1: { class_type: classType, inputs } }),
      extraDataText: '{}',
      targets: ['1'],
    },
    {
      signal: abort.signal,
      onEvent: (event) => {
        events.push(event);
        if (event.type === interruptAt) abort.abort();
      },
    },
  );
  return { outcome, events, types: events.map(({ type }) => type) };
}

const ended = { kind: 'ended' };

describe('a prompt in its own process', () => {
  test('tells its events in order and ends with the last of them', async () => {
    const { outcome, types, events } = await run('Echo', { text: 'hello' });
    expect(outcome).toEqual(ended);
    expect(types).toEqual(['started', 'cached', 'node-started', 'output-shown', 'node-finished', 'succeeded']);
    expect(events[3]).toMatchObject({ outputText: '{"text":["hello"]}' });
  });

  test('events keep their order, whichever way they take', async () => {
    const { events, outcome } = await run('FaultTalk');
    expect(outcome).toEqual({ kind: 'ended' });
    const told = events.flatMap((event) =>
      event.type === 'custom-sent' ? [(JSON.parse(event.dataText) as { at: number }).at] : [],
    );
    expect(told).toEqual(Array.from({ length: 400 }, (_, at) => at));
    expect(events.at(-1)?.type).toBe('succeeded');
  });

  test('pictures cross as bytes, in the place of their event', async () => {
    const { events } = await run('Previews', { count: 3, side: 8 });
    const previews = events.flatMap((event) => (event.type === 'node-progressed' && event.preview ? [event] : []));
    expect(previews.map(({ value }) => value)).toEqual([1, 2, 3]);
    for (const { preview } of previews) expect([...preview!.bytes.subarray(1, 4)]).toEqual([0x50, 0x4e, 0x47]);
  });

  test('what nodes print goes to the log, line by line, and long lines are cut', async () => {
    const { events } = await run('Print');
    expect(events).toContainEqual({ type: 'logged', line: 'logged by a node' });
    await expect.poll(() => lines.includes('printed by a node')).toBe(true);
    await expect.poll(() => lines.some((line) => line === 'x'.repeat(10_000))).toBe(true);
  });

  test('an error of a node is the end of its prompt and nothing else', async () => {
    const { outcome, events } = await run('FaultThrow');
    expect(outcome).toEqual(ended);
    expect(events.at(-1)).toMatchObject({ type: 'failed', failure: { nodeId: '1', message: 'on purpose\n' } });
    expect((await run('FaultThrowText')).events.at(-1)).toMatchObject({ failure: { message: 'only a text\n' } });
  });
});

describe('a prompt that was announced', () => {
  const job = (promptId: string, text: string): RunnerJob => ({
    promptId,
    promptText: JSON.stringify({ 1: { class_type: 'Echo', inputs: { text } } }),
    extraDataText: '{}',
    targets: ['1'],
  });
  async function shown(on: Runner, one: RunnerJob): Promise<string | undefined> {
    let text: string | undefined;
    const onEvent = (event: ExecutionEvent): void => {
      if (event.type === 'output-shown') text = event.outputText;
    };
    await on.run(one, { signal: new AbortController().signal, onEvent });
    return text;
  }

  test.each([
    ['is run', [job('a', 'one')], job('a', 'one')],
    ['is run once: the next prompt is another', [job('a', 'one'), job('b', 'two')], job('b', 'two')],
    ['makes way for one that was not', [job('a', 'one')], job('b', 'two')],
    ['makes way for another of its id', [job('a', 'one')], job('a', 'two')],
  ])('%s', async (_, announced, taken) => {
    for (const one of announced) runner.prepare!(one);
    const { text } = JSON.parse(taken.promptText)[1].inputs as { text: string };
    expect(await shown(runner, taken)).toBe(`{"text":["${text}"]}`);
    expect(await shown(runner, job('c', 'three'))).toBe('{"text":["three"]}');
  });

  test('is read again by the process that took the place of the one that knew it', async () => {
    const fragile = await createRunner();
    expect((await run('FaultExit', {}, { on: fragile })).outcome.kind).toBe('lost');
    fragile.prepare!(job('a', 'one'));
    await fragile.reload!();
    expect(await shown(fragile, job('a', 'one'))).toBe('{"text":["one"]}');
  });
});

describe('a node that takes the process down (F7)', () => {
  test.each([
    ['FaultExit', 'a node ended it with exit code 3'],
    ['FaultThrowLater', 'Error: out of nowhere'],
    ['FaultReject', 'Error: nobody listens'],
  ])('%s: the prompt is lost with the reason, and the next one runs', async (classType, reason) => {
    const { outcome, types } = await run(classType);
    expect(outcome).toEqual({ kind: 'lost', reason });
    expect(types).toContain('node-started');
    expect((await run('Echo', { text: 'still here' })).outcome).toEqual(ended);
  });

  test('FaultMemory: it runs out of its own memory, not of the machine’s', async () => {
    const small = await createRunner({ maxHeapMb: 48 });
    expect((await run('FaultMemory', {}, { on: small })).outcome).toEqual({
      kind: 'lost',
      reason: 'it ran out of memory',
    });
    expect((await run('Echo', { text: 'still here' }, { on: small })).outcome).toEqual(ended);
  });
});

describe('a node that does not stop (F8)', () => {
  test.each(['FaultSpin', 'FaultNever'])(
    '%s: is ended after the grace time, and the next prompt runs',
    async (type) => {
      const { outcome } = await run(type, {}, { interruptAt: 'logged' });
      expect(outcome).toEqual({ kind: 'killed' });
      expect((await run('Echo', { text: 'still here' })).outcome).toEqual(ended);
    },
  );

  test('work that cannot be stopped, and says so, is waited for: what the process keeps is kept', async () => {
    const { outcome, events } = await run('FaultHoldThread', {}, { interruptAt: 'node-started' });
    expect(outcome).toEqual(ended);
    expect(events.at(-1)).toMatchObject({ type: 'interrupted', nodeId: '1' });
  });

  test('but not for ever', async () => {
    const strict = await createRunner({ maxHoldMs: 300 });
    const { outcome } = await run('FaultHoldForEver', {}, { on: strict, interruptAt: 'logged' });
    expect(outcome).toEqual({ kind: 'killed' });
    expect((await run('Echo', { text: 'still here' }, { on: strict })).outcome).toEqual(ended);
  });

  test('a loop that reports progress is interrupted in place', async () => {
    const { outcome, events } = await run('FaultSpinProgress', {}, { interruptAt: 'node-progressed' });
    expect(outcome).toEqual(ended);
    expect(events.at(-1)).toMatchObject({ type: 'interrupted', nodeId: '1' });
  });

  test('one that waits and looks is interrupted in place, also when asked before it started', async () => {
    const { outcome, events } = await run('Hold', { gate: join(config.base, 'none') }, { interruptAt: 'started' });
    expect(outcome).toEqual(ended);
    expect(events.at(-1)).toMatchObject({ type: 'interrupted' });
  });
});

describe('starting and closing', () => {
  test('a pack that cannot be loaded rejects with the reason, and leaves no process behind', async () => {
    const file = join(config.base, 'bad.ts');
    writeFileSync(file, "import { definePack } from '@snug/node-kit';\nexport const pack = definePack({ name: [ });\n");
    const before = await processCount();
    await expect(createRunner({ packs: [pathToFileURL(file).href] })).rejects.toThrow(
      /bad\.ts:2:\d+: Unexpected token/,
    );
    expect(await processCount()).toBe(before);
  });

  test('a runner that is closed while it runs gives the prompt back at once', async () => {
    const closing = await createRunner();
    const gate = join(config.base, 'never-opens');
    const running = run('Hold', { gate }, { on: closing });
    await expect.poll(() => existsSync(`${gate}.log`)).toBe(true);
    await closing.close();
    expect((await running).outcome).toEqual({ kind: 'lost', reason: 'the server stops' });
  });

  test('a runner that is closed while it starts anew runs nothing more', async () => {
    const closing = await createRunner();
    await run('FaultExit', {}, { on: closing });
    const file = join(config.base, 'noted');
    const next = run('Note', { file, line: 'a' }, { on: closing });
    await closing.close();
    expect((await next).outcome).toEqual({ kind: 'lost', reason: expect.any(String) as string });
    expect(existsSync(file) && readFileSync(file, 'utf8')).toBe(false);
  });

  test('packs are loaded anew after the running prompt, and the next one runs on them', async () => {
    const reloading = await createRunner();
    const gate = join(config.base, 'opens');
    const running = run('Hold', { gate }, { on: reloading });
    await expect.poll(() => existsSync(`${gate}.log`)).toBe(true);
    const reloaded = reloading.reload!();
    writeFileSync(gate, '');
    expect((await running).outcome).toEqual(ended);
    await reloaded;
    expect((await run('Echo', { text: 'x' }, { on: reloading })).outcome).toEqual(ended);
  });
});
