/** Jobs and reconnections leave nothing behind. SNUG_MEMORY_JOBS and SNUG_MEMORY_RECONNECTS make the run longer. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { FakeServer } from './fake/fake-server.ts';

const JOBS = Number(process.env['SNUG_MEMORY_JOBS'] ?? 300);
const RECONNECTS = Number(process.env['SNUG_MEMORY_RECONNECTS'] ?? 50);

it(`nothing is left of ${JOBS} jobs and ${RECONNECTS} reconnections`, { timeout: 600_000 }, async () => {
  const server = await FakeServer.start({ stepMs: 0, recordMs: 0 });
  onTestFinished(() => server.stop());
  server.faults.request = ({ url }) => {
    if (url !== '/api/cut') return undefined;
    for (const socket of server.sockets) socket.terminate();
    return { status: 200, body: '{}' };
  };
  // a record is kept only until it was read
  const timer = setInterval(() => server.comfy.history.clear(), 1000);
  onTestFinished(() => clearInterval(timer));
  const args = [
    '--expose-gc',
    join(import.meta.dirname, 'memory-worker.mjs'),
    server.url,
    String(JOBS),
    String(RECONNECTS),
  ];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const left = JSON.parse(stdout) as { alive: number; grownBytes: number; live: number; open: number };
  expect(left.alive, 'objects of jobs').toBe(0);
  expect(left.live).toBe(0);
  // a kilobyte a job: what is kept of one is larger
  expect(left.grownBytes).toBeLessThan(300e3);
  expect(left.open, 'timers and sockets after close').toBe(0);
});
