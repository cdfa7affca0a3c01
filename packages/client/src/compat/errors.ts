/** What the clients throw. Each has the `code` of the core's errors besides its class. */
import { ClientError as CoreError, RequestError } from '../errors.ts';
import type { ClientErrorCode, ErrorFacts } from '../errors.ts';
import type { Loose } from './loose.ts';
import type { ComfyUIClientResponseTypes } from './responses.ts';

export class ClientError extends CoreError {
  constructor(message: string, code: ClientErrorCode = 'request_failed', facts?: ErrorFacts) {
    super(code, message, facts);
  }
}

/** A prompt did not end in time. It goes on where it is. */
export class PromptTimeoutError extends ClientError {
  constructor(prompt_id: string, timeout_ms: number) {
    super(`Prompt ${prompt_id} did not end in ${timeout_ms} ms`, 'timed_out');
  }
}

/** The server did not take a prompt. */
export class PromptEnqueueError extends ClientError {
  /** What is wrong with each node, by its id. */
  readonly node_errors: Record<string, ComfyUIClientResponseTypes.NodeError>;
  /** The server's `error`, where it sent one. */
  readonly error: Loose;

  constructor(
    err_msg: string,
    { error, node_errors, ...facts }: ErrorFacts & { error?: unknown; node_errors?: object | undefined } = {},
  ) {
    super(`Failed to enqueue prompt: ${err_msg}`, 'validation_failed', facts);
    this.error = error;
    this.node_errors = { ...node_errors };
  }
}

/** A wrong argument of `enqueue` or its kin. */
export class ClientEnqueueError extends ClientError {
  constructor(err_msg: string) {
    super(`Client enqueue error: ${err_msg}`, 'invalid_option');
  }
}

/** The server knows no such prompt, or no longer. */
export class PromptNotFoundError extends ClientError {
  constructor(prompt_id: string, facts?: ErrorFacts) {
    super(`Prompt [${prompt_id}] not found in history`, 'job_lost', facts);
  }
}

/** A prompt ended, but not well. */
export class PromptExecutionFailedError extends ClientError {
  constructor(prompt_id: string, status: string, facts?: ErrorFacts) {
    super(`Prompt ${prompt_id} execution failed with status: ${status}`, 'execution_failed', facts);
  }
}

/** A request could not be made, or its answer cannot be read. */
export class ClientRequestError extends ClientError {
  constructor(err_msg: string, code?: ClientErrorCode, facts?: ErrorFacts) {
    super(`Client request error: ${err_msg}`, code, facts);
  }
}

/** The data of an output is not what was asked for. */
export class TaskDataTypeError extends ClientError {
  constructor(err_msg: string) {
    super(`Task data type error: ${err_msg}`, 'bad_answer');
  }
}

export class PollingTimeoutError extends ClientError {
  constructor(timeout_ms: number) {
    super(`Polling timed out after ${timeout_ms} ms`, 'timed_out');
  }
}

export class WebSocketTimeoutError extends ClientError {
  constructor(timeout_ms: number) {
    super(`WebSocket timed out after ${timeout_ms} ms`, 'timed_out');
  }
}

/** No connection, or none any more. */
export class ConnectError extends ClientError {
  constructor(err_msg: string, code: ClientErrorCode = 'connection_failed', facts?: ErrorFacts) {
    super(`Connect error: ${err_msg}`, code, facts);
  }
}

/** Kept for programs that name it: messages that cannot be read are events, `unknown_binary` and `unknown_text`. */
export class WebSocketParseError extends ClientError {
  constructor(err_msg: string) {
    super(`WebSocket parse error: ${err_msg}`, 'bad_answer');
  }
}

/** The server answered with a status that is no success. */
export class HttpError extends RequestError {
  /** The body, where it is JSON. `body` has it, and any other: a proxy's page, cut at 2000 characters. */
  json: Loose;

  constructor(message: string, status: number, json?: unknown, from?: RequestError) {
    super(from?.code ?? 'request_failed', message, {
      status,
      body: from?.body ?? json,
      retryAfterMs: from?.retryAfterMs,
      retryable: from?.retryable ?? false,
      hint: from?.hint,
      cause: from?.cause,
    });
    this.json = json;
  }
}
