/** Runs prompts in a child process: a node that blocks, crashes or hangs never touches the sockets, and can be ended. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { builtUrl } from '../child/built-url.ts';
import { unpackEvents } from '../child/event-batch.ts';
import { configText } from '../child/protocol.ts';
import type { FromRunner, RunnerConfig, ToRunner } from '../child/protocol.ts';
import { pipeLines } from '../child/pipe-lines.ts';
import type { Runner, RunnerControl, RunnerJob, RunnerOutcome } from './runner.ts';

export interface ProcessRunnerOptions extends RunnerConfig {
  /** Milliseconds that a prompt has to stop after an interruption before its process is ended. Default 5000. */
  readonly graceMs?: number | undefined;
  /** Milliseconds that work which cannot be stopped (`holdThread`) may make it longer. Default 600,000. */
  readonly maxHoldMs?: number | undefined;
  /** What nodes print. */
  readonly onLine: (line: string) => void;
  /** Megabytes of heap for the thread that runs nodes. Default: Node's own choice. */
  readonly maxHeapMb?: number | undefined;
  /** Milliseconds since the epoch. */
  readonly now?: (() => number) | undefined;
}

/**
 * On Linux, what is larger than this many bytes goes back to the system when it is freed: weights of models, above all. Left
 * to itself, the C library keeps gigabytes of them for later.
 */
const RUNNER_ENVIRONMENT = { MALLOC_MMAP_THRESHOLD_: `${4 * 2 ** 20}` };

/** Milliseconds between looks whether the running prompt has ended, when packs wait to be loaded anew. */
const RELOAD_POLL_MS = 50;

interface Current {
  readonly run: number;
  readonly control: RunnerControl;
  /** Starts the time to stop anew. */
  holds(): void;
  settle(outcome: RunnerOutcome): void;
}

/** Starts the process. Resolves when its packs are loaded; rejects when they cannot be. */
export async function createProcessRunner(options: ProcessRunnerOptions): Promise<Runner> {
  const { graceMs = 5000, maxHoldMs = 600_000, onLine, maxHeapMb, now = Date.now, ...config } = options;
  const script = fileURLToPath(builtUrl(import.meta.url, '../child/runner-process.js'));
  let runs = 0;
  let current: Current | undefined;
  let isClosed = false;
  let child: ChildProcess | undefined;
  let ready: Promise<void>;
  /** What the process has read already. */
  let prepared: RunnerJob | undefined;

  const say = (message: ToRunner): void => {
    child?.send(message, (error) => {
      if (error && !isClosed) onLine(`The runner did not take a message: ${error.message}`);
    });
  };

  function start(): Promise<void> {
    const execArgv = maxHeapMb ? [`--max-old-space-size=${maxHeapMb}`] : [];
    const started = fork(script, [configText(config)], {
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      execArgv,
      env: { ...RUNNER_ENVIRONMENT, ...process.env },
    });
    child = started;
    prepared = undefined;
    pipeLines(started.stdout!, onLine);
    pipeLines(started.stderr!, onLine);
    let reason: string | undefined;
    let isReady = false;
    return new Promise((resolve, reject) => {
      started.on('message', (message: FromRunner) => {
        if (message.type === 'ready') {
          isReady = true;
          resolve();
        } else if (message.type === 'broken') reason = message.reason;
        else if (message.run === current?.run) receive(message);
      });
      started.on('error', (error) => (reason ??= error.message));
      started.on('close', (code, signal) => {
        const why = reason ?? (signal ? `it was ended by ${signal}` : `it exited with code ${code}`);
        reject(new Error(`The process that runs nodes did not start: ${why}`));
        if (child !== started) return;
        child = undefined;
        // one that never got ready would end the same way at once: the next prompt tries again
        if (isReady) lose(why);
      });
    });
  }

  function receive(message: Extract<FromRunner, { run: number }>): void {
    if (message.type === 'holding') {
      current?.holds();
      return;
    }
    for (const event of unpackEvents(message.text, message.pictures)) current?.control.onEvent(event);
    if (message.type === 'ended') finish({ kind: 'ended' });
  }
  function finish(outcome: RunnerOutcome): void {
    const finished = current;
    current = undefined;
    finished?.settle(outcome);
  }
  function lose(reason: string): void {
    if (!isClosed) {
      ready = start();
      ready.catch((error: Error) => onLine(error.message));
    }
    finish({ kind: 'lost', reason });
  }
  /** Ends the process and starts the next one. */
  function kill(): void {
    const killed = child;
    child = undefined;
    killed?.kill('SIGKILL');
    ready = start();
    ready.catch((error: Error) => onLine(error.message));
    finish({ kind: 'killed' });
  }

  ready = start();
  await ready;

  return {
    prepare(job) {
      if (current || !child) return;
      say({ type: 'prepare', job });
      prepared = job;
    },
    async run(job, control) {
      try {
        // a start that failed is tried again for each prompt
        await ready.catch(() => (isClosed ? undefined : (ready = start())));
      } catch (error) {
        return { kind: 'lost', reason: (error as Error).message };
      }
      if (isClosed) return { kind: 'lost', reason: 'the server stops' };
      const run = ++runs;
      let grace: NodeJS.Timeout | undefined;
      let interruptedAt = 0;
      const interrupt = (): void => {
        say({ type: 'interrupt', run });
        interruptedAt = performance.now();
        grace = setTimeout(kill, graceMs);
      };
      const holds = (): void => {
        if (performance.now() - interruptedAt < maxHoldMs) grace?.refresh();
      };
      const outcome = await new Promise<RunnerOutcome>((settle) => {
        current = { run, control, holds, settle };
        say({ type: 'run', run, job: isDeepStrictEqual(prepared, job) ? undefined : job });
        prepared = undefined;
        // a run begins with the process that is handed it: to hear it from there would take a millisecond more
        control.onEvent({ type: 'started', time: now() });
        if (control.signal.aborted) interrupt();
        else control.signal.addEventListener('abort', interrupt, { once: true });
      });
      clearTimeout(grace);
      control.signal.removeEventListener('abort', interrupt);
      return outcome;
    },
    async reload() {
      const isRunning = (): boolean => current !== undefined;
      while (isRunning()) await new Promise((resolve) => setTimeout(resolve, RELOAD_POLL_MS));
      if (isClosed) return;
      const old = child;
      child = undefined;
      old?.kill('SIGKILL');
      await (ready = start());
    },
    free: () => say({ type: 'free' }),
    async close() {
      isClosed = true;
      const closing = child;
      child = undefined;
      if (!closing || closing.exitCode !== null) return;
      const gone = new Promise((resolve) => closing.once('exit', resolve));
      closing.kill('SIGKILL');
      await gone;
      finish({ kind: 'lost', reason: 'the server stops' });
    },
  };
}
