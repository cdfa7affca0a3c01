/** What a server promises of accepted prompts, however it ends (fault table F1, F2, F6; N1-N3). */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DataFolder, faultPackFile } from './fixtures/snug-process.ts';
import { call, one, submit, WireClient } from './fixtures/wire-client.ts';
import type { Data, Graph } from './fixtures/wire-client.ts';

const pack = ['--pack', faultPackFile];
let data: DataFolder;
beforeEach(() => {
  data = new DataFolder();
});
afterEach(async () => {
  await data.remove();
});

const linesOf = (name: string): string[] =>
  existsSync(data.file(name)) ? readFileSync(data.file(name), 'utf8').split('\n').filter(Boolean) : [];
const note = (line: string): Graph => one('Note', { file: data.file('notes'), line });
const hold = (): Graph => one('Hold', { gate: data.file('gate') });

async function untilIdle(url: string): Promise<void> {
  await expect
    .poll(async () => (await call(`${url}/prompt`)).text, { timeout: 15_000, interval: 20 })
    .toContain('"queue_remaining":0');
}
type Ended = { status: { status_str: string; messages: [string, Data][] }; prompt: unknown[] };
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
const history = async (url: string): Promise<[string, Ended][]> =>
  Object.entries((await call(`${url}/history`)).json() as Record<string, Ended>);

describe('kill -9', () => {
  test('while a prompt runs and others wait: it runs once more, then they run in order, and all are on record', async () => {
    const first = await data.start(...pack);
    const done = [await submit(first.url, note('done 1')), await submit(first.url, note('done 2'))];
    const held = await submit(first.url, hold());
    const waiting: string[] = [];
    for (let at = 1; at <= 5; at++) waiting.push(await submit(first.url, note(`waiting ${at}`)));
    const ahead = await submit(first.url, note('ahead'), { front: true });
    await expect.poll(() => linesOf('gate.log'), { timeout: 10_000 }).toHaveLength(1);
    await first.end('SIGKILL');

    const second = await data.start(...pack);
    await expect.poll(() => linesOf('gate.log'), { timeout: 10_000 }).toEqual([held, held]);
    expect((await call(`${second.url}/queue`)).json()).toMatchObject({ queue_running: [{ 1: held }] });
    writeFileSync(data.file('gate'), '');
    await untilIdle(second.url);
    expect(linesOf('notes')).toEqual(['done 1', 'done 2', 'ahead', ...[1, 2, 3, 4, 5].map((at) => `waiting ${at}`)]);
    const records = await history(second.url);
    // it went back to its old place, behind the one that was put in front meanwhile
    expect(records.map(([id]) => id)).toEqual([...done, ahead, held, ...waiting]);
    expect(records.every(([, { status }]) => status.status_str === 'success')).toBe(true);
    expect(linesOf('gate.log')).toHaveLength(2);
  });

  test('in the middle of twenty quick prompts: none is lost, none runs out of order', async () => {
    const first = await data.start(...pack);
    const ids = await Promise.all(
      Array.from({ length: 20 }, (_, at) => submit(first.url, note(`${at}`), { number: at })),
    );
    await expect.poll(() => linesOf('notes').length, { interval: 1 }).toBeGreaterThan(6);
    await first.end('SIGKILL');
    const before = linesOf('notes').length;

    const second = await data.start(...pack);
    await untilIdle(second.url);
    const lines = linesOf('notes');
    expect([...new Set(lines)].sort((a, b) => Number(a) - Number(b))).toEqual(ids.map((_, at) => `${at}`));
    // the one that ran may have left its line twice, and no other
    expect(lines.length - 20).toBeLessThanOrEqual(1);
    expect(lines.slice(before).map(Number)).toEqual(
      lines
        .slice(before)
        .map(Number)
        .sort((a, b) => a - b),
    );
    const records = await history(second.url);
    expect(records.map(([id]) => id).sort()).toEqual([...ids].sort());
    expect(records.every(([, { status }]) => status.status_str === 'success')).toBe(true);
  });

  test('a prompt that was running twice when its server died is not tried a third time; no process outlives it', async () => {
    const ids = new Set<number>();
    for (let round = 1; round <= 2; round++) {
      const server = await data.start(...pack);
      if (round === 1) await submit(server.url, one('FaultSpinAs', { file: data.file('pid') }));
      await expect.poll(() => linesOf('pid'), { timeout: 10_000 }).toHaveLength(1);
      const pid = Number(linesOf('pid')[0]);
      ids.add(pid);
      process.kill(pid, 0);
      await server.end('SIGKILL');
      await expect.poll(() => isAlive(pid), { timeout: 5000 }).toBe(false);
      rmSync(data.file('pid'));
    }
    expect(ids.size).toBe(2);
    const third = await data.start(...pack);
    await untilIdle(third.url);
    expect(linesOf('pid')).toEqual([]);
    const [[, record]] = (await history(third.url)) as [[string, Ended]];
    expect(record.status.messages.at(-1)).toMatchObject([
      'execution_error',
      { exception_type: 'RunnerLost', node_id: '1' },
    ]);
    await submit(third.url, note('after'));
    await untilIdle(third.url);
    expect(linesOf('notes')).toEqual(['after']);
  });
});

describe('F6: SIGTERM', () => {
  test('closes sockets with 1001, ends with 0, and the running prompt runs again after a restart', async () => {
    const first = await data.start(...pack);
    const client = await WireClient.connect(first.url, { clientId: 'me' });
    const held = await submit(first.url, hold(), { client_id: 'me' });
    const next = await submit(first.url, note('next'), { client_id: 'me' });
    await expect.poll(() => linesOf('gate.log')).toHaveLength(1);
    expect(await first.end('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(await client.closed).toBe(1001);
    expect(client.types()).not.toContain('execution_error');

    writeFileSync(data.file('gate'), '');
    const second = await data.start(...pack);
    await untilIdle(second.url);
    expect(linesOf('gate.log')).toEqual([held, held]);
    expect((await history(second.url)).map(([id]) => id)).toEqual([held, next]);
    expect(await second.end('SIGINT')).toEqual({ code: 0, signal: null });
  });

  test('stops at once although a node holds its thread', async () => {
    const server = await data.start(...pack);
    await submit(server.url, one('FaultSpinAs', { file: data.file('pid') }));
    await expect.poll(() => linesOf('pid')).toHaveLength(1);
    // the node never lets go: an end at all is what is asked for
    expect((await server.end('SIGTERM')).code).toBe(0);
  });
});

describe('a server that cannot start says so in one sentence', () => {
  /** What it wrote before it ended by itself. */
  async function refusal(...args: string[]): Promise<{ code: number | null; lines: readonly string[] }> {
    const { exited, lines } = data.spawn(...args);
    return { code: (await exited).code, lines };
  }

  test('a second one on the same data folder; the first goes on', async () => {
    const first = await data.start(...pack);
    const { code, lines } = await refusal();
    expect([code, lines]).toEqual([
      1,
      [expect.stringMatching(/^Another server is using the store .*snug\.sqlite\. .*\.$/)],
    ]);
    await submit(first.url, note('still here'));
    await untilIdle(first.url);
    expect(linesOf('notes')).toEqual(['still here']);
  });

  test('on a port that is taken; a prompt that waits is not begun', async () => {
    const first = await data.start(...pack);
    await submit(first.url, hold());
    await expect.poll(() => linesOf('gate.log')).toHaveLength(1);
    await first.end('SIGKILL');
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as AddressInfo;
    const { code, lines } = await refusal('--port', String(port), ...pack);
    taken.close();
    expect([code, lines]).toEqual([1, [expect.stringMatching(/^Port \d+ is taken: .*--port\.$/)]]);
    expect(linesOf('gate.log')).toHaveLength(1);
  });

  test('with a pack that has a mistake: one line with its place', async () => {
    writeFileSync(data.file('bad.ts'), 'export const fine = 1;\nexport const pack = {{{');
    const { code, lines } = await refusal('--pack', data.file('bad.ts'));
    expect([code, lines]).toEqual([1, [expect.stringMatching(/bad\.ts:2:\d+: /)]]);
  });

  test('with a pack that is not there', async () => {
    const { code, lines } = await refusal('--pack', './not-there.ts');
    expect([code, lines]).toEqual([2, [expect.stringMatching(/^There is no file .*not-there\.ts/)]]);
  });
});
