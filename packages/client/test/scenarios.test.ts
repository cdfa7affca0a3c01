/** The scenarios that are known to break clients, one test each, in fake time. */
import { describe, expect, it } from 'vitest';
import { ValidationError } from '../src/errors.ts';
import { createHarness, promptOf } from './fake/harness.ts';

const typeOf = (data: string | Uint8Array): string =>
  typeof data === 'string' ? (JSON.parse(data) as { type: string }).type : 'binary';

describe('the socket drops', () => {
  const points = Array.from({ length: 22 }, (_, at) => at);
  it.each(points)('after message %i of a run: the result is there all the same', async (point) => {
    const { client, network, end } = createHarness();
    let count = 0;
    network.faults.message = () => {
      if (count++ === point) queueMicrotask(() => network.cut());
      return {};
    };
    const job = client.run(promptOf('Text', 'Save'));
    expect(await end(job)).toBe('succeeded');
    const { outputs } = await job.result();
    expect(outputs.texts).toEqual(['of 1']);
    expect(outputs.images.map(({ filename }) => filename)).toEqual([`${job.id}.png`]);
  });

  it('between success and the writing of the record', async () => {
    const { client, network, clock, comfy, end } = createHarness({ recordMs: 800 });
    const job = client.run(promptOf('Save'));
    await clock.until(() => comfy.truth.get(job.id) === 'succeeded', 60_000);
    network.cut();
    expect(job.end).toBeUndefined();
    expect(await end(job)).toBe('succeeded');
    expect((await job.result()).outputs.images).toHaveLength(1);
  });

  it('and never opens again: the job is asked about until it ends', async () => {
    const { client, network, end } = createHarness();
    network.faults.isSocketRefused = () => true;
    const job = client.run(promptOf('Save'));
    expect(await end(job)).toBe('succeeded');
    expect(client.connection.phase).toBe('reconnecting');
  });
});

describe('messages', () => {
  it('success before the history: the job settles until the record can be read', async () => {
    const { client, clock, comfy, end } = createHarness({ recordMs: 1500 });
    const job = client.run(promptOf('Save'));
    await clock.until(() => job.state === 'settling', 60_000);
    await clock.pass(1000);
    expect(comfy.history.size).toBe(0);
    expect(job.state).toBe('settling');
    expect(await end(job)).toBe('succeeded');
  });

  it('never deliver success: silence leads to a question, and that to the end', async () => {
    const { client, network, end, clock } = createHarness();
    network.faults.message = (data) => ({
      isLost: ['execution_success', 'executing', 'status'].includes(typeOf(data)),
    });
    const job = client.run(promptOf('Save'));
    const began = clock.now();
    expect(await end(job)).toBe('succeeded');
    expect(clock.now() - began).toBeLessThan(20_000);
  });

  it('duplicated, reordered and delayed: one end, nothing twice', async () => {
    const { client, network, end, eventsOf, clock } = createHarness();
    let count = 0;
    network.faults.message = () => ({ isDoubled: true, delayMs: (++count * 37) % 90 });
    const job = client.run(promptOf('Text', 'Save'));
    const events = eventsOf(job);
    expect(await end(job)).toBe('succeeded');
    await clock.pass(10_000);
    const types = events.map(({ type }) => type);
    expect(types.filter((type) => ['succeeded', 'failed', 'lost'].includes(type))).toEqual(['succeeded']);
    expect(types.filter((type) => type === 'started')).toHaveLength(1);
    expect(types.filter((type) => type === 'output').length).toBeLessThanOrEqual(2);
  });

  it("another client's error and progress on the same socket are not ours", async () => {
    const { client, comfy, clock, end, eventsOf } = createHarness();
    const job = client.run(promptOf('Text', 'Save'));
    const events = eventsOf(job);
    await clock.until(() => job.state === 'running', 60_000);
    const other = {
      prompt_id: 'another',
      node_id: '1',
      node: '1',
      value: 1,
      max: 1,
      exception_type: 'E',
      exception_message: 'x',
    };
    for (const type of ['execution_error', 'execution_interrupted', 'progress', 'execution_success', 'executed'])
      comfy.tell(client.connection.clientId, type, other);
    comfy.tell(client.connection.clientId, 'executing', { node: null, prompt_id: 'another' });
    expect(await end(job)).toBe('succeeded');
    expect(events.some((event) => event.type === 'progress' && event.share === 1 && event.node?.id === '1')).toBe(
      false,
    );
  });

  it('of another end afterwards are counted, and change nothing', async () => {
    const { client, comfy, clock, end } = createHarness();
    const job = client.run(promptOf('Save'));
    await clock.until(() => job.state === 'settling', 60_000);
    comfy.tell(client.connection.clientId, 'execution_error', {
      prompt_id: job.id,
      exception_type: 'E',
      exception_message: 'x',
    });
    expect(await end(job)).toBe('succeeded');
    expect(job.diagnostics.contradictions).toBe(1);
  });

  it('that block a branch are warnings: the job goes on', async () => {
    const { client, end } = createHarness();
    const job = client.run(promptOf('Block', 'Save'));
    expect(await end(job)).toBe('succeeded');
    expect(job.warnings).toMatchObject([{ type: 'blocked', nodeId: '1' }]);
  });

  it('executing null without a job, as old servers send it, is a reason to ask', async () => {
    const { client, comfy, clock, network } = createHarness();
    const job = client.run(promptOf('Never'));
    await clock.until(() => job.state === 'running', 60_000);
    await clock.pass(100);
    const before = network.requests.length;
    comfy.tell(client.connection.clientId, 'executing', { node: null });
    await clock.pass(100);
    expect(network.requests.slice(before)).toEqual([`GET /api/jobs/${job.id}`]);
    expect(job.state).toBe('running');
  });
});

describe('a fully cached run', () => {
  it('has its outputs, from the record', async () => {
    const { client, end } = createHarness();
    const job = client.run(promptOf('Cached', 'Cached'));
    expect(await end(job)).toBe('succeeded');
    const { outputs, cached } = await job.result();
    expect(outputs.texts).toEqual(['known', 'known']);
    expect(cached).toEqual(['1', '2']);
  });
});

describe('partial acceptance', () => {
  it('is a warning with every problem', async () => {
    const { client, end } = createHarness();
    const job = client.run(promptOf('Half', 'Save'));
    expect(await end(job)).toBe('succeeded');
    const problem = { nodeId: '9', classType: 'Half', input: 'text', type: 'required_input_missing' };
    expect(job.warnings).toMatchObject([{ type: 'partial-acceptance', problems: [problem] }]);
  });

  it('ends the job when it is strict, and cancels what was accepted', async () => {
    const { client, end, comfy, clock } = createHarness();
    const job = client.run(promptOf('Half', 'Never'), { strict: true });
    expect(await end(job)).toBe('rejected');
    await expect(job.result()).rejects.toBeInstanceOf(ValidationError);
    await clock.pass(1000);
    expect(comfy.truth.get(job.id)).toBe('canceled');
  });

  it('is told although the job ended before the answer came', async () => {
    const { client, end, network, comfy } = createHarness({ stepMs: 1, recordMs: 1 });
    network.faults.latencyMs = () => 60;
    const job = client.run(promptOf('Half', 'Save'));
    expect(await end(job)).toBe('succeeded');
    expect(comfy.truth.get(job.id)).toBe('succeeded');
    expect(job.warnings.map(({ type }) => type)).toEqual(['partial-acceptance']);
  });
});

describe('a job whose start comes before the answer', () => {
  it('was queued all the same, and says so first', async () => {
    const { client, end, network } = createHarness({ stepMs: 1 });
    network.faults.latencyMs = () => 60;
    const job = client.run(promptOf('Save'));
    const told: string[] = [];
    for (const type of ['queued', 'started'] as const) job.on(type, () => told.push(type));
    expect(await end(job)).toBe('succeeded');
    expect(told).toEqual(['queued', 'started']);
  });
});

describe('the server', () => {
  it('restarts and forgets: the job is lost, and says why', async () => {
    const { client, comfy, clock, end } = createHarness();
    const job = client.run(promptOf('Never'));
    await clock.until(() => job.state === 'running', 60_000);
    comfy.restart();
    expect(await end(job)).toBe('lost');
    await expect(job.result()).rejects.toMatchObject({ code: 'job_lost', reason: 'server-restarted' });
  });

  it('restarts and remembers: the job runs again, and ends', async () => {
    const { client, comfy, clock, end } = createHarness({ isDurable: true });
    const job = client.run(promptOf('Never', 'Save'));
    await clock.until(() => job.state === 'running', 60_000);
    comfy.restart();
    await clock.pass(3000);
    comfy.release();
    expect(await end(job)).toBe('succeeded');
  });

  it('deletes a job while it waits: nothing says so but the length of the queue', async () => {
    const { client, comfy, clock, end } = createHarness();
    const first = client.run(promptOf('Never'));
    const second = client.run(promptOf('Save'));
    await clock.until(() => comfy.pending.length === 1, 60_000);
    await clock.pass(2000);
    const waiting = first.state === 'queued' ? first : second;
    comfy.remove(waiting.id);
    const began = clock.now();
    expect(await end(waiting)).toBe('lost');
    await expect(waiting.result()).rejects.toMatchObject({ reason: 'removed-while-pending' });
    expect(clock.now() - began).toBeLessThan(3000);
  });

  it('is deaf to the socket: it is noticed, the socket is replaced, then the id', async () => {
    const { client, comfy, clock, network, end } = createHarness();
    client.connect();
    await clock.pass(100);
    const id = client.connection.clientId;
    comfy.sessions.clear();
    const job = client.run(promptOf('Save'));
    expect(await end(job)).toBe('succeeded');
    await clock.pass(10_000);
    expect(network.opened).toHaveLength(2);
    expect(client.connection.clientId).toBe(id);
    comfy.sessions.clear();
    const next = client.run(promptOf('Save'));
    expect(await end(next)).toBe('succeeded');
    await clock.pass(10_000);
    expect(client.connection.clientId).not.toBe(id);
    const last = client.run(promptOf('Text', 'Save'));
    await clock.until(() => last.state === 'running', 1000);
    expect(last.state, 'messages come again').toBe('running');
  });

  it('never greets: the job is sent after 5 s', async () => {
    const { client, comfy, network, clock, end } = createHarness();
    network.faults.message = (data) => ({ isLost: ['status', 'feature_flags'].includes(typeOf(data)) });
    const began = clock.now();
    const job = client.run(promptOf('Save'));
    await clock.until(() => comfy.accepted.has(job.id), 60_000);
    expect(clock.now() - began).toBeGreaterThanOrEqual(5000);
    expect(clock.now() - began).toBeLessThan(5200);
    expect(await end(job)).toBe('succeeded');
  });

  it('is gone for good: the job is lost after 5 minutes without any answer, not before', async () => {
    const { client, comfy, network, clock, end } = createHarness();
    const job = client.run(promptOf('Never'));
    await clock.until(() => job.state === 'running', 60_000);
    const began = clock.now();
    network.faults.request = () => 'fail';
    network.faults.isSocketRefused = () => true;
    comfy.restart();
    expect(await end(job)).toBe('lost');
    await expect(job.result()).rejects.toMatchObject({ reason: 'unreachable', retryable: true });
    expect(clock.now() - began).toBeGreaterThanOrEqual(300_000);
  });

  it('is silent for an hour while a node works: that fails nothing', async () => {
    const { client, comfy, clock, end, network } = createHarness();
    const job = client.run(promptOf('Never', 'Save'));
    await clock.until(() => job.state === 'running', 60_000);
    const before = network.requests.length;
    await clock.pass(3_600_000);
    expect(job.state).toBe('running');
    const asked = network.requests.length - before;
    expect(asked, 'every 10 s').toBeGreaterThan(300);
    expect(asked).toBeLessThan(400);
    comfy.release();
    expect(await end(job)).toBe('succeeded');
  });
});

describe('the submission', () => {
  it('is answered after the job has finished', async () => {
    const { client, network, end, eventsOf } = createHarness({ stepMs: 1, recordMs: 1 });
    network.faults.latencyMs = () => 200;
    const job = client.run(promptOf('Save'));
    const events = eventsOf(job);
    expect(await end(job)).toBe('succeeded');
    expect(events.filter(({ type }) => type === 'succeeded')).toHaveLength(1);
  });

  it('is answered, but the answer is lost: the job is found by its id, and not sent twice', async () => {
    const { client, network, comfy, end } = createHarness();
    network.faults.isAnswerLost = (method) => method === 'POST';
    network.faults.message = (data) => ({ isLost: typeOf(data) !== 'status' });
    const job = client.run(promptOf('Save'));
    expect(await end(job)).toBe('succeeded');
    expect(comfy.accepted.get(job.id)).toBe(1);
  });

  it('does not arrive: it is sent again under the same id, after the server said that it does not have it', async () => {
    const { client, network, comfy, end } = createHarness();
    let posts = 0;
    network.faults.request = (method, path) =>
      method === 'POST' && path.endsWith('/prompt') && ++posts === 1 ? 'fail' : undefined;
    const job = client.run(promptOf('Save'));
    expect(await end(job)).toBe('succeeded');
    expect(posts).toBe(2);
    expect(comfy.accepted.get(job.id)).toBe(1);
  });

  it('never arrives: the job is lost as never accepted, soon enough', async () => {
    const { client, network, clock, end } = createHarness();
    network.faults.request = () => 'fail';
    network.faults.isSocketRefused = () => true;
    const began = clock.now();
    const job = client.run(promptOf('Save'));
    expect(await end(job)).toBe('lost');
    await expect(job.result()).rejects.toMatchObject({
      reason: 'never-accepted',
      cause: { code: 'connection_failed' },
    });
    expect(clock.now() - began).toBeLessThan(60_000);
  });

  it('is refused with 400: the problems name node, class and input', async () => {
    const { client, end } = createHarness();
    const job = client.run(promptOf('Refused'));
    expect(await end(job)).toBe('rejected');
    const problem = { nodeId: '1', classType: 'Refused', input: 'c', type: 'value_not_in_list' };
    await expect(job.result()).rejects.toMatchObject({ code: 'validation_failed', problems: [problem] });
  });

  it.each([
    [403, '', 'origin_rejected'],
    [401, '<html>log in</html>', 'unauthorized'],
    [413, '<html>too large</html>', 'too_large'],
    [404, '', 'request_failed'],
  ])('is refused with %i: the code says why', async (status, body, code) => {
    const { client, network, end } = createHarness();
    network.faults.request = (method) => (method === 'POST' ? { status, body } : undefined);
    const job = client.run(promptOf('Save'));
    expect(await end(job)).toBe('rejected');
    await expect(job.result()).rejects.toMatchObject({ code, status });
  });

  it('meets a 502 page: the server is asked, then it is sent again, three times at most', async () => {
    const { client, network, end } = createHarness();
    let posts = 0;
    const page = { status: 502, body: '<html><title>502 Bad Gateway</title></html>' };
    network.faults.request = (method) => (method === 'POST' ? (posts++, page) : undefined);
    const job = client.run(promptOf('Save'));
    expect(await end(job)).toBe('rejected');
    expect(posts).toBe(3);
    await expect(job.result()).rejects.toThrow('502 Bad Gateway');
  });

  it('meets 429 with Retry-After: it waits as long as it was told', async () => {
    const { client, network, comfy, clock, end } = createHarness();
    let posts = 0;
    const busy = { status: 429, body: '', headers: { 'retry-after': '7' } };
    network.faults.request = (method) => (method === 'POST' && ++posts === 1 ? busy : undefined);
    const began = clock.now();
    const job = client.run(promptOf('Save'));
    await clock.until(() => comfy.accepted.has(job.id), 60_000);
    expect(clock.now() - began).toBeGreaterThanOrEqual(7000);
    expect(clock.now() - began).toBeLessThan(7100);
    expect(await end(job)).toBe('succeeded');
  });

  it('is redirected: that is refused, not followed into a GET', async () => {
    const { client, network, end } = createHarness();
    network.faults.request = (method) =>
      method === 'POST' ? { status: 301, body: '', headers: { location: 'https://fake/' } } : undefined;
    const job = client.run(promptOf('Save'));
    expect(await end(job)).toBe('rejected');
    await expect(job.result()).rejects.toMatchObject({ code: 'redirected' });
  });

  it('gets another id from an old server: the job goes by that', async () => {
    const { client, comfy, network, end } = createHarness({ hasJobs: false });
    const answer = comfy.answer.bind(comfy);
    comfy.answer = (method, path, query, body) =>
      answer(
        method,
        path,
        query,
        method === 'POST' && path.endsWith('/prompt') ? body.replace(/"prompt_id":"[^"]*",?/, '') : body,
      );
    const job = client.run(promptOf('Save'));
    expect(await end(job)).toBe('succeeded');
    expect(job.id).toBe('server-made-0');
    expect(network.requests).toContain('GET /api/history/server-made-0');
  });
});

describe('a slow consumer', () => {
  it('gets every end and every output, the newest progress, and no more than its buffer holds', async () => {
    const { client, comfy, end, clock } = createHarness({}, { bufferSize: 8 });
    const job = client.run(promptOf('Never', 'Save'));
    const reader = job[Symbol.asyncIterator]();
    await clock.until(() => job.state === 'running', 60_000);
    for (let value = 1; value <= 5000; value++)
      comfy.tell(client.connection.clientId, 'progress', { value, max: 5000, node: '1', prompt_id: job.id });
    await clock.pass(6000);
    comfy.release();
    expect(await end(job)).toBe('succeeded');
    const read = [];
    for (let next = await reader.next(); !next.done; next = await reader.next()) read.push(next.value);
    expect(read.length).toBeLessThanOrEqual(8);
    expect(read.filter(({ type }) => type === 'progress')).toHaveLength(1);
    expect(read.at(-1)?.type).toBe('succeeded');
    expect(job.diagnostics.droppedEvents).toBeGreaterThan(0);
  });
});
