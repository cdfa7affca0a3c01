import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { createSqliteBroker } from '../src/broker/sqlite-broker.ts';
import { openDb } from '../src/broker/sqlite-driver.ts';
import { damage } from './contracts/damage.ts';
import { makeJob } from './contracts/jobs.ts';

const WRITER = fileURLToPath(new URL('fixtures/broker-writer.mjs', import.meta.url));
const ROUNDS = 20;

const folder = mkdtempSync(join(tmpdir(), 'snug-crash-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Lets a writer work until `enough` says so of what it has acknowledged; then kills it and gives what it said. */
async function killWriter(
  file: string,
  round: number,
  enough: (lines: readonly string[]) => boolean | Promise<boolean>,
): Promise<string[]> {
  const child = spawn(process.execPath, [WRITER, file, `round${round}`, `${round}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  const lines: string[] = [];
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(line);
      if (await enough(lines)) child.kill('SIGKILL');
    }
  } finally {
    child.kill('SIGKILL');
    await closed;
  }
  expect(child.signalCode).toBe('SIGKILL');
  return lines;
}

function missing(wanted: Iterable<string>, found: readonly string[]): string[] {
  const present = new Set(found);
  return [...wanted].filter((id) => !present.has(id));
}

it('has every acknowledged job once and in order after the process was killed, again and again', async () => {
  const file = join(folder, 'crashed.db');
  const queued: string[] = [];
  const finished = new Set<string>();
  const claims = new Set<string>();
  for (let round = 0; round < ROUNDS; round++) {
    // A fixed sequence without a pattern.
    const after = (round * 7919) % 83;
    for (const line of await killWriter(file, round, (lines) => lines.length > after)) {
      const [what, id = ''] = line.split(' ');
      if (what === 'queued') queued.push(id);
      if (what === 'finished') finished.add(id);
      if (what === 'claimed') claims.add(id);
    }
    const broker = await createSqliteBroker({ file });
    const [pending, running, history] = [await broker.pending(), await broker.running(), await broker.history()];
    expect(broker.counts()).toEqual({ pending: pending.length, running: running.length });
    await broker.close();
    const db = await openDb(file);
    expect(damage(db)).toEqual([]);
    db.close();

    const live = [...pending, ...running];
    for (const { promptId, promptText } of [...live, ...history]) expect(promptText).toContain(`"${promptId} `);
    const stored = [...live, ...history].map(({ promptId }) => promptId);
    expect(new Set(stored).size).toBe(stored.length);
    expect(missing(queued, stored)).toEqual([]);
    // A claim does not wait for the disk, but it outlives its process.
    for (const { promptId, attempts } of live) if (claims.has(promptId)) expect(attempts).toBeGreaterThan(0);
    const ended = history.map(({ promptId }) => promptId);
    expect(missing(finished, ended)).toEqual([]);
    const order = [...pending].sort((a, b) => a.number - b.number || a.arrival - b.arrival);
    expect(pending.map(({ promptId }) => promptId)).toEqual(order.map(({ promptId }) => promptId));
    const arrivals = new Map(live.map(({ promptId, arrival }) => [promptId, arrival]));
    const acknowledged = queued.flatMap((id) => arrivals.get(id) ?? []);
    expect(acknowledged).toEqual([...acknowledged].sort((a, b) => a - b));
  }
  expect(queued.length).toBeGreaterThan(ROUNDS * 10);
  expect(finished.size).toBeGreaterThan(ROUNDS);
}, 60_000);

it('refuses a store that another process uses, and takes it once that process was killed', async () => {
  const file = join(folder, 'used.db');
  let refusal: unknown;
  await killWriter(file, 1, async () => {
    refusal ??= await createSqliteBroker({ file }).catch((error: unknown) => error);
    return true;
  });
  expect(refusal).toMatchObject({ code: 'store_locked', message: expect.stringContaining(file) });
  const broker = await createSqliteBroker({ file });
  expect((await broker.enqueue(makeJob('after'))).kind).toBe('queued');
  await broker.close();
});
