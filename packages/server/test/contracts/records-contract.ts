import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Broker, JobRecord, JobState, RecordQuery } from '../../src/broker/broker.ts';
import type { BrokerLimits } from '../../src/broker/job-checks.ts';
import type { BrokerMaker } from './broker-contract.ts';
import { allPages, ids, makeEnd, makeJob, runJob, summaryOf } from './jobs.ts';

/** What every broker does with jobs that have ended. */
export function recordsContract({ create }: Pick<BrokerMaker, 'create'>): void {
  describe('records', () => {
    let broker: Broker;
    beforeEach(async () => {
      broker = await create({});
    });
    afterEach(() => broker.close());
    const restart = async (options: BrokerLimits) => {
      await broker.close();
      broker = await create(options);
    };

    it('keeps everything of a job and its end but the credentials', async () => {
      const { secretsText: _, ...job } = makeJob('a', { number: 2.5, numberText: '2.5', workflowId: 'w' });
      const end = makeEnd({ state: 'failed', startTime: undefined });
      await broker.enqueue({ ...job, secretsText: '{"key":"s3cret"}' });
      await broker.claim();
      await broker.finish('a', end);
      const record = await broker.record('a');
      expect(record).toEqual({ ...job, ...end });
      expect(Object.keys(record ?? {})).not.toContain('secretsText');
      expect(await broker.history()).toEqual([record]);
      expect(broker.counts()).toEqual({ pending: 0, running: 0 });
    });

    it('knows no record of a job that waits, runs, or never was', async () => {
      await broker.enqueue(makeJob('a'));
      await broker.enqueue(makeJob('b'));
      await broker.claim();
      for (const id of ['a', 'b', 'nobody']) expect(await broker.record(id)).toBeUndefined();
    });

    it('replaces a record with the same id and keeps its place', async () => {
      for (const id of ['a', 'b', 'c']) await runJob(broker, id);
      await runJob(broker, 'b', makeEnd({ state: 'failed', outputsText: '{"new":1}' }), { promptText: '{"new":2}' });
      expect(ids(await broker.history())).toEqual(['a', 'b', 'c']);
      const changed = { state: 'failed', outputsText: '{"new":1}', promptText: '{"new":2}' };
      expect(await broker.record('b')).toMatchObject(changed);
    });

    it.each([
      [{}, '01234'],
      [{ limit: 2 }, '34'],
      [{ limit: 0 }, ''],
      [{ limit: 99 }, '01234'],
      [{ offset: 0 }, '01234'],
      [{ offset: 3 }, '34'],
      [{ offset: 99 }, ''],
      [{ limit: 2, offset: 0 }, '01'],
      [{ limit: 2, offset: 1 }, '12'],
      [{ limit: 2, offset: 4 }, '4'],
      [{ limit: -1 }, ''],
      [{ offset: -1 }, '01234'],
      [{ limit: 2, offset: -5 }, '01'],
      [{ limit: 1.9, offset: 1.9 }, '1'],
      [{ limit: Infinity, offset: 1 }, '1234'],
      [{ limit: Number.NaN, offset: Number.NaN }, '01234'],
      [{ limit: 1e300, offset: 1e300 }, ''],
    ])('shows for %o of five records: %s', async (query, shown) => {
      for (const id of '01234') await runJob(broker, id);
      const records = await broker.history(query);
      expect(ids(records).join('')).toBe(shown);
      expect(await allPages(broker.historyPages(query))).toEqual(records);
    });

    it('gives a long history in pages, and the event loop its turn between them', async () => {
      const names = Array.from({ length: 200 }, (_, at) => `${at}`);
      for (const id of names) await runJob(broker, id);
      const pages: (readonly JobRecord[])[] = [];
      let turns = 0;
      let isReading = true;
      const count = () => {
        turns++;
        if (isReading) setImmediate(count);
      };
      setImmediate(count);
      for await (const page of broker.historyPages()) pages.push(page);
      isReading = false;
      expect(pages.flat()).toEqual(await broker.history());
      expect(pages.length).toBeGreaterThan(2);
      expect(turns).toBeGreaterThanOrEqual(pages.length - 1);
    });

    it('shows each record that stays once, whatever comes and goes while it is read', async () => {
      const names = Array.from({ length: 300 }, (_, at) => `${at}`);
      for (const id of names) await runJob(broker, id);
      const seen: string[] = [];
      let last = 299;
      for await (const page of broker.historyPages({ limit: 290 })) {
        seen.push(...ids(page));
        // the newest and the oldest go, one is replaced, a new one comes
        await broker.deleteRecords([`${last--}`, `${299 - last}`]);
        await runJob(broker, '150', makeEnd({ state: 'failed' }));
        await runJob(broker, `new ${last}`);
      }
      const stayed = names.slice(10).filter((id) => Number(id) > 299 - last && Number(id) <= last);
      expect(seen.filter((id) => stayed.includes(id))).toEqual(stayed);
    });

    it('lists records by state and workflow, oldest first, without the big texts', async () => {
      const states: JobState[] = ['completed', 'failed', 'cancelled', 'completed'];
      for (const [at, state] of states.entries())
        await runJob(broker, `${at}`, makeEnd({ state }), { workflowId: at % 2 === 0 ? 'even' : undefined });
      const listed = async (states: JobState[], workflowId?: string) => {
        const { records, total } = await broker.records({ states, workflowId });
        expect(total).toBe(records.length);
        return ids(records).join('');
      };
      expect(await listed(['completed', 'failed', 'cancelled'])).toBe('0123');
      expect(await listed(['cancelled', 'failed', 'failed'])).toBe('12');
      expect(await listed(['completed'], 'even')).toBe('0');
      expect(await listed(['completed', 'cancelled'], 'even')).toBe('02');
      expect(await listed(['completed'], 'none')).toBe('');
      expect(await listed([])).toBe('');
      const { records } = await broker.records({ states: ['completed'] });
      expect(records).toEqual((await broker.history()).filter(({ state }) => state === 'completed').map(summaryOf));
    });

    describe('sorted', () => {
      const times: readonly (readonly [number, number | undefined, number | undefined])[] = [
        [5, 0, 10],
        [3, undefined, 99],
        [5, 7, 7.5],
        [-1, 100, 90],
        [3, 1, undefined],
        [9, -5, 5],
      ];
      it.each<[Omit<RecordQuery, 'states'>, string, number]>([
        [{}, '012345', 6],
        [{ descending: true }, '012345', 6],
        [{ sortBy: 'createTime' }, '314025', 6],
        [{ sortBy: 'createTime', descending: true }, '502143', 6],
        [{ sortBy: 'duration' }, '314205', 6],
        [{ sortBy: 'duration', descending: true }, '052143', 6],
        [{ sortBy: 'createTime', limit: 2 }, '31', 6],
        [{ sortBy: 'createTime', descending: true, limit: 3, offset: 1 }, '021', 6],
        [{ sortBy: 'duration', offset: 4 }, '05', 6],
        [{ limit: 2 }, '01', 6],
        [{ limit: 2, offset: 3 }, '34', 6],
        [{ limit: 0 }, '', 6],
        [{ offset: 6 }, '', 6],
        [{ limit: -1, offset: -1 }, '', 6],
        [{ limit: 1e300, offset: -1 }, '012345', 6],
        [{ limit: Number.NaN, offset: Number.NaN }, '012345', 6],
        [{ workflowId: 'w', sortBy: 'createTime', limit: 1 }, '3', 3],
        [{ workflowId: 'w', sortBy: 'createTime', offset: 1, descending: true }, '13', 3],
      ])('lists for %o: %s of %i', async (query, shown, total) => {
        for (const [at, [createTime, startTime, endTime]] of times.entries()) {
          const workflowId = at % 2 === 1 ? 'w' : undefined;
          await runJob(broker, `${at}`, makeEnd({ startTime, endTime }), { createTime, workflowId });
        }
        await runJob(broker, 'failed', makeEnd({ state: 'failed' }), { createTime: 4 });
        const found = await broker.records({ ...query, states: ['completed', 'cancelled'] });
        expect(ids(found.records).join('')).toBe(shown);
        expect(found.total).toBe(total);
      });
    });

    it('deletes records by id, and all of them', async () => {
      for (const id of ['a', 'b', 'c', 'd']) await runJob(broker, id);
      await broker.deleteRecords(['c', 'nobody', 'a', 'a']);
      expect(ids(await broker.history())).toEqual(['b', 'd']);
      await runJob(broker, 'e');
      expect(ids(await broker.history({ limit: 2 }))).toEqual(['d', 'e']);
      await broker.clearRecords();
      expect(await broker.history()).toEqual([]);
      await runJob(broker, 'f');
      expect(ids(await broker.history())).toEqual(['f']);
    });

    it('keeps so many records, and lets the oldest go', async () => {
      await restart({ limits: { maxRecords: 3 } });
      for (const id of ['a', 'b', 'c', 'a', 'd', 'e']) await runJob(broker, id);
      expect(ids(await broker.history())).toEqual(['c', 'd', 'e']);
    });

    it('keeps so many bytes of records, but always the newest one', async () => {
      await restart({ limits: { maxRecordBytes: 1000 } });
      const texts = { outputsText: 'o'.repeat(100), statusText: 's', metaText: '', summaryText: '' };
      const big = (size: number) => ({ promptText: 'é'.repeat(size / 2), extraDataText: '' });
      for (const id of ['a', 'b', 'c', 'd']) await runJob(broker, id, makeEnd(texts), big(200));
      expect(ids(await broker.history())).toEqual(['b', 'c', 'd']);
      await runJob(broker, 'b', makeEnd(texts), big(300));
      expect(ids(await broker.history())).toEqual(['b', 'd']);
      await runJob(broker, 'e', makeEnd(texts), big(5000));
      expect(ids(await broker.history())).toEqual(['e']);
      await runJob(broker, 'f', makeEnd(texts), big(200));
      expect(ids(await broker.history())).toEqual(['f']);
    });

    it.each([{ maxPending: 0 }, { limits: { maxRecords: 1.5 } }, { limits: { maxRecordBytes: Number.NaN } }])(
      'refuses the bound %o',
      async (options) => {
        await expect((async () => create(options))()).rejects.toThrow(RangeError);
      },
    );
  });
}
