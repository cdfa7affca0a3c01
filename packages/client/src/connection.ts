/**
 * The life of the connection, pure: (state, event, moment) -> state and effects. link.ts carries the effects out. The one
 * timer is `dueAt`: when it comes, `timer` is the event.
 */
import type { CloseCode } from './close-codes.ts';

export type Phase =
  /** Nobody has asked for a connection. */
  | 'idle'
  | 'connecting'
  | 'open'
  /** Before the next attempt. */
  | 'waiting'
  /** The handshake failed, and browsers do not say why: a plain request asks. */
  | 'probing'
  /** The server refuses; it is tried again, slowly. */
  | 'blocked'
  /** The platform says that there is no network. */
  | 'offline'
  /** No sockets are wanted. */
  | 'polling'
  /** The server has said not to come back. */
  | 'stopped'
  | 'closed';

export interface ConnectionState {
  readonly phase: Phase;
  /** Failures in a row. */
  readonly attempt: number;
  readonly dueAt?: number;
  readonly openedAt: number;
  /** A sign of life is due; how many in a row did not come. */
  readonly isSuspect: boolean;
  readonly suspicions: number;
  /** Why it is blocked or stopped. */
  readonly reason?: string;
}

export type ConnectionEvent =
  | { readonly type: 'connect' }
  | { readonly type: 'opened' }
  /** A message came. */
  | { readonly type: 'heard' }
  | { readonly type: 'dropped'; readonly close: CloseCode }
  | { readonly type: 'probed'; readonly refusal?: string }
  | { readonly type: 'timer' }
  /** Something happened that the server must tell of. */
  | { readonly type: 'suspect' }
  | { readonly type: 'online' }
  | { readonly type: 'offline' }
  /** The page is seen again, or the machine woke up. */
  | { readonly type: 'woken' }
  | { readonly type: 'close' };

export type ConnectionEffect =
  | 'open'
  /** Lets go of the socket; what it still says is not heard. */
  | 'drop'
  /** Tells the server what this client understands. */
  | 'greet'
  | 'probe'
  /** Takes another id for what is submitted from now on. */
  | 'rename';

/** Milliseconds, but for the factor. */
export interface ConnectionTiming {
  readonly minMs: number;
  readonly maxMs: number;
  readonly factor: number;
  readonly connectMs: number;
  readonly evidenceMs: number;
  /** An id is taken over by the next socket only after the server has noticed that the last one is gone. */
  readonly rotateMs: number;
  /** Between attempts at a server that refuses. */
  readonly blockedMs: number;
  /** A connection that lived so long makes up for the failures before it. */
  readonly stableMs: number;
}

export interface Moment {
  readonly now: number;
  /** In [0, 1). */
  readonly random: number;
  readonly timing: ConnectionTiming;
  readonly isPolling: boolean;
}

export type ConnectionStep = readonly [ConnectionState, ...ConnectionEffect[]];

export const START: ConnectionState = {
  phase: 'idle',
  attempt: 0,
  openedAt: 0,
  isSuspect: false,
  suspicions: 0,
};

/** Phases with a socket, open or about to be. */
const SOCKETED: ReadonlySet<Phase> = new Set(['connecting', 'open']);
/** Phases that end as soon as there is reason for hope. */
const PATIENT: ReadonlySet<Phase> = new Set(['waiting', 'blocked', 'offline']);

export function step(state: ConnectionState, event: ConnectionEvent, moment: Moment): ConnectionStep {
  const { phase } = state;
  switch (event.type) {
    case 'connect':
      if (phase === 'idle' || phase === 'closed' || phase === 'stopped') return begin(moment);
      return [state];
    case 'opened':
      if (phase !== 'connecting') return [state];
      return [{ ...rest(state), phase: 'open', openedAt: moment.now, suspicions: state.suspicions }, 'greet'];
    case 'heard':
      // a greeting proves nothing: also sockets that are forgotten at once are greeted
      if (phase !== 'open' || !state.isSuspect) return [state];
      return [{ ...rest(state), phase }];
    case 'dropped':
      return dropped(state, event.close, moment);
    case 'probed':
      if (phase !== 'probing') return [state];
      if (event.refusal === undefined) return wait(state, 0, moment);
      return [{ ...state, phase: 'blocked', reason: event.refusal, dueAt: moment.now + moment.timing.blockedMs }];
    case 'timer':
      return timer(state, moment);
    case 'suspect':
      if (phase !== 'open' || state.isSuspect) return [state];
      return [{ ...state, isSuspect: true, dueAt: moment.now + moment.timing.evidenceMs }];
    case 'online':
    case 'woken':
      return PATIENT.has(phase) ? open(state, moment) : [state];
    case 'offline':
      if (SOCKETED.has(phase)) return [away(state, moment), 'drop'];
      return phase === 'waiting' || phase === 'probing' || phase === 'blocked' ? [away(state, moment)] : [state];
    case 'close':
      if (phase === 'closed') return [state];
      return SOCKETED.has(phase) ? [{ ...START, phase: 'closed' }, 'drop'] : [{ ...START, phase: 'closed' }];
  }
}

/** Without a timer, a suspicion, or a reason. */
function rest({ attempt, openedAt }: ConnectionState): ConnectionState {
  return { ...START, attempt, openedAt };
}

function begin(moment: Moment): ConnectionStep {
  return moment.isPolling ? [{ ...START, phase: 'polling' }] : open(START, moment);
}

function open(state: ConnectionState, { now, timing }: Moment): ConnectionStep {
  const { attempt, suspicions } = state;
  return [{ ...START, attempt, suspicions, phase: 'connecting', dueAt: now + timing.connectMs }, 'open'];
}

/** The platform may be wrong: a slow attempt goes on. */
function away(state: ConnectionState, { now, timing }: Moment): ConnectionState {
  return { ...rest(state), phase: 'offline', dueAt: now + timing.blockedMs };
}

/** Full jitter: many clients that lost one server do not come back at once. */
function wait(state: ConnectionState, leastMs: number, { now, random, timing }: Moment): ConnectionStep {
  const most = Math.min(timing.maxMs, timing.minMs * timing.factor ** state.attempt);
  const dueAt = now + leastMs + random * most;
  return [{ ...rest(state), suspicions: state.suspicions, phase: 'waiting', attempt: state.attempt + 1, dueAt }];
}

function dropped(state: ConnectionState, close: CloseCode, moment: Moment): ConnectionStep {
  const { phase } = state;
  if (!SOCKETED.has(phase)) return [state];
  if (close.isFinal) return [{ ...rest(state), phase: 'stopped', reason: close.reason }];
  if (phase === 'connecting') return [{ ...rest(state), suspicions: state.suspicions, phase: 'probing' }, 'probe'];
  const isStable = moment.now - state.openedAt >= moment.timing.stableMs;
  return wait(isStable ? { ...state, attempt: 0 } : state, close.waitMs, moment);
}

function timer(state: ConnectionState, moment: Moment): ConnectionStep {
  const { phase, suspicions } = state;
  if (PATIENT.has(phase)) return open(state, moment);
  if (phase === 'connecting') {
    const [next] = wait(state, 0, moment);
    return [next, 'drop'];
  }
  if (phase !== 'open' || !state.isSuspect) return [state];
  // first the socket is to blame, then the id: a server may have lost it to an older socket
  const { now, timing } = moment;
  const next: ConnectionState = {
    ...rest(state),
    phase: 'waiting',
    suspicions: suspicions + 1,
    dueAt: now + timing.rotateMs,
  };
  return suspicions ? [next, 'drop', 'rename'] : [next, 'drop'];
}
