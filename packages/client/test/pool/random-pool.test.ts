/** Any order of cuts, restarts, refusals and drains on several servers, in fake time: no job hangs, ends twice, or runs twice. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Client } from '../../src/client.ts';
import '../../src/convert.ts';
import { isEndEvent } from '../../src/job-events.ts';
import type { Failover, PoolJob } from '../../src/pool/index.ts';
import { createPool } from '../../src/pool/index.ts';
import { FakeClock } from '../fake/fake-clock.ts';
import { promptOf } from '../fake/harness.ts';
import { answer, Server } from './pool-harness.ts';

const SEED = Number(process.env['SNUG_SEED'] ?? Date.now() % 2 ** 31);
const RUNS = Number(process.env['SNUG_RUNS'] ?? 200);

const KINDS = ['cut', 'restart', 'remove', 'interrupt', 'drain', 'give-back', 'undrain', 'leave', 'cancel'] as const;
const SPELLS = ['away', 'lose-answers', 'unavailable', 'busy', 'closed', 'unconnected'] as const;
type Spell = (typeof SPELLS)[number];

const happening = fc.record({
  at: fc.integer({ min: 0, max: 5000 }),
  server: fc.nat(2),
  what: fc.oneof(
    fc.record({ kind: fc.constantFrom(...KINDS), forMs: fc.constant(0) }),
    fc.record({ kind: fc.constantFrom(...SPELLS), forMs: fc.integer({ min: 10, max: 40_000 }) }),
  ),
});

const schedules = fc.record({
  jobs: fc.array(fc.constantFrom('Save', 'Text', 'Fail', 'Never'), { minLength: 1, maxLength: 6 }),
  spacingMs: fc.constantFrom(0, 20, 700),
  happenings: fc.array(happening, { maxLength: 8 }),
  servers: fc.integer({ min: 1, max: 3 }),
  noise: fc.array(fc.nat(99), { minLength: 1, maxLength: 30 }),
  isDurable: fc.boolean(),
  stepMs: fc.constantFrom(1, 10, 300),
  maxActive: fc.integer({ min: 1, max: 3 }),
  failover: fc.constantFrom<Failover[]>('never', 'if-not-accepted', 'if-not-started', 'if-in-doubt', 'always'),
});
type Schedule = typeof schedules extends fc.Arbitrary<infer T> ? T : never;

class FaultyServer extends Server {
  readonly until: Record<Spell, number>;

  constructor(name: string, clock: FakeClock, draw: () => number, plan: Schedule) {
    super(name, clock, { isDurable: plan.isDurable, stepMs: plan.stepMs });
    this.until = { away: 0, 'lose-answers': 0, unavailable: 0, busy: 0, closed: 0, unconnected: 0 };
    const is = (spell: Spell): boolean => clock.now() < this.until[spell];
    this.network.faults.latencyMs = () => 1 + (draw() % 40);
    this.network.faults.isAnswerLost = () => is('lose-answers') && draw() < 60;
    this.network.faults.isSocketRefused = () => is('away') || is('unavailable') || is('unconnected');
    this.fault = (method, path) => {
      if (is('away')) return 'fail';
      if (is('unavailable')) return { status: 502, body: '<html><title>Bad gateway</title></html>' };
      if (method !== 'POST' || path !== '/api/prompt') return undefined;
      if (is('busy')) return draw() < 50 ? answer({}, 429) : answer({ error: { type: 'queue_full' } }, 503);
      return is('closed') ? answer({ error: 'no' }, 401) : undefined;
    };
  }
}

/** As Node has it when nobody listens: the request certainly did not leave. */
function notConnected(): Promise<never> {
  const cause = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
  return Promise.reject(Object.assign(new TypeError('fetch failed'), { cause }));
}

/** Throws unless every job ends once, rightly, and never begins on a second server where that is not allowed. */
async function play(plan: Schedule): Promise<number> {
  const clock = new FakeClock();
  let draws = 0;
  const draw = (): number => plan.noise[draws++ % plan.noise.length]!;
  const servers = ['a', 'b', 'c'].slice(0, plan.servers).map((name) => new FaultyServer(name, clock, draw, plan));
  const members = servers.map(({ member, until }) => {
    const send = member.fetch!;
    const connect: typeof fetch = (input, init) =>
      clock.now() < until.unconnected ? notConnected() : send(input, init);
    return { ...member, fetch: connect };
  });
  const { failover, maxActive } = plan;
  const pool = createPool(members, {
    failover,
    maxActive,
    createClient: (of) => new Client(of),
    client: { clock, chance: servers[0]!.network.options().chance },
  });
  const ends: string[][] = [];
  const jobs: PoolJob[] = [];
  const begin = (classType: string, at: number): void => {
    const job = pool.run(promptOf(classType, 'Text'));
    const told: string[] = (ends[at] = []);
    job.on('*', (event) => {
      if (isEndEvent(event)) told.push(event.type);
    });
    jobs.push(job);
  };
  for (const [at, classType] of plan.jobs.entries()) clock.setTimeout(() => begin(classType, at), at * plan.spacingMs);
  const act = (kind: (typeof KINDS)[number] | Spell, server: FaultyServer, forMs: number): void => {
    const { comfy, network, name, until } = server;
    const isMember = pool.members.some((member) => member.name === name);
    switch (kind) {
      case 'cut':
        return network.cut();
      case 'restart':
        return comfy.restart();
      case 'remove':
        if (comfy.pending[0]) comfy.remove(comfy.pending[0].id);
        return;
      case 'interrupt':
        if (comfy.running) comfy.interrupt(comfy.running.id);
        return;
      case 'drain':
      case 'give-back':
        if (isMember) void pool.drain(name, { moveWaiting: kind === 'give-back' });
        return;
      case 'undrain':
        if (isMember) pool.undrain(name);
        return;
      case 'leave':
        if (isMember) void pool.remove(name, { now: true });
        return;
      case 'cancel':
        return void jobs[0]?.cancel({ allowGlobal: true }).catch(() => undefined);
      default:
        until[kind] = Math.max(until[kind], clock.now() + forMs);
        if (kind === 'away') network.cut();
    }
  };
  for (const { at, server, what } of plan.happenings) {
    const target = servers[server % servers.length]!;
    clock.setTimeout(() => act(what.kind, target, what.forMs), at);
  }
  const releasing = (): void => {
    for (const { comfy } of servers) comfy.release();
    clock.setTimeout(releasing, 5000);
  };
  clock.setTimeout(releasing, 4000);

  const isDone = (): boolean => jobs.length === plan.jobs.length && pool.jobs.length === 0;
  const isOver = await clock.until(isDone, 60 * 60_000);
  const states = jobs.map((job) => `${job.state} at ${job.member}`);
  expect(isOver, `jobs hang: ${states.join(', ')}`).toBe(true);
  // later messages change nothing
  await clock.pass(2000);
  let moves = 0;
  for (const [at, job] of jobs.entries()) {
    expect(ends[at], 'exactly one end').toEqual([job.state]);
    const began = servers.filter((server) => server.began.has(job.id)).map(({ name }) => name);
    const mayRunTwice = failover === 'if-in-doubt' || failover === 'always';
    if (!mayRunTwice) expect(began.length, `began at ${began.join(' and ')}`).toBeLessThan(2);
    if (failover === 'never') expect(job.moves).toEqual([]);
    if (job.state === 'succeeded' || job.state === 'failed') {
      const server = servers.find(({ name }) => name === job.member)!;
      expect(server.comfy.ends.get(job.id), 'what the server says').toContain(job.state);
    }
    if (job.state === 'rejected') expect((job.end as { error: Error }).error).toHaveProperty('code');
    expect(pool.members.every(({ active }) => active === 0)).toBe(true);
    moves += job.moves.length;
  }
  pool.close();
  return moves;
}

it(
  `every job of a pool ends once and rightly: ${RUNS} schedules, SNUG_SEED=${SEED}`,
  { timeout: 120_000 },
  async () => {
    let played = 0;
    let moved = 0;
    const property = fc.asyncProperty(schedules, async (plan) => {
      moved += await play(plan);
      played++;
    });
    await fc.assert(property, { seed: SEED, numRuns: RUNS });
    expect(played).toBe(RUNS);
    // a test of moving that never moves is none
    expect(moved).toBeGreaterThan(RUNS / 30);
  },
);
