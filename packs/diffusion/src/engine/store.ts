/** Which networks are loaded. They are large, so only what fits stays; what was not used for longest goes first. */
import { createHash } from 'node:crypto';
import { availableParallelism, freemem } from 'node:os';
import { EngineError } from './engine-error.ts';
import { refuseChanged } from './files/tensor-file.ts';
import type { FinishedGraph } from './onnx/graph.ts';
import type { Device } from './runtime.ts';
import { createSession } from './session.ts';
import type { Session } from './session.ts';

export interface ModelStoreOptions {
  /** Default `cpu`. */
  readonly device?: Device | undefined;
  /** Threads of one call; default: the cores that this process may use. */
  readonly threads?: number | undefined;
  /** The most bytes that the weights of loaded models may take; default: no bound but the machine's memory. */
  readonly budget?: number | undefined;
  /** Bytes that can still be had; default: what the system says. */
  readonly available?: (() => number) | undefined;
}

/** What the store loads. */
export interface Network {
  /** The same for the same graph over the same files. */
  readonly key: string;
  /** Names it to people. */
  readonly label: string;
  /** That run one after another. */
  readonly parts: readonly FinishedGraph[];
  /** What all weights take when they are loaded. */
  readonly weightBytes: number;
}

export function networkOf(label: string, ...parts: readonly FinishedGraph[]): Network {
  const hash = createHash('sha256');
  for (const { bytes, folder, files } of parts) {
    hash.update(bytes).update(folder);
    for (const { name, stamp } of files) hash.update(`\n${name} ${stamp}`);
  }
  const weightBytes = parts.reduce((sum, part) => sum + part.weightBytes, 0);
  return { key: hash.digest('hex'), label, parts, weightBytes };
}

export interface ModelStore {
  readonly device: Device;
  /**
   * Works with a network, which is loaded when it is not, and stays loaded at least as long.
   * @param workspace bytes that the work itself takes, as far as one can tell; room is made for them
   * @throws {EngineError}
   */
  use<T>(network: Network, work: (session: Session) => Promise<T>, workspace?: number): Promise<T>;
  /**
   * Loads a network before anybody works with it. When others need the room, it makes way, and loads again when it is used.
   * @throws {EngineError}
   */
  prepare(network: Network): Promise<void>;
  /** Drops everything: what is in use when its work ends. Networks load again when they are used again. */
  free(): Promise<void>;
  /** Bytes that the weights of loaded networks take. */
  readonly used: number;
}

/** What is left to the rest of the machine. */
const RESERVE = 300 * 2 ** 20;

interface Entry {
  readonly session: Promise<Session>;
  bytes: number;
  /** It is on its way into memory, so the system does not count all of it yet. */
  isLoading: boolean;
  users: number;
  isDropped: boolean;
}

export function createModelStore(options: ModelStoreOptions = {}): ModelStore {
  const { device = 'cpu', threads = availableParallelism(), budget = Infinity, available = freemem } = options;
  // in the order of their last use
  const entries = new Map<string, Entry>();
  const used = (): number => [...entries.values()].reduce((sum, { bytes }) => sum + bytes, 0);

  async function drop(key: string, entry: Entry): Promise<void> {
    entries.delete(key);
    entry.isDropped = true;
    if (entry.users) return;
    // one that could not be loaded has nothing to give back
    const session = await entry.session.catch(() => undefined);
    await session?.close();
  }

  /** Only weights count for the budget. */
  async function makeRoom(label: string, weights: number, workspace: number): Promise<void> {
    for (;;) {
      const loading = [...entries.values()].filter(({ isLoading }) => isLoading);
      const onTheWay = loading.reduce((sum, { bytes }) => sum + bytes, 0);
      const isWithinBudget = used() + weights <= budget;
      if (isWithinBudget && weights + workspace + RESERVE <= available() - onTheWay) return;
      if (isWithinBudget && loading.length) {
        // part of it is counted twice: only when it is there one can tell
        await Promise.allSettled(loading.map(({ session }) => session));
        continue;
      }
      // one without bytes is still looking for room itself
      const idle = [...entries].find(([, { users, bytes }]) => !users && bytes);
      if (!idle) {
        const left = isWithinBudget ? available() - RESERVE : budget - used();
        tooLarge(label, weights + workspace, left, !isWithinBudget);
      }
      await drop(...idle);
    }
  }

  function load(network: Network): Entry {
    const loading = async (): Promise<Session> => {
      const { parts, label, weightBytes } = network;
      for (const file of new Set(parts.flatMap(({ files }) => files))) await refuseChanged(file);
      await makeRoom(label, weightBytes, 0);
      entry.bytes = weightBytes;
      entry.isLoading = true;
      return createSession(parts, label, { device, threads }).finally(() => (entry.isLoading = false));
    };
    const entry: Entry = {
      session: Promise.resolve().then(loading),
      bytes: 0,
      isLoading: false,
      users: 0,
      isDropped: false,
    };
    // the next one who wants it tries again
    entry.session.catch(() => {
      if (entries.get(network.key) === entry) entries.delete(network.key);
    });
    return entry;
  }

  /** The entry of a network, now the last one to be dropped. */
  function latest(network: Network): Entry {
    const entry = entries.get(network.key) ?? load(network);
    entries.delete(network.key);
    entries.set(network.key, entry);
    return entry;
  }

  return {
    device,
    get used() {
      return used();
    },
    async prepare(network) {
      await latest(network).session;
    },
    async use(network, work, workspace = 0) {
      const entry = latest(network);
      entry.users++;
      let session: Session | undefined;
      try {
        session = await entry.session;
        if (workspace) await makeRoom(network.label, 0, workspace);
        return await work(session);
      } finally {
        entry.users--;
        if (session && entry.isDropped && !entry.users) await session.close();
      }
    },
    async free() {
      for (const [key, entry] of entries) await drop(key, entry);
    },
  };
}

function tooLarge(label: string, bytes: number, left: number, isBudget: boolean): never {
  const gigabytes = (count: number): string => `${(Math.max(count, 0) / 1e9).toFixed(1)} GB`;
  const remedy = isBudget
    ? 'Raise the budget for models, or use a smaller model.'
    : 'Close other programs, or use a smaller model.';
  const needed = `${label} needs ${gigabytes(bytes)} of memory, and ${gigabytes(left)} are left`;
  throw new EngineError('not_enough_memory', `${needed}${isBudget ? ' of the budget' : ''}. ${remedy}`);
}
