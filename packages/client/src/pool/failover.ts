/** Whether a job may move, pure: what is known of it at the end of an attempt, and what the caller allows. */
import { ClientError, RequestError, ValidationError } from '../errors.ts';
import type { JobEndEvent } from '../job-events.ts';
import { objectAt } from '../wire.ts';

/**
 * When a job may move to another member. `never`. `if-not-accepted`: the server certainly did not take it.
 * `if-not-started`: also out of the queue of a server, which certainly did not begin it. `if-in-doubt`: also when nobody
 * heard that it began, although it may have; it may then run twice. `always`: also when it began and was lost.
 */
export type Failover = 'never' | 'if-not-accepted' | 'if-not-started' | 'if-in-doubt' | 'always';

/** What is known of a job whose attempt is over. `final`: this is how it ends, wherever it runs. */
export type Standing = 'final' | 'not-accepted' | 'not-started' | 'in-doubt' | 'started';

export interface AttemptFacts {
  readonly end: JobEndEvent;
  /** Something was heard that only a job that runs can tell. */
  readonly hasStarted: boolean;
  /** The server certainly does not have it: every submission was refused, or never arrived. */
  readonly isClean: boolean;
  /** The pool asked the server to give it back. */
  readonly isTakingBack: boolean;
}

const ORDER: readonly Failover[] = ['never', 'if-not-accepted', 'if-not-started', 'if-in-doubt', 'always'];
const LEAST: Readonly<Record<Exclude<Standing, 'final'>, Failover>> = {
  'not-accepted': 'if-not-accepted',
  'not-started': 'if-not-started',
  'in-doubt': 'if-in-doubt',
  started: 'always',
};

export function mayMove(standing: Standing, failover: Failover): boolean {
  return standing !== 'final' && ORDER.indexOf(failover) >= ORDER.indexOf(LEAST[standing]);
}

export function standingOf({ end, hasStarted, isClean, isTakingBack }: AttemptFacts): Standing {
  if (end.type === 'rejected') {
    if (!isOfServer(end.error)) return 'final';
    return isClean || isPlainRefusal(end.error) ? 'not-accepted' : 'in-doubt';
  }
  if (end.type !== 'lost') return 'final';
  if (hasStarted) return 'started';
  if (isClean) return 'not-accepted';
  // somebody else took it out of the queue: that is an end
  if (end.reason === 'removed-while-pending') return isTakingBack ? 'not-started' : 'final';
  return end.reason === 'not-found' ? 'final' : 'in-doubt';
}

/** Errors that another server need not have. */
const OF_SERVER: ReadonlySet<string> = new Set([
  'connection_failed',
  'timed_out',
  'request_failed',
  'unauthorized',
  'origin_rejected',
  'redirected',
  'too_large',
  'bad_answer',
]);
/** What a server says to a workflow that it lacks the nodes or files for. */
const OF_SUPPLY: ReadonlySet<string> = new Set(['missing_node_type', 'value_not_in_list']);

function isOfServer(error: unknown): boolean {
  if (lacksSupply(error)) return true;
  return error instanceof ClientError && OF_SERVER.has(error.code);
}

/** Whether a server refused a workflow only for what it does not have. */
export function lacksSupply(error: unknown): boolean {
  if (!(error instanceof ValidationError) || !(error.cause instanceof RequestError)) return false;
  return error.problems.length > 0 && error.problems.every(({ type }) => OF_SUPPLY.has(type));
}

/** Whether the server itself said no, rather than something in front of it. */
function isPlainRefusal(error: unknown): boolean {
  return error instanceof RequestError && objectAt(error.body, 'error') !== undefined;
}

/** Whether the same server may take the job later. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof ClientError)) return true;
  return error.retryable || (error instanceof RequestError && error.status >= 500);
}
