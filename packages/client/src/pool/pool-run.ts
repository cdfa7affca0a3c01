/** One job of a pool: it waits, is given to a member, perhaps to another, and ends once. */
import { onAbort } from '../abort.ts';
import { ClientError, JobCanceledError } from '../errors.ts';
import { isEndEvent } from '../job-events.ts';
import type { JobEndEvent, JobEvent, JobWarning, Progress } from '../job-events.ts';
import type { CancelOptions, CancelOutcome, Job, JobHandle } from '../job.ts';
import type { JobState } from '../reduce.ts';
import type { WorkflowSource } from '../workflow-source.ts';
import { isPassing, lacksSupply, mayMove, standingOf } from './failover.ts';
import type { Failover } from './failover.ts';
import { noResult } from './job-ends.ts';
import type { ActiveRun, Member } from './member.ts';
import { missing, NO_NEEDS } from './needs.ts';
import type { Missing, Needs, Supply } from './needs.ts';
import { PoolJob } from './pool-job.ts';
import type { Move, MoveReason, PoolJobHost } from './pool-job.ts';
import type { JobFacts, PoolRunOptions, PoolSettings } from './pool-options.ts';
import { Recap } from './recap.ts';
import { isClean } from './submission-watch.ts';
import type { Delivery } from './submission-watch.ts';

export interface RunHost {
  readonly settings: PoolSettings;
  /** It waits for a member, for the first time or again. */
  readonly onWaiting: (run: PoolRun) => void;
  readonly onMoved: (run: PoolRun, move: Move) => void;
  readonly onOver: (run: PoolRun) => void;
}

interface Attempt {
  readonly member: Member;
  readonly delivery: Delivery;
  readonly stop: AbortController;
  readonly ignoreStop: () => void;
  inner: Job | undefined;
  /** Why the pool itself ended it. */
  leavingFor: MoveReason | undefined;
  isTakingBack: boolean;
}

const NO_PROGRESS: Progress = { share: 0, remainingMs: undefined, node: undefined, steps: undefined };
/** What a job tells that does not run. */
const BEFORE_START: ReadonlySet<string> = new Set(['queued', 'warning', 'progress']);
/** A member that refused for a passing reason is not asked again sooner. */
const COOL_MIN_MS = 1000;
const COOL_MAX_MS = 30_000;

export class PoolRun implements PoolJobHost, ActiveRun, JobFacts {
  readonly job: PoolJob;
  readonly id: string;
  readonly require: readonly string[];
  readonly affinity: string | undefined;
  readonly isFront: boolean;
  readonly waitMs: number;
  readonly createdAt: number;
  readonly moves: Move[] = [];
  /** Members that will never take it. */
  readonly excluded = new Set<string>();
  needs: Needs = NO_NEEDS;
  /** Since when no member is there for it. */
  stuckSince: number | undefined;
  /** For the dispatcher: when it was looked at, and when that is due again. */
  wait = { age: -1, dueAt: Infinity };
  /** How the last attempt ended. */
  lastEnd: JobEndEvent | undefined;
  readonly #host: RunHost;
  readonly #source: WorkflowSource;
  readonly #options: PoolRunOptions;
  readonly #failover: Failover;
  readonly #stop = new AbortController();
  readonly #recap = new Recap();
  readonly #timer: unknown;
  readonly #ignoreSignal: () => void;
  readonly #missing = new WeakMap<Supply, Missing>();
  readonly #cooling = new Map<string, number>();
  #attempt: Attempt | undefined;
  /** The client's job, also when it is over. */
  #inner: Job | undefined;
  #member: string | undefined;
  #attempts = 0;
  #share = 0;
  #hasStarted = false;
  #isCanceling = false;

  constructor(host: RunHost, id: string, source: WorkflowSource, options: PoolRunOptions) {
    const { settings } = host;
    this.#host = host;
    this.id = id;
    this.#source = source;
    this.#options = options;
    this.require = options.require ?? [];
    this.affinity = options.affinity;
    this.isFront = options.front ?? false;
    this.waitMs = options.waitMs ?? settings.waitMs;
    this.createdAt = settings.clock.now();
    this.#failover = options.failover ?? settings.failover;
    this.job = new PoolJob(this);
    const { signal, timeoutMs } = options;
    if (signal?.aborted) queueMicrotask(() => this.#quit(signal.reason));
    this.#ignoreSignal = signal?.aborted ? () => {} : onAbort(signal, () => this.#quit(signal?.reason));
    const late = (): void => this.#quit(new ClientError('timed_out', `Job ${this.id} did not end in ${timeoutMs} ms.`));
    this.#timer = timeoutMs === undefined ? undefined : settings.clock.setTimeout(late, timeoutMs);
  }

  get settings(): PoolSettings {
    return this.#host.settings;
  }
  get state(): JobState {
    return this.job.end?.type ?? this.#attempt?.inner?.state ?? 'preparing';
  }
  get progress(): Progress {
    const progress = this.#inner?.progress ?? NO_PROGRESS;
    return progress.share < this.#share ? { ...progress, share: this.#share } : progress;
  }
  get warnings(): readonly JobWarning[] {
    return this.#inner?.warnings ?? [];
  }
  get contradictions(): number {
    return this.#inner?.diagnostics.contradictions ?? 0;
  }
  get member(): string | undefined {
    return this.#member;
  }
  get isUnaccepted(): boolean {
    return this.state === 'preparing' || this.state === 'submitting';
  }
  /** Why it does not get on where it is, although it is not there yet: another member may take it. */
  get stall(): 'busy' | 'down' | undefined {
    const delivery = this.#attempt?.delivery;
    if (!delivery || !this.#canLeave) return undefined;
    if (delivery.isBusy) return 'busy';
    return delivery.isUndelivered ? 'down' : undefined;
  }

  /** What a server lacks for it. */
  missingOf(supply: Supply, isKnown: (classType: string) => boolean): Missing {
    // what is vague depends on other servers too
    if (this.needs.isVague) return missing(this.needs, supply, isKnown);
    const found = this.#missing.get(supply) ?? missing(this.needs, supply, isKnown);
    this.#missing.set(supply, found);
    return found;
  }

  handle(): JobHandle {
    // what waits here is on no server
    return this.#inner?.handle() ?? { id: this.id, server: '' };
  }

  recap(): Iterable<JobEvent> {
    return this.#recap;
  }

  isCooling(member: string): boolean {
    return this.settings.clock.now() < this.coolUntil(member);
  }
  coolUntil(member: string): number {
    return this.#cooling.get(member) ?? -Infinity;
  }

  /** Gives it to a member. */
  give(member: Member): void {
    const stop = new AbortController();
    const attempt: Attempt = {
      member,
      stop,
      delivery: member.submissions.follow(this.id),
      ignoreStop: onAbort(this.#stop.signal, () => stop.abort(this.#stop.signal.reason)),
      inner: undefined,
      leavingFor: undefined,
      isTakingBack: false,
    };
    this.#attempts++;
    this.#attempt = attempt;
    this.#member = member.name;
    this.stuckSince = undefined;
    member.runs.add(this);
    void this.#begin(attempt);
  }

  async #begin(attempt: Attempt): Promise<void> {
    const { inputs, require: _tags, affinity: _kin, failover: _policy, waitMs: _ms, ...rest } = this.#options;
    const { client } = attempt.member;
    try {
      const set = typeof inputs === 'function' ? await inputs(client) : inputs;
      if (attempt !== this.#attempt) return;
      const inner = client.run(this.#source, {
        ...rest,
        id: this.id,
        inputs: set,
        signal: attempt.stop.signal,
        timeoutMs: undefined,
        // what moves is on no server, and a late request to cancel might meet it there when it comes back
        get onAbort() {
          return attempt.leavingFor === undefined ? rest.onAbort : 'detach';
        },
      });
      attempt.inner = inner;
      this.#inner = inner;
      inner.on('*', (event) => this.#heard(attempt, event));
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      this.#ended(attempt, { type: 'rejected', error, result: noResult(this.id) });
    }
  }

  #heard(attempt: Attempt, event: JobEvent): void {
    if (attempt !== this.#attempt) return;
    if (isEndEvent(event)) return this.#ended(attempt, event);
    const state = attempt.inner?.state;
    if (!BEFORE_START.has(event.type) || state === 'running' || state === 'settling') this.#hasStarted = true;
    if (event.type !== 'progress') return this.#tell(event);
    this.#share = Math.max(this.#share, event.share);
    this.#tell(event.share < this.#share ? { ...event, share: this.#share } : event);
  }

  #tell(event: JobEvent): void {
    this.#recap.note(event);
    this.job.tell(event);
  }

  #ended(attempt: Attempt, end: JobEndEvent): void {
    if (attempt !== this.#attempt) return;
    const { member, delivery, leavingFor, isTakingBack } = attempt;
    this.#close(attempt);
    if (leavingFor !== undefined && end.type === 'canceled') return this.#wait(member.name, leavingFor, undefined);
    member.noteEnd(end);
    const standing = standingOf({ end, hasStarted: this.#hasStarted, isClean: isClean(delivery), isTakingBack });
    const isWanted = !this.#isCanceling && !this.#stop.signal.aborted;
    const isLast = this.#attempts >= this.settings.maxAttempts;
    if (!isWanted || isLast || !mayMove(standing, this.#failover)) return this.finish(end);
    this.lastEnd = end;
    const error = 'error' in end ? end.error : undefined;
    this.#shun(member, end);
    const refused = standing === 'not-accepted' ? 'refused' : 'lost';
    this.#wait(member.name, isTakingBack ? 'taken-back' : refused, error);
  }

  /** For a while, or for good: the same refusal again would help nobody. */
  #shun(member: Member, end: JobEndEvent): void {
    if (end.type === 'rejected') {
      if (lacksSupply(end.error)) member.readSupply(this.settings.clock.now());
      if (lacksSupply(end.error) || !isPassing(end.error)) this.excluded.add(member.name);
    }
    const ms = Math.min(COOL_MIN_MS * 2 ** (this.#attempts - 1), COOL_MAX_MS);
    this.#cooling.set(member.name, this.settings.clock.now() + ms);
  }

  #wait(from: string, reason: MoveReason, error: unknown): void {
    const move: Move = { from, reason, error };
    this.moves.push(move);
    this.#member = undefined;
    this.#hasStarted = false;
    this.#recap.clear();
    this.#host.onMoved(this, move);
    this.#host.onWaiting(this);
  }

  #close(attempt: Attempt): void {
    attempt.ignoreStop();
    attempt.member.runs.delete(this);
    attempt.member.submissions.forget(this.id, attempt.delivery);
    this.#attempt = undefined;
  }

  get #canLeave(): boolean {
    const attempt = this.#attempt;
    if (!attempt?.inner || !isClean(attempt.delivery) || attempt.leavingFor !== undefined) return false;
    if (this.#isCanceling || this.#hasStarted || this.#attempts >= this.settings.maxAttempts) return false;
    return this.#failover !== 'never';
  }

  /** Takes it away from a server that does not have it. @returns whether that is so */
  leave(reason: MoveReason): boolean {
    const attempt = this.#attempt;
    if (!attempt?.inner || !this.#canLeave) return false;
    if (attempt.inner.state !== 'preparing') {
      // its client may be about to send it
      attempt.delivery.isRevoked = true;
      this.excluded.add(attempt.member.name);
    }
    attempt.leavingFor = reason;
    attempt.stop.abort(reason);
    return true;
  }

  /** The server is down: what was not sent to it goes elsewhere, or waits. */
  memberIsDown(): void {
    if (this.#attempt?.inner?.state === 'preparing') this.leave('down');
  }

  /** Asks the server to give it back, if it has not begun it. It ends there, and comes back. */
  async takeBack(): Promise<void> {
    const attempt = this.#attempt;
    if (!attempt?.inner || this.#hasStarted || !mayMove('not-started', this.#failover)) return;
    if (attempt.inner.state === 'preparing' && this.leave('taken-back')) return;
    attempt.isTakingBack = true;
    // a server that cannot be asked keeps it
    await attempt.member.client.clearQueue([attempt.inner.id]).catch(() => (attempt.isTakingBack = false));
  }

  async cancel(options: CancelOptions): Promise<CancelOutcome> {
    const inner = this.#attempt?.inner;
    if (!this.job.end && !inner)
      this.finish({ type: 'canceled', error: new JobCanceledError(this.id), result: noResult(this.id) });
    const { end } = this.job;
    if (end?.type === 'canceled') return 'canceled';
    if (end || !inner) return end?.type === 'lost' && end.reason === 'not-found' ? 'not-found' : 'already-finished';
    this.#isCanceling = true;
    try {
      return await inner.cancel(options);
    } catch (error) {
      this.#isCanceling = false;
      throw error;
    }
  }

  /** The caller waits no longer. */
  #quit(reason: unknown): void {
    if (this.job.end) return;
    this.#stop.abort(reason);
    // what a client has, it ends
    if (!this.job.end) this.finish({ type: 'canceled', error: reason, result: noResult(this.id) });
  }

  /** No member takes it. */
  refuse(error: Error): void {
    this.finish({ type: 'rejected', error, result: noResult(this.id) });
  }

  finish(end: JobEndEvent): void {
    if (this.job.end) return;
    if (this.#attempt) this.#close(this.#attempt);
    this.#ignoreSignal();
    if (this.#timer !== undefined) this.settings.clock.clearTimeout(this.#timer);
    this.#host.onOver(this);
    this.job.tell(end);
  }
}
