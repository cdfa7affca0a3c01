/** Several servers as one: members come and go, and every job goes to one that can run it. */
import { createClient } from '@snug/client';
import { isCanonicalUuid, mintUuid } from '@snug/protocol/ids';
import type { Client } from '../client.ts';
import { Emitter } from '../emitter.ts';
import type { ListenOptions } from '../emitter.ts';
import { ClientError } from '../errors.ts';
import type { JobEndEvent, JobResult } from '../job-events.ts';
import type { Job, JobHandle } from '../job.ts';
import type { ClientOptions } from '../options.ts';
import type { WorkflowSource } from '../workflow-source.ts';
import { Dispatcher } from './dispatcher.ts';
import { Draining } from './draining.ts';
import type { DrainOptions, DrainOutcome } from './draining.ts';
import { closedEnd, endOf } from './job-ends.ts';
import type { MemberInfo } from './member-info.ts';
import { Member } from './member.ts';
import { NO_NEEDS, readNeeds } from './needs.ts';
import { PoolError } from './pool-errors.ts';
import type { Move, PoolJob } from './pool-job.ts';
import { readPoolOptions } from './pool-options.ts';
import type { MemberOptions, PoolOptions, PoolRunOptions, PoolSettings } from './pool-options.ts';
import { PoolRun } from './pool-run.ts';

export interface PoolEvents {
  /** Something about a member changed; also when it came or, `isGone`, left. */
  member: MemberInfo & { readonly isGone: boolean };
  /** A job left a member and waits again. */
  moved: Move & { readonly job: PoolJob };
}

export interface MapOptions {
  /** Jobs of the list that are under way at once. Default 8. */
  readonly concurrency?: number | undefined;
}

export class Pool {
  /** As `close()`, for `await using`. Missing where the platform has no such symbol. */
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;
  readonly #options: PoolOptions;
  readonly #settings: PoolSettings;
  readonly #members = new Map<string, Member>();
  readonly #runs = new Map<string, PoolRun>();
  readonly #dispatcher: Dispatcher;
  readonly #emitter: Emitter;
  /** As listeners know them. */
  readonly #told = new Map<string, string>();
  readonly #draining: Draining;
  #isClosed = false;

  /** Use `createPool`. @throws {ClientError} `invalid_option` */
  constructor(members: readonly (string | URL | MemberOptions)[], options: PoolOptions) {
    this.#options = options;
    const settings = readPoolOptions(options);
    this.#settings = settings;
    this.#draining = new Draining(settings.clock);
    this.#emitter = new Emitter(settings.report, () => this.#dispatcher.changed());
    this.#dispatcher = new Dispatcher({ settings, members: this.#members, onRound: () => this.#afterRound() });
    for (const member of members) this.add(member);
    const dispose = Symbol.asyncDispose as symbol | undefined;
    if (dispose) Object.defineProperty(this, dispose, { value: () => Promise.resolve(this.close()) });
  }

  get members(): readonly MemberInfo[] {
    return Array.from(this.#members.values(), ({ info }) => info);
  }
  /** Jobs that have not ended, waiting or given to a member. */
  get jobs(): readonly PoolJob[] {
    return Array.from(this.#runs.values(), ({ job }) => job);
  }
  /** Jobs that no member has. */
  get waiting(): number {
    return this.#dispatcher.waiting.length;
  }

  /** The client of a member: for its files, queue and history. @throws {PoolError} `unknown_member` */
  client(name: string): Client {
    return this.#member(name).client;
  }

  /**
   * Runs a workflow on a member that can. Returns at once; nothing is thrown for what goes wrong later: a refusal of the
   * pool is a `rejected` job with a `PoolError`.
   * @throws {ClientError} `invalid_option` for an id that no server takes, or that a job of this pool has.
   */
  run(workflow: WorkflowSource, options: PoolRunOptions = {}): PoolJob {
    const id = options.id ?? mintUuid((bytes) => this.#settings.randomBytes(bytes));
    if (!isCanonicalUuid(id))
      throw new ClientError('invalid_option', `id: ${options.id} is no UUID in lower case with hyphens.`);
    if (this.#runs.has(id)) throw new ClientError('invalid_option', `id: a job ${id} has not ended yet.`);
    const host = {
      settings: this.#settings,
      onWaiting: (run: PoolRun) => this.#dispatcher.add(run),
      onMoved: (run: PoolRun, move: Move) => this.#emitter.emit('moved', { ...move, job: run.job }),
      onOver: (run: PoolRun) => {
        this.#runs.delete(id);
        this.#dispatcher.remove(run);
      },
    };
    const run = new PoolRun(host, id, workflow, options);
    this.#runs.set(id, run);
    void this.#enter(run, workflow, options);
    return run.job;
  }

  async #enter(run: PoolRun, workflow: WorkflowSource, { inputs }: PoolRunOptions): Promise<void> {
    // a function is asked when there is a member to ask it for
    const known = typeof inputs === 'function' ? undefined : inputs;
    // the caller has no handle yet: also a refusal comes later
    run.needs = await (this.#settings.matchNodes ? readNeeds(workflow, known) : Promise.resolve(NO_NEEDS));
    if (run.job.end) return;
    const refusal = this.#refusal();
    if (refusal) run.refuse(refusal);
    else this.#dispatcher.add(run);
  }

  #refusal(): PoolError | undefined {
    if (this.#isClosed) return new PoolError('pool_closed', 'The pool was closed.');
    const { maxWaiting } = this.#settings;
    if (this.waiting < maxWaiting) return undefined;
    return new PoolError('pool_full', `${maxWaiting} jobs wait in the pool: more may not.`);
  }

  /** As `run`, resolved when a server has the job. @throws what the job ended with before that. */
  async submit(workflow: WorkflowSource, options?: PoolRunOptions): Promise<PoolJob> {
    const job = this.run(workflow, options);
    await new Promise<void>((resolve) => {
      const stop = job.on('*', () => {
        if (job.state === 'preparing' || job.state === 'submitting') return;
        stop();
        resolve();
      });
    });
    if (job.end?.type === 'rejected') throw job.end.error;
    return job;
  }

  /** Runs a workflow to its end. @throws as `Job.result`. */
  generate(workflow: WorkflowSource, options?: PoolRunOptions): Promise<JobResult> {
    return this.run(workflow, options).result();
  }

  /**
   * Runs one job for each item, and resolves with how each ended, in the order of the items. It rejects only with what
   * `toJob` throws.
   */
  async map<Item>(
    items: Iterable<Item>,
    toJob: (item: Item, at: number) => PoolRunOptions & { readonly workflow: WorkflowSource },
    { concurrency = 8 }: MapOptions = {},
  ): Promise<JobEndEvent[]> {
    const ends: JobEndEvent[] = [];
    const entries = Array.from(items).entries();
    const work = async (): Promise<void> => {
      for (const [at, item] of entries) {
        const { workflow, ...options } = toJob(item, at);
        ends[at] = await endOf(this.run(workflow, options));
      }
    };
    await Promise.all(Array.from({ length: Math.max(1, concurrency) }, work));
    return ends;
  }

  /** A job that a member has already, by what `job.handle()` gave. @throws {PoolError} `unknown_member` */
  attach(handle: JobHandle): Job {
    const member = [...this.#members.values()].find(({ client }) => client.url === handle.server);
    if (!member) throw new PoolError('unknown_member', `No member is at ${handle.server || 'an empty address'}.`);
    return member.client.attach(handle);
  }

  /**
   * Adds a server. It gets jobs as soon as it answers. @throws {ClientError} `invalid_option`
   * @throws {PoolError} `pool_closed`
   */
  add(options: string | URL | MemberOptions): MemberInfo {
    if (this.#isClosed) throw new PoolError('pool_closed', 'The pool was closed.');
    const given = typeof options === 'string' || options instanceof URL ? { url: options } : options;
    const member = new Member(given, {
      settings: this.#settings,
      shared: this.#options.client ?? {},
      createClient: this.#options.createClient ?? ((of: ClientOptions) => createClient(of)),
      onChange: () => this.#dispatcher.changed(),
    });
    if (this.#members.has(member.name))
      throw new ClientError('invalid_option', `name: the pool has a member ${member.name} already.`);
    this.#members.set(member.name, member);
    this.#dispatcher.changed();
    return member.info;
  }

  /**
   * Gives a member nothing new, and resolves when it has no job of this pool any more. @throws {PoolError}
   * `unknown_member`
   */
  async drain(name: string, { moveWaiting = false, timeoutMs }: DrainOptions = {}): Promise<DrainOutcome> {
    const member = this.#member(name);
    member.isDraining = true;
    this.#dispatcher.changed();
    if (moveWaiting) for (const run of this.#runs.values()) if (member.runs.has(run)) void run.takeBack();
    return this.#draining.wait(member, timeoutMs);
  }

  /** Lets a member take jobs again. @throws {PoolError} `unknown_member` */
  undrain(name: string): void {
    this.#member(name).isDraining = false;
    this.#draining.look();
    this.#dispatcher.changed();
  }

  /**
   * Drains a member and lets go of it; `now` does not wait: jobs that it has are `lost` with `client-closed`, or move where
   * that is allowed. @throws {PoolError} `unknown_member`
   */
  async remove(
    name: string,
    options: DrainOptions & { readonly now?: boolean | undefined } = {},
  ): Promise<DrainOutcome> {
    const member = this.#member(name);
    const outcome = options.now ? 'drained' : await this.drain(name, { moveWaiting: true, ...options });
    if (outcome !== 'drained' || !this.#members.delete(name)) return outcome;
    member.isDraining = true;
    member.close();
    this.#told.delete(name);
    this.#emitter.emit('member', { ...member.info, isGone: true });
    this.#dispatcher.changed();
    return outcome;
  }

  /** Calls the listener; returns what ends that. Members are asked about their health while anybody listens. */
  on<T extends keyof PoolEvents>(
    type: T,
    listener: (data: PoolEvents[T]) => void,
    options?: ListenOptions,
  ): () => void {
    return this.#emitter.add(type, listener, listener as (data: unknown) => void, options);
  }
  off<T extends keyof PoolEvents>(type: T, listener: (data: PoolEvents[T]) => void): void {
    this.#emitter.remove(type, listener);
  }

  /** Ends everything at once: live jobs are `lost` with `client-closed`; those that servers have go on there. */
  close(): void {
    this.#isClosed = true;
    for (const run of Array.from(this.#runs.values())) run.finish(closedEnd(run.id));
    for (const member of this.#members.values()) member.close();
    this.#emitter.clear();
  }

  #member(name: string): Member {
    const member = this.#members.get(name);
    if (member) return member;
    throw new PoolError('unknown_member', `The pool has no member ${name}.`);
  }

  /** After jobs were given out: what follows from the state of the members. */
  #afterRound(): void {
    if (this.#isClosed) return;
    const isAwake = this.#runs.size > 0 || this.#emitter.has('member');
    for (const { health } of this.#members.values()) {
      if (isAwake) health.wake();
      else health.rest();
    }
    for (const run of Array.from(this.#runs.values())) {
      const member = run.member === undefined ? undefined : this.#members.get(run.member);
      if (member?.health.state === 'down') run.memberIsDown();
      if (run.stall && this.#dispatcher.canMove(run)) run.leave(run.stall);
    }
    this.#draining.look();
    this.#tellChanges();
  }

  #tellChanges(): void {
    if (!this.#emitter.has('member')) return this.#told.clear();
    for (const { info } of this.#members.values()) {
      const { error, ...rest } = info;
      const told = JSON.stringify([rest, error instanceof Error ? error.message : undefined]);
      if (this.#told.get(info.name) === told) continue;
      this.#told.set(info.name, told);
      this.#emitter.emit('member', { ...info, isGone: false });
    }
  }
}
