/**
 * The life of one job, pure: what is known, and what to do next. The stream of messages may be missing, repeated or out of
 * order; the record on the server decides. Every way through ends in exactly one verdict, which never changes.
 */
import type { Failure, LostReason } from './errors.ts';
import type { JobRecord, Look } from './look.ts';

export type JobEnd = 'succeeded' | 'failed' | 'canceled' | 'lost' | 'rejected';
export type JobState = 'preparing' | 'submitting' | 'queued' | 'running' | 'settling' | JobEnd;

/** Milliseconds. */
export interface JobTiming {
  /** After the message of an end, when nothing says that the record is written. */
  readonly settleMs: number;
  /** How long a record is waited for that must be there. */
  readonly recordMs: number;
  /** Without a message for so long, the server is asked. */
  readonly silenceMs: number;
  /** Between questions while no socket tells anything, at first and at most. */
  readonly pollMs: number;
  readonly maxPollMs: number;
  /** Between two answers that know nothing of the job, before it is believed. */
  readonly absenceMs: number;
  /** Without any answer for so long, the job is given up. */
  readonly unreachableMs: number;
  /** The same while it is not known whether the server took the job. */
  readonly submitMs: number;
}

export type Verdict =
  /** Without a record, the messages told everything. */
  | { readonly end: 'succeeded'; readonly record?: JobRecord }
  | { readonly end: 'failed'; readonly failure: Failure; readonly record?: JobRecord }
  /** `cause` is what the caller's signal said. */
  | { readonly end: 'canceled'; readonly cause?: unknown; readonly record?: JobRecord }
  | { readonly end: 'lost'; readonly reason: LostReason; readonly cause?: unknown }
  | { readonly end: 'rejected'; readonly error: unknown };

/** What the messages said of the end. */
export type Ending = { readonly end: 'succeeded' | 'canceled' } | { readonly end: 'failed'; readonly failure: Failure };

export interface Life {
  readonly state: JobState;
  readonly verdict?: Verdict;
  /** `no`: not sent yet, or not answered. `unknown`: sent, but the answer is missing. */
  readonly accepted: 'no' | 'unknown' | 'yes';
  readonly isAttached: boolean;
  readonly posts: number;
  readonly isPosting: boolean;
  /** Why it is not known whether the server took the job. */
  readonly doubt?: { readonly error: unknown; readonly isAnswer: boolean; readonly mayRepost: boolean };
  readonly ending?: Ending;
  readonly endedAt: number;
  /** A verdict that waits for the answer to the submission, which may carry warnings. */
  readonly held?: Verdict;
  readonly isLooking: boolean;
  readonly looksAgain: boolean;
  readonly lookBeganAt: number;
  readonly lookAt?: number;
  readonly looks: number;
  readonly pollMs: number;
  readonly absentSince?: number;
  readonly heardAt: number;
  readonly answeredAt: number;
  /** Looks without an answer, one after another. */
  readonly failures: number;
  /** Something moved on the server that should have been told. */
  readonly movedAt: number;
  readonly isLinked: boolean;
  readonly hasGap: boolean;
  readonly isCanceling: boolean;
  /** Messages of another end than the job had. */
  readonly contradictions: number;
}

export type LifeInput =
  | { readonly type: 'posted' }
  | { readonly type: 'accepted' }
  | { readonly type: 'refused'; readonly error: unknown }
  /** `isAnswer`: somebody did answer, with `error`. */
  | { readonly type: 'doubted'; readonly error: unknown; readonly isAnswer: boolean; readonly mayRepost: boolean }
  /** A message about this job. */
  | { readonly type: 'heard' }
  | { readonly type: 'end-heard'; readonly ending: Ending }
  /** The message that comes after the record was written. */
  | { readonly type: 'end-marked' }
  | { readonly type: 'queue-moved'; readonly isShorter: boolean }
  | { readonly type: 'linked' }
  | { readonly type: 'unlinked' }
  | { readonly type: 'due' }
  | { readonly type: 'looked'; readonly look: Look }
  | { readonly type: 'nudged' }
  /** The server is being asked to stop it, and was; or it refused to. */
  | { readonly type: 'cancel-asked'; readonly isRefused?: boolean }
  | { readonly type: 'stopped'; readonly verdict: Verdict };

export type LifeEffect = 'look' | 'post';
export type LifeStep = readonly [Life, LifeEffect?];

/** A job is sent at most so often, and only while the server says that it does not have it. */
const MAX_POSTS = 3;
/** Looks that fail before the time without an answer counts. */
const MIN_FAILURES = 3;
/** The first wait for a record that should be there, then twice as long each time. */
const RECORD_RETRY_MS = 50;
/** After news of the queue, for the job's own messages to come first. */
const MOVED_MS = 300;

export function newLife(now: number, { isAttached = false, isLinked = false, pollMs = 1000 } = {}): Life {
  return {
    state: isAttached ? 'queued' : 'preparing',
    accepted: isAttached ? 'yes' : 'no',
    isAttached,
    posts: 0,
    isPosting: false,
    endedAt: now,
    isLooking: false,
    looksAgain: false,
    lookBeganAt: now,
    looks: 0,
    pollMs,
    heardAt: -Infinity,
    answeredAt: now,
    failures: 0,
    movedAt: -Infinity,
    isLinked,
    hasGap: isAttached,
    isCanceling: false,
    contradictions: 0,
  };
}

export function reduce(life: Life, input: LifeInput, now: number, timing: JobTiming): LifeStep {
  if (life.verdict) return [afterwards(life, life.verdict, input)];
  switch (input.type) {
    case 'posted':
      return [
        without(
          {
            ...life,
            state: 'submitting',
            isPosting: true,
            posts: life.posts + 1,
            answeredAt: life.posts ? life.answeredAt : now,
          },
          'lookAt',
          'absentSince',
        ),
      ];
    case 'accepted':
      return accepted(life, now, timing);
    case 'refused':
      // messages proved that the server has it: an earlier request got through
      if (life.accepted === 'yes') return accepted(life, now, timing);
      return [finish(life, { end: 'rejected', error: input.error })];
    case 'doubted': {
      const { error, isAnswer, mayRepost } = input;
      const doubting: Life = { ...life, doubt: { error, isAnswer, mayRepost } };
      if (life.accepted === 'yes') return accepted(doubting, now, timing);
      return look({ ...doubting, isPosting: false, accepted: 'unknown' }, now);
    }
    case 'heard':
      return [heard(life, now)];
    case 'end-heard':
      return [endHeard(heard(life, now), input.ending, now, timing)];
    case 'end-marked':
      return look(heard(life, now), now);
    case 'queue-moved':
      if (life.ending) return look(life, now);
      if (!input.isShorter || life.accepted !== 'yes') return [life];
      return [sooner({ ...life, movedAt: now }, now + MOVED_MS)];
    case 'linked':
      return look({ ...life, isLinked: true, pollMs: timing.pollMs }, now);
    case 'unlinked':
      return [
        sooner(
          { ...life, isLinked: false, hasGap: life.hasGap || life.accepted !== 'no' || life.isPosting },
          now + timing.pollMs,
        ),
      ];
    case 'due':
      return due(without(life, 'lookAt'), now, timing);
    case 'looked':
      return looked(
        { ...life, isLooking: false, failures: input.look.kind === 'unreachable' ? life.failures + 1 : 0 },
        input.look,
        now,
        timing,
      );
    case 'nudged':
      return look(life, now);
    case 'cancel-asked':
      if (life.accepted === 'no' && !life.isPosting) return conclude(life, { end: 'canceled' }, now);
      return look({ ...life, isCanceling: !input.isRefused }, now);
    case 'stopped':
      return [finish(life, input.verdict)];
  }
}

function without(life: Life, ...keys: ('lookAt' | 'absentSince' | 'held')[]): Life {
  const copy: { -readonly [K in keyof Life]: Life[K] } = { ...life };
  for (const key of keys) delete copy[key];
  return copy;
}

/** Nothing changes an end; messages that say otherwise are counted. */
function afterwards(life: Life, { end }: Verdict, input: LifeInput): Life {
  const told = input.type === 'end-heard' ? input.ending.end : undefined;
  return told === undefined || told === end ? life : { ...life, contradictions: life.contradictions + 1 };
}

function finish(life: Life, verdict: Verdict): Life {
  return { ...without(life, 'lookAt', 'held'), state: verdict.end, verdict };
}

function conclude(life: Life, verdict: Verdict, now: number): LifeStep {
  if (!life.isPosting) return [finish(life, verdict)];
  return [{ ...life, held: verdict, lookAt: now + 1000 }];
}

/** Looks are made one at a time, and only for what may be on the server. */
function look(life: Life, now: number): LifeStep {
  if (life.held || life.accepted === 'no' || (life.isPosting && life.accepted !== 'yes')) return [life];
  if (life.isLooking) return [{ ...life, looksAgain: true }];
  return [{ ...without(life, 'lookAt'), isLooking: true, looksAgain: false, lookBeganAt: now }, 'look'];
}

function sooner(life: Life, at: number): Life {
  if (life.accepted === 'no' || life.held || life.isLooking) return life;
  return { ...life, lookAt: Math.min(life.lookAt ?? Infinity, at) };
}

function accepted(life: Life, now: number, timing: JobTiming): LifeStep {
  const answered: Life = { ...life, isPosting: false, accepted: 'yes', answeredAt: now };
  if (life.held) return [finish(answered, life.held)];
  const state = life.state === 'submitting' ? 'queued' : life.state;
  // the queue moved: its news, or the job's own, should come soon
  const first: Life = { ...answered, state, movedAt: now };
  if (life.isCanceling || life.ending) return look(first, now);
  return [sooner(first, now + (life.isLinked ? timing.pollMs : MOVED_MS))];
}

function heard(life: Life, now: number): Life {
  const state = life.ending || life.state === 'settling' ? life.state : 'running';
  return {
    ...(life.absentSince === undefined ? life : without(life, 'absentSince')),
    state,
    accepted: 'yes',
    heardAt: now,
  };
}

function endHeard(life: Life, ending: Ending, now: number, { settleMs }: JobTiming): Life {
  if (life.ending) return life.ending.end === ending.end ? life : { ...life, contradictions: life.contradictions + 1 };
  return sooner({ ...life, state: 'settling', ending, endedAt: now, looks: 0 }, now + settleMs);
}

function due(life: Life, now: number, timing: JobTiming): LifeStep {
  if (life.held) return [finish(life, life.held)];
  const isTold = life.isLinked && !life.ending && life.absentSince === undefined && life.heardAt >= life.movedAt;
  const silentAt = life.heardAt + timing.silenceMs;
  if (isTold && now < silentAt) return [{ ...life, lookAt: silentAt }];
  return look(life, now);
}

function looked(life: Life, found: Look, now: number, timing: JobTiming): LifeStep {
  switch (found.kind) {
    case 'ended':
      return ended({ ...life, accepted: 'yes' }, found.record, now);
    case 'unreachable':
      return unreachable(life, found.error, now, timing);
    case 'absent':
      return absent({ ...life, answeredAt: now }, now, timing);
    case 'pending':
    case 'running': {
      const known: Life = { ...without(life, 'absentSince'), accepted: 'yes', answeredAt: now };
      if (life.ending) return next(known, now, timing);
      const isBehind = found.kind === 'pending' && life.heardAt > life.lookBeganAt;
      const state = found.kind === 'running' || isBehind ? 'running' : 'queued';
      return next({ ...known, state }, now, timing);
    }
  }
}

function ended(life: Life, record: JobRecord, now: number): LifeStep {
  // what the messages said is more exact than the record of a server that confuses the ends of two jobs
  const end = life.ending?.end === 'succeeded' || !life.ending ? record : life.ending;
  if (end.end === 'failed') return conclude(life, { end: 'failed', failure: end.failure, record }, now);
  return conclude(life, { end: end.end, record }, now);
}

function unreachable(life: Life, error: unknown, now: number, timing: JobTiming): LifeStep {
  // a machine that slept has been silent for hours, but tried only once
  const silence = life.failures < MIN_FAILURES ? 0 : now - Math.max(life.answeredAt, life.heardAt);
  const verdict = fromMessages(life, now, timing);
  if (verdict) return conclude(life, verdict, now);
  if (life.accepted === 'unknown' && silence >= timing.submitMs) return conclude(life, unsent(life), now);
  if (silence >= timing.unreachableMs) return conclude(life, { end: 'lost', reason: 'unreachable', cause: error }, now);
  return later(life, now, timing);
}

/** The end without a record, once it was waited for long enough; a success may have told less than everything. */
function fromMessages({ ending, endedAt }: Life, now: number, { recordMs }: JobTiming): Verdict | undefined {
  if (!ending || now - endedAt < recordMs || ending.end === 'succeeded') return undefined;
  return ending.end === 'failed' ? { end: 'failed', failure: ending.failure } : { end: 'canceled' };
}

function unsent({ doubt }: Life): Verdict {
  return doubt?.isAnswer
    ? { end: 'rejected', error: doubt.error }
    : { end: 'lost', reason: 'never-accepted', cause: doubt?.error };
}

function absent(life: Life, now: number, timing: JobTiming): LifeStep {
  // a message came meanwhile: the answer is older than what is known
  if (life.heardAt > life.lookBeganAt || life.looksAgain) return next(life, now, timing);
  const since = life.absentSince ?? life.lookBeganAt;
  const waiting: Life = { ...life, absentSince: since };
  if (life.isCanceling) return conclude(life, { end: 'canceled' }, now);
  // the record of an end that was told may be on its way
  if (life.ending && now - life.endedAt < timing.recordMs) return next(waiting, now, timing);
  if (life.absentSince === undefined || now - since < timing.absenceMs)
    return [{ ...waiting, lookAt: Math.max(now, since + timing.absenceMs) }];
  if (life.accepted === 'unknown') {
    if (life.doubt?.mayRepost && life.posts < MAX_POSTS) return [without(life, 'absentSince', 'lookAt'), 'post'];
    return conclude(life, unsent(life), now);
  }
  return conclude(life, fromMessages(life, now, timing) ?? gone(life), now);
}

function gone({ ending, hasGap, isAttached, heardAt, state }: Life): Verdict {
  if (ending) return hasGap ? { end: 'lost', reason: 'pruned' } : { end: 'succeeded' };
  if (isAttached && heardAt === -Infinity && state === 'queued') return { end: 'lost', reason: 'not-found' };
  if (hasGap) return { end: 'lost', reason: 'server-restarted' };
  return { end: 'lost', reason: state === 'queued' ? 'removed-while-pending' : 'pruned' };
}

/** When to look again after an answer that was no end. */
function next(life: Life, now: number, timing: JobTiming): LifeStep {
  if (life.looksAgain) return look(life, now);
  if (life.ending) {
    const wait = Math.min(RECORD_RETRY_MS * 2 ** Math.min(life.looks, 10), timing.pollMs);
    return [{ ...life, looks: life.looks + 1, lookAt: now + wait }];
  }
  if (life.isLinked) return [{ ...life, lookAt: now + timing.silenceMs, movedAt: -Infinity }];
  return later(life, now, timing);
}

function later(life: Life, now: number, { maxPollMs }: JobTiming): LifeStep {
  return [{ ...life, looksAgain: false, lookAt: now + life.pollMs, pollMs: Math.min(life.pollMs * 1.5, maxPollMs) }];
}
