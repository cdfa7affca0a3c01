import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { JournalSync } from '../src/broker/journal-sync.ts';
import type { Disk } from '../src/broker/journal-sync.ts';

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

describe('a disk', () => {
  /** One that takes so long for each wait in place, and tells how it was waited for. */
  const createDisk = (takes: () => number) => {
    let time = 0;
    const waits: string[] = [];
    const disk: Disk = {
      waitHere: () => {
        time += takes();
        waits.push('here');
      },
      waitBeside: async () => void waits.push('beside'),
      now: () => time,
    };
    return { disk, waits };
  };
  const waitOften = async (disk: Disk, times: number) => {
    const file = join(folder, 'disk-wal');
    writeFileSync(file, 'x');
    const journal = new JournalSync(file, disk);
    for (let at = 0; at < times; at++) await journal.sync();
    journal.close();
  };

  it('that is quick is waited for in place', async () => {
    const { disk, waits } = createDisk(() => 2);
    await waitOften(disk, 300);
    expect(waits).toEqual(Array<string>(300).fill('here'));
  });

  it('that is slow holds the thread for one wait in a hundred at most', async () => {
    const { disk, waits } = createDisk(() => 2.1);
    await waitOften(disk, 303);
    expect(waits.filter((wait) => wait === 'here')).toHaveLength(3);
    expect(waits.indexOf('here', 1)).toBe(101);
  });

  it('that is quick again is waited for in place again', async () => {
    const times = [50, 0.1];
    const { disk, waits } = createDisk(() => times.shift() ?? 0.1);
    await waitOften(disk, 111);
    expect(waits.slice(101)).toEqual(Array<string>(10).fill('here'));
  });
});

it('tells what the disk refuses, to each call anew', async () => {
  const journal = new JournalSync(folder);
  for (let at = 0; at < 2; at++) await expect(journal.sync()).rejects.toMatchObject({ code: 'EISDIR' });
});
