import { describe, expect, it } from 'vitest';
import { Client } from '../src/client.ts';
import { ClientError } from '../src/errors.ts';
import { createHarness, promptOf } from './fake/harness.ts';

describe('cancelling a job', () => {
  it('that waits takes it out of the queue, and no other', async () => {
    const { client, comfy, clock, end } = createHarness();
    const first = client.run(promptOf('Never'));
    await clock.until(() => first.state === 'running', 60_000);
    const second = client.run(promptOf('Save'));
    await clock.until(() => second.state === 'queued', 60_000);
    const outcome = second.cancel();
    expect(await end(second)).toBe('canceled');
    expect(await outcome).toBe('canceled');
    expect(comfy.truth.get(second.id)).toBe('removed');
    expect(first.state).toBe('running');
    await expect(second.result()).rejects.toMatchObject({ code: 'job_canceled' });
  });

  it('that runs stops it, and tells what was done before', async () => {
    const { client, comfy, clock, end } = createHarness();
    const job = client.run(promptOf('Text', 'Never'));
    await clock.until(() => comfy.running?.outputs['1'] !== undefined, 60_000);
    await clock.pass(100);
    const outcome = job.cancel();
    expect(await end(job)).toBe('canceled');
    expect(await outcome).toBe('canceled');
    expect(job.end?.result.outputs.texts).toEqual(['of 1']);
  });

  it('is the same however often it is asked', async () => {
    const { client, clock, end, network } = createHarness();
    const job = client.run(promptOf('Never'));
    await clock.until(() => job.state === 'running', 60_000);
    const outcomes = [job.cancel(), job.cancel(), job.cancel()];
    await end(job);
    expect(await Promise.all([...outcomes, job.cancel()])).toEqual(Array(4).fill('canceled'));
    expect(network.requests.filter((request) => request.includes('cancel'))).toHaveLength(1);
  });

  it('that has ended says so', async () => {
    const { client, end } = createHarness();
    const job = client.run(promptOf('Save'));
    await end(job);
    expect(await job.cancel()).toBe('already-finished');
  });

  it('before it was sent sends nothing', async () => {
    const { client, comfy, clock } = createHarness();
    const job = client.run(promptOf('Save'));
    expect(await job.cancel()).toBe('canceled');
    await clock.pass(1000);
    expect(comfy.accepted.size).toBe(0);
  });

  it('while the submission is on its way cancels what was accepted', async () => {
    const { client, comfy, network, clock, end } = createHarness();
    // the question for the cancellation overtakes the submission
    network.faults.latencyMs = () => (network.requests.at(-1) === 'POST /api/prompt' ? 500 : 1);
    const job = client.run(promptOf('Never'));
    await clock.until(() => job.state === 'submitting', 60_000);
    const outcome = job.cancel();
    expect(await end(job)).toBe('canceled');
    expect(await outcome).toBe('canceled');
    expect(comfy.truth.get(job.id)).toMatch(/canceled|removed/);
  });

  it('that a full queue has put off is never sent again', async () => {
    const { client, comfy, network, clock, end } = createHarness();
    network.faults.request = (method, path) =>
      `${method} ${path}` === 'POST /api/prompt' ? { status: 429, body: '' } : undefined;
    const job = client.run(promptOf('Save'));
    const sent = (): number => network.requests.filter((request) => request === 'POST /api/prompt').length;
    await clock.until(() => sent() === 2, 60_000);
    await clock.pass(10);
    network.faults.request = () => undefined;
    const outcome = job.cancel();
    expect(await end(job)).toBe('canceled');
    expect(await outcome).toBe('canceled');
    await clock.pass(60_000);
    expect(sent()).toBe(2);
    expect(comfy.accepted.size).toBe(0);
  });

  it('that runs on a server that can only stop everything is refused, unless that is wanted', async () => {
    const { client, comfy, clock, end } = createHarness({ hasJobs: false });
    const job = client.run(promptOf('Never'));
    await clock.until(() => job.state === 'running', 60_000);
    const refused = job.cancel().catch((error: unknown) => error);
    await clock.pass(1000);
    expect(await refused).toMatchObject({
      code: 'cancel_unsupported',
      hint: expect.stringContaining('allowGlobal') as string,
    });
    expect(comfy.running?.id).toBe(job.id);
    const outcome = job.cancel({ allowGlobal: true });
    await end(job);
    expect(await outcome).toBe('canceled');
  });

  it('that nobody knows is not found', async () => {
    const { client, end } = createHarness();
    const job = client.attach('00000000-0000-4000-8000-000000000000');
    const outcome = job.cancel();
    await end(job);
    expect(['not-found', 'canceled']).toContain(await outcome);
  });
});

describe('aborting', () => {
  it('ends the job at once with the reason as it is, and cancels it on the server', async () => {
    const { client, comfy, clock, eventsOf } = createHarness();
    const stop = new AbortController();
    const job = client.run(promptOf('Never'), { signal: stop.signal });
    const events = eventsOf(job);
    await clock.until(() => job.state === 'running', 60_000);
    const reason = { my: 'reason' };
    stop.abort(reason);
    await expect(job.result()).rejects.toBe(reason);
    expect(job.state).toBe('canceled');
    await clock.pass(1000);
    expect(comfy.truth.get(job.id)).toBe('canceled');
    expect(events.at(-1)).toMatchObject({ type: 'canceled', error: reason });
  });

  it('leaves the job alone when it is to be detached', async () => {
    const { client, comfy, clock } = createHarness();
    const stop = new AbortController();
    const job = client.run(promptOf('Never'), { signal: stop.signal, onAbort: 'detach' });
    await clock.until(() => job.state === 'running', 60_000);
    stop.abort();
    await clock.pass(5000);
    expect(job.state).toBe('canceled');
    expect(comfy.truth.get(job.id)).toBe('running');
  });

  it('while the submission is on its way cancels what was accepted', async () => {
    const { client, comfy, network, clock } = createHarness();
    network.faults.latencyMs = () => 50;
    const stop = new AbortController();
    const job = client.run(promptOf('Never'), { signal: stop.signal });
    await clock.until(() => job.state === 'submitting', 60_000);
    stop.abort();
    await clock.pass(5000);
    expect(comfy.accepted.get(job.id)).toBe(1);
    expect(comfy.truth.get(job.id)).toBe('canceled');
  });

  it('before anything happens sends nothing', async () => {
    const { client, comfy, clock } = createHarness();
    const job = client.run(promptOf('Save'), { signal: AbortSignal.abort('no') });
    await expect(job.result()).rejects.toBe('no');
    await clock.pass(1000);
    expect(comfy.accepted.size).toBe(0);
  });

  it('by time is a time-out that cancels', async () => {
    const { client, comfy, clock, end } = createHarness();
    const job = client.run(promptOf('Never'), { timeoutMs: 2000 });
    expect(await end(job)).toBe('canceled');
    await expect(job.result()).rejects.toMatchObject({ code: 'timed_out' });
    await clock.pass(1000);
    expect(comfy.truth.get(job.id)).toBe('canceled');
  });
});

describe('attaching to a job', () => {
  it('that runs follows it to its end by asking', async () => {
    const first = createHarness();
    const job = first.client.run(promptOf('Never', 'Save'));
    await first.clock.until(() => job.state === 'running', 60_000);
    const client = new Client(first.network.options({ clientId: 'another-client' }));
    const { clock } = first;
    const again = client.attach(JSON.parse(JSON.stringify(job.handle())) as never);
    await clock.until(() => again.state === 'running', 60_000);
    expect(again.fidelity).toBe('snapshot');
    await clock.pass(1000);
    first.comfy.release();
    expect(await first.end(again)).toBe('succeeded');
    expect((await again.result()).outputs.images).toHaveLength(1);
    client.close();
  });

  it('that has ended gives the result', async () => {
    const { client, end } = createHarness();
    const job = client.run(promptOf('Save'));
    await end(job);
    const again = client.attach(job.id);
    expect(again).not.toBe(job);
    expect(await end(again)).toBe('succeeded');
  });

  it('that lives here gives the same handle', async () => {
    const { client } = createHarness();
    const job = client.run(promptOf('Never'));
    expect(client.attach(job.id)).toBe(job);
  });

  it('that nobody knows is lost as not found', async () => {
    const { client, end } = createHarness();
    const job = client.attach('00000000-0000-4000-8000-000000000000');
    expect(await end(job)).toBe('lost');
    await expect(job.result()).rejects.toMatchObject({ reason: 'not-found' });
  });

  it('of another server is refused', () => {
    const { client } = createHarness();
    expect(() => client.attach({ id: 'x', server: 'http://other' })).toThrow(ClientError);
  });
});

describe('the events of a job', () => {
  it('come in order: queued, started, nodes with progress that never falls, outputs, the end', async () => {
    const { client, end, eventsOf } = createHarness();
    const job = client.run({
      1: { class_type: 'KSampler', inputs: {}, _meta: { title: 'Dream' } },
      2: { class_type: 'Save', inputs: {} },
    });
    const events = eventsOf(job);
    await end(job);
    const types = events.map(({ type }) => type);
    expect(types.filter((type) => type !== 'progress')).toEqual([
      'queued',
      'started',
      'cached',
      'node',
      'output',
      'node',
      'node',
      'output',
      'node',
      'succeeded',
    ]);
    const progress = events.filter((event) => event.type === 'progress');
    expect(progress[0]).toMatchObject({
      node: { id: '1', classType: 'KSampler', title: 'Dream' },
      steps: { value: 1, max: 2 },
    });
    const shares = progress.map(({ share }) => share);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares.at(-1)).toBeCloseTo(1);
  });

  it('end the loop, and leaving it does not cancel the job', async () => {
    const { client, clock, end } = createHarness();
    const job = client.run(promptOf('Text', 'Save'));
    const reading = (async () => {
      for await (const event of job) if (event.type === 'output') break;
    })();
    expect(await end(job)).toBe('succeeded');
    await reading;
    const late = [];
    for await (const event of job) late.push(event.type);
    expect(late).toEqual(['started', 'output', 'output', 'progress', 'succeeded']);
    await clock.pass(0);
  });

  it('of a failure name the node and what it threw', async () => {
    const { client, end } = createHarness();
    const job = client.run(promptOf('Text', 'Fail'));
    expect(await end(job)).toBe('failed');
    await expect(job.result()).rejects.toMatchObject({
      code: 'execution_failed',
      nodeId: '2',
      classType: 'Fail',
      exceptionType: 'ValueError',
      traceback: ['at Fail'],
      message: 'node 2 (Fail): no luck',
    });
    expect(job.end?.result.outputs.texts).toEqual(['of 1']);
  });

  it('are told to nobody after close, which ends the job as lost', async () => {
    const { client, clock, network } = createHarness();
    const job = client.run(promptOf('Never'));
    await clock.until(() => job.state === 'running', 60_000);
    // the server's own steps
    await clock.pass(1000);
    client.close();
    await expect(job.result()).rejects.toMatchObject({ reason: 'client-closed' });
    await clock.pass(0);
    expect(network.openSockets).toBe(0);
    expect(clock.waiting, 'no timer is left').toBe(0);
    expect(client.jobs).toEqual([]);
  });
});

describe('the client', () => {
  it('runs jobs again after close', async () => {
    const { client, end } = createHarness();
    client.close();
    expect(await end(client.run(promptOf('Save')))).toBe('succeeded');
  });

  it('resolves submit when the server has the job, and rejects when it refuses', async () => {
    const { client, clock } = createHarness();
    const submitted = client.submit(promptOf('Never'));
    await clock.pass(1000);
    expect((await submitted).state).toBe('running');
    const refused = client.submit(promptOf('Refused')).catch((error: unknown) => error);
    await clock.pass(1000);
    expect(await refused).toMatchObject({ code: 'validation_failed' });
  });

  it('refuses ids that servers refuse, and those that are in use', () => {
    const { client } = createHarness();
    expect(() => client.run({}, { id: 'ABC' })).toThrow('no UUID');
    const id = '11111111-1111-4111-8111-111111111111';
    client.run(promptOf('Never'), { id });
    expect(() => client.run({}, { id })).toThrow('has not ended');
  });

  it('makes ids without crypto.randomUUID', async () => {
    const { client, end } = createHarness();
    const job = client.run(promptOf('Save'));
    expect(job.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    await end(job);
  });

  it('asks about many jobs with one read of the queue', async () => {
    const { client, clock, network, comfy } = createHarness();
    for (let count = 0; count < 50; count++) client.run(promptOf('Never'));
    await clock.until(() => comfy.accepted.size === 50, 60_000);
    await clock.pass(5000);
    network.cut();
    await clock.pass(1000);
    const before = network.requests.length;
    network.cut();
    await clock.pass(1500);
    const asked = network.requests.slice(before).filter((request) => request.startsWith('GET'));
    expect(asked.length).toBeLessThan(12);
    expect(new Set(asked)).toEqual(new Set(['GET /api/queue']));
  });

  it('attributes what names no job only while one of them runs', async () => {
    const { client, comfy, clock, eventsOf } = createHarness();
    const job = client.run(promptOf('Never'));
    const events = eventsOf(job);
    await clock.until(() => job.state === 'running', 60_000);
    await clock.pass(100);
    const { clientId } = client.connection;
    comfy.tell(clientId, 'progress', { value: 1, max: 4, node: '1', prompt_id: null });
    comfy.tell(clientId, 'progress', { value: 1, max: 4, node: '77', prompt_id: null });
    await clock.pass(100);
    const steps = events.flatMap((event) => (event.type === 'progress' ? [event.node?.id] : []));
    expect(steps).toEqual(['1']);
  });
});

describe('a submission whose answer comes after all messages of its job', () => {
  it('casts no doubt on the socket, which has nothing more to tell', async () => {
    const { client, comfy, network, clock, end } = createHarness();
    let answerMs = 2000;
    network.faults.latencyMs = () => (comfy.accepted.size ? answerMs : 1);
    const job = client.run(promptOf('Save'));
    await clock.until(() => job.state === 'settling', 60_000);
    await clock.pass(2000);
    answerMs = 1;
    expect(await end(job)).toBe('succeeded');
    await clock.pass(20_000);
    expect(network.opened).toHaveLength(1);
    expect(client.connection.phase).toBe('open');
  });
});
