import { describe, expect, it } from 'vitest';
import { createPool, PoolError, poolErrors } from '../../src/pool/index.ts';
import type { MemberInfo } from '../../src/pool/index.ts';
import { promptOf } from '../fake/harness.ts';
import { answer, createPoolHarness, Server } from './pool-harness.ts';

describe('health', () => {
  it('asks nothing before the first job, and nothing after the last', async () => {
    const { pool, servers, end, clock } = createPoolHarness({ a: {}, b: {} });
    await clock.pass(60_000);
    expect(servers.flatMap(({ network }) => network.requests)).toEqual([]);
    await end(pool.run(promptOf('Text')));
    await clock.pass(1000);
    const before = servers.flatMap(({ network }) => network.requests).length;
    await clock.pass(600_000);
    expect(servers.flatMap(({ network }) => network.requests)).toHaveLength(before);
  });

  it('leaves out who does not answer, and takes him again when he does', async () => {
    const { pool, servers, end, until } = createPoolHarness({ a: { weight: 100 }, b: {} });
    servers[0]!.isAway = true;
    const first = pool.run(promptOf('Text'));
    expect(await end(first)).toBe('succeeded');
    expect(first.member).toBe('b');
    const seen: string[] = [];
    pool.on('member', ({ name, state }) => seen.push(`${name} ${state}`));
    await until(() => seen.includes('a down'));
    expect(pool.members[0]?.error).toMatchObject({ code: 'connection_failed' });
    servers[0]!.isAway = false;
    await until(() => seen.includes('a up'));
    const second = pool.run(promptOf('Text'));
    await end(second);
    expect(second.member).toBe('a');
    expect(pool.members[0]?.error).toBeUndefined();
  });

  it('takes jobs that were not sent away from a server that goes down', async () => {
    // jobs wait for a socket that never opens
    const openSocket = () => ({ binaryType: '', addEventListener() {}, send() {}, close() {} });
    const { pool, servers, end, until, clock } = createPoolHarness(
      { a: { weight: 100, openSocket }, b: {} },
      { healthMs: 1000 },
    );
    const job = pool.run(promptOf('Text'));
    await until(() => job.member === 'a');
    servers[0]!.isAway = true;
    const began = clock.now();
    expect(await end(job)).toBe('succeeded');
    expect(job.moves).toMatchObject([{ from: 'a', reason: 'down' }]);
    expect(clock.now() - began).toBeLessThan(5000);
  });

  it('is down when something else answers', async () => {
    const { pool, servers, until } = createPoolHarness({ a: {} });
    servers[0]!.fault = () => answer({ hello: 'world' });
    servers[0]!.network.faults.isSocketRefused = () => true;
    pool.on('member', () => {});
    await until(() => pool.members[0]?.state === 'down');
    expect(pool.members[0]?.error).toMatchObject({ code: 'bad_answer' });
  });
});

describe('refusals', () => {
  it('none_available: nobody is there for so long', async () => {
    const { pool, servers, end, clock } = createPoolHarness({ a: {} }, { waitMs: 7000 });
    servers[0]!.isAway = true;
    const began = clock.now();
    const job = pool.run(promptOf('Text'));
    expect(await end(job)).toBe('rejected');
    await expect(job.result()).rejects.toMatchObject({
      code: 'none_available',
      retryable: true,
      message: 'No member was there for 7000 ms: a is down (/prompt: fetch failed).',
      cause: { code: 'connection_failed' },
    });
    expect(clock.now() - began).toBe(7000);
    const quick = pool.run(promptOf('Text'), { waitMs: 0 });
    expect(await end(quick)).toBe('rejected');
  });

  it('none_available: there are no members, unless one comes', async () => {
    const { pool, end, clock } = createPoolHarness({ a: {} });
    await pool.remove('a');
    const lonely = pool.run(promptOf('Text'));
    expect(await end(lonely)).toBe('rejected');
    expect((lonely.end as { error?: unknown }).error).toBeInstanceOf(PoolError);
    const lucky = pool.run(promptOf('Text'));
    await clock.pass(10_000);
    pool.add(new Server('late', clock).member);
    expect(await end(lucky)).toBe('succeeded');
    expect(lucky.member).toBe('late');
  });

  it('pool_full: too many wait', async () => {
    const { pool, end, until } = createPoolHarness({ a: {} }, { maxActive: 1, maxWaiting: 2 });
    const jobs = [pool.run(promptOf('Never'))];
    await until(() => jobs[0]!.state === 'running');
    jobs.push(pool.run(promptOf('Never')), pool.run(promptOf('Never')));
    await until(() => pool.waiting === 2);
    expect(jobs.map(({ state }) => state)).not.toContain('rejected');
    const more = pool.run(promptOf('Text'));
    expect(await end(more)).toBe('rejected');
    await expect(more.result()).rejects.toMatchObject({ code: 'pool_full', retryable: true });
  });

  it('pool_closed: also what waited is lost, not forgotten', async () => {
    const { pool, end, until, clock } = createPoolHarness({ a: {} }, { maxActive: 1 });
    const jobs = [pool.run(promptOf('Never')), pool.run(promptOf('Never'))];
    await until(() => jobs[0]!.state === 'running');
    pool.close();
    for (const job of jobs) await expect(job.result()).rejects.toMatchObject({ reason: 'client-closed' });
    expect(await end(pool.run(promptOf('Text')))).toBe('rejected');
    await expect(pool.submit(promptOf('Text'))).rejects.toMatchObject({ code: 'pool_closed' });
    expect(() => pool.add('http://x')).toThrow(PoolError);
    expect(pool.jobs).toEqual([]);
    await clock.pass(60_000);
    expect(clock.waiting).toBe(0);
  });

  it('unknown_member', async () => {
    const { pool } = createPoolHarness({ a: {} });
    await expect(pool.drain('b')).rejects.toMatchObject({ code: 'unknown_member' });
    expect(() => pool.undrain('b')).toThrow(expect.objectContaining({ code: 'unknown_member' }));
    expect(() => pool.attach({ id: 'x', server: 'http://b' })).toThrow(
      expect.objectContaining({ code: 'unknown_member' }),
    );
    expect(Object.keys(poolErrors)).toHaveLength(5);
  });

  it('invalid_option', () => {
    const wrong = expect.objectContaining({ code: 'invalid_option' });
    expect(() => createPool(['http://a', 'http://a/'])).toThrow(wrong);
    expect(() => createPool(['ftp://a'])).toThrow(wrong);
    expect(() => createPool([{ url: 'http://a', weight: 0 }])).toThrow(wrong);
    expect(() => createPool([], { maxActive: 0 })).toThrow(wrong);
    expect(() => createPool([], { waitMs: -1 })).toThrow(wrong);
    const { pool } = createPoolHarness({ a: {} });
    const id = '6f9619ff-8b86-4d01-b42d-00cf4fc964ff';
    pool.run(promptOf('Never'), { id });
    expect(() => pool.run(promptOf('Never'), { id })).toThrow(wrong);
    expect(() => pool.run(promptOf('Never'), { id: 'mine' })).toThrow(wrong);
  });
});

describe('drain', () => {
  it('lets a member finish what it has, and gives it nothing new', async () => {
    const { pool, servers, end, until } = createPoolHarness({ a: { weight: 100 }, b: {} });
    const first = pool.run(promptOf('Never'));
    let isBegun = false;
    first.on('node', () => (isBegun = true));
    await until(() => isBegun);
    const draining = pool.drain('a');
    const second = pool.run(promptOf('Text'));
    await end(second);
    expect(second.member).toBe('b');
    expect(pool.members[0]).toMatchObject({ isDraining: true, active: 1 });
    servers[0]!.comfy.release();
    expect(await end(first)).toBe('succeeded');
    expect(await draining).toBe('drained');
    pool.undrain('a');
    const third = pool.run(promptOf('Text'));
    await end(third);
    expect(third.member).toBe('a');
  });

  it('can give back what waits there, and never what runs', async () => {
    const { pool, servers, end, until } = createPoolHarness({ a: { weight: 100, maxActive: 3 }, b: {} });
    const jobs = [1, 2, 3].map(() => pool.run(promptOf('Never')));
    await until(() => jobs[0]!.state === 'running' && jobs.every(({ state }) => state !== 'preparing'));
    await until(() => jobs[2]!.state === 'queued');
    const draining = pool.drain('a', { moveWaiting: true, timeoutMs: 60_000 });
    await until(() => jobs[1]!.member === 'b' && jobs[2]!.member === 'b');
    expect(jobs[1]!.moves).toMatchObject([{ from: 'a', reason: 'taken-back' }]);
    expect(jobs[0]!.member).toBe('a');
    await until(() => servers[1]!.comfy.running !== undefined);
    expect(servers[0]!.began.size).toBe(1);
    servers[0]!.comfy.release();
    expect(await end(jobs[0]!)).toBe('succeeded');
    expect(await draining).toBe('drained');
  });

  it('can be called off, and has an end', async () => {
    const { pool, clock, until } = createPoolHarness({ a: {} });
    const job = pool.run(promptOf('Never'));
    await until(() => job.state === 'running');
    const off = pool.drain('a');
    pool.undrain('a');
    expect(await off).toBe('undrained');
    const late = pool.remove('a', { timeoutMs: 5000 });
    await clock.pass(5000);
    expect(await late).toBe('timed-out');
    expect(pool.members).toHaveLength(1);
  });
});

describe('remove', () => {
  it('closes the client of a member that has nothing left', async () => {
    const { pool, end, servers, clock } = createPoolHarness({ a: {}, b: {} });
    const told: (MemberInfo & { isGone: boolean })[] = [];
    pool.on('member', (info) => told.push(info));
    await end(pool.run(promptOf('Text')));
    expect(await pool.remove('a')).toBe('drained');
    expect(pool.members.map(({ name }) => name)).toEqual(['b']);
    expect(told.filter(({ isGone }) => isGone).map(({ name }) => name)).toEqual(['a']);
    await clock.pass(10_000);
    expect(servers[0]!.network.openSockets).toBe(0);
    expect(servers[1]!.network.openSockets).toBe(1);
  });

  it('now: jobs are lost that may run there, and others move', async () => {
    const { pool, end, until } = createPoolHarness({ a: { weight: 100 }, b: {} });
    const job = pool.run(promptOf('Never'));
    await until(() => job.state === 'running');
    expect(await pool.remove('a', { now: true })).toBe('drained');
    expect(await end(job)).toBe('lost');
    const other = pool.run(promptOf('Text'));
    await end(other);
    expect(other.member).toBe('b');
  });
});
