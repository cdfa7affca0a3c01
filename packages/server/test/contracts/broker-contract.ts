import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Broker, StoredJob } from '../../src/broker/broker.ts';
import type { BrokerLimits } from '../../src/broker/job-checks.ts';
import { checkAgainstModel } from './broker-model.ts';
import { allPages, ids, lightJob, makeEnd, makeJob, runJob } from './jobs.ts';
import { recordsContract } from './records-contract.ts';

export interface BrokerMaker {
  /** A broker with nothing in it. */
  readonly create: (options: BrokerLimits) => Promise<Broker>;
  /** Closes a broker and opens its data again. Absent where nothing outlives a broker. */
  readonly reopen?: (broker: Broker, options: BrokerLimits) => Promise<Broker>;
  /** The damage in what a closed broker left. */
  readonly inspect?: (broker: Broker) => Promise<readonly string[]>;
}

/** What every broker does. */
export function brokerContract(name: string, { create, reopen, inspect }: BrokerMaker): void {
  describe(`${name}: the broker contract`, () => {
    let broker: Broker;
    beforeEach(async () => {
      broker = await create({});
    });
    afterEach(() => broker.close());

    const restart = async (options: BrokerLimits) => {
      await broker.close();
      broker = await create(options);
    };

    describe('queue', () => {
      it('gives every field of a job back, and counts its attempts', async () => {
        const job = makeJob('a', { number: -1.5, numberText: '-1.5', secretsText: '{"k":1}', workflowId: 'w' });
        const queued = await broker.enqueue(job);
        expect(queued).toEqual({ kind: 'queued', job: { ...job, arrival: expect.any(Number), attempts: 0 } });
        expect(await broker.pending()).toEqual([queued.job]);
        expect(await broker.job('a')).toEqual({ ...queued.job, isRunning: false });
        const claimed = await broker.claim();
        expect(claimed).toEqual({ ...queued.job, attempts: 1 });
        expect(await broker.running()).toEqual([claimed]);
        expect(await broker.job('a')).toEqual({ ...claimed, isRunning: true });
        expect(await broker.pending()).toEqual([]);
      });

      it('lists waiting and running jobs in order without their big texts', async () => {
        for (const [id, number] of Object.entries({ a: 0, b: 3, c: -1, d: -2, e: -2 }))
          await broker.enqueue(makeJob(id, { number, workflowId: id, secretsText: '{"key":"s3cret"}' }));
        await broker.claim();
        await broker.claim();
        const { pending, running } = await broker.liveJobs();
        expect(ids(running)).toEqual(['d', 'e']);
        expect(ids(pending)).toEqual(['c', 'a', 'b']);
        expect(running).toEqual((await broker.running()).map(lightJob));
        expect(pending).toEqual((await broker.pending()).map(lightJob));
        for (const job of [...pending, ...running])
          expect(Object.keys(job)).toEqual(expect.not.arrayContaining(['promptText', 'extraDataText', 'secretsText']));
      });

      it('shows what runs and what waits in pages, with its texts but without its credentials', async () => {
        expect(await allPages(broker.queuePages())).toEqual([]);
        for (const [id, number] of Object.entries({ a: 0, b: 3, c: -1, d: -2, e: -2 }))
          await broker.enqueue(makeJob(id, { number, secretsText: '{"key":"s3cret"}' }));
        await broker.claim();
        await broker.claim();
        const entries = (jobs: readonly StoredJob[], isRunning: boolean) =>
          jobs.map(({ secretsText: _secrets, ...job }) => ({ ...job, isRunning }));
        expect(await allPages(broker.queuePages())).toEqual([
          ...entries(await broker.running(), true),
          ...entries(await broker.pending(), false),
        ]);
      });

      it('shows a long queue as it was, whatever starts, ends and comes while it is read', async () => {
        const names = Array.from({ length: 300 }, (_, at) => `${at}`);
        for (const id of names) await broker.enqueue(makeJob(id));
        await broker.claim();
        const shown: [id: string, isRunning: boolean][] = [];
        let pages = 0;
        for await (const page of broker.queuePages()) {
          shown.push(...page.map(({ promptId, isRunning }): [string, boolean] => [promptId, isRunning]));
          // the running one ends, the next one starts, another comes, one goes
          await broker.finish(`${pages}`, makeEnd());
          expect((await broker.claim())?.promptId).toBe(`${++pages}`);
          await broker.enqueue(makeJob(`new ${pages}`));
          await broker.remove(['299', `new ${pages}`]);
        }
        expect(pages).toBeGreaterThan(3);
        // the one that went may be there or not
        const stayed = shown.filter(([id]) => id !== '299');
        expect(stayed).toEqual(names.slice(0, -1).map((id) => [id, id === '0']));
      });

      it('gives the event loop its turn between the pages of a long queue', async () => {
        for (let at = 0; at < 300; at++) await broker.enqueue(makeJob(`${at}`));
        const seen: string[] = [];
        setImmediate(() => seen.push('turn'));
        for await (const page of broker.queuePages()) seen.push(page[0]!.promptId);
        expect(seen.indexOf('turn')).toBeGreaterThan(-1);
        expect(seen.indexOf('turn')).toBeLessThan(3);
      });

      it('finds no waiting or running job that was removed, has ended, or never was', async () => {
        for (const id of ['a', 'b', 'c']) await broker.enqueue(makeJob(id));
        await broker.claim();
        await broker.finish('a', makeEnd());
        await broker.remove(['b']);
        for (const id of ['a', 'b', 'nobody', '']) expect(await broker.job(id)).toBeUndefined();
        expect(await broker.liveJobs()).toMatchObject({ pending: [{ promptId: 'c' }], running: [] });
      });

      it('claims the lowest number first and equal numbers as they arrived', async () => {
        const numbers = [2, 0, -1, 0.5, 2, -1, 0, -Infinity, 2 ** 53, 0.25];
        for (const [at, number] of numbers.entries()) await broker.enqueue(makeJob(`${at}`, { number }));
        const order = ['7', '2', '5', '1', '6', '9', '3', '0', '4', '8'];
        expect(ids(await broker.pending())).toEqual(order);
        const claimed = [];
        for (let job = await broker.claim(); job; job = await broker.claim()) claimed.push(job.promptId);
        expect(claimed).toEqual(order);
      });

      it('takes 0 and -0 for the same number', async () => {
        await broker.enqueue(makeJob('a', { number: 0 }));
        await broker.enqueue(makeJob('b', { number: -0 }));
        expect((await broker.pending()).map(({ promptId, number }) => [promptId, number])).toEqual([
          ['a', 0],
          ['b', 0],
        ]);
      });

      it('refuses a number that is NaN', async () => {
        await expect(broker.enqueue(makeJob('a', { number: Number.NaN }))).rejects.toThrow(/job a: number is NaN/);
        expect(broker.counts()).toEqual({ pending: 0, running: 0 });
      });

      it('keeps jobs that were submitted together in the order of the calls', async () => {
        const names = Array.from({ length: 200 }, (_, at) => `job ${at}`);
        const results = await Promise.all(names.map((promptId) => broker.enqueue(makeJob(promptId))));
        expect(results.every(({ kind }) => kind === 'queued')).toBe(true);
        expect(ids(await broker.pending())).toEqual(names);
      });

      it('does what was asked first, first, though nobody waited for it', async () => {
        const queued = broker.enqueue(makeJob('a'));
        const claimed = broker.claim();
        expect((await claimed)?.promptId).toBe('a');
        expect((await queued).kind).toBe('queued');
      });

      it('answers with the known job when the id waits or runs, and changes nothing', async () => {
        const [first, second] = await Promise.all([
          broker.enqueue(makeJob('a', { number: 1 })),
          broker.enqueue(makeJob('a', { number: 5 })),
        ]);
        expect(second).toEqual({ kind: 'duplicate', job: first.job });
        const claimed = await broker.claim();
        expect(await broker.enqueue(makeJob('a'))).toEqual({ kind: 'duplicate', job: claimed });
        expect(broker.counts()).toEqual({ pending: 0, running: 1 });
      });

      it('takes an id again after its job has ended', async () => {
        await runJob(broker, 'a');
        expect((await broker.enqueue(makeJob('a'))).kind).toBe('queued');
      });

      it('refuses a job when the queue is full, except for a duplicate, and takes one when there is room', async () => {
        await restart({ maxPending: 2 });
        const results = await Promise.allSettled(['a', 'b', 'c', 'a'].map((id) => broker.enqueue(makeJob(id))));
        expect(results.map((result) => (result.status === 'fulfilled' ? result.value.kind : result.reason))).toEqual([
          'queued',
          'queued',
          expect.objectContaining({ name: 'BrokerError', code: 'queue_full' }),
          'duplicate',
        ]);
        await broker.claim();
        expect((await broker.enqueue(makeJob('c'))).kind).toBe('queued');
        expect(ids(await broker.pending())).toEqual(['b', 'c']);
      });

      it('puts a running job back at its old place', async () => {
        for (const id of ['a', 'b', 'c']) await broker.enqueue(makeJob(id));
        await broker.claim();
        await broker.claim();
        await broker.requeue('b');
        await broker.requeue('a');
        expect(ids(await broker.pending())).toEqual(['a', 'b', 'c']);
        expect(await broker.claim()).toMatchObject({ promptId: 'a', attempts: 2 });
      });

      it('takes an attempt back that is forgiven, and only that one', async () => {
        await broker.enqueue(makeJob('a'));
        const attempts = [];
        for (const forgive of [true, true, false, true, undefined]) {
          attempts.push((await broker.claim())?.attempts);
          await broker.requeue('a', { forgive });
        }
        expect(attempts).toEqual([1, 1, 1, 2, 2]);
        expect(await broker.job('a')).toMatchObject({ attempts: 2, isRunning: false });
        await broker.requeue('a', { forgive: true });
        expect(await broker.job('a')).toMatchObject({ attempts: 2 });
      });

      it('removes waiting jobs only, and names those that were there', async () => {
        for (const id of ['a', 'b', 'c', 'd']) await broker.enqueue(makeJob(id));
        await broker.claim();
        expect(await broker.remove(['d', 'a', 'nobody', 'b', 'd'])).toEqual(['d', 'b']);
        expect(ids(await broker.pending())).toEqual(['c']);
        expect(ids(await broker.running())).toEqual(['a']);
      });

      it('clears waiting jobs only', async () => {
        for (const id of ['a', 'b', 'c']) await broker.enqueue(makeJob(id));
        await broker.claim();
        expect(await broker.clear()).toBe(2);
        expect(await broker.clear()).toBe(0);
        expect(broker.counts()).toEqual({ pending: 0, running: 1 });
      });

      it('lets ending and requeueing pass when the job is unknown or only waiting', async () => {
        await broker.enqueue(makeJob('a'));
        for (const id of ['a', 'nobody']) {
          await broker.finish(id, makeEnd());
          await broker.requeue(id);
        }
        expect(broker.counts()).toEqual({ pending: 1, running: 0 });
        expect(await broker.history()).toEqual([]);
      });

      it('has nothing to claim when nothing waits', async () => {
        expect(await broker.claim()).toBeUndefined();
      });

      it('counts numbers from 0', () => {
        expect(Array.from({ length: 250 }, () => broker.nextNumber())).toEqual(
          Array.from({ length: 250 }, (_, n) => n),
        );
      });

      it.each(['__proto__', 'constructor', '', 'a\0b', '\ud800', '\uffff0000', '😀', "'; DROP TABLE jobs; --", '123'])(
        'takes %j for an id, a text and a target like any other',
        async (odd) => {
          const job = makeJob(odd, {
            promptText: odd,
            extraDataText: odd,
            targets: [odd],
            clientId: odd,
            workflowId: odd,
          });
          await broker.enqueue(makeJob('a'));
          const queued = await broker.enqueue(job);
          expect((await broker.pending())[1]).toEqual(queued.job);
          await broker.claim();
          expect(await broker.claim()).toEqual({ ...queued.job, attempts: 1 });
          await broker.finish(odd, makeEnd({ outputsText: odd }));
          expect(await broker.record(odd)).toMatchObject({ promptId: odd, promptText: odd, outputsText: odd });
          expect(await broker.job('a')).toMatchObject({ promptId: 'a', isRunning: true });
          expect(await broker.records({ states: ['completed'], workflowId: odd })).toMatchObject({ total: 1 });
        },
      );
    });

    recordsContract({ create });

    describe('settings', () => {
      it('keeps the settings of each user apart and changes some at a time', async () => {
        await broker.saveSettings('ann', new Map(Object.entries({ a: '1', b: '"x"' })));
        await broker.saveSettings('ann', new Map([['b', 'null'], ['__proto__', '{}']])); // prettier-ignore
        await broker.saveSettings('bob', new Map([['a', '2']]));
        expect(new Map(await broker.settings('ann'))).toEqual(
          new Map([['a', '1'], ['b', 'null'], ['__proto__', '{}']]), // prettier-ignore
        );
        expect(new Map(await broker.settings('bob'))).toEqual(new Map([['a', '2']]));
        expect(new Map(await broker.settings('nobody'))).toEqual(new Map());
      });
    });

    it('does as the model does, whatever is asked in whatever order', async () => {
      await expect(
        checkAgainstModel({ create, ...(reopen && { reopen }), ...(inspect && { inspect }) }),
      ).resolves.toBeUndefined();
    });

    it('refuses everything after it was closed, and closes twice', async () => {
      await broker.close();
      await broker.close();
      await expect(broker.enqueue(makeJob('a'))).rejects.toMatchObject({ code: 'store_failed' });
      await expect(broker.claim()).rejects.toMatchObject({ code: 'store_failed' });
      expect(() => broker.nextNumber()).toThrow(/closed/);
      await expect(allPages(broker.historyPages())).rejects.toMatchObject({ code: 'store_failed' });
      await expect(allPages(broker.queuePages())).rejects.toMatchObject({ code: 'store_failed' });
    });

    it('ends a history that is being read with an error when it is closed', async () => {
      for (let at = 0; at < 200; at++) await runJob(broker, `${at}`);
      const pages = broker.historyPages()[Symbol.asyncIterator]();
      expect((await pages.next()).done).toBe(false);
      await broker.close();
      await expect(pages.next()).rejects.toMatchObject({ code: 'store_failed' });
    });

    it('has taken what was submitted before it is closed', async () => {
      const queued = broker.enqueue(makeJob('a'));
      await broker.close();
      expect((await queued).kind).toBe('queued');
    });

    it.runIf(reopen)('is the same after it was opened again', async () => {
      if (!reopen) return;
      for (const id of ['a', 'b', 'c']) await runJob(broker, id);
      for (const id of ['d', 'e']) await broker.enqueue(makeJob(id, { secretsText: '{"k":1}' }));
      await broker.claim();
      await broker.saveSettings('ann', new Map([['a', '1']]));
      const numbers = [broker.nextNumber(), broker.nextNumber()];
      const before = [await broker.pending(), await broker.running(), await broker.history(), broker.counts()];
      broker = await reopen(broker, {});
      expect([await broker.pending(), await broker.running(), await broker.history(), broker.counts()]).toEqual(before);
      expect(await broker.settings('ann')).toEqual(new Map([['a', '1']]));
      expect([...numbers, broker.nextNumber()]).toEqual([0, 1, 2]);
    });

    it.runIf(reopen)('keeps to its bounds over what it kept before', async () => {
      if (!reopen) return;
      for (const id of ['a', 'b', 'c', 'd']) await runJob(broker, id);
      broker = await reopen(broker, { limits: { maxRecords: 2 } });
      await runJob(broker, 'e');
      expect(ids(await broker.history())).toEqual(['d', 'e']);
    });
  });
}
