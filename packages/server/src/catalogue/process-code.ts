/** Runs node code in a child process of its own, with a limit of time; a process that hangs is replaced. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { OwnCheck, OwnCheckResult } from '@snug/graph';
import { stringifyJson } from '@snug/protocol';
import { builtUrl } from '../child/built-url.ts';
import { pipeLines } from '../child/pipe-lines.ts';
import { configText } from '../child/protocol.ts';
import type { FromCatalogue, PacksConfig, ToCatalogue } from '../child/protocol.ts';
import type { PackStatics } from '../routes/extensions.ts';
import type { DescribedNode, NodeCode } from './catalogue.ts';

export interface ProcessCodeOptions extends PacksConfig {
  /** Milliseconds for one answer. Default 5000. */
  readonly timeoutMs?: number | undefined;
  readonly onLine: (line: string) => void;
}

/** Who waits for an answer. It gets messages until it says that it is complete. */
interface Asker {
  take(message: FromCatalogue): boolean;
  giveUp(reason: string): void;
}

interface Waiting {
  readonly asker: Asker;
  readonly timer: NodeJS.Timeout;
  /** It was the oldest question when a process ended: a second time, it is taken to be the cause. */
  readonly isSuspect: boolean;
  /** Asks the next process. */
  readonly askAgain: (isSuspect: boolean) => void;
}

export async function createProcessCode(options: ProcessCodeOptions): Promise<NodeCode> {
  const { timeoutMs = 5000, onLine, ...config } = options;
  const script = fileURLToPath(builtUrl(import.meta.url, '../child/catalogue-process.js'));
  const waiting = new Map<number, Waiting>();
  let requests = 0;
  let child: ChildProcess | undefined;
  let ready: Promise<void>;
  let isClosed = false;

  function start(): Promise<void> {
    const started = fork(script, [configText(config)], {
      serialization: 'advanced',
      execArgv: [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    child = started;
    let isReady = false;
    // what it says before it is ready is why it cannot start
    let lastWords = '';
    pipeLines(started.stdout!, onLine);
    pipeLines(started.stderr!, (line) => {
      if (isReady) onLine(line);
      else lastWords = line;
    });
    return new Promise((resolve, reject) => {
      started.on('message', (message: FromCatalogue) => {
        if (message.type === 'ready') {
          isReady = true;
          resolve();
        } else hear(message);
      });
      started.on('close', (code, signal) => {
        reject(new Error(lastWords || `The process that describes nodes ended (${signal ?? code}).`));
        // one that never got ready would end the same way at once: the next question tries again
        if (child === started && isReady) restart('node code ended its process');
      });
    });
  }
  function hear(message: Exclude<FromCatalogue, { type: 'ready' }>): void {
    const found = waiting.get(message.request);
    found?.timer.refresh();
    if (found?.asker.take(message)) forget(message.request);
  }
  function forget(request: number): void {
    clearTimeout(waiting.get(request)?.timer);
    waiting.delete(request);
  }
  function restart(reason: string, culprit?: number): void {
    const old = child;
    child = undefined;
    old?.kill('SIGKILL');
    if (!isClosed) {
      ready = start();
      ready.catch((error: Error) => onLine(error.message));
    }
    settle(reason, culprit);
  }
  /** @param culprit the question that took too long; those that only stood behind it are asked again */
  function settle(reason: string, culprit?: number): void {
    const left = [...waiting];
    for (const [request] of left) forget(request);
    for (const [place, [request, { asker, isSuspect, askAgain }]] of left.entries()) {
      const isOldest = place === 0 && culprit === undefined;
      if (isClosed || request === culprit || (isOldest && isSuspect)) asker.giveUp(reason);
      else askAgain(isSuspect || isOldest);
    }
  }
  async function whenReady(hasFailed = false): Promise<void> {
    const tried = ready;
    try {
      await tried;
    } catch (error) {
      if (hasFailed || isClosed) throw error;
      // several may have waited for it: only the first of them starts another
      if (ready === tried) ready = start();
      return whenReady(true);
    }
    // another one may have begun to start meanwhile
    return ready === tried ? undefined : whenReady(hasFailed);
  }
  async function ask(make: (request: number) => ToCatalogue, asker: Asker, isSuspect = false): Promise<void> {
    try {
      await whenReady();
    } catch (error) {
      asker.giveUp((error as Error).message);
      return;
    }
    const request = ++requests;
    const timer = setTimeout(() => restart(`node code took longer than ${timeoutMs} ms`, request), timeoutMs).unref();
    waiting.set(request, { asker, timer, isSuspect, askAgain: (suspect) => void ask(make, asker, suspect) });
    const asked = child;
    asked?.send(make(request), (error) => {
      if (error && asked === child) restart(error.message);
    });
  }

  ready = start();
  await ready;

  return {
    describe: (classTypes) =>
      new Promise<{ nodes: readonly DescribedNode[]; packs: readonly PackStatics[] }>((resolve, reject) => {
        const asker: Asker = {
          take(message) {
            if (message.type === 'described') resolve(message);
            return true;
          },
          giveUp: (reason) => (classTypes ? resolve({ nodes: [], packs: [] }) : reject(new Error(reason))),
        };
        void ask((request) => ({ type: 'describe', request, classTypes }), asker);
      }),
    check: (checks) =>
      new Promise<readonly OwnCheckResult[]>((resolve) => {
        const results: OwnCheckResult[] = [];
        const asker: Asker = {
          take(message) {
            if (message.type === 'checked') results[message.at] = message.result;
            if (results.length < checks.length) return false;
            resolve(results);
            return true;
          },
          giveUp: (reason) => resolve(checks.map((_, at) => results[at] ?? gaveUp(reason))),
        };
        void ask((request) => ({ type: 'check', request, checks: checks.map(packCheck) }), asker);
      }),
    async reload() {
      const old = child;
      const starting = start();
      // what was loaded before goes on serving when the new one cannot start
      ready = starting.catch(() => void (child = old));
      settle('packs are loaded anew');
      await starting;
      old?.kill('SIGKILL');
    },
    async close() {
      isClosed = true;
      const closing = child;
      restart('the server stops');
      if (closing && closing.exitCode === null && closing.signalCode === null)
        await new Promise((resolve) => closing.once('exit', resolve));
    },
  };
}

function packCheck({ nodeId, classType, values, types }: OwnCheck): {
  nodeId: string;
  classType: string;
  valuesText: string;
  types: ReadonlyMap<string, string>;
} {
  return { nodeId, classType, valuesText: stringifyJson(new Map(values)), types };
}

function gaveUp(reason: string): OwnCheckResult {
  const text = `The node's own validation gave no answer: ${reason}.`;
  return { kind: 'thrown', thrown: { type: 'Error', text, trace: [`${text}\n`] } };
}
