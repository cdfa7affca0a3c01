/** What goes wrong with a workflow that was handed to a client. */
import { ClientError as CoreError } from '../errors.ts';
import type { ClientErrorCode, ErrorFacts } from '../errors.ts';
import type { ComfyUiWsTypes } from './client-events.ts';
import type { Loose } from './loose.ts';
import type { InvokedWorkflow } from './invoked-workflow.ts';
import type { IWorkflow } from './workflow-types.ts';

export class WorkflowError extends CoreError {
  readonly task_id: string;
  readonly workflow: IWorkflow | undefined;
  readonly invoked: InvokedWorkflow<Loose> | undefined;

  constructor(
    message: string,
    task_id: string,
    workflow?: IWorkflow,
    invoked?: InvokedWorkflow<Loose>,
    code: ClientErrorCode = 'execution_failed',
    facts?: ErrorFacts,
  ) {
    super(code, message, facts);
    this.task_id = task_id;
    this.workflow = workflow;
    this.invoked = invoked;
  }
}

/** A node failed; `payload` is what the server says of it. */
export class WorkflowExecutionError extends WorkflowError {
  readonly payload: ComfyUiWsTypes.Messages.ExecutionError;

  constructor(
    payload: ComfyUiWsTypes.Messages.ExecutionError,
    task_id: string,
    workflow?: IWorkflow,
    invoked?: InvokedWorkflow<Loose>,
    facts?: ErrorFacts,
  ) {
    const message = `Execution error: ${payload.exception_message} (${payload.exception_type})`;
    super(message, task_id, workflow, invoked, 'execution_failed', facts);
    this.payload = payload;
  }
}

/** Kept for programs that name it: connections that fail are `connection_error` events, and rejections of `connect()`. */
export class ClientConnectionError extends CoreError {
  constructor(type: string, message: string) {
    super('connection_failed', `Client connection error (${type}): ${message}`);
  }
}

/** Something was asked of a workflow at the wrong time. */
export class WorkflowGuardError extends CoreError {
  readonly invoked: InvokedWorkflow<Loose>;
  readonly workflow: IWorkflow;

  constructor(
    message: string,
    invoked: InvokedWorkflow<Loose>,
    code: ClientErrorCode = 'invalid_option',
    facts?: ErrorFacts,
  ) {
    super(code, message, facts);
    this.invoked = invoked;
    this.workflow = invoked.workflow;
  }
}

export class WorkflowEnqueuedError extends WorkflowGuardError {
  constructor(invoked: InvokedWorkflow<Loose>) {
    super('This workflow is already enqueued', invoked);
  }
}

export class WorkflowTaskIdError extends WorkflowGuardError {
  constructor(invoked: InvokedWorkflow<Loose>) {
    super('This workflow is not enqueued: it has no task id', invoked);
  }
}

export class WorkflowDoneError extends WorkflowGuardError {
  constructor(invoked: InvokedWorkflow<Loose>) {
    super(`This workflow has ${invoked.is_done ? 'already finished' : 'been disposed'}`, invoked);
  }
}

/** `wait()` after `disconnect()`: `wait_polling()` needs no socket. */
export class WorkflowWsError extends WorkflowGuardError {
  constructor(invoked: InvokedWorkflow<Loose>) {
    super('WebSocket is not connected', invoked, 'connection_failed');
  }
}

export class WorkflowTaskStatusError extends WorkflowGuardError {
  constructor(invoked: InvokedWorkflow<Loose>, facts?: ErrorFacts) {
    super(`Cannot get task status${invoked.task_id ? ` for task ${invoked.task_id}` : ''}`, invoked, 'job_lost', facts);
  }
}

export class WorkflowInterruptedError extends WorkflowGuardError {
  constructor(invoked: InvokedWorkflow<Loose>, facts?: ErrorFacts) {
    super('Execution has been interrupted', invoked, 'job_canceled', facts);
  }
}

export class WorkflowArgumentError extends WorkflowGuardError {
  constructor(invoked: InvokedWorkflow<Loose>, message: string) {
    super(message, invoked);
  }
}
