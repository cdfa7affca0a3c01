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

/** An answer that is waited for. It gets messages until it says that it is complete. */
type Waiting = { take(message: FromCatalogue): boolean; giveUp(reason: string): void };

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
    let lastWords = '';
    pipeLines(started.stdout!, onLine);
    pipeLines(started.stderr!, (line) => {
      lastWords = line;
      onLine(line);
    });
    return new Promise((resolve, reject) => {
      started.on('message', (message: FromCatalogue) => {
        if (message.type === 'ready') resolve();
        else if (waiting.get(message.request)?.take(message)) waiting.delete(message.request);
      });
      started.on('close', (code, signal) => {
        reject(new Error(lastWords || `The process that describes nodes ended (${signal ?? code}).`));
        if (child === started) restart('node code ended its process');
      });
    });
  }
  function restart(reason: string): void {
    const old = child;
    child = undefined;
    old?.kill('SIGKILL');
    const left = [...waiting.values()];
    waiting.clear();
    for (const one of left) one.giveUp(reason);
    if (isClosed) return;
    ready = start();
    ready.catch((error: Error) => onLine(error.message));
  }
  async function ask(make: (request: number) => ToCatalogue, answer: Waiting): Promise<void> {
    await ready.catch(() => (ready = start()));
    const request = ++requests;
    waiting.set(request, answer);
    setTimeout(() => {
      if (waiting.has(request)) restart(`node code took longer than ${timeoutMs} ms`);
    }, timeoutMs).unref();
    child?.send(make(request), (error) => {
      if (error) restart(error.message);
    });
  }

  ready = start();
  await ready;

  return {
    describe: (classTypes) =>
      new Promise<{ nodes: readonly DescribedNode[]; packs: readonly PackStatics[] }>((resolve, reject) => {
        const answer: Waiting = {
          take(message) {
            if (message.type === 'described') resolve(message);
            return true;
          },
          giveUp: (reason) => (classTypes ? resolve({ nodes: [], packs: [] }) : reject(new Error(reason))),
        };
        ask((request) => ({ type: 'describe', request, classTypes }), answer).catch(reject);
      }),
    check: (checks) =>
      new Promise<readonly OwnCheckResult[]>((resolve, reject) => {
        const results: OwnCheckResult[] = [];
        const answer: Waiting = {
          take(message) {
            if (message.type === 'checked') results[message.at] = message.result;
            if (results.length < checks.length) return false;
            resolve(results);
            return true;
          },
          giveUp: (reason) => resolve(checks.map((_, at) => results[at] ?? gaveUp(reason))),
        };
        ask((request) => ({ type: 'check', request, checks: checks.map(packCheck) }), answer).catch(reject);
      }),
    async reload() {
      restart('packs are loaded anew');
      await ready;
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
