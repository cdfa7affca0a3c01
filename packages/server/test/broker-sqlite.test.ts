import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createSqliteBroker, sqliteBroker } from '../src/broker/sqlite-broker.ts';
import { openDb, sqliteEngines } from '../src/broker/sqlite-driver.ts';
import { openStore } from '../src/broker/sqlite-store.ts';
import { brokerContract } from './contracts/broker-contract.ts';
import { damage } from './contracts/damage.ts';
import { makeEnd, makeJob } from './contracts/jobs.ts';

const folder = mkdtempSync(join(tmpdir(), 'snug-broker-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const newFile = () => join(folder, `store ${files++}.db`);

const engines = await sqliteEngines();

for (const { name: engine } of engines) {
  const fileOf = new WeakMap<object, string>();
  const open = async (file: string, options = {}) => {
    const broker = await createSqliteBroker({ ...options, file, engine });
    fileOf.set(broker, file);
    return broker;
  };

  brokerContract(`sqlite (${engine})`, {
    create: (options) => open(newFile(), options),
    async reopen(broker, options) {
      await broker.close();
      return open(fileOf.get(broker) ?? '', options);
    },
    async inspect(broker) {
      const db = await openDb(fileOf.get(broker) ?? '', engine);
      const found = damage(db);
      db.close();
      return found;
    },
  });

  describe(`sqlite (${engine})`, () => {
    it('refuses a second broker on the same file until the first is closed', async () => {
      const file = newFile();
      const first = await open(file);
      const problem = { code: 'store_locked', message: expect.stringContaining(file) };
      await expect(open(file)).rejects.toMatchObject(problem);
      await first.enqueue(makeJob('a'));
      await expect(open(file)).rejects.toMatchObject(problem);
      await first.close();
      const second = await open(file);
      expect(second.counts()).toEqual({ pending: 1, running: 0 });
      await second.close();
    });

    it.each([
      ['no database', () => Buffer.from('once upon a time '.repeat(1000)), /damaged or no SQLite database/],
      ['empty', () => Buffer.alloc(0), /damaged/],
      ['cut in half', (whole: Buffer) => whole.subarray(0, whole.length / 2), /damaged/],
      ['torn inside', (whole: Buffer) => Buffer.from(whole).fill(0xa5, 4096), /damaged/],
    ])('names a file that is %s, and leaves it alone', async (_, spoil, problem) => {
      const file = newFile();
      const broker = await open(file);
      await Promise.all(Array.from({ length: 50 }, (_, at) => broker.enqueue(makeJob(`${at}`.repeat(500)))));
      await broker.close();
      const spoilt = spoil(readFileSync(file));
      writeFileSync(file, spoilt);
      const failure = await open(file).catch((error: unknown) => error);
      expect(failure).toMatchObject({ name: 'BrokerError', code: 'store_failed' });
      expect(failure).toMatchObject({ message: expect.stringContaining(file) });
      expect(failure).toMatchObject({ message: expect.stringMatching(problem) });
      expect(readFileSync(file).equals(spoilt)).toBe(true);
    });

    it('does not start empty when only the journal is left of a store', async () => {
      const file = newFile();
      writeFileSync(`${file}-wal`, 'pages');
      await expect(open(file)).rejects.toMatchObject({
        code: 'store_failed',
        message: expect.stringContaining('-wal'),
      });
    });

    it.each([
      [1, /has format 1; .* reads format 2\. The old format is from before the first release: move the file away/],
      [3, /has format 3; .* reads format 2\. Use a newer version of snug/],
    ])('refuses a store of format %i, and leaves it alone', async (version, problem) => {
      const file = newFile();
      await (await open(file)).close();
      const changed = await openDb(file, engine);
      changed.exec(`PRAGMA user_version = ${version}`);
      changed.close();
      const before = readFileSync(file);
      await expect(open(file)).rejects.toMatchObject({
        code: 'store_failed',
        message: expect.stringMatching(problem),
      });
      expect(readFileSync(file).equals(before)).toBe(true);
    });

    it('refuses a database of another program', async () => {
      const other = newFile();
      const foreign = await openDb(other, engine);
      foreign.exec('CREATE TABLE recipes (name TEXT)');
      foreign.close();
      await expect(open(other)).rejects.toMatchObject({ message: expect.stringMatching(/is not a store of snug/) });
    });

    it('says so when the folder does not exist, and starts over a half-made store', async () => {
      const missing = join(folder, 'no such folder', 'store.db');
      await expect(open(missing)).rejects.toMatchObject({
        code: 'store_failed',
        message: expect.stringContaining(missing),
      });
      const file = newFile();
      writeFileSync(`${file}.new`, 'half');
      await (await open(file)).close();
      expect(statSync(file).mode & 0o777).toBe(0o600);
    });

    it('takes names that mean something to SQLite for plain files', async () => {
      const broker = await open(join(folder, ':memory:'));
      await broker.close();
      expect(statSync(join(folder, ':memory:')).size).toBeGreaterThan(0);
    });

    it('leaves no trace of credentials in its files once their job has ended or was removed', async () => {
      const file = newFile();
      const broker = await open(file);
      const contents = () => ['', '-wal'].map((suffix) => readFileSync(file + suffix, 'latin1')).join('');
      const secretsText = `{"key":"${'s3cret'.repeat(2000)}"}`;
      for (const id of ['a', 'b', 'c', 'd']) await broker.enqueue(makeJob(id, { secretsText }));
      expect(contents().includes('s3crets3cret')).toBe(true);
      await broker.claim();
      await broker.requeue('a');
      await broker.claim();
      await broker.finish('a', makeEnd());
      await broker.claim();
      await broker.remove(['c']);
      await broker.clear();
      await broker.finish('b', makeEnd());
      expect(contents().includes('s3cret')).toBe(false);
      await broker.close();
    });

    it('leaves no trace of short credentials either, though their rows move between pages', async () => {
      const file = newFile();
      const broker = await open(file);
      const names = Array.from({ length: 300 }, (_, at) => `${(at * 7919) % 300}`);
      const job = (id: string) => makeJob(id, { number: Number(id) % 7, secretsText: `{"key":"s3cret ${id}"}` });
      await Promise.all(names.map((id) => broker.enqueue(job(id))));
      for (let at = 0; at < 100; at++) {
        const { promptId = '' } = (await broker.claim()) ?? {};
        if (at % 3 === 0) await broker.requeue(promptId);
        else await broker.finish(promptId, makeEnd());
      }
      await broker.remove(names.filter((_, at) => at % 2 === 0));
      for (const { promptId } of await broker.running()) await broker.requeue(promptId);
      await broker.clear();
      const contents = ['', '-wal'].map((suffix) => readFileSync(file + suffix, 'latin1')).join('');
      expect(contents.match(/s3cret \d+/g) ?? []).toEqual([]);
      await broker.close();
    });

    it('tells of a full disk, keeps what it acknowledged, and goes on when there is room', async () => {
      const store = await openStore(newFile(), engine);
      const broker = sqliteBroker(store, {});
      const big = { promptText: 'x'.repeat(50_000) };
      await broker.enqueue(makeJob('a'));
      store.db.exec('PRAGMA max_page_count = 60');
      const names = Array.from({ length: 10 }, (_, at) => `big ${at}`);
      const results = await Promise.allSettled(names.map((id) => broker.enqueue(makeJob(id, big))));
      const failure = { code: 'store_failed', message: expect.stringMatching(/disk is full/) };
      for (const result of results) expect(result).toMatchObject({ status: 'rejected', reason: failure });
      expect(broker.counts()).toEqual({ pending: 1, running: 0 });
      await broker.claim();
      await expect(broker.finish('a', makeEnd({ outputsText: 'x'.repeat(500_000) }))).rejects.toMatchObject(failure);
      expect((await broker.running()).map(({ promptId }) => promptId)).toEqual(['a']);
      store.db.exec('PRAGMA max_page_count = 100000');
      await broker.finish('a', makeEnd());
      await Promise.all(names.map((id) => broker.enqueue(makeJob(id, big))));
      expect((await broker.pending()).map(({ promptId }) => promptId)).toEqual(names);
      await broker.close();
    });

    it('commits jobs that arrive together in few transactions', async () => {
      const store = await openStore(newFile(), engine);
      let commits = 0;
      const db = {
        ...store.db,
        transaction: <T>(work: () => T) => {
          commits++;
          return store.db.transaction(work);
        },
      };
      const broker = sqliteBroker({ ...store, db }, {});
      await Promise.all(Array.from({ length: 60 }, (_, at) => broker.enqueue(makeJob(`${at}`))));
      expect(commits).toBe(1);
      await Promise.all(Array.from({ length: 300 }, (_, at) => broker.enqueue(makeJob(`more ${at}`))));
      expect(commits).toBeLessThanOrEqual(6);
      expect(broker.counts().pending).toBe(360);
      await broker.close();
    });
  });
}

it('ran on at least one SQLite', () => {
  expect(engines.map(({ name }) => name)).toContain('libsql');
});
