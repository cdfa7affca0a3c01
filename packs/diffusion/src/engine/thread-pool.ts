/** Threads for sessions. They outlive their graphs: starting one takes longer than opening a small graph. */
import { Worker } from 'node:worker_threads';
import type { TransferListItem } from 'node:worker_threads';
import type { Tensor } from '@snug/node-kit';
import { EngineError } from './engine-error.ts';
import type { ThreadData, ThreadReply, ThreadRequest } from './session-thread.ts';

type Results = readonly (Tensor | undefined)[];

/** As many as there were ever graphs open at once. */
const all = new Set<SessionThread>();
const idle: SessionThread[] = [];

/** A thread without a graph. */
export const takeThread = (): SessionThread => idle.pop() ?? new SessionThread();

/** Takes a thread back whose graph is closed. */
export function giveThread(thread: SessionThread): void {
  if (all.has(thread)) idle.push(thread);
}

/** Milliseconds that the end of the process waits for a call, which cannot be stopped. */
const LONGEST_CALL = 60_000;

// a thread that is ended while the runtime works takes the process down with it
process.once('exit', () => {
  for (const { busy } of all) Atomics.wait(busy, 0, 1, LONGEST_CALL);
});

export class SessionThread {
  /** 1 while it works. */
  readonly busy = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  readonly #worker: Worker;
  #last: Promise<unknown> = Promise.resolve();
  #settle: ((reply: ThreadReply) => void) | undefined;
  #ended: string | undefined;

  constructor() {
    const workerData: ThreadData = { busy: this.busy };
    // flags of the process are for its main module, and some refuse a thread
    this.#worker = new Worker(builtUrl(import.meta.url, './session-thread.js'), { workerData, execArgv: [] });
    this.#worker.unref();
    this.#worker.on('message', (reply: ThreadReply) => this.#settle?.(reply));
    this.#worker.on('error', (error) => this.#end(error.message));
    this.#worker.on('exit', () => this.#end('its thread has ended'));
    all.add(this);
  }

  /**
   * Requests wait for each other.
   * @param handed buffers that are the thread's from now on
   */
  ask(request: ThreadRequest, handed: readonly TransferListItem[] = []): Promise<Results> {
    const asked = this.#last.then(() => this.#ask(request, handed));
    this.#last = asked.catch(() => {});
    return asked;
  }

  async #ask(request: ThreadRequest, handed: readonly TransferListItem[]): Promise<Results> {
    if (this.#ended !== undefined) throw new Error(this.#ended);
    // nothing else may be left that keeps the process from ending
    this.#worker.ref();
    const reply = await new Promise<ThreadReply>((settle) => {
      this.#settle = settle;
      Atomics.store(this.busy, 0, 1);
      this.#worker.postMessage(request, handed);
    });
    this.#settle = undefined;
    this.#worker.unref();
    if (reply.type === 'done') return reply.results;
    throw reply.code ? new EngineError(reply.code, reply.reason) : new Error(reply.reason);
  }

  #end(reason: string): void {
    this.#ended ??= reason;
    all.delete(this);
    this.#settle?.({ type: 'failed', reason });
  }
}

/** The URL of a built module beside this one: threads run what was built, also where the rest runs from its sources, as in tests. */
function builtUrl(base: string, name: string): URL {
  return new URL(name, base.replace(/\/src\/(?!.*\/src\/)/, '/dist/'));
}
