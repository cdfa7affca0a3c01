/** Networks in the runtime. A network that takes long to load comes in parts, which load at the same time. */
import type { TransferListItem } from 'node:worker_threads';
import { holdThread } from '@snug/node-kit';
import type { Tensor } from '@snug/node-kit';
import { EngineError } from './engine-error.ts';
import type { FinishedGraph } from './onnx/graph.ts';
import type { Device } from './runtime.ts';
import type { Inputs } from './session-thread.ts';
import { giveThread, takeThread } from './thread-pool.ts';

export interface SessionOptions {
  readonly device: Device;
  readonly threads: number;
}

export interface Session {
  /**
   * Runs the network once. It cannot be stopped; calls of all networks wait for each other, as they use the same cores.
   * @param outputs which ones are wanted
   */
  run(inputs: Inputs, outputs: readonly string[]): Promise<Tensor[]>;
  /** Gives the memory back. Not while it runs. */
  close(): Promise<void>;
}

/**
 * Loads a network; takes seconds.
 * @param parts each takes what the network takes, and all that the one before it gives
 * @throws {EngineError}
 */
export async function createSession(
  parts: readonly FinishedGraph[],
  label: string,
  options: SessionOptions,
): Promise<Session> {
  const open = parts.map((part) => ({ ...part, thread: takeThread() }));
  const last = open.at(-1);
  const close = async (): Promise<void> => {
    for (const { thread } of open) {
      // one that has ended has given everything back
      await thread.ask({ type: 'close' }).catch(() => {});
      giveThread(thread);
    }
  };
  const opening = open.map(({ thread, bytes, folder }) =>
    thread.ask({ type: 'open', graph: bytes, folder, ...options }),
  );
  const opened = await holdThread(() => Promise.allSettled(opening));
  const failed = opened.find((result) => result.status === 'rejected');
  if (failed) {
    await close();
    fail(failed.reason, `${label} could not be loaded`);
  }

  async function run(inputs: Inputs, outputs: readonly string[]): Promise<Tensor[]> {
    const unknown = outputs.find((name) => !last?.gives.includes(name));
    if (unknown !== undefined) gaveNo(unknown);
    const made = new Map<string, Tensor>();
    for (const part of open) {
      const { thread, takes, gives } = part;
      const names = part === last ? outputs : gives;
      const own = Object.fromEntries(takes.flatMap((name) => pick(name, made.get(name) ?? inputs[name])));
      // what the parts before made for this one is nobody's afterwards
      const handed = takes.flatMap((name) => made.get(name)?.data.buffer ?? []);
      const results = await thread.ask({ type: 'run', inputs: own, outputs: names }, handed as TransferListItem[]);
      made.clear();
      for (const [at, name] of names.entries()) {
        const result = results[at];
        if (result) made.set(name, result);
      }
    }
    return outputs.map((name) => made.get(name) ?? gaveNo(name));
  }
  function gaveNo(name: string): never {
    throw new EngineError('inference_failed', `${label} gave no ${name}.`);
  }

  return {
    run: (inputs, outputs) =>
      inTurn(() => holdThread(() => run(inputs, outputs)).catch((error: unknown) => fail(error, `${label} failed`))),
    close,
  };
}

const pick = <T>(name: string, value: T | undefined): (readonly [string, T])[] => (value ? [[name, value]] : []);

let turn: Promise<unknown> = Promise.resolve();

/** One after another. */
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const mine = turn.then(work);
  turn = mine.catch(() => {});
  return mine;
}

function fail(error: unknown, what: string): never {
  if (error instanceof EngineError) throw error;
  const reason = error instanceof Error ? error.message : String(error);
  if (/alloc|out of memory/i.test(reason))
    throw new EngineError('not_enough_memory', `${what}: there is not enough memory (${reason}).`, { cause: error });
  throw new EngineError('inference_failed', `${what}: ${reason}`, { cause: error });
}
