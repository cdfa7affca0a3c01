import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { type Broker, BrokerError } from '../src/broker/broker.ts';
import { createSqliteBroker, sqliteBroker } from '../src/broker/sqlite-broker.ts';
import { openDb, sqliteEngines, type Statement } from '../src/broker/sqlite-driver.ts';
import { openStore, type Store } from '../src/broker/sqlite-store.ts';
import { damage } from './contracts/damage.ts';
import { makeEnd, makeJob, runJob } from './contracts/jobs.ts';

const folder = mkdtempSync(join(tmpdir(), 'snug-writes-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const newFile = () => join(folder, `store ${files++}.db`);

/** A store whose statements tell of themselves before they run. */
function watched(store: Store, tell: (sql: string) => void): Store {
  const watch = (sql: string, statement: Statement): Statement => ({
    run: (...values) => (tell(sql), statement.run(...values)),
    get: (...values) => (tell(sql), statement.get(...values)),
    all: (...values) => (tell(sql), statement.all(...values)),
  });
  return { ...store, db: { ...store.db, prepare: (sql) => watch(sql, store.db.prepare(sql)) } };
}

for (const { name: engine } of await sqliteEngines()) {
  const open = (file: string, options = {}) => createSqliteBroker({ ...options, file, engine });

  describe(`what is written, with sqlite (${engine})`, () => {
    it('would find texts without a job, and jobs without texts', async () => {
      const file = newFile();
      const broker = await open(file);
      for (const id of ['a', 'b', 'c']) await broker.enqueue(makeJob(id));
      await broker.claim();
      await broker.finish('a', makeEnd());
      await broker.close();
      const db = await openDb(file, engine);
      expect(damage(db)).toEqual([]);
      db.exec('DELETE FROM records; DELETE FROM jobs WHERE arrival = 2; DELETE FROM prompts WHERE arrival = 3');
      expect(damage(db)).toEqual([
        'prompt of nothing 1',
        'prompt of nothing 2',
        'no prompt for 3',
        'result of nothing 1',
      ]);
      db.close();
    });

    it.each<[string, (broker: Broker) => Promise<unknown>]>([
      ['replaced', (broker) => runJob(broker, 'b')],
      ['let go', async (broker) => [await runJob(broker, 'd'), await runJob(broker, 'e')]],
      ['replaced and let go', async (broker) => [await runJob(broker, 'b'), await runJob(broker, 'd')]],
      ['deleted', (broker) => broker.deleteRecords(['a', 'nobody', 'c', 'a'])],
      ['deleted all at once', (broker) => broker.clearRecords()],
      ['removed', (broker) => broker.remove(['y', 'nobody', 'x', 'y'])],
      ['removed all at once', (broker) => broker.clear()],
    ])('keeps no text of what was %s, and all others', async (_, change) => {
      const file = newFile();
      const broker = await open(file, { limits: { maxRecords: 3 } });
      for (const id of ['a', 'b', 'c']) await runJob(broker, id);
      for (const id of ['run', 'x', 'y', 'z']) await broker.enqueue(makeJob(id));
      await broker.claim();
      await change(broker);
      const kept = (await broker.history()).length + (await broker.pending()).length + 1;
      await broker.close();
      const db = await openDb(file, engine);
      expect(damage(db)).toEqual([]);
      expect(db.prepare('SELECT count(*) AS n FROM prompts').get()?.['n']).toBe(kept);
      db.close();
    });

    it('reads no big text to list jobs', async () => {
      const asked: string[] = [];
      const broker = sqliteBroker(
        watched(await openStore(newFile(), engine), (sql) => asked.push(sql)),
        {},
      );
      for (const id of ['a', 'b', 'c']) await broker.enqueue(makeJob(id));
      await broker.claim();
      await broker.finish('a', makeEnd());
      asked.length = 0;
      await broker.liveJobs();
      await broker.records({ states: ['completed'] });
      await broker.records({ states: ['completed'], sortBy: 'duration', workflowId: 'w' });
      expect(asked.length).toBeGreaterThanOrEqual(4);
      for (const sql of asked) expect(sql).not.toMatch(/\b(prompts|results|secrets)\b/);
      asked.length = 0;
      await broker.history();
      expect(asked.join()).toMatch(/\bprompts\b.*\bresults\b/s);
      await broker.close();
    });

    it('writes the texts of a prompt once, at its arrival', async () => {
      const asked: string[] = [];
      const broker = sqliteBroker(
        watched(await openStore(newFile(), engine), (sql) => asked.push(sql)),
        {},
      );
      const written = () => asked.filter((sql) => /^(INSERT|UPDATE|REPLACE)/.test(sql) && sql.includes('prompts'));
      await broker.enqueue(makeJob('a'));
      expect(written()).toHaveLength(1);
      for (const forgive of [false, true]) {
        await broker.claim();
        await broker.requeue('a', { forgive });
      }
      await broker.claim();
      await broker.finish('a', makeEnd());
      expect(written()).toHaveLength(1);
      await broker.close();
    });

    it('moves no prompt to claim and to end a job: the journal grows by less than it', async () => {
      const file = newFile();
      const broker = await open(file);
      const size = 4_000_000;
      await broker.enqueue(makeJob('a', { promptText: 'x'.repeat(size) }));
      // A journal that is full is written over from its start, so that its size says nothing: another job empties it.
      await broker.enqueue(makeJob('b', { secretsText: '{"key":"s3cret"}' }));
      await broker.remove(['b']);
      expect(statSync(`${file}-wal`).size).toBe(0);
      await broker.claim();
      await broker.requeue('a');
      await broker.claim();
      await broker.finish('a', makeEnd());
      expect(statSync(`${file}-wal`).size).toBeGreaterThan(0);
      expect(statSync(`${file}-wal`).size).toBeLessThan(100_000);
      expect((await broker.record('a'))?.promptText).toHaveLength(size);
      await broker.close();
    });

    it('waits for the disk with everything but claiming and putting back, and for no disk within SQLite', async () => {
      const store = await openStore(newFile(), engine);
      expect(store.db.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 1 });
      let synced = 0;
      const sync = async (): Promise<void> => {
        await store.sync();
        synced++;
      };
      const broker = sqliteBroker({ ...store, sync }, { limits: { maxRecords: 1 } });
      const steps: Record<string, () => unknown> = {
        enqueue: () => Promise.all(['a', 'b', 'c', 'd', 'e'].map((id) => broker.enqueue(makeJob(id)))),
        claim: () => broker.claim(),
        requeue: () => broker.requeue('a'),
        'claim again': () => broker.claim(),
        finish: () => broker.finish('a', makeEnd()),
        'claim the next': () => broker.claim(),
        remove: () => broker.remove(['e']),
        'put back': () => broker.requeue('b', { forgive: true }),
        clear: () => broker.clear(),
        settings: () => broker.saveSettings('ann', new Map([['a', '1']])),
        'delete records': () => broker.deleteRecords(['b']),
        'clear records': () => broker.clearRecords(),
        close: () => broker.close(),
      };
      const waits = [];
      for (const [name, work] of Object.entries(steps)) {
        const before = synced;
        await work();
        waits.push([name, synced - before]);
      }
      const expected = Object.keys(steps).map((name) => [name, /claim|back|requeue/.test(name) ? 0 : 1]);
      expect(waits).toEqual(expected);
    });

    it('tells nobody of a job, and lets nobody claim it, before it is on the disk', async () => {
      const store = await openStore(newFile(), engine);
      const gates: (() => void)[] = [];
      const sync = () => new Promise<void>((resolve) => gates.push(resolve));
      const broker = sqliteBroker({ ...store, sync }, {});
      const told: string[] = [];
      const tell = (what: string) => () => void told.push(what);
      const first = broker.enqueue(makeJob('a')).then(tell('a is queued'));
      const claimed = broker.claim().then((job) => told.push(`${job?.promptId} is claimed`));
      // committed while the claim waits: not for this one
      const second = broker.enqueue(makeJob('b', { number: -1 })).then(tell('b is queued'));
      expect((await broker.pending()).map(({ promptId }) => promptId)).toEqual(['b', 'a']);
      await nextTurn();
      expect(told).toEqual([]);
      gates.shift()!();
      await Promise.all([first, claimed]);
      expect(told.toSorted()).toEqual(['a is claimed', 'a is queued']);
      gates.shift()!();
      await second;
      expect((await broker.claim())?.promptId).toBe('b');
      const closed = broker.close();
      await nextTurn();
      gates.shift()!();
      await closed;
    });

    it('takes back a job that the disk refuses, and stores the next ones', async () => {
      const store = await openStore(newFile(), engine);
      let isBroken = true;
      const failure = new BrokerError('store_failed', 'the disk is gone');
      const sync = () => (isBroken ? Promise.reject(failure) : store.sync());
      const broker = sqliteBroker({ ...store, sync }, {});
      await expect(broker.enqueue(makeJob('a'))).rejects.toBe(failure);
      expect(broker.counts()).toEqual({ pending: 0, running: 0 });
      expect(await broker.claim()).toBeUndefined();
      isBroken = false;
      await broker.enqueue(makeJob('a'));
      expect((await broker.claim())?.promptId).toBe('a');
      isBroken = true;
      await expect(broker.finish('a', makeEnd())).rejects.toBe(failure);
      isBroken = false;
      // the queue tries again until it is stored
      await broker.finish('a', makeEnd());
      expect(await broker.record('a')).toBeDefined();
      await broker.close();
    });

    it('gives big jobs one by one and small ones many at a time', async () => {
      const broker = await open(newFile());
      for (const [at, size] of [10, 10, 700_000, 700_000, 3_000_000, 10, 10].entries())
        await broker.enqueue(makeJob(`${at}`, { promptText: 'x'.repeat(size) }));
      await broker.claim();
      const sizes: number[] = [];
      for await (const page of broker.queuePages()) sizes.push(page.length);
      expect(sizes).toEqual([2, 1, 1, 1, 2]);
      await broker.close();
    });

    it('gives big records one by one and small ones many at a time', async () => {
      const broker = await open(newFile());
      let next = 0;
      for (const size of [10, 10, 700_000, 700_000, 3_000_000, 10, 10]) {
        const promptId = `${next++}`;
        await broker.enqueue(makeJob(promptId, { promptText: 'x'.repeat(size) }));
        await broker.claim();
        await broker.finish(promptId, makeEnd());
      }
      const sizes: number[] = [];
      for await (const page of broker.historyPages()) sizes.push(page.length);
      expect(sizes).toEqual([2, 1, 1, 1, 2]);
      await broker.close();
    });
  });
}
