import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Db, openDb, sqliteEngines } from '../src/broker/sqlite-driver.ts';

const folder = mkdtempSync(join(tmpdir(), 'snug-driver-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

for (const { name: engine } of await sqliteEngines()) {
  describe(`SQLite driver ${engine}`, () => {
    let file: string;
    let db: Db;
    beforeEach(async () => {
      file = join(folder, `${engine.replace(':', '-')} ${files++}.db`);
      db = await openDb(file, engine);
      db.exec('PRAGMA synchronous = OFF');
      db.exec('CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT UNIQUE, c REAL, d BLOB) STRICT');
    });
    afterEach(() => db.close());
    const count = () => db.prepare('SELECT count(*) AS n FROM t').get()?.['n'];

    it('gives values back as they were, one row or all', () => {
      const insert = db.prepare('INSERT INTO t VALUES (?, ?, ?, ?)');
      expect(insert.run(1, 'text', 0.1, new Uint8Array([1, 2]))).toBe(1);
      expect(insert.run(2n, null, -Infinity, null)).toBe(1);
      expect(insert.run(Number.MAX_SAFE_INTEGER, '', 3, Buffer.from('xy'))).toBe(1);
      const rows = db.prepare('SELECT * FROM t ORDER BY a').all();
      expect(rows.map((row) => ({ ...row }))).toEqual([
        { a: 1, b: 'text', c: 0.1, d: expect.any(Uint8Array) },
        { a: 2, b: null, c: -Infinity, d: null },
        { a: Number.MAX_SAFE_INTEGER, b: '', c: 3, d: expect.any(Uint8Array) },
      ]);
      expect(rows.map(({ d }) => d && [...(d as Uint8Array)])).toEqual([[1, 2], null, [120, 121]]);
      const one = db.prepare('SELECT a, d FROM t WHERE a = ?').get(1);
      expect({ ...one }).toEqual({ a: 1, d: new Uint8Array([1, 2]) });
      expect(db.prepare('SELECT a FROM t WHERE a = ?').get(99)).toBeUndefined();
    });

    it('keeps whole numbers whole', () => {
      db.prepare('INSERT INTO t VALUES (?, ?, ?, ?)').run(5, 'x', 5, null);
      expect(db.prepare('SELECT typeof(a) AS a, typeof(c) AS c FROM t').get()).toMatchObject({
        a: 'integer',
        c: 'real',
      });
    });

    it('gives every text back exactly, and finds it', () => {
      const insert = db.prepare('INSERT INTO t (b) VALUES (?)');
      const find = db.prepare('SELECT b FROM t WHERE b = ?');
      const clear = db.prepare('DELETE FROM t');
      const unit = fc.oneof(fc.constantFrom('\0', '\ud800', '\udc00', '\uffff', '0', '\ufffd', '😀'), fc.string());
      fc.assert(
        fc.property(fc.array(unit), (units) => {
          const text = units.join('');
          clear.run();
          insert.run(text);
          expect(find.get(text)?.['b']).toBe(text);
        }),
        { numRuns: 300 },
      );
    });

    it.each([
      ['true', true],
      ['undefined', undefined],
      ['an object', { a: 1 }],
      ['an array', [1]],
      ['NaN', Number.NaN],
      ['a bigint past 2^53', 2n ** 53n],
      ['an ArrayBuffer', new ArrayBuffer(2)],
      ['a function', () => 1],
    ])('refuses %s as a value', (_, value) => {
      const insert = db.prepare('INSERT INTO t (c) VALUES (?)');
      // @ts-expect-error: what the types forbid, a program without types can still do.
      for (const call of ['run', 'get', 'all'] as const) expect(() => insert[call](value)).toThrow(TypeError);
      expect(count()).toBe(0);
    });

    it('refuses too few and too many values', () => {
      const insert = db.prepare('INSERT INTO t (a, b) VALUES (?, ?)');
      insert.run(1, 'one');
      expect(() => insert.run(2)).toThrow(/1 SQL parameters for 2 places/);
      expect(() => insert.run(2, 'two', 3)).toThrow(/3 SQL parameters for 2 places/);
      expect(count()).toBe(1);
    });

    it('undoes all of a transaction that throws, and passes the error on', () => {
      const insert = db.prepare('INSERT INTO t (b) VALUES (?)');
      const failure = new Error('no');
      const work = () => {
        insert.run('x');
        throw failure;
      };
      expect(() => db.transaction(work)).toThrow(failure);
      expect(count()).toBe(0);
      expect(db.transaction(() => insert.run('x'))).toBe(1);
      expect(count()).toBe(1);
    });

    it('refuses a transaction in a transaction, and undoes both', () => {
      const insert = db.prepare('INSERT INTO t (b) VALUES (?)');
      const nested = () => {
        insert.run('x');
        db.transaction(() => insert.run('y'));
      };
      expect(() => db.transaction(nested)).toThrow(/do not nest/);
      expect(count()).toBe(0);
    });

    it('has committed what RETURNING gave', async () => {
      const row = db.prepare('INSERT INTO t (b) VALUES (?), (?) RETURNING b').get('x', 'y');
      expect(row).toMatchObject({ b: 'x' });
      const other = await openDb(file, engine);
      expect(other.prepare('SELECT count(*) AS n FROM t').get()).toMatchObject({ n: 2 });
      other.close();
    });

    it('says what kind of failure it was', async () => {
      const insert = db.prepare('INSERT INTO t (b) VALUES (?)');
      insert.run('x');
      expect(() => insert.run('x')).toThrow(expect.objectContaining({ name: 'SqliteError', code: 'constraint' }));
      expect(() => db.prepare('SELEKT')).toThrow(expect.objectContaining({ code: 'other' }));
      const other = await openDb(file, engine);
      other.exec('BEGIN IMMEDIATE');
      expect(() => insert.run('y')).toThrow(expect.objectContaining({ code: 'busy' }));
      other.close();
      await expect(openDb(join(folder, 'nowhere', 'a.db'), engine)).rejects.toMatchObject({ code: 'cannot_open' });
      const text = join(folder, `${engine.replace(':', '-')}.txt`);
      writeFileSync(text, 'no database'.repeat(100));
      const opened = await openDb(text, engine);
      expect(() => opened.exec('CREATE TABLE t (a)')).toThrow(expect.objectContaining({ code: 'damaged' }));
      opened.close();
    });

    it('refuses work after it was closed, from old statements too', () => {
      const insert = db.prepare('INSERT INTO t (b) VALUES (?)');
      db.close();
      db.close();
      const closed = expect.objectContaining({ code: 'closed' });
      expect(() => insert.run('x')).toThrow(closed);
      expect(() => db.exec('DELETE FROM t')).toThrow(closed);
      expect(() => db.prepare('SELECT 1')).toThrow(closed);
    });
  });
}

it('refuses a library that this Node does not have', async () => {
  const present = new Set((await sqliteEngines()).map(({ name }) => name));
  expect(present.size).toBeGreaterThan(0);
  if (present.has('node:sqlite')) return;
  await expect(openDb(join(folder, 'x.db'), 'node:sqlite')).rejects.toMatchObject({ code: 'store_failed' });
});
