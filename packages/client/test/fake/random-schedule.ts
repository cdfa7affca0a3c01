/** Any order of drops, delays, duplicates, losses and restarts, played against a fake server in fake time. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { Client } from '../../src/client.ts';
import type { JobEndEvent } from '../../src/job-events.ts';
import { isEndEvent } from '../../src/job-events.ts';
import { FakeClock } from './fake-clock.ts';
import { FakeComfy } from './fake-comfy.ts';
import { FakeNetwork } from './fake-network.ts';

type Happening =
  | { readonly kind: 'cut' | 'restart' | 'interrupt' | 'remove' | 'prune' | 'cancel' | 'deafen' }
  | { readonly kind: 'away' | 'mute' | 'garble' | 'lose-answers' | 'unavailable'; readonly forMs: number };

const forMs = fc.integer({ min: 10, max: 20_000 });
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('cut' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'interrupt' as const,
        'remove' as const,
        'prune' as const,
        'cancel' as const,
        'deafen' as const,
      ),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'away' as const,
        'mute' as const,
        'garble' as const,
        'lose-answers' as const,
        'unavailable' as const,
      ),
      forMs,
    }),
  },
);

const schedules = fc.record({
  jobs: fc.array(fc.constantFrom('Save', 'Fail', 'Text', 'Never', 'Half', 'Refused', 'Block'), {
    minLength: 1,
    maxLength: 3,
  }),
  spacingMs: fc.integer({ min: 0, max: 100 }),
  happenings: fc.array(fc.tuple(fc.integer({ min: 0, max: 3000 }), happening), { maxLength: 6 }),
  noise: fc.array(fc.nat(99), { minLength: 1, maxLength: 40 }),
  isDurable: fc.boolean(),
  isDeafening: fc.boolean(),
  stepMs: fc.constantFrom(1, 10, 300),
  recordMs: fc.constantFrom(0, 5, 400),
});
type Schedule = (typeof schedules extends fc.Arbitrary<infer T> ? T : never) & { readonly hasJobs: boolean };

/** Half of the 10,000: the two kinds of servers are tried by two files, side by side. */
export const SEED = Number(process.env['SNUG_SEED'] ?? Date.now() % 2 ** 31);
export const RUNS = Number(process.env['SNUG_RUNS'] ?? 5000);

/** How many were played. Throws for one that a client gets wrong, with its seed. */
export async function playMany(hasJobs: boolean): Promise<number> {
  let played = 0;
  const property = fc.asyncProperty(schedules, async (plan) => {
    await play({ ...plan, hasJobs });
    played++;
  });
  await fc.assert(property, { seed: SEED, numRuns: RUNS });
  return played;
}

/** Plays one schedule. Throws unless every job ends once, and as the server knows that it did. */
export async function play(plan: Schedule): Promise<void> {
  const clock = new FakeClock();
  const comfy = new FakeComfy({ clock, ...plan });
  const network = new FakeNetwork(comfy, clock);
  const until = { away: 0, mute: 0, garble: 0, 'lose-answers': 0, unavailable: 0 };
  let draws = 0;
  const draw = (): number => plan.noise[draws++ % plan.noise.length]!;
  network.faults.latencyMs = () => 1 + (draw() % 30);
  network.faults.request = () => {
    if (clock.now() < until.away) return 'fail';
    return clock.now() < until.unavailable
      ? { status: 502, body: '<html><title>Bad gateway</title></html>' }
      : undefined;
  };
  network.faults.isAnswerLost = () => clock.now() < until['lose-answers'] && draw() < 60;
  network.faults.isSocketRefused = () => clock.now() < Math.max(until.away, until.unavailable);
  network.faults.message = () => {
    if (clock.now() < until.mute) return { isLost: true };
    if (clock.now() >= until.garble) return {};
    const luck = draw();
    return { isLost: luck < 20, isDoubled: luck > 80, delayMs: luck > 50 && luck < 75 ? luck * 20 : 0 };
  };
  const client = new Client(network.options());
  const canceled = new Set<string>();
  const ends = new Map<string, JobEndEvent[]>();
  const jobs = plan.jobs.map((classType, at) => {
    const job = client.run({ 1: { class_type: classType, inputs: {} }, 2: { class_type: 'Text', inputs: {} } });
    const told: JobEndEvent[] = [];
    ends.set(job.id, told);
    job.on('*', (event) => {
      if (isEndEvent(event)) told.push(event);
    });
    return { job, classType, at };
  });
  const act = ({ kind, ...rest }: Happening): void => {
    switch (kind) {
      case 'cut':
        return network.cut();
      case 'restart':
        return comfy.restart();
      case 'interrupt':
        if (comfy.running) comfy.interrupt(comfy.running.id);
        return;
      case 'remove':
        if (comfy.pending[0]) comfy.remove(comfy.pending[0].id);
        return;
      case 'prune':
        return comfy.history.clear();
      case 'deafen':
        return comfy.sessions.clear();
      case 'cancel':
        canceled.add(jobs[0]!.job.id);
        return void jobs[0]!.job.cancel({ allowGlobal: true }).catch(() => undefined);
      default:
        until[kind] = Math.max(until[kind], clock.now() + ('forMs' in rest ? rest.forMs : 0));
    }
  };
  for (const [at, what] of plan.happenings) clock.setTimeout(() => act(what), at);
  const releasing = (): void => {
    comfy.release();
    clock.setTimeout(releasing, 5000);
  };
  clock.setTimeout(releasing, 4000);

  const isOver = await clock.until(() => client.jobs.length === 0, 20 * 60_000);
  const states = jobs.map(({ job }) => `${job.state} (${comfy.truth.get(job.id) ?? 'never had'})`);
  expect(isOver, `jobs hang: ${states.join(', ')}`).toBe(true);
  // later messages change nothing
  await clock.pass(1000);

  for (const { job, classType } of jobs) {
    const told = ends.get(job.id)!;
    expect(
      told.map(({ type }) => type),
      'exactly one end',
    ).toEqual([job.state]);
    const truth = comfy.truth.get(job.id);
    const context = `${job.state} ${told[0]!.type === 'lost' ? told[0]!.reason : ''}, but the server: ${truth ?? 'never had it'}`;
    const isThere =
      comfy.history.has(job.id) || comfy.running?.id === job.id || comfy.pending.some(({ id }) => id === job.id);
    switch (job.state) {
      case 'succeeded':
      case 'failed':
        expect(comfy.ends.get(job.id)?.has(job.state), context).toBe(true);
        break;
      case 'canceled':
        expect(comfy.ends.get(job.id)?.has('canceled') || canceled.has(job.id), context).toBe(true);
        break;
      case 'lost':
        expect(isThere, context).toBe(false);
        break;
      case 'rejected':
        expect(classType === 'Refused' || !isThere, context).toBe(true);
        break;
      default:
        expect.fail(context);
    }
    if (job.state === 'succeeded' && !job.warnings.some(({ type }) => type === 'no-record'))
      expect([...job.end!.result.outputs].length, 'all outputs').toBe(2);
  }
  client.close();
  await clock.pass(0);
  expect(network.openSockets).toBe(0);
}
