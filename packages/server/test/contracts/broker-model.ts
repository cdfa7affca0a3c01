import * as fc from 'fast-check';
import { expect } from 'vitest';
import type { Broker, Job, JobState } from '../../src/broker/broker.ts';
import type { BrokerMaker } from './broker-contract.ts';
import { makeEnd, makeJob, summaryOf } from './jobs.ts';

interface ModelJob {
  readonly id: string;
  readonly number: number;
  readonly arrival: number;
  attempts: number;
}

/** The broker as arrays: slow and plain. */
class Model {
  waiting: ModelJob[] = [];
  running: ModelJob[] = [];
  records: { id: string; state: JobState; number: number }[] = [];
  #arrival = 0;

  enqueue({ promptId, number }: Job): string {
    if ([...this.waiting, ...this.running].some(({ id }) => id === promptId)) return 'duplicate';
    this.waiting.push({ id: promptId, number, arrival: ++this.#arrival, attempts: 0 });
    this.#sort(this.waiting);
    return 'queued';
  }
  claim(): ModelJob | undefined {
    const job = this.waiting.shift();
    if (!job) return undefined;
    job.attempts++;
    this.running.push(job);
    this.#sort(this.running);
    return job;
  }
  finish(id: string, state: JobState): void {
    const job = this.running.find((job) => job.id === id);
    if (!job) return;
    this.running = this.running.filter((other) => other !== job);
    const record = { id, state, number: job.number };
    const place = this.records.findIndex((record) => record.id === id);
    if (place === -1) this.records.push(record);
    else this.records[place] = record;
    while (this.records.length > MAX_RECORDS) this.records.shift();
  }
  requeue(id: string, forgive: boolean): void {
    const found = this.running.filter((job) => job.id === id);
    if (forgive) for (const job of found) job.attempts--;
    this.waiting.push(...found);
    this.running = this.running.filter((job) => job.id !== id);
    this.#sort(this.waiting);
  }
  remove(ids: readonly string[]): string[] {
    const removed = ids.filter((id, at) => ids.indexOf(id) === at && this.waiting.some((job) => job.id === id));
    this.waiting = this.waiting.filter(({ id }) => !removed.includes(id));
    return removed;
  }
  #sort(jobs: ModelJob[]): void {
    jobs.sort((a, b) => a.number - b.number || a.arrival - b.arrival);
  }
}

const MAX_RECORDS = 5;
const OPTIONS = { limits: { maxRecords: MAX_RECORDS } };
const id = fc.constantFrom<string>('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l');
const number = fc.oneof(fc.constantFrom(0, 1, 1.5, -1, 2 ** 60), fc.double({ noNaN: true, min: -9, max: 9 }));
const state = fc.constantFrom<JobState>('completed', 'failed', 'cancelled');
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('enqueue' as const), jobs: fc.array(fc.tuple(id, number)) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('claim' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('finish' as const), id, state }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('requeue' as const), id, forgive: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('remove' as const, 'delete' as const), ids: fc.array(id) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('clear' as const, 'clearRecords' as const, 'reopen' as const) }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const shape = (jobs: readonly { promptId: string; attempts: number }[]) =>
  jobs.map(({ promptId, attempts }) => ({ id: promptId, attempts }));
const modelShape = (jobs: readonly ModelJob[]) => jobs.map(({ id, attempts }) => ({ id, attempts }));

async function take(step: Step, broker: Broker, model: Model): Promise<void> {
  switch (step.do) {
    case 'enqueue': {
      const jobs = step.jobs.map(([promptId, number]) => makeJob(promptId, { number }));
      const results = await Promise.all(jobs.map((job) => broker.enqueue(job)));
      expect(results.map(({ kind }) => kind)).toEqual(jobs.map((job) => model.enqueue(job)));
      break;
    }
    case 'claim': {
      const claimed = await broker.claim();
      expect(shape(claimed ? [claimed] : [])).toEqual(modelShape([model.claim() ?? []].flat()));
      break;
    }
    case 'finish':
      await broker.finish(step.id, makeEnd({ state: step.state }));
      model.finish(step.id, step.state);
      break;
    case 'requeue':
      await broker.requeue(step.id, { forgive: step.forgive });
      model.requeue(step.id, step.forgive);
      break;
    case 'remove':
      expect(await broker.remove(step.ids)).toEqual(model.remove(step.ids));
      break;
    case 'delete':
      await broker.deleteRecords(step.ids);
      model.records = model.records.filter(({ id }) => !step.ids.includes(id));
      break;
    case 'clear':
      expect(await broker.clear()).toBe(model.waiting.length);
      model.waiting = [];
      break;
    case 'clearRecords':
      await broker.clearRecords();
      model.records = [];
      break;
    case 'reopen':
      break;
  }
}

/** Random steps on a broker and on arrays; both must stay alike. The seed is printed when they do not. */
export async function checkAgainstModel({ create, reopen, inspect }: BrokerMaker): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40, size: 'max' }), async (steps) => {
      let broker = await create(OPTIONS);
      const model = new Model();
      try {
        for (const step of steps) {
          if (step.do === 'reopen' && reopen) broker = await reopen(broker, OPTIONS);
          await take(step, broker, model);
          expect(broker.counts()).toEqual({ pending: model.waiting.length, running: model.running.length });
        }
        expect(shape(await broker.pending())).toEqual(modelShape(model.waiting));
        expect(shape(await broker.running())).toEqual(modelShape(model.running));
        const live = await broker.liveJobs();
        expect(shape(live.pending)).toEqual(modelShape(model.waiting));
        expect(shape(live.running)).toEqual(modelShape(model.running));
        const history = await broker.history();
        expect(history.map(({ promptId, state, number }) => ({ id: promptId, state, number }))).toEqual(model.records);
        for (const { promptId, promptText } of history) expect(promptText).toBe(makeJob(promptId).promptText);
        const { records, total } = await broker.records({ states: ['completed', 'failed', 'cancelled'] });
        expect(records).toEqual(history.map(summaryOf));
        expect(total).toBe(history.length);
      } finally {
        await broker.close();
      }
      expect((await inspect?.(broker)) ?? []).toEqual([]);
    }),
    { numRuns: 30 },
  );
}
