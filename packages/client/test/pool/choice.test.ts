import { describe, expect, it } from 'vitest';
import { leastQueue } from '../../src/pool/choose.ts';
import type { PoolJob } from '../../src/pool/index.ts';
import { promptOf } from '../fake/harness.ts';
import { answer, createPoolHarness } from './pool-harness.ts';

const wherever = (jobs: readonly PoolJob[]) => jobs.map(({ member }) => member).join('');

describe('the choice of a member', () => {
  it('takes the shortest queue, whoever the jobs in it are of', async () => {
    const { pool, servers, end } = createPoolHarness({ a: {}, b: {} });
    const stranger = { prompt: promptOf('Never'), client_id: 'somebody' };
    servers[0]!.comfy.answer('POST', '/api/prompt', new URLSearchParams(), JSON.stringify(stranger));
    const job = pool.run(promptOf('Save'));
    expect(await end(job)).toBe('succeeded');
    expect(job.member).toBe('b');
    expect(pool.members.map(({ queueRemaining }) => queueRemaining)).toEqual([1, 0]);
  });

  it('spreads what comes at once, by weight, and keeps what is too much', async () => {
    const { pool, until } = createPoolHarness({ a: { weight: 2, maxActive: 4 }, b: {} });
    const jobs = Array.from({ length: 8 }, () => pool.run(promptOf('Never')));
    await until(() => pool.waiting === 2);
    const given = jobs.slice(0, 6);
    expect(given.filter(({ member }) => member === 'a')).toHaveLength(4);
    expect(given.filter(({ member }) => member === 'b')).toHaveLength(2);
    // in the order in which they came
    expect(jobs.slice(6).map(({ member, state }) => [member, state])).toEqual([
      [undefined, 'preparing'],
      [undefined, 'preparing'],
    ]);
    expect(pool.members.map(({ active }) => active)).toEqual([4, 2]);
  });

  it('gives waiting jobs out as others end, those in front first', async () => {
    const { pool, servers, until, end } = createPoolHarness({ a: {} }, { maxActive: 1 });
    const first = pool.run(promptOf('Never'));
    let isBegun = false;
    first.on('node', () => (isBegun = true));
    await until(() => isBegun);
    const [late, early] = [pool.run(promptOf('Text')), pool.run(promptOf('Text'), { front: true })];
    const ends: string[] = [];
    late.on('succeeded', () => ends.push('late'));
    early.on('succeeded', () => ends.push('early'));
    servers[0]!.comfy.release();
    await end(late);
    expect(ends).toEqual(['early', 'late']);
  });

  it('heeds tags', async () => {
    const { pool, end } = createPoolHarness({ a: { tags: ['sdxl'] }, b: { tags: ['video', 'big'] }, c: {} });
    const jobs = Array.from({ length: 3 }, () => pool.run(promptOf('Text'), { require: ['video', 'big'] }));
    for (const job of jobs) expect(await end(job)).toBe('succeeded');
    expect(wherever(jobs)).toBe('bbb');
  });

  it('sends a job where its nodes and models are', async () => {
    const { pool, servers, end } = createPoolHarness({ a: {}, b: {}, c: {} });
    const loader = (...files: string[]) => ({ input: { required: { ckpt_name: [files, {}] } } });
    servers[0]!.info['Loader'] = loader('one.safetensors');
    servers[1]!.info['Loader'] = { input: { required: { ckpt_name: ['COMBO', { options: ['two.safetensors'] }] } } };
    const prompt = { 1: { class_type: 'Loader', inputs: { ckpt_name: 'two.safetensors' } } };
    const job = pool.run(prompt);
    await end(job);
    expect(job.member).toBe('b');
    const other = pool.run(JSON.stringify(prompt), { inputs: { '1.ckpt_name': 'one.safetensors' } });
    await end(other);
    expect(other.member).toBe('a');
    const drawn = pool.run({
      nodes: [
        { id: 1, type: 'Loader', mode: 0, inputs: [], outputs: [], widgets_values: ['two.safetensors'] },
        { id: 2, type: 'Note', mode: 0, inputs: [], outputs: [], widgets_values: ['three.safetensors'] },
        { id: 3, type: 'NotThere', mode: 4, inputs: [], outputs: [], widgets_values: [] },
      ],
      links: [],
      version: 0.4,
    });
    await end(drawn);
    expect(drawn.member).toBe('b');
  });

  it('refuses what no member can run, and says what is missing where', async () => {
    const { pool, servers, end } = createPoolHarness({ a: {}, b: {}, c: { tags: ['x'] } });
    for (const { info } of servers) info['Loader'] = { input: { required: { name: [['one.ckpt'], {}] } } };
    const job = pool.run(
      { 1: { class_type: 'Loader', inputs: { name: 'no.ckpt' } }, 2: { class_type: 'Unheard', inputs: {} } },
      { require: ['x'] },
    );
    expect(await end(job)).toBe('rejected');
    await expect(job.result()).rejects.toMatchObject({
      code: 'no_match',
      retryable: false,
      misfits: [
        { member: 'a', tags: ['x'] },
        { member: 'b', tags: ['x'] },
        { member: 'c', tags: [], classes: ['Unheard'], models: ['no.ckpt'] },
      ],
    });
    expect(servers.every(({ comfy }) => comfy.accepted.size === 0)).toBe(true);
  });

  it('reads again what members have before it refuses', async () => {
    const { pool, servers, end, clock } = createPoolHarness({ a: {} });
    await end(pool.run(promptOf('Text')));
    servers[0]!.info['Fresh'] = { input: {} };
    await clock.pass(1000);
    expect(await end(pool.run(promptOf('Fresh')))).toBe('succeeded');
  });

  it('runs jobs on a server that cannot describe itself', async () => {
    const { pool, servers, end } = createPoolHarness({ a: {} });
    servers[0]!.fault = (_method, path) => (path === '/api/object_info' ? answer({}, 500) : undefined);
    expect(await end(pool.run(promptOf('Anything')))).toBe('succeeded');
  });

  it('keeps what belongs together on one member, as long as that is no loss', async () => {
    const { pool, end, until } = createPoolHarness({ a: {}, b: {} }, { maxActive: 5 });
    const first = pool.run(promptOf('Text'), { affinity: 'sdxl' });
    await end(first);
    for (let count = 0; count < 3; count++) {
      const job = pool.run(promptOf('Text'), { affinity: 'sdxl' });
      await end(job);
      expect(job.member).toBe(first.member);
    }
    const jobs = Array.from({ length: 4 }, () => pool.run(promptOf('Never'), { affinity: 'sdxl' }));
    await until(() => jobs.every(({ member }) => member));
    expect(new Set(jobs.map(({ member }) => member)).size).toBe(2);
  });

  it('can be the caller’s', async () => {
    const { pool, end } = createPoolHarness(
      { a: {}, b: {}, c: {} },
      { pick: (candidates, { affinity }) => candidates.find(({ name }) => name === affinity)?.name },
    );
    const job = pool.run(promptOf('Text'), { affinity: 'c' });
    await end(job);
    expect(job.member).toBe('c');
    const { pool: broken, end: endOf } = createPoolHarness(
      { a: {} },
      {
        pick: () => {
          throw new Error('no idea');
        },
      },
    );
    const refused = broken.run(promptOf('Text'));
    expect(await endOf(refused)).toBe('rejected');
    await expect(refused.result()).rejects.toThrow('no idea');
  });

  it('prefers members whose jobs do not all fail', async () => {
    const { pool, end } = createPoolHarness({ a: {}, b: { tags: ['b'] } });
    for (let count = 0; count < 3; count++) await end(pool.run(promptOf('Fail'), { require: ['b'] }));
    expect(pool.members.map(({ isFailing }) => isFailing)).toEqual([false, true]);
    const jobs = Array.from({ length: 4 }, () => pool.run(promptOf('Text')));
    for (const job of jobs) await end(job);
    expect(wherever(jobs.slice(0, 2))).toBe('aa');
    // when it is the only one left, it is taken
    await end(pool.run(promptOf('Text'), { require: ['b'] }));
    expect(pool.members.map(({ isFailing }) => isFailing)).toEqual([false, false]);
  });
});

it('of equals, the one that was chosen least recently', () => {
  const info = { weight: 1, load: 0, isFailing: false } as Parameters<typeof leastQueue>[0][number]['info'];
  const named = [3, 1, 2].map((chosenAt) => ({ info, chosenAt, isKin: false }));
  expect(leastQueue(named)?.chosenAt).toBe(1);
  expect(leastQueue([])).toBeUndefined();
});
