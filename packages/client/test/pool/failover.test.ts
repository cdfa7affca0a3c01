import { describe, expect, it } from 'vitest';
import { ClientError, ExecutionError, JobLostError, RequestError, ValidationError } from '../../src/errors.ts';
import type { LostReason } from '../../src/errors.ts';
import type { JobEndEvent } from '../../src/job-events.ts';
import { Outputs } from '../../src/outputs.ts';
import { mayMove, standingOf } from '../../src/pool/failover.ts';
import type { AttemptFacts, Failover, Standing } from '../../src/pool/failover.ts';
import { promptOf } from '../fake/harness.ts';
import { answer, createPoolHarness } from './pool-harness.ts';
import type { Server } from './pool-harness.ts';

const isSubmission = (method: string, path: string) => method === 'POST' && path === '/api/prompt';
const acceptedBy = (servers: readonly Server[]) => servers.map(({ comfy }) => comfy.accepted.size);

/** What Node throws when nobody listens. */
const refusedConnection = () =>
  Object.assign(new TypeError('fetch failed'), { cause: Object.assign(new Error('no'), { code: 'ECONNREFUSED' }) });

describe('a job that was not accepted', () => {
  it.each([
    ['credentials are wrong', answer({ error: 'who are you' }, 401)],
    ['the server is broken', answer({ error: { type: 'store_failed', message: 'disk' } }, 507)],
    ['the page of a log-in comes', { status: 404, body: '<html>' }],
  ])('goes to another member when %s', async (_why, refusal) => {
    const { pool, servers, end } = createPoolHarness({ a: {}, b: { weight: 0.1 } });
    servers[0]!.fault = (method, path) => (isSubmission(method, path) ? refusal : undefined);
    const moved: string[] = [];
    pool.on('moved', ({ from, reason }) => moved.push(`${from} ${reason}`));
    const job = pool.run(promptOf('Save'));
    expect(await end(job)).toBe('succeeded');
    expect(job.member).toBe('b');
    expect(job.moves).toMatchObject([{ from: 'a', reason: 'refused' }]);
    expect(moved).toEqual(['a refused']);
    expect(acceptedBy(servers)).toEqual([0, 1]);
  });

  it.each([
    ['too many requests', { ...answer({}, 429), headers: { 'retry-after': '60' } }],
    ['a full queue', answer({ error: { type: 'queue_full', message: 'full' } }, 503)],
  ])('does not wait for a server with %s while another is free', async (_why, refusal) => {
    const { pool, servers, end, clock } = createPoolHarness({ a: {}, b: { weight: 0.1 } });
    servers[0]!.fault = (method, path) => (isSubmission(method, path) ? refusal : undefined);
    const began = clock.now();
    const job = pool.run(promptOf('Save'));
    expect(await end(job)).toBe('succeeded');
    expect(job.member).toBe('b');
    expect(job.moves).toMatchObject([{ from: 'a', reason: 'busy' }]);
    expect(clock.now() - began).toBeLessThan(1000);
  });

  it('waits for a busy server when there is no other', async () => {
    const { pool, servers, end, clock } = createPoolHarness({ a: {} });
    const freeAt = clock.now() + 3000;
    servers[0]!.fault = (method, path) =>
      isSubmission(method, path) && clock.now() < freeAt ? answer({}, 429) : undefined;
    const job = pool.run(promptOf('Save'));
    expect(await end(job)).toBe('succeeded');
    expect(job.moves).toEqual([]);
  });

  it('goes at once when the connection was never made', async () => {
    const { pool, servers, end, clock } = createPoolHarness({ a: {}, b: { weight: 0.1 } });
    const send = servers[0]!.member.fetch!;
    const { name, ...rest } = servers[0]!.member;
    await pool.remove('a', { now: true });
    pool.add({
      ...rest,
      name,
      fetch: (input, init) => {
        if (init?.method === 'POST' && typeof input === 'string' && input.endsWith('/prompt'))
          return Promise.reject(refusedConnection());
        return send(input, init);
      },
    });
    const began = clock.now();
    const job = pool.run(promptOf('Save'));
    expect(await end(job)).toBe('succeeded');
    expect(job.moves).toMatchObject([{ from: 'a', reason: 'down' }]);
    expect(clock.now() - began).toBeLessThan(1000);
  });

  it('is not sent after it went elsewhere, however long its credentials take', async () => {
    let held: (() => void) | undefined;
    let isHolding = false;
    const bearer = () => new Promise<string>((resolve) => (isHolding ? (held = () => resolve('t')) : resolve('t')));
    const { pool, servers, end, until } = createPoolHarness({ a: { auth: { bearer } }, b: {} });
    servers[0]!.fault = (method, path) => {
      if (!isSubmission(method, path)) return undefined;
      servers[0]!.fault = undefined;
      isHolding = true;
      return answer({}, 429);
    };
    void pool.drain('b');
    const job = pool.run(promptOf('Save'));
    // about to be sent again
    await until(() => held !== undefined && job.state === 'submitting');
    pool.undrain('b');
    expect(await end(job)).toBe('succeeded');
    expect(job.member).toBe('b');
    isHolding = false;
    held?.();
    expect(await end(pool.run(promptOf('Text'), { require: [] }))).toBe('succeeded');
    expect(servers[0]!.comfy.accepted.has(job.id)).toBe(false);
  });

  it('goes elsewhere when the server lacks a model that it said it had', async () => {
    const { pool, servers, end } = createPoolHarness({ a: {}, b: { weight: 0.1 } });
    const problem = { type: 'value_not_in_list', message: 'Value not in list', details: '', extra_info: {} };
    const refusal = {
      error: { type: 'prompt_outputs_failed_validation', message: 'no', details: '', extra_info: {} },
      node_errors: { 1: { errors: [problem], dependent_outputs: [], class_type: 'Save' } },
    };
    servers[0]!.fault = (method, path) => (isSubmission(method, path) ? answer(refusal, 400) : undefined);
    const job = pool.run(promptOf('Save'));
    expect(await end(job)).toBe('succeeded');
    expect(job.member).toBe('b');
    // where no other is, the server's own words are the end
    const {
      pool: alone,
      servers: [only],
      end: endOf,
    } = createPoolHarness({ a: {} });
    only!.fault = (method, path) => (isSubmission(method, path) ? answer(refusal, 400) : undefined);
    const refused = alone.run(promptOf('Save'));
    expect(await endOf(refused)).toBe('rejected');
    await expect(refused.result()).rejects.toMatchObject({
      code: 'validation_failed',
      problems: [problem].map(({ type }) => ({ type })),
    });
  });

  it('stays refused for what is wrong with the workflow itself', async () => {
    const { pool, servers, end } = createPoolHarness({ a: {}, b: {} });
    const prompt = { error: { type: 'invalid_prompt', message: 'no', details: '', extra_info: {} }, node_errors: {} };
    for (const server of servers)
      server.fault = (method, path) => (isSubmission(method, path) ? answer(prompt, 400) : undefined);
    const job = pool.run(promptOf('Save'));
    expect(await end(job)).toBe('rejected');
    expect(job.moves).toEqual([]);
  });

  it('is given up after so many attempts, with the last error', async () => {
    const { pool, servers, end } = createPoolHarness({ a: {}, b: {} }, { maxAttempts: 4 });
    for (const server of servers)
      server.fault = (method, path) => (isSubmission(method, path) ? answer({ error: { type: 'x' } }, 500) : undefined);
    const job = pool.run(promptOf('Save'));
    expect(await end(job)).toBe('rejected');
    expect(job.moves).toHaveLength(3);
    await expect(job.result()).rejects.toMatchObject({ code: 'request_failed', status: 500 });
  });

  it('does not move when it may not', async () => {
    const { pool, servers, end } = createPoolHarness({ a: {}, b: { weight: 0.1 } }, { failover: 'never' });
    servers[0]!.fault = (method, path) => (isSubmission(method, path) ? answer({}, 401) : undefined);
    const job = pool.run(promptOf('Save'));
    expect(await end(job)).toBe('rejected');
    await expect(job.result()).rejects.toMatchObject({ code: 'unauthorized' });
    expect(job.moves).toEqual([]);
  });
});

describe('a job that a server may have', () => {
  /** Its answer is lost, and then the whole server. */
  const loseAnswer = (server: Server) => {
    server.network.faults.isAnswerLost = (method, path) => {
      if (!isSubmission(method, path)) return false;
      server.isAway = true;
      return true;
    };
  };

  it('does not run a second time elsewhere', async () => {
    const { pool, servers, end } = createPoolHarness({ a: {}, b: { weight: 0.1 } });
    loseAnswer(servers[0]!);
    const job = pool.run(promptOf('Save'));
    expect(await end(job)).toBe('lost');
    await expect(job.result()).rejects.toMatchObject({ code: 'job_lost', reason: 'never-accepted' });
    expect(acceptedBy(servers)).toEqual([1, 0]);
  });

  it('does where that is allowed', async () => {
    const { pool, servers, end } = createPoolHarness({ a: {}, b: { weight: 0.1 } }, { failover: 'if-in-doubt' });
    loseAnswer(servers[0]!);
    const job = pool.run(promptOf('Save'));
    expect(await end(job)).toBe('succeeded');
    expect(acceptedBy(servers)).toEqual([1, 1]);
    expect(job.moves).toMatchObject([{ from: 'a', reason: 'lost', error: { reason: 'never-accepted' } }]);
  });
});

describe('a job that has started', () => {
  it('does not move, though its server is gone for good', async () => {
    const { pool, servers, end, until } = createPoolHarness({ a: {}, b: { weight: 0.1 } });
    const job = pool.run(promptOf('Never'));
    await until(() => job.state === 'running');
    servers[0]!.isAway = true;
    expect(await end(job)).toBe('lost');
    await expect(job.result()).rejects.toMatchObject({ reason: 'unreachable' });
    expect(acceptedBy(servers)).toEqual([1, 0]);
  });

  it('moves where that is allowed, and its progress never falls', async () => {
    const { pool, servers, end, until, eventsOf } = createPoolHarness(
      { a: {}, b: { weight: 0.1, server: { hasJobs: false } } },
      { failover: 'always' },
    );
    const job = pool.run(promptOf('Text', 'Text', 'Never'));
    const events = eventsOf(job);
    await until(() => job.progress.share > 0.6);
    servers[0]!.comfy.restart();
    await until(() => job.member === 'b' && servers[1]!.comfy.running !== undefined);
    await until(() => servers[1]!.comfy.running?.id === job.id && job.state === 'running');
    let isThere = false;
    job.on('node', ({ node, state }) => (isThere ||= node.id === '3' && state === 'running'));
    await until(() => isThere);
    servers[1]!.comfy.release();
    expect(await end(job)).toBe('succeeded');
    const shares = events.flatMap((event) => (event.type === 'progress' ? [event.share] : []));
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(events.filter(({ type }) => type === 'started')).toHaveLength(2);
    expect(events.filter(({ type }) => type === 'succeeded')).toHaveLength(1);
  });

  it('keeps the failure of a node, whatever may move', async () => {
    const { pool, servers, end } = createPoolHarness({ a: {}, b: {} }, { failover: 'always' });
    expect(await end(pool.run(promptOf('Fail')))).toBe('failed');
    expect(acceptedBy(servers).toSorted((a, b) => a - b)).toEqual([0, 1]);
  });
});

describe('the rule', () => {
  const result = {
    id: 'x',
    outputs: new Outputs([]),
    cached: [],
    warnings: [],
    durationMs: undefined,
    record: undefined,
  };
  const facts = { hasStarted: false, isClean: false, isTakingBack: false };
  const lost = (reason: LostReason): JobEndEvent => ({
    type: 'lost',
    reason,
    error: new JobLostError('x', reason),
    result,
  });
  const rejected = (error: Error): JobEndEvent => ({ type: 'rejected', error, result });
  const badGateway = new RequestError('request_failed', 'x', { status: 502, body: '<html>' });
  const failure = { nodeId: '', classType: '', exceptionType: '', message: '', traceback: [] };
  const cases: [string, AttemptFacts, Standing][] = [
    ['succeeded', { ...facts, end: { type: 'succeeded', result } }, 'final'],
    ['failed', { ...facts, end: { type: 'failed', error: new ExecutionError(failure), result } }, 'final'],
    ['canceled', { ...facts, end: { type: 'canceled', error: 'x', result } }, 'final'],
    ['a bad workflow', { ...facts, isClean: true, end: rejected(new ClientError('invalid_workflow', 'x')) }, 'final'],
    ['problems', { ...facts, isClean: true, end: rejected(new ValidationError('x', [])) }, 'final'],
    ['a proxy’s word', { ...facts, end: rejected(badGateway) }, 'in-doubt'],
    ['a proxy’s word, nothing sent', { ...facts, isClean: true, end: rejected(badGateway) }, 'not-accepted'],
    ['never accepted', { ...facts, end: lost('never-accepted') }, 'in-doubt'],
    ['never delivered', { ...facts, isClean: true, end: lost('never-accepted') }, 'not-accepted'],
    ['out of reach', { ...facts, end: lost('unreachable') }, 'in-doubt'],
    ['forgotten', { ...facts, end: lost('server-restarted') }, 'in-doubt'],
    ['begun and forgotten', { ...facts, hasStarted: true, end: lost('server-restarted') }, 'started'],
    ['removed by somebody', { ...facts, end: lost('removed-while-pending') }, 'final'],
    ['taken back', { ...facts, isTakingBack: true, end: lost('removed-while-pending') }, 'not-started'],
    ['taken back too late', { ...facts, hasStarted: true, isTakingBack: true, end: lost('pruned') }, 'started'],
  ];
  it.each(cases)('%s', (_name, attempt, standing) => expect(standingOf(attempt)).toBe(standing));

  it('allows more from policy to policy', () => {
    const policies: Failover[] = ['never', 'if-not-accepted', 'if-not-started', 'if-in-doubt', 'always'];
    const standings: Standing[] = ['final', 'not-accepted', 'not-started', 'in-doubt', 'started'];
    const allowed = policies.map((policy) => standings.filter((standing) => mayMove(standing, policy)).length);
    expect(allowed).toEqual([0, 1, 2, 3, 4]);
  });
});
