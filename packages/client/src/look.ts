/** What the server says about a job when it is asked, read out of the forms that servers answer in. */
import type { Failure } from './errors.ts';
import { entriesOf, isObject, listAt, member, numberAt, objectAt, textAt, textsAt } from './wire.ts';
import type { WireObject } from './wire.ts';

/** How a job ended, by its record. */
export type JobRecord = {
  /** What each node showed, by node id. */
  readonly outputs: ReadonlyMap<string, WireObject>;
  /** Nodes that did not run, because their results were known. */
  readonly cached: readonly string[];
  /** Milliseconds between start and end, by the server's clock. */
  readonly durationMs: number | undefined;
  /** As the server sent it. */
  readonly raw: unknown;
} & ({ readonly end: 'succeeded' | 'canceled' } | { readonly end: 'failed'; readonly failure: Failure });

export type Look =
  /** `position` counts the jobs that run first. `prompt` is the graph, where it is told. */
  | { readonly kind: 'pending'; readonly position: number | undefined; readonly prompt: unknown }
  | { readonly kind: 'running'; readonly prompt: unknown }
  | { readonly kind: 'ended'; readonly record: JobRecord }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreachable'; readonly error: unknown };

/** An entry of the history. */
export function readHistoryEntry(entry: WireObject): JobRecord {
  const status = objectAt(entry, 'status');
  const isSuccess = textAt(status, 'status_str') === 'success' && member(status, 'completed') !== false;
  return readRecord(entry, status, isSuccess ? 'succeeded' : 'failed');
}

const JOB_ENDS = new Map<unknown, JobRecord['end']>([
  ['completed', 'succeeded'],
  ['failed', 'failed'],
  ['cancelled', 'canceled'],
]);

/** An answer of `/api/jobs/{id}`; undefined when it is none. */
export function readJob(body: unknown): Look | undefined {
  const prompt = member(objectAt(body, 'workflow'), 'prompt');
  const status = textAt(body, 'status');
  if (status === 'pending') return { kind: 'pending', position: undefined, prompt };
  if (status === 'in_progress') return { kind: 'running', prompt };
  const end = JOB_ENDS.get(status);
  return end && { kind: 'ended', record: readRecord(body as WireObject, objectAt(body, 'execution_status'), end) };
}

/** The place of a job in an answer of `/queue`; undefined when it is not there. */
export function findInQueue(queue: unknown, id: string): Look | undefined {
  const isIt = (item: unknown): item is unknown[] => Array.isArray(item) && item[1] === id;
  const running = listAt(queue, 'queue_running').find(isIt);
  if (running) return { kind: 'running', prompt: running[2] };
  // the list is a heap: only the numbers say what comes first
  const waiting = listAt(queue, 'queue_pending').filter((item): item is unknown[] => Array.isArray(item));
  const own = waiting.find(isIt);
  if (!own) return undefined;
  const before = waiting.filter((item) => Number(item[0]) < Number(own[0])).length;
  return { kind: 'pending', position: before + listAt(queue, 'queue_running').length, prompt: own[2] };
}

const ENDS = new Map<unknown, JobRecord['end']>([
  ['execution_success', 'succeeded'],
  ['execution_error', 'failed'],
  ['execution_interrupted', 'canceled'],
]);

function readRecord(raw: WireObject, status: WireObject | undefined, said: JobRecord['end']): JobRecord {
  let end = said;
  let failed: unknown = objectAt(raw, 'execution_error');
  let cached: readonly string[] = [];
  let startedAt: number | undefined;
  let endedAt: number | undefined;
  for (const item of listAt(status, 'messages')) {
    const [type, data] = Array.isArray(item) ? (item as unknown[]) : [];
    if (type === 'execution_start') startedAt = numberAt(data, 'timestamp');
    if (type === 'execution_cached') cached = textsAt(data, 'nodes');
    const told = ENDS.get(type);
    if (!told || isBlocked(data)) continue;
    // more exact than the state: a server may keep that of the job before
    end = told;
    endedAt = numberAt(data, 'timestamp');
    if (told === 'failed') failed = data;
  }
  const facts = {
    outputs: readOutputs(objectAt(raw, 'outputs')),
    cached,
    durationMs: startedAt !== undefined && endedAt !== undefined ? endedAt - startedAt : undefined,
    raw,
  };
  return end === 'failed' ? { ...facts, end, failure: readFailure(failed) } : { ...facts, end };
}

function readOutputs(outputs: unknown): Map<string, WireObject> {
  const read = new Map<string, WireObject>();
  for (const [nodeId, shown] of entriesOf(outputs)) if (isObject(shown)) read.set(nodeId, shown);
  return read;
}

/** A branch was stopped with a message; the rest of the job goes on. */
export function isBlocked(data: unknown): boolean {
  return textAt(data, 'exception_type') === 'ExecutionBlocked';
}

/** The data of an `execution_error`. */
export function readFailure(data: unknown): Failure {
  return {
    nodeId: textAt(data, 'node_id') ?? '',
    classType: textAt(data, 'node_type') ?? '',
    exceptionType: textAt(data, 'exception_type') ?? '',
    message: textAt(data, 'exception_message') ?? 'The server does not say why.',
    traceback: textsAt(data, 'traceback'),
  };
}
