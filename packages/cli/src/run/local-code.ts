/** Node code on a thread of this process: describes, checks and runs nodes without a server. */
import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';
import type { ExecutionEvent, Folders } from '@snug/executor';
import type { OwnCheck, OwnCheckResult } from '@snug/graph';
import { stringifyJson, toJson } from '@snug/protocol';
import type { NodeCode } from '@snug/server';
import type { FromLocal, LocalConfig, ToLocal } from './local-messages.ts';
import { HostError } from './prompt-host.ts';

export class LocalCode implements NodeCode {
  readonly #worker: Worker;
  readonly #stopped = new Int32Array(new SharedArrayBuffer(4));
  #onEvent: ((event: ExecutionEvent) => void) | undefined;
  #settle: ((message: FromLocal) => void) | undefined;
  #reject: ((error: HostError) => void) | undefined;
  #fault: HostError | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  /** @param onLine takes what nodes print */
  constructor(folders: Folders, options: LocalConfig['options'], onLine: (line: string) => void) {
    const { packs, cache, embedMetadata, previews } = options;
    const workerData: LocalConfig = {
      folders,
      options: { packs, cache, embedMetadata, previews },
      stopped: this.#stopped,
    };
    // what nodes print must not mix with what the command prints
    const worker = new Worker(new URL('./local-thread.js', import.meta.url), {
      workerData,
      stdout: true,
      stderr: true,
    });
    this.#worker = worker;
    for (const stream of [worker.stdout, worker.stderr]) createInterface({ input: stream }).on('line', onLine);
    worker.on('message', (message: FromLocal) => {
      if (message.type === 'event') this.#onEvent?.(message.event);
      else this.#settle?.(message);
    });
    worker.on('error', (error) => this.#break(error.message));
    worker.on('exit', (code) => this.#break(`a node ended it with exit code ${code}`));
  }

  async describe(classTypes?: readonly string[]): ReturnType<NodeCode['describe']> {
    const answer = await this.#ask({ type: 'describe', classTypes });
    return answer.type === 'described' ? answer : { nodes: [], packs: [] };
  }

  async check(checks: readonly OwnCheck[]): Promise<readonly OwnCheckResult[]> {
    const texts = checks.map(({ values, ...check }) => ({ ...check, valuesText: stringifyJson(toJson(values)) }));
    const answer = await this.#ask({ type: 'check', checks: texts });
    return answer.type === 'checked' ? answer.results : [];
  }

  /** Runs a prompt that was validated; its last event tells how it ended. */
  async run(job: Omit<Extract<ToLocal, { type: 'run' }>, 'type'>, onEvent: (event: ExecutionEvent) => void) {
    this.#onEvent = onEvent;
    Atomics.store(this.#stopped, 0, 0);
    await this.#ask({ type: 'run', ...job });
    this.#onEvent = undefined;
  }

  /** Interrupts the prompt that runs. */
  stop(): void {
    Atomics.store(this.#stopped, 0, 1);
  }

  async reload(): Promise<void> {}

  async close(): Promise<void> {
    this.#fault ??= new HostError('The thread that runs nodes was closed.');
    await this.#worker.terminate();
  }

  /** One question at a time. @throws {HostError} when the thread has ended */
  #ask(message: ToLocal): Promise<FromLocal> {
    const asked = this.#turn.then(
      () =>
        new Promise<FromLocal>((resolve, reject) => {
          if (this.#fault) {
            reject(this.#fault);
            return;
          }
          this.#settle = resolve;
          this.#reject = reject;
          this.#worker.postMessage(message);
        }),
    );
    this.#turn = asked.catch(() => {});
    return asked;
  }

  #break(reason: string): void {
    this.#fault ??= new HostError(`The thread that runs nodes ended: ${reason}`);
    this.#reject?.(this.#fault);
  }
}
