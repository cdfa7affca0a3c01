/** One job from the workflow to its end: prepared, sent, watched, told about. Every way out goes through one verdict. */
import { onAbort } from './abort.ts';
import { askToCancel } from './cancel.ts';
import { pause } from './clock.ts';
import { ClientError, ValidationError } from './errors.ts';
import type { BinaryMessage, Message } from './incoming.ts';
import { endEvent, endingOf } from './job-end.ts';
import type { JobEvent, JobWarning, Progress } from './job-events.ts';
import { JobNarrator } from './job-narrator.ts';
import { JobWatch } from './job-watch.ts';
import { Job } from './job.ts';
import type { CancelOptions, CancelOutcome, JobHandle, JobHost } from './job.ts';
import type { Look } from './look.ts';
import type { JobState, Life, Verdict } from './reduce.ts';
import type { ClientParts } from './client-parts.ts';
import type { Settings } from './options.ts';
import { readAccepted, readFailed, submissionText } from './submission.ts';
import type { SubmitOptions, Submitted } from './submission.ts';
import { member } from './wire.ts';
import { prepareWorkflow } from './workflow-source.ts';
import type { InputValues, PreparedWorkflow, WorkflowSource } from './workflow-source.ts';

export interface RunOptions extends SubmitOptions {
  /** Inputs to set, by address: `{ '6.text': 'a red fox' }`. */
  readonly inputs?: InputValues | undefined;
  readonly signal?: AbortSignal | undefined;
  /** What an abort does to a job that the server has: `detach` leaves it running. Default `cancel`. */
  readonly onAbort?: 'cancel' | 'detach' | undefined;
  /** Milliseconds until the job is given up and canceled. Default: none. */
  readonly timeoutMs?: number | undefined;
  /** The id of the job: a UUID in lower case. Default: a new one. */
  readonly id?: string | undefined;
  /** Cancel and reject when the server would run only a part. Default false. */
  readonly strict?: boolean | undefined;
}

/** A full queue is waited for, but not for ever. */
const MAX_BUSY_TRIES = 10;
const BUSY_MIN_MS = 500;
const BUSY_MAX_MS = 30_000;

export class JobRun implements JobHost {
  readonly job: Job;
  readonly #parts: ClientParts;
  readonly #options: RunOptions;
  readonly #source: WorkflowSource | undefined;
  readonly #narrator: JobNarrator;
  readonly #watch: JobWatch;
  readonly #stop = new AbortController();
  readonly #timer: unknown;
  readonly #ignoreSignal: () => void;
  #id: string;
  /** What the job was submitted under: messages come to it alone. */
  #clientId: string;
  #prepared: PreparedWorkflow | undefined;
  #isCanceling: Promise<void> | undefined;
  /** Until the submission is answered. */
  #posting: Promise<void> | undefined;
  /** The queue is full: the server does not have it. */
  #isPutOff = false;
  /** Nobody waits for it, and the server is to stop it. */
  #isReleased = false;
  #onEnd: (() => void)[] = [];

  /** @param source undefined for a job that the server has already */
  constructor(parts: ClientParts, id: string, source: WorkflowSource | undefined, options: RunOptions) {
    this.#parts = parts;
    this.#options = options;
    this.#source = source;
    this.#id = id;
    const { settings, clientId, isOpen, access, times, lookUp } = parts;
    const { clock, timing, socketOutputs } = settings;
    this.#clientId = clientId();
    this.#narrator = new JobNarrator({
      access,
      times,
      socketOutputs,
      now: () => clock.now(),
      tell: (event) => {
        // one that starts before it is answered was queued all the same
        if (event.type === 'started' && this.#watch.life.isPosting) this.#tellQueued();
        this.job.tell(event);
      },
    });
    this.job = new Job(this, source === undefined ? 'snapshot' : 'live');
    this.#watch = new JobWatch({
      clock,
      timing,
      isAttached: source === undefined,
      isLinked: source !== undefined && isOpen(),
      look: (isOver) => this.#look(lookUp.look(this.#id, isOver)),
      post: () => void (this.#posting = this.#post()),
      onChange: (life, before) => this.#changed(life, before),
    });
    const { signal, timeoutMs } = options;
    // also a signal that is aborted already: the caller has no handle yet
    if (signal?.aborted) queueMicrotask(() => this.#quit(signal.reason));
    this.#ignoreSignal = signal?.aborted ? () => {} : onAbort(signal, () => this.#quit(signal?.reason));
    this.#timer = timeoutMs === undefined ? undefined : clock.setTimeout(this.#late, timeoutMs);
  }

  get id(): string {
    return this.#id;
  }
  get state(): JobState {
    return this.#watch.life.state;
  }
  get progress(): Progress {
    return this.#narrator.progress;
  }
  get warnings(): readonly JobWarning[] {
    return this.#narrator.warnings;
  }
  get contradictions(): number {
    return this.#watch.life.contradictions;
  }
  get settings(): Settings {
    return this.#parts.settings;
  }
  get isOver(): boolean {
    return this.#watch.life.verdict !== undefined;
  }
  get isRunning(): boolean {
    return this.state === 'running' || this.state === 'settling';
  }
  /** Whether the server may have it. */
  get isSent(): boolean {
    return this.#watch.life.posts > 0 || this.#watch.life.isAttached;
  }

  handle(): JobHandle {
    return this.#parts.handleOf(this.#id);
  }

  recap(): Iterable<JobEvent> {
    return this.#narrator.recap();
  }

  hasNode(nodeId: string): boolean {
    return this.#narrator.has(nodeId);
  }

  /** Prepares and sends it. */
  async start(): Promise<void> {
    if (this.#source === undefined) return this.#watch.feed({ type: 'nudged' });
    const { settings, descriptions, ready } = this.#parts;
    try {
      const random = (): number => settings.chance.random();
      const preparing = prepareWorkflow(this.#source, { inputs: this.#options.inputs, descriptions, random });
      // what is told before a socket listens is never told again
      const [prepared] = await Promise.all([preparing, ready()]);
      if (this.isOver) return;
      this.#prepared = prepared;
      this.#clientId = this.#parts.clientId();
      this.#narrator.learnFrom(prepared.prompt);
      const { warnings } = prepared;
      if (warnings.length)
        this.#narrator.warn({ type: 'conversion', problems: warnings, message: warnings[0]!.message });
      await (this.#posting = this.#post());
    } catch (error) {
      this.stop({ end: 'rejected', error });
    }
  }

  hear({ type, data }: Message): void {
    const ending = endingOf(type, data);
    if (!this.isOver) this.#narrator.hear(type, data);
    if (ending) return this.#watch.feed({ type: 'end-heard', ending });
    if (type === 'executing' && member(data, 'node') === null) return this.#watch.feed({ type: 'end-marked' });
    if (this.#watch.life.isAttached && !this.#watch.life.isLinked) this.#watch.feed({ type: 'linked' });
    this.#watch.feed({ type: 'heard' });
  }

  hearBinary(message: BinaryMessage): void {
    if (this.isOver) return;
    this.#narrator.hearBinary(message);
    this.#watch.feed({ type: 'heard' });
  }

  queueMoved(isShorter: boolean): void {
    this.#watch.feed({ type: 'queue-moved', isShorter });
  }

  /** Messages come, or they no longer do. They come only to the id that the job was submitted under. */
  linkChanged(isOpen: boolean): void {
    const isLinked = isOpen && !this.#watch.life.isAttached && this.#clientId === this.#parts.clientId();
    this.#watch.feed({ type: isLinked ? 'linked' : 'unlinked' });
    if (isOpen && !isLinked) this.nudge();
  }

  nudge(): void {
    this.#watch.feed({ type: 'nudged' });
  }

  stop(verdict: Verdict): void {
    this.#watch.feed({ type: 'stopped', verdict });
  }

  async #look(asked: Promise<Look>): Promise<Look> {
    const found = await asked;
    if (found.kind === 'pending' || found.kind === 'running') this.#narrator.learnFrom(found.prompt);
    if (this.isOver) return found;
    if (found.kind === 'pending' && found.position !== undefined) this.#tellQueued(found.position);
    const { isLinked, ending, heardAt, lookBeganAt } = this.#watch.life;
    // the record knows what no message told
    const isAhead = found.kind === 'ended' && !ending;
    if (isLinked && isAhead && heardAt <= lookBeganAt) this.#parts.suspect();
    return found;
  }

  async #post(): Promise<void> {
    const isFirst = this.#watch.life.posts === 0;
    this.#watch.feed({ type: 'posted' });
    const { settings } = this.#parts;
    for (let tries = 1; !this.isOver; tries++) {
      const submitted = await this.#send(isFirst && tries === 1);
      // given up while it was on its way
      if (this.isOver && this.#isReleased && submitted.kind !== 'refused') this.#release();
      if (submitted.kind !== 'busy') return this.#answered(submitted);
      if (tries === MAX_BUSY_TRIES) return this.#watch.feed({ type: 'refused', error: submitted.error });
      const most = Math.min(BUSY_MIN_MS * 2 ** tries, BUSY_MAX_MS);
      const ms = submitted.error.retryAfterMs ?? settings.chance.random() * most;
      this.#isPutOff = true;
      await pause(settings.clock, ms, this.#stop.signal);
      this.#isPutOff = false;
    }
  }

  async #send(isFirst: boolean): Promise<Submitted> {
    const { http, settings } = this.#parts;
    const { prompt, workflow } = this.#prepared!;
    const facts = {
      ...this.#options,
      promptId: this.#id,
      clientId: this.#clientId,
      prompt,
      workflow,
      previews: settings.previews,
    };
    try {
      const body = submissionText(facts);
      return readAccepted(await http.json('/prompt', { method: 'POST', body }));
    } catch (error) {
      return readFailed(error, isFirst);
    }
  }

  #answered(submitted: Exclude<Submitted, { kind: 'busy' }>): void {
    const { kind } = submitted;
    if (kind === 'refused') return this.#watch.feed({ type: 'refused', error: submitted.error });
    if (kind === 'doubtful') {
      const { error, isAnswer, mayRepost } = submitted;
      return this.#watch.feed({ type: 'doubted', error, isAnswer, mayRepost });
    }
    if (kind === 'accepted') {
      if (submitted.promptId !== this.#id && !this.isOver) this.#rename(submitted.promptId);
      if (this.#options.strict && submitted.problems.length) return this.#refusePart(submitted.problems);
      this.#warnOfPart(submitted.problems);
    }
    this.#watch.feed({ type: 'accepted' });
    // the queue moved, and servers tell everybody; unless the answer came last of all
    if (this.#watch.life.heardAt === -Infinity) this.#parts.suspect();
  }

  #rename(id: string): void {
    const before = this.#id;
    this.#id = id;
    this.#parts.onRenamed(id, before);
  }

  #warnOfPart(problems: ValidationError['problems']): void {
    const [first] = problems;
    if (!first || this.isOver) return;
    const message = `Only a part runs: node ${first.nodeId} (${first.classType}): ${first.message}`;
    this.#narrator.warn({ type: 'partial-acceptance', problems, message });
  }

  #refusePart(problems: ValidationError['problems']): void {
    const [first] = problems;
    const error = new ValidationError(`Only a part would run: node ${first!.nodeId}: ${first!.message}`, problems);
    this.#release();
    this.stop({ end: 'rejected', error });
  }

  async cancel({ allowGlobal = false }: CancelOptions): Promise<CancelOutcome> {
    if (!this.isOver) {
      this.#isCanceling ??= this.#askToCancel(allowGlobal).finally(() => (this.#isCanceling = undefined));
      await this.#isCanceling;
      if (!this.isOver) await new Promise<void>((resolve) => this.#onEnd.push(resolve));
    }
    const { verdict } = this.#watch.life;
    if (verdict?.end === 'canceled') return 'canceled';
    return verdict?.end === 'lost' && verdict.reason === 'not-found' ? 'not-found' : 'already-finished';
  }

  async #askToCancel(allowGlobal: boolean): Promise<void> {
    const { http, lookUp } = this.#parts;
    if (this.#isPutOff) return this.stop({ end: 'canceled' });
    // a server that does not have it yet would know of nothing to stop
    if (this.#posting) await this.#posting;
    // what is gone from now on was stopped
    this.#watch.feed({ type: 'cancel-asked' });
    if (this.isOver) return;
    try {
      await askToCancel(http, lookUp, this.#id, allowGlobal);
      this.#watch.feed({ type: 'cancel-asked' });
    } catch (error) {
      this.#watch.feed({ type: 'cancel-asked', isRefused: true });
      throw error;
    }
  }

  readonly #late = (): void =>
    this.#quit(new ClientError('timed_out', `Job ${this.#id} did not end in ${this.#options.timeoutMs} ms.`));

  /** The caller waits no longer: what is on the server is stopped without him. */
  #quit(cause: unknown): void {
    if (this.isOver) return;
    this.#isReleased = this.isSent && this.#options.onAbort !== 'detach';
    if (this.#isReleased && !this.#watch.life.isPosting) this.#release();
    this.stop({ end: 'canceled', cause });
  }

  #release(): void {
    const { http, lookUp } = this.#parts;
    const id = this.#id;
    // nobody waits for it: a server that cannot be asked keeps the job
    void askToCancel(http, lookUp, id, false).catch(() => undefined);
  }

  #tellQueued(position?: number): void {
    this.job.tell({ type: 'queued', position });
  }

  #changed(life: Life, before: Life): void {
    if (life.state === 'queued' && before.state !== 'running') this.#tellQueued();
    if (life.state === 'running') this.#narrator.begin();
    if (life.verdict) this.#finish(life.verdict, life);
  }

  #finish(verdict: Verdict, { hasGap, isAttached }: Life): void {
    const { settings, onOver } = this.#parts;
    this.#ignoreSignal();
    if (this.#timer !== undefined) settings.clock.clearTimeout(this.#timer);
    this.#stop.abort('over');
    if (hasGap && !isAttached && this.#narrator.hasSocketOutputs) {
      const message = 'The connection was lost: pictures that come through it may be missing.';
      this.#narrator.warn({ type: 'socket-outputs-incomplete', message });
    }
    if (verdict.end === 'succeeded' && !verdict.record)
      this.#narrator.warn({
        type: 'no-record',
        message: 'The server has no record: the outputs are those that were told.',
      });
    onOver(this.#id);
    this.job.tell(endEvent(this.#id, verdict, this.#narrator));
    for (const resolve of this.#onEnd) resolve();
    this.#onEnd = [];
  }
}
