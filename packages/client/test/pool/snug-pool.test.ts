/** A pool of two servers of this repository, each in a process of its own. */
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { createClient } from '../../src/node.ts';
import { createPool } from '../../src/pool/index.ts';
import type { PoolOptions } from '../../src/pool/index.ts';

const BIN = join(import.meta.dirname, '../../../cli/bin/snug.mjs');

interface Process {
  readonly url: string;
  readonly kill: () => Promise<void>;
  readonly isUp: () => boolean;
}

/** Also of servers that never came up. */
const kills: (() => Promise<void>)[] = [];

async function start(): Promise<Process> {
  const folder = mkdtempSync(join(tmpdir(), 'snug-pool-'));
  const args = [BIN, 'serve', '--skip-warm-up', '--port', '0', '--pack', 'conformance', '--base-directory', folder];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  kills.push(kill);
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /^Snug is ready: (\S+)/.exec(line)?.[1];
    if (!url) continue;
    // what it says later must not fill the pipe
    child.stdout.resume();
    return { url, kill, isUp: () => child.exitCode === null && child.signalCode === null };
  }
  throw new Error('The server did not start.');
}

let servers: readonly Process[] = [];
beforeAll(async () => {
  // one after the other: a busy machine is slow at both
  servers = [await start(), await start()];
}, 90_000);
afterAll(() => Promise.all(kills.map((kill) => kill())));

function poolOf(options: PoolOptions = {}) {
  const pool = createPool(
    servers.map(({ url }, at) => ({ url, name: `gpu-${at}`, reconnect: { minMs: 20, maxMs: 50 } })),
    { createClient, ...options },
  );
  onTestFinished(() => pool.close());
  return pool;
}

const waiting = (text: string, seconds: number) => ({
  1: { class_type: 'ConformWait', inputs: { text, seconds } },
  2: { class_type: 'ConformUi', inputs: { text: ['1', 0] } },
});

it('spreads jobs over both, and refuses what neither can run', async () => {
  const pool = poolOf();
  const jobs = ['a', 'b', 'c', 'd'].map((text) => pool.run(waiting(text, 0.1)));
  const results = await Promise.all(jobs.map((job) => job.result()));
  expect(results.map(({ outputs }) => outputs.texts)).toEqual([['a'], ['b'], ['c'], ['d']]);
  expect(new Set(jobs.map(({ member }) => member)).size).toBe(2);
  await expect(pool.generate({ 1: { class_type: 'NoSuchNode', inputs: {} } })).rejects.toMatchObject({
    code: 'no_match',
    misfits: [{ classes: ['NoSuchNode'] }, { classes: ['NoSuchNode'] }],
  });
});

it('takes back what waits, and goes on when a server is killed', async () => {
  const pool = poolOf({ maxActive: 2, healthMs: 200 });
  const running = pool.run(waiting('first', 30));
  await new Promise<void>((resolve) => running.once('node', () => resolve()));
  const from = running.member!;
  const other = pool.members.find(({ name }) => name !== from)!.name;
  void pool.drain(other);
  const second = await pool.submit(waiting('second', 0.05));
  expect(second.member).toBe(from);
  pool.undrain(other);
  const draining = pool.drain(from, { moveWaiting: true });
  expect((await second.result()).outputs.texts).toEqual(['second']);
  expect(second.moves).toMatchObject([{ from, reason: 'taken-back' }]);
  expect(await running.cancel()).toBe('canceled');
  expect(await draining).toBe('drained');
  pool.undrain(from);
  // the other takes over
  await servers[Number(from.at(-1))]!.kill();
  const ends = await pool.map(['x', 'y', 'z'], (text) => ({ workflow: waiting(text, 0.02) }));
  expect(ends.map(({ type }) => type)).toEqual(['succeeded', 'succeeded', 'succeeded']);
});

it('lets a program end by itself, and opens sockets without being told how', async () => {
  const pool = pathToFileURL(join(import.meta.dirname, '../../dist/pool/index.js')).href;
  const program = `
    import { createPool } from ${JSON.stringify(pool)};
    const pool = createPool([process.argv[1]]);
    const { outputs } = await pool.generate({ 2: { class_type: 'ConformUi', inputs: { text: 'done' } } });
    console.log(outputs.texts[0], pool.client(pool.members[0].name).connection.phase);
  `;
  const alive = servers.find(({ isUp }) => isUp())!;
  const args = ['--input-type=module', '--eval', program, alive.url];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: import.meta.dirname, timeout: 15_000 });
  expect(stdout).toBe('done open\n');
});
