/** A server with a pack, and one prompt through it: for the tests beside this file. Needs the build. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';

export interface ServedPack {
  readonly url: string;
  /** The server's folders. */
  readonly folder: string;
  /** Everything that it printed. */
  readonly output: () => string;
  /** Resolves when it has printed something that matches. */
  printed(pattern: RegExp): Promise<void>;
}

export interface Message {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface RanPrompt {
  readonly promptId: string;
  readonly messages: readonly Message[];
  /** Sizes of the binary frames, which carry previews. */
  readonly frames: readonly number[];
  /** What `GET /history` has of the prompt. */
  readonly record: { outputs: Record<string, Record<string, unknown>>; status: { status_str: string } };
}

const SNUG = fileURLToPath(new URL('../../packages/cli/bin/snug.mjs', import.meta.url));

export async function scratchFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'my-pack-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Starts `snug serve` on a free port and waits until it is ready; it ends with the test. */
export async function servePack(
  pack: string,
  options: { cwd: string; flags?: readonly string[] },
): Promise<ServedPack> {
  const folder = await scratchFolder();
  const args = ['serve', '--skip-warm-up', '--port', '0', '--base-directory', folder, '--pack', pack];
  args.push(...(options.flags ?? []));
  const server = spawn(process.execPath, [SNUG, ...args], { cwd: options.cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => stop(server));
  let output = '';
  const waiting = new Set<() => void>();
  const read = (chunk: Buffer): void => {
    output += chunk.toString();
    for (const look of waiting) look();
  };
  server.stdout.on('data', read);
  server.stderr.on('data', read);
  const printed = (pattern: RegExp): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!pattern.test(output)) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  const failed = once(server, 'close').then(() => {
    throw new Error(`The server did not start:\n${output}`);
  });
  await Promise.race([printed(/^Snug is ready: \S+\n/m), failed]);
  failed.catch(() => {});
  const [, url = ''] = /^Snug is ready: (\S+)/m.exec(output) ?? [];
  return { url, folder, output: () => output, printed };
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const closed = once(server, 'close');
  server.kill('SIGTERM');
  await closed;
}

/** Queues a prompt and follows it to its end. */
export async function runPrompt({ url }: ServedPack, prompt: object): Promise<RanPrompt> {
  const clientId = 'my-pack-test';
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ws?clientId=${clientId}`);
  const messages: Message[] = [];
  const frames: number[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) {
        frames.push(data.length);
        return;
      }
      const message = JSON.parse(data.toString()) as Message;
      messages.push(message);
      // the record is there before this goes out
      if (message.type === 'executing' && message.data['node'] === null) resolve();
    });
  });
  try {
    await once(socket, 'open');
    const answer = await fetch(`${url}/prompt`, {
      method: 'POST',
      body: JSON.stringify({ prompt, client_id: clientId }),
    });
    const told = (await answer.json()) as { prompt_id: string };
    if (!answer.ok) throw new Error(`The prompt was refused: ${JSON.stringify(told)}`);
    await ended;
    const history = (await (await fetch(`${url}/history/${told.prompt_id}`)).json()) as Record<
      string,
      RanPrompt['record']
    >;
    return { promptId: told.prompt_id, messages, frames, record: history[told.prompt_id]! };
  } finally {
    socket.terminate();
  }
}
