/** Gives waiting jobs to members: whenever something changes, every job is looked at once. */
import { Alarm } from '../clock.ts';
import type { JobEndEvent } from '../job-events.ts';
import { leastQueue } from './choose.ts';
import type { Member } from './member.ts';
import { misfitText, PoolError } from './pool-errors.ts';
import type { Misfit } from './pool-errors.ts';
import type { PoolSettings } from './pool-options.ts';
import type { PoolRun } from './pool-run.ts';

/** So long a job waits for news of every member before it takes one of those that are known. */
const NEWS_MS = 500;
/** Affinities that are remembered. */
const MAX_KIN = 1000;

/** What is known of a member and a job. `perhaps`: it is not known what the member has. */
type Fit = { readonly kind: 'fits' | 'perhaps' } | { readonly kind: 'lacks'; readonly misfit: Misfit };

export interface DispatcherOptions {
  readonly settings: PoolSettings;
  readonly members: ReadonlyMap<string, Member>;
  /** After every round. */
  readonly onRound: () => void;
}

export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #waiting: PoolRun[] = [];
  readonly #alarm: Alarm;
  readonly #kin = new Map<string, string>();
  #isDue = false;
  #choices = 0;
  /** What decides who can take which job, but for free places: while it is the same, so are the answers. */
  #world = '';
  #age = 0;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#alarm = new Alarm(options.settings.clock, () => this.changed());
  }

  get waiting(): readonly PoolRun[] {
    return this.#waiting;
  }

  /** By age, those that go first before all. */
  add(run: PoolRun): void {
    const isLater = (other: PoolRun): boolean =>
      run.isFront === other.isFront ? other.createdAt > run.createdAt : run.isFront;
    const at = this.#waiting.findIndex(isLater);
    this.#waiting.splice(at < 0 ? this.#waiting.length : at, 0, run);
    run.wait = { age: -1, dueAt: Infinity };
    this.changed();
  }

  remove(run: PoolRun): void {
    const at = this.#waiting.indexOf(run);
    if (at >= 0) this.#waiting.splice(at, 1);
    this.changed();
  }

  /** Something happened: a round is made when all that belongs to it has. */
  changed(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => {
      this.#isDue = false;
      this.#round();
    });
  }

  /** Whether another member could take a job now. */
  canMove(run: PoolRun): boolean {
    return this.#free().some(
      (member) => member.name !== run.member && !run.isCooling(member.name) && this.#fit(run, member).kind === 'fits',
    );
  }

  #round(): void {
    const now = this.#options.settings.clock.now();
    this.#look();
    let free = this.#free();
    let dueAt = Infinity;
    for (const run of Array.from(this.#waiting)) {
      const isSame = run.wait.age === this.#age && now < run.wait.dueAt;
      if (!isSame || free.length) {
        run.wait = { age: this.#age, dueAt: Infinity };
        if (this.#place(run, free, now)) free = this.#free();
      }
      dueAt = Math.min(dueAt, run.wait.dueAt);
    }
    this.#options.onRound();
    // a job that waits here alone is a reason for the process to go on
    this.#alarm.set(dueAt === Infinity ? undefined : dueAt);
  }

  #look(): void {
    const members = Array.from(this.#options.members.values());
    const world = JSON.stringify(
      members.map(({ name, health, isUp, suppliedAt }) => [name, health.state, isUp, suppliedAt]),
    );
    if (world === this.#world) return;
    this.#world = world;
    this.#age++;
  }

  /** Members with a free place. */
  #free(): Member[] {
    return [...this.#options.members.values()].filter((member) => member.isUp && member.runs.size < member.maxActive);
  }

  /** @returns whether a place was taken */
  #place(run: PoolRun, free: readonly Member[], now: number): boolean {
    const fits = new Map(Array.from(this.#options.members.values(), (member) => [member, this.#fit(run, member)]));
    const candidates = free.filter((member) => fits.get(member)?.kind === 'fits' && !run.isCooling(member.name));
    if (!candidates.length) return (this.#keep(run, fits, now), false);
    run.stuckSince = undefined;
    const newsAt = run.createdAt + NEWS_MS;
    const isCertain = [...fits].every(([{ health }, { kind }]) => health.state !== 'unknown' && kind !== 'perhaps');
    if (isCertain || now >= newsAt) return this.#choose(run, candidates);
    wakeAt(run, newsAt);
    return false;
  }

  /** Nobody can take it now. */
  #keep(run: PoolRun, fits: ReadonlyMap<Member, Fit>, now: number): void {
    const misfits = [...fits.values()].flatMap((fit) => (fit.kind === 'lacks' ? [fit.misfit] : []));
    if (fits.size > 0 && misfits.length === fits.size) return this.#refuse(run, misfits);
    if ([...fits].some(([member, { kind }]) => kind === 'fits' && member.isUp)) {
      // they are only busy, or refused it a moment ago
      run.stuckSince = undefined;
      for (const member of fits.keys()) if (run.isCooling(member.name)) wakeAt(run, run.coolUntil(member.name));
      return;
    }
    run.stuckSince ??= now;
    const until = run.stuckSince + run.waitMs;
    if (now < until) return wakeAt(run, until);
    const away = [...fits].flatMap(([member, { kind }]) => (kind === 'lacks' ? [] : [member]));
    const cause = errorOf(run.lastEnd) ?? away.find(({ health }) => health.error !== undefined)?.health.error;
    const told = away.length ? away.map(absence).join('; ') : 'the pool is empty';
    run.refuse(new PoolError('none_available', `No member was there for ${run.waitMs} ms: ${told}.`, { cause }));
  }

  #fit(run: PoolRun, member: Member): Fit {
    const { settings, members } = this.#options;
    const tags = run.require.filter((tag) => !member.tags.includes(tag));
    const lacks = (classes: readonly string[], models: readonly string[]): Fit => ({
      kind: 'lacks',
      misfit: { member: member.name, tags, classes, models },
    });
    if (tags.length || run.excluded.has(member.name)) return lacks([], []);
    if (!settings.matchNodes) return { kind: 'fits' };
    member.readSupply();
    if (member.suppliedAt === -Infinity) return { kind: 'perhaps' };
    if (!member.supply) return { kind: 'fits' };
    const isKnown = (classType: string): boolean =>
      [...members.values()].some(({ supply }) => supply?.classes.has(classType));
    const { classes, models } = run.missingOf(member.supply, isKnown);
    if (!classes.length && !models.length) return { kind: 'fits' };
    if (member.suppliedAt >= run.createdAt) return lacks(classes, models);
    // it may have got them since
    member.readSupply(run.createdAt - 1);
    return { kind: 'perhaps' };
  }

  #refuse(run: PoolRun, misfits: readonly Misfit[]): void {
    // what a server said is more exact
    if (run.lastEnd && run.excluded.size) return run.finish(run.lastEnd);
    run.refuse(new PoolError('no_match', `No member can take the job: ${misfitText(misfits)}.`, { misfits }));
  }

  #choose(run: PoolRun, candidates: readonly Member[]): boolean {
    const kin = run.affinity === undefined ? undefined : this.#kin.get(run.affinity);
    const member = this.#pickOf(run, candidates, kin);
    if (!member) return false;
    member.chosenAt = ++this.#choices;
    if (run.affinity !== undefined) this.#remember(run.affinity, member.name);
    this.#waiting.splice(this.#waiting.indexOf(run), 1);
    run.give(member);
    return true;
  }

  #pickOf(run: PoolRun, candidates: readonly Member[], kin: string | undefined): Member | undefined {
    const { pick } = this.#options.settings;
    if (pick === 'least-queue') {
      const facts = candidates.map((member) => {
        const { info, chosenAt, name } = member;
        return { member, info, chosenAt, isKin: name === kin };
      });
      return leastQueue(facts)?.member;
    }
    try {
      const name = pick(
        candidates.map(({ info }) => info),
        run,
      );
      return candidates.find((one) => one.name === name);
    } catch (error) {
      run.refuse(error instanceof Error ? error : new Error(String(error)));
      return undefined;
    }
  }

  #remember(affinity: string, member: string): void {
    this.#kin.delete(affinity);
    this.#kin.set(affinity, member);
    const [oldest] = this.#kin.keys();
    if (this.#kin.size > MAX_KIN && oldest !== undefined) this.#kin.delete(oldest);
  }
}

function absence({ name, isDraining, health: { state, error } }: Member): string {
  if (isDraining) return `${name} is draining`;
  return `${name} is ${state}${error instanceof Error ? ` (${error.message})` : ''}`;
}

function wakeAt(run: PoolRun, at: number): void {
  run.wait = { ...run.wait, dueAt: Math.min(run.wait.dueAt, at) };
}

function errorOf(end: JobEndEvent | undefined): unknown {
  return end && 'error' in end ? end.error : undefined;
}
