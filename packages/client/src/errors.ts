/** What the client throws, or a job ends with. `code` is stable; docs/client.md says what to do about each. */

export const clientErrors = {
  invalid_option: 'An option or an argument cannot be used.',
  invalid_workflow: 'What was given to run is no workflow, or it cannot be converted.',
  connection_failed: 'The server cannot be reached.',
  request_failed: 'The server refused a request.',
  unauthorized: 'The server wants credentials, or others.',
  origin_rejected: 'The server refuses requests from the page or host that they come from.',
  redirected: 'The server answered with a redirect, which would lose the body of the request.',
  too_large: 'A body is larger than the server takes.',
  bad_answer: 'The answer is not what the server promises.',
  timed_out: 'No answer came in time.',
  validation_failed: 'The server cannot run the workflow, or a part of it.',
  execution_failed: 'A node failed.',
  job_canceled: 'The job was canceled.',
  job_lost: 'The server no longer knows the job, or cannot be asked.',
  cancel_unsupported: 'The server can only stop whatever runs, not one job.',
  client_closed: 'The client was closed.',
} as const satisfies Readonly<Record<string, string>>;

export type ClientErrorCode = keyof typeof clientErrors;

export interface ErrorFacts {
  readonly cause?: unknown;
  /** The same thing, tried again later, can succeed. Default false. */
  readonly retryable?: boolean;
  /** What to do about it. */
  readonly hint?: string | undefined;
}

/** Of every error of the client. */
export class ClientError extends Error {
  readonly code: ClientErrorCode;
  readonly retryable: boolean;
  readonly hint: string | undefined;

  constructor(code: ClientErrorCode, message: string, { cause, retryable = false, hint }: ErrorFacts = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.code = code;
    this.retryable = retryable;
    this.hint = hint;
  }
}

/** The server answered, but not with what was asked for. */
export class RequestError extends ClientError {
  /** The HTTP status. */
  readonly status: number;
  /** The body: JSON when it is JSON, else its first 2000 characters. */
  readonly body: unknown;
  /** Milliseconds that the server asks to wait. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: ClientErrorCode,
    message: string,
    {
      status,
      body,
      retryAfterMs,
      ...facts
    }: ErrorFacts & { status: number; body: unknown; retryAfterMs?: number | undefined },
  ) {
    super(code, message, facts);
    this.status = status;
    this.body = body;
    this.retryAfterMs = retryAfterMs;
  }
}

/** One thing that is wrong with a workflow. */
export interface Problem {
  /** Empty when it concerns the whole. */
  readonly nodeId: string;
  readonly classType: string;
  /** Empty when no input is to blame. */
  readonly input: string;
  /** As the server names it: `value_not_in_list`. */
  readonly type: string;
  readonly message: string;
}

export class ValidationError extends ClientError {
  readonly problems: readonly Problem[];

  constructor(message: string, problems: readonly Problem[], facts?: ErrorFacts) {
    super('validation_failed', message, facts);
    this.problems = problems;
  }
}

/** What a node failed with. */
export interface Failure {
  readonly nodeId: string;
  readonly classType: string;
  readonly exceptionType: string;
  readonly message: string;
  readonly traceback: readonly string[];
}

export class ExecutionError extends ClientError implements Failure {
  readonly nodeId: string;
  readonly classType: string;
  readonly exceptionType: string;
  /** What the node said, without where. */
  readonly exceptionMessage: string;
  readonly traceback: readonly string[];

  constructor({ nodeId, classType, exceptionType, message, traceback }: Failure) {
    const place = nodeId === '' ? '' : `node ${nodeId}${classType === '' ? '' : ` (${classType})`}: `;
    const said = message.trim() || exceptionType;
    super('execution_failed', place + said);
    this.exceptionMessage = said;
    this.nodeId = nodeId;
    this.classType = classType;
    this.exceptionType = exceptionType;
    this.traceback = traceback;
  }
}

/**
 * Why nobody will tell how a job ended. `never-accepted`: no answer said that the server took it. `not-found`: the server
 * does not know the id. `removed-while-pending`: somebody deleted it from the queue. `server-restarted`: it was gone after
 * the connection was. `pruned`: it ended, but its record is gone. `unreachable`: the server gave no answer for too long.
 * `client-closed`: `close()` was called first.
 */
export type LostReason =
  | 'never-accepted'
  | 'not-found'
  | 'removed-while-pending'
  | 'server-restarted'
  | 'pruned'
  | 'unreachable'
  | 'client-closed';

export class JobLostError extends ClientError {
  readonly jobId: string;
  readonly reason: LostReason;

  constructor(jobId: string, reason: LostReason, cause?: unknown) {
    super('job_lost', `Job ${jobId} is lost: ${reason}.`, { cause, retryable: reason === 'unreachable' });
    this.jobId = jobId;
    this.reason = reason;
  }
}

export class JobCanceledError extends ClientError {
  readonly jobId: string;

  constructor(jobId: string) {
    super('job_canceled', `Job ${jobId} was canceled.`);
    this.jobId = jobId;
  }
}
