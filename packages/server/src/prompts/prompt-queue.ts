/** Takes prompts from the queue, one after another, and sees each of them to its end. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ExecutionEvent } from '@snug/executor';
import type { Broker, Job, StoredJob } from '../broker/broker.ts';
import type { Runner, RunnerJob, RunnerOutcome } from '../runner/runner.ts';
import { endMessage, statusMessage } from '../wire/messages.ts';
import type { Recipients } from '../wire/outgoing.ts';
import { RunProjection } from '../wire/project-events.ts';
import { jobEnd } from './job-end.ts';
import { endedStep, queuedStep, startedStep } from './prompt-steps.ts';

export interface PromptQueueOptions {
  readonly broker: Broker;
  readonly runner: Runner;
  readonly recipients: Recipients;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly onLog: (line: string) => void;
  /** A fault that needs a person: the store refuses to take the end of a prompt. */
  readonly onFault: (message: string, error: unknown) => void;
  /** Hears what becomes of each prompt, a line a step. */
  readonly onStep?: ((line: string) => void) | undefined;
  /** How often a prompt may take its runner down before it is given up. Default 2. */
  readonly maxAttempts?: number | undefined;
}

/** Characters from which on a prompt takes longer to be read than to be told of. */
const LARGE_PROMPT = 16_000;

/** Milliseconds between attempts on a disk that refuses. */
const STORE_RETRY_MS = 1000;

interface Running {
  readonly job: StoredJob;
  readonly projection: RunProjection;
  readonly abort: AbortController;
}

export class PromptQueue {
  readonly #options: PromptQueueOptions;
  readonly #maxAttempts: number;
  #running: Running | undefined;
  #wake: (() => void) | undefined;
  #isStopping = false;
  #work: Promise<void> | undefined;

  constructor(options: PromptQueueOptions) {
    this.#options = options;
    this.#maxAttempts = options.maxAttempts ?? 2;
  }

  /** Takes up what an earlier server left, and starts to work. */
  async start(): Promise<void> {
    const { broker } = this.#options;
    for (const job of await broker.running()) await broker.requeue(job.promptId);
    this.#work = this.#loop();
  }

  /** Stops after the running prompt was put back into the queue. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#wake?.();
    await this.#work;
  }

  get remaining(): number {
    const { pending, running } = this.#options.broker.counts();
    return pending + running;
  }

  async submit(job: Job): Promise<{ kind: 'queued' | 'duplicate'; job: StoredJob }> {
    const { broker, runner, onStep } = this.#options;
    if (this.remaining === 0 && job.promptText.length >= LARGE_PROMPT) runner.prepare?.(runnerJob(job));
    const result = await broker.enqueue(job);
    if (result.kind === 'queued') {
      onStep?.(queuedStep(job.promptId, this.remaining - 1));
      this.tellStatus();
      this.#wake?.();
    }
    return result;
  }

  /** Removes waiting prompts; resolves with those that were waiting. */
  async remove(promptIds: readonly string[]): Promise<string[]> {
    const removed = await this.#options.broker.remove(promptIds);
    if (removed.length) this.tellStatus();
    return removed;
  }

  async clear(): Promise<void> {
    await this.#options.broker.clear();
    this.tellStatus();
  }

  /** Interrupts the running prompt, or the one with the id if it is the running one. */
  interrupt(promptId?: string): boolean {
    const running = this.#running;
    if (!running || (promptId !== undefined && running.job.promptId !== promptId)) return false;
    running.abort.abort();
    return true;
  }

  /** Stops a prompt wherever it is. False when it has ended or was never here. */
  async cancel(promptId: string): Promise<boolean> {
    if (this.interrupt(promptId)) return true;
    if ((await this.remove([promptId])).length) return true;
    // it may have started in between
    return this.interrupt(promptId);
  }

  currentNodeOf(clientId: string): string | undefined {
    const running = this.#running;
    return running?.job.clientId === clientId ? running.projection.currentDisplayNode : undefined;
  }

  tellStatus(): void {
    this.#options.recipients.toAll(statusMessage(this.remaining));
  }

  async #loop(): Promise<void> {
    while (!this.#isStopping) {
      const job = await this.#untilStored('The next prompt could not be taken', () => this.#options.broker.claim());
      if (job) await this.#see(job);
      else if (!this.#isStopping && !this.#options.broker.counts().pending) {
        await new Promise<void>((resolve) => (this.#wake = resolve));
        this.#wake = undefined;
      }
    }
  }

  async #see(job: StoredJob): Promise<void> {
    const { broker, recipients, onLog, onStep } = this.#options;
    const { promptId, clientId } = job;
    const projection = new RunProjection({ promptId, clientId, recipients, onLog });
    const abort = new AbortController();
    this.#running = { job, projection, abort };
    onStep?.(startedStep(promptId, job.attempts));
    this.tellStatus();
    // whoever sent it may listen for it only once it was answered; from here on it can be interrupted
    await nextTurn();
    const outcome: RunnerOutcome =
      job.attempts > this.#maxAttempts
        ? { kind: 'lost', reason: 'it ended the server or its runner each time it was tried' }
        : await this.#run(job, projection, abort.signal);
    this.#running = undefined;
    if (outcome.kind === 'lost' && !abort.signal.aborted && (this.#isStopping || job.attempts < this.#maxAttempts)) {
      projection.abandon();
      // a server that stops is not the prompt's fault
      const forgive = this.#isStopping;
      await this.#untilStored('A prompt could not be put back', () => broker.requeue(promptId, { forgive }));
      if (!this.#isStopping) onLog(`Prompt ${promptId} lost its runner (${outcome.reason}) and is tried again.`);
      return;
    }
    if (outcome.kind !== 'ended') {
      // whoever interrupted a prompt is told that it was, however its runner ended
      const reason = outcome.kind === 'lost' && !abort.signal.aborted ? outcome.reason : undefined;
      projection.take(this.#forcedEnd(job, projection, reason));
    }
    // what was told is on its way before the disk is waited for
    await nextTurn();
    const ended = jobEnd(projection.trace());
    await this.#untilStored('The end of a prompt could not be stored', () => broker.finish(promptId, ended));
    onStep?.(endedStep(promptId, ended));
    this.tellStatus();
    if (clientId !== undefined) recipients.toClient(clientId, endMessage(promptId));
  }

  #run(job: StoredJob, projection: RunProjection, signal: AbortSignal): Promise<RunnerOutcome> {
    const onEvent = (event: ExecutionEvent): void => projection.take(event);
    return this.#options.runner.run(runnerJob(job), { onEvent, signal });
  }

  /** The end of a prompt that could not tell of it itself; without a reason, it was interrupted. */
  #forcedEnd(job: StoredJob, projection: RunProjection, reason: string | undefined): ExecutionEvent {
    const time = this.#options.now();
    const nodeId = projection.currentRealNode ?? job.targets[0] ?? '';
    const nodeType = classTypeOf(job.promptText, nodeId);
    if (reason === undefined) return { type: 'interrupted', nodeId, nodeType, executed: [], time };
    const message = `The process that ran the node ended: ${reason}.\n`;
    const failure = {
      nodeId,
      nodeType,
      message,
      errorType: 'RunnerLost',
      traceback: [message],
      currentInputsText: '{}',
      currentOutputs: [],
    };
    return { type: 'failed', failure, executed: [], time };
  }

  /** What is not on disk has not happened: a disk that refuses is asked again until it does not. */
  async #untilStored<T>(problem: string, store: () => Promise<T>): Promise<T | undefined> {
    for (let isFirst = true; ; isFirst = false) {
      try {
        return await store();
      } catch (error) {
        if (isFirst) this.#options.onFault(`${problem}; trying again each second.`, error);
        if (this.#isStopping) return undefined;
        await new Promise((resolve) => setTimeout(resolve, STORE_RETRY_MS));
      }
    }
  }
}

function runnerJob({ promptId, promptText, extraDataText, secretsText, targets }: Job): RunnerJob {
  return { promptId, promptText, extraDataText: joinObjects(extraDataText, secretsText), targets };
}

/** `{a}` and `{b}` as `{a,b}`. */
function joinObjects(one: string, other: string): string {
  if (other === '{}') return one;
  return one === '{}' ? other : `${one.slice(0, -1)},${other.slice(1)}`;
}

function classTypeOf(promptText: string, nodeId: string): string {
  const prompt = JSON.parse(promptText) as Record<string, { class_type?: string }>;
  return Object.hasOwn(prompt, nodeId) ? (prompt[nodeId]?.class_type ?? '') : '';
}
