/** A job of a pool tells what a job of one client tells. */
import { describe, expect, it } from 'vitest';
import type { JobEvent } from '../../src/job-events.ts';
import { createHarness, promptOf } from '../fake/harness.ts';
import { answer, createPoolHarness } from './pool-harness.ts';

/** Without what differs from run to run. */
function facts(events: readonly JobEvent[]): unknown[] {
  return events.map((event) => {
    if (event.type === 'progress') return [event.type, event.share, event.node?.id, event.steps];
    if (event.type === 'preview') return [event.type, event.nodeId, event.mime, [...event.bytes]];
    if ('result' in event)
      return [
        event.type,
        event.result.outputs.texts,
        event.result.cached,
        event.result.warnings,
        String('error' in event ? event.error : ''),
      ];
    return event;
  });
}

describe('the same as of a single client', () => {
  it.each([
    ['Text', 'Preview', 'Cached'],
    ['Save'],
    ['Text', 'Fail'],
    ['Block', 'Text'],
    ['Half'],
    ['SaveImageWebsocket'],
  ])('events of %s', async (...classes) => {
    const id = '6f9619ff-8b86-4d01-b42d-00cf4fc964ff';
    const single = createHarness();
    const alone = single.client.run(promptOf(...classes), { id });
    const [wanted, streamed] = [single.eventsOf(alone), read(alone)];
    await single.end(alone);
    const { pool, servers, eventsOf, end } = createPoolHarness({ a: {} });
    servers[0]!.info['SaveImageWebsocket'] = {};
    const job = pool.run(promptOf(...classes), { id });
    const [events, stream] = [eventsOf(job), read(job)];
    await end(job);
    const names = facts(events).map((event) => JSON.stringify(event).replaceAll('http://a', 'http://fake'));
    expect(names).toEqual(facts(wanted).map((event) => JSON.stringify(event)));
    expect(names.length).toBeGreaterThan(2);
    expect((await stream).length).toBe((await streamed).length);
    expect(job.id).toBe(id);
    expect(job.state).toBe(alone.state);
    expect(job.progress.share).toBe(alone.progress.share);
    // who comes late gets a summary, and the end
    expect(facts(await read(job)).map(String)).toEqual(facts(await read(alone)).map(String));
  });

  async function read(job: AsyncIterable<JobEvent>): Promise<JobEvent[]> {
    const events = [];
    for await (const event of job) events.push(event);
    return events;
  }
});

describe('the caller’s wishes', () => {
  it('cancels what waits in the pool, what waits on a server, and what runs', async () => {
    const { pool, until } = createPoolHarness({ a: {} });
    const jobs = [1, 2, 3].map(() => pool.run(promptOf('Never')));
    await until(() => jobs[0]!.state === 'running' && jobs[1]!.state === 'queued' && pool.waiting === 1);
    const outcomes = jobs.toReversed().map((job) => job.cancel());
    await until(() => jobs.every(({ end }) => end));
    expect(await Promise.all(outcomes)).toEqual(['canceled', 'canceled', 'canceled']);
    expect(await jobs[0]!.cancel()).toBe('canceled');
    expect(pool.jobs).toEqual([]);
  });

  it('passes on why a signal was aborted, wherever the job is', async () => {
    const { pool, servers, until, clock } = createPoolHarness({ a: {} }, { maxActive: 1 });
    const stop = new AbortController();
    const jobs = [1, 2].map(() => pool.run(promptOf('Never'), { signal: stop.signal }));
    await until(() => jobs[0]!.state === 'running');
    stop.abort('enough');
    for (const job of jobs) expect(job.end).toMatchObject({ type: 'canceled', error: 'enough' });
    await clock.pass(1000);
    expect(servers[0]!.comfy.running).toBeUndefined();
    const never = pool.run(promptOf('Text'), { signal: stop.signal });
    await clock.pass(0);
    expect(never.state).toBe('canceled');
    expect(servers[0]!.comfy.accepted.size).toBe(1);
  });

  it('keeps time over waiting and running', async () => {
    const { pool, servers, end, clock } = createPoolHarness({ a: {} });
    servers[0]!.isAway = true;
    const began = clock.now();
    const job = pool.run(promptOf('Text'), { timeoutMs: 2000 });
    expect(await end(job)).toBe('canceled');
    await expect(job.result()).rejects.toMatchObject({ code: 'timed_out' });
    expect(clock.now() - began).toBe(2000);
  });

  it('asks for inputs where the job runs', async () => {
    const { pool, servers, end } = createPoolHarness({ a: {}, b: { weight: 0.1 } });
    servers[0]!.fault = (method, path) => (method === 'POST' && path === '/api/prompt' ? answer({}, 401) : undefined);
    const asked: string[] = [];
    const job = pool.run(promptOf('Text'), {
      inputs: (client) => {
        asked.push(client.url);
        return Promise.resolve({ '1.text': 'x' });
      },
    });
    expect(await end(job)).toBe('succeeded');
    expect(asked).toEqual(['http://a', 'http://b']);
    const broken = pool.run(promptOf('Text'), { inputs: () => Promise.reject(new Error('no file')) });
    expect(await end(broken)).toBe('rejected');
    await expect(broken.result()).rejects.toThrow('no file');
  });

  it('finds a job again by its handle', async () => {
    const { pool, end, until } = createPoolHarness({ a: {}, b: {} });
    const job = pool.run(promptOf('Never'));
    await until(() => job.state === 'running');
    const again = pool.attach(JSON.parse(JSON.stringify(job.handle())) as ReturnType<typeof job.handle>);
    expect(again.id).toBe(job.id);
    await Promise.all([job.cancel(), end(again)]);
    expect(again.state).toBe('canceled');
  });

  it('maps a list, in order, whatever becomes of each', async () => {
    const { pool, clock } = createPoolHarness({ a: {}, b: {} });
    let most = 0;
    const ends = pool.map(
      ['Text', 'Fail', 'Unheard', 'Text', 'Text'],
      (classType) => {
        most = Math.max(most, pool.jobs.length + 1);
        return { workflow: promptOf(classType) };
      },
      { concurrency: 2 },
    );
    let isDone = false;
    void ends.then(() => (isDone = true));
    await clock.until(() => isDone, 60_000);
    expect((await ends).map(({ type }) => type)).toEqual(['succeeded', 'failed', 'rejected', 'succeeded', 'succeeded']);
    expect(most).toBe(2);
  });

  it('resolves when a server has it', async () => {
    const { pool, clock } = createPoolHarness({ a: {} });
    const submitting = pool.submit(promptOf('Never'));
    await clock.pass(1000);
    expect((await submitting).state).toBe('running');
    const refused = pool.submit(promptOf('Unheard'));
    refused.catch(() => {});
    await clock.pass(1000);
    await expect(refused).rejects.toMatchObject({ code: 'no_match' });
  });
});
