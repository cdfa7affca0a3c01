/** What a server knows of a prompt, read over HTTP. */
import { asObject } from '@snug/protocol';
import type { Json, JsonObject } from '@snug/protocol';
import type { RunEnd } from './prompt-host.ts';
import { NoAnswer } from './server-http.ts';
import type { ServerHttp } from './server-http.ts';

export type Look =
  | { readonly kind: 'ended'; readonly end: RunEnd }
  | { readonly kind: 'live'; readonly isRunning: boolean }
  /** The server has never heard of it, or has forgotten it. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreachable'; readonly reason: string };

const LIVE = new Set<Json | undefined>(['pending', 'in_progress']);

export async function lookUp(http: ServerHttp, promptId: string): Promise<Look> {
  try {
    const { status, json } = await http.get(`/api/jobs/${promptId}`);
    const job = status === 200 ? asObject(json) : undefined;
    const state = job?.get('status');
    if (LIVE.has(state)) return { kind: 'live', isRunning: state === 'in_progress' };
    const outputs = asObject(job?.get('outputs'));
    const execution = asObject(job?.get('execution_status'));
    if (outputs && execution) return { kind: 'ended', end: endOf(outputs, execution) };
    return await lookUpByHand(http, promptId);
  } catch (error) {
    if (error instanceof NoAnswer) return { kind: 'unreachable', reason: error.message };
    throw error;
  }
}

/** For servers without a list of jobs. The queue first: a prompt that ends in between is then found in the history. */
async function lookUpByHand(http: ServerHttp, promptId: string): Promise<Look> {
  const queue = asObject((await http.get('/queue')).json);
  const history = asObject((await http.get(`/history/${promptId}`)).json);
  const entry = asObject(history?.get(promptId));
  if (entry) {
    const outputs = asObject(entry.get('outputs')) ?? new Map<string, Json>();
    return { kind: 'ended', end: endOf(outputs, asObject(entry.get('status')) ?? new Map()) };
  }
  if (!queue || !history) return { kind: 'unreachable', reason: 'its answers cannot be read' };
  if (isListed(queue.get('queue_running'), promptId)) return { kind: 'live', isRunning: true };
  if (isListed(queue.get('queue_pending'), promptId)) return { kind: 'live', isRunning: false };
  return { kind: 'absent' };
}

export function isListed(list: Json | undefined, promptId: string): boolean {
  return Array.isArray(list) && list.some((entry) => Array.isArray(entry) && entry[1] === promptId);
}

function endOf(outputs: JsonObject, status: JsonObject): RunEnd {
  const messages = status.get('messages');
  const last = new Map<string, JsonObject>();
  for (const message of Array.isArray(messages) ? messages : []) {
    if (!Array.isArray(message)) continue;
    const [name, data] = message;
    if (typeof name === 'string') last.set(name, asObject(data) ?? new Map());
  }
  if (status.get('status_str') === 'success') return { kind: 'done', outputs, refusals: [] };
  if (last.has('execution_interrupted')) return { kind: 'cancelled', outputs };
  return failure(last.get('execution_error') ?? new Map(), outputs);
}

/** What the data of an `execution_error` says. */
export function failure(data: JsonObject, outputs: JsonObject): RunEnd {
  const text = (key: string): string => {
    const value = data.get(key);
    return typeof value === 'string' ? value.trim() : '';
  };
  const reason = text('exception_message') || text('exception_type') || 'the server gives no reason';
  return { kind: 'failed', node: text('node_id'), classType: text('node_type'), reason, outputs };
}
