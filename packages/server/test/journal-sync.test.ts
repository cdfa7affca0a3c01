import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { JournalSync } from '../src/broker/journal-sync.ts';

const folder = mkdtempSync(join(tmpdir(), 'snug-journal-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('has nothing to wait for where there is no journal, and finds it later', async () => {
  const file = join(folder, 'late-wal');
  const journal = new JournalSync(file);
  await expect(journal.sync()).resolves.toBeUndefined();
  writeFileSync(file, 'x');
  await expect(journal.sync()).resolves.toBeUndefined();
  journal.close();
  // asked again, it opens it again
  await expect(journal.sync()).resolves.toBeUndefined();
  journal.close();
});

it('waits once more for calls that come while it waits, and once for all of them', async () => {
  const file = join(folder, 'shared-wal');
  writeFileSync(file, 'x');
  const journal = new JournalSync(file);
  const first = journal.sync();
  const second = journal.sync();
  expect(second).not.toBe(first);
  expect(journal.sync()).toBe(second);
  const order: string[] = [];
  await Promise.all([first.then(() => order.push('first')), second.then(() => order.push('second'))]);
  expect(order).toEqual(['first', 'second']);
  const third = journal.sync();
  expect([first, second]).not.toContain(third);
  await third;
  journal.close();
});

it('tells what the disk refuses, to each call anew', async () => {
  const journal = new JournalSync(folder);
  for (let at = 0; at < 2; at++) await expect(journal.sync()).rejects.toMatchObject({ code: 'EISDIR' });
});
