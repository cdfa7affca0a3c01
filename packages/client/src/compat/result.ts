/** From what a job left to what programs are handed. */
import type { JobEndEvent, JobResult } from '../job-events.ts';
import { ExecutionError } from '../errors.ts';
import type { JobLostError } from '../errors.ts';
import { isObject, listAt, member } from '../wire.ts';
import type { Client } from './client.ts';
import type { ComfyUiWsTypes } from './client-events.ts';
import { ConnectError, ClientRequestError, PromptNotFoundError } from './errors.ts';
import type { WorkflowOutput } from './workflow-types.ts';
import { withoutBigints } from './plain-json.ts';

/** Makes one result of what each node shows, one node after another. */
export type WorkflowOutputResolver<T = unknown> = (
  acc: WorkflowOutput<T>,
  output: Record<string, unknown>,
  ctx: { client: Client; prompt_id: string; node_id: string },
) => WorkflowOutput<T>;

export interface ResolveOptions<T> {
  readonly client: Client;
  readonly prompt_id: string;
  readonly resolver: WorkflowOutputResolver<T>;
  readonly begin?: WorkflowOutput<T>;
}

export function resolveOutputs<T>(
  shown: Iterable<readonly [node_id: string, output: unknown]>,
  { client, prompt_id, resolver, begin = { images: [], prompt_id } }: ResolveOptions<T>,
): WorkflowOutput<T> {
  let result = begin;
  for (const [node_id, output] of shown)
    if (isObject(output)) result = resolver(result, output, { client, prompt_id, node_id });
  return result;
}

/** Pictures that came through the socket first, then what the resolver makes of the record. */
export async function resultOf<T>(result: JobResult, options: ResolveOptions<T>): Promise<WorkflowOutput<T>> {
  const begin: WorkflowOutput<T> = { images: [], prompt_id: result.id };
  for (const file of result.outputs.files) {
    if (file.source !== 'socket') continue;
    const bytes = await file.bytes();
    begin.images.push({ type: 'buff', data: bytes.slice().buffer, mime: file.mime });
  }
  const shown = [...result.outputs.raw].map(([id, output]) => [id, withoutBigints(output)] as const);
  return resolveOutputs(shown, { ...options, prompt_id: result.id, begin });
}

/** What the server told of the failure, as an `execution_error` message has it. */
export function failureMessage(end: Extract<JobEndEvent, { type: 'failed' }>): ComfyUiWsTypes.Messages.ExecutionError {
  const { error, result } = end;
  const { record } = result;
  for (const status of [member(record, 'status'), member(record, 'execution_status')])
    for (const item of listAt(status, 'messages'))
      if (Array.isArray(item) && item[0] === 'execution_error')
        return item[1] as ComfyUiWsTypes.Messages.ExecutionError;
  const failure = error instanceof ExecutionError ? error : undefined;
  return {
    prompt_id: result.id,
    node_id: failure?.nodeId ?? '',
    node_type: failure?.classType ?? '',
    exception_type: failure?.exceptionType ?? '',
    exception_message: failure?.exceptionMessage ?? error.message,
    traceback: failure?.traceback ?? [],
    executed: [],
    current_inputs: {},
    current_outputs: [],
  };
}

/** The error for a job that ended unseen. */
export function lostError(prompt_id: string, error: JobLostError): Error {
  if (error.reason === 'client-closed') return new ConnectError('Client is closed', 'client_closed', { cause: error });
  if (error.reason === 'unreachable' || error.reason === 'never-accepted')
    return new ClientRequestError(error.message, error.code, { cause: error, retryable: error.retryable });
  return new PromptNotFoundError(prompt_id, { cause: error });
}
