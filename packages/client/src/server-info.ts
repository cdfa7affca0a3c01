/** What the server tells about itself, its queue and its history. */
import { parseJson, toJson } from '@snug/protocol/json';
import type { JsonObject } from '@snug/protocol/json';
import { ClientError, RequestError } from './errors.ts';
import type { Http } from './http.ts';
import { parseText } from './json-text.ts';
import { readHistoryEntry } from './look.ts';
import { Outputs, readOutputs } from './outputs.ts';
import type { FileAccess } from './remote-file.ts';
import type { Failure } from './errors.ts';
import { entriesOf, isObject, listAt } from './wire.ts';
import type { WireObject } from './wire.ts';

export interface QueueItem {
  readonly id: string;
  /** Lower numbers run first. */
  readonly number: number;
  readonly prompt: unknown;
  readonly extraData: unknown;
  readonly targets: readonly unknown[];
}

export interface Queue {
  readonly running: readonly QueueItem[];
  /** In the order in which they will run. */
  readonly pending: readonly QueueItem[];
}

export interface HistoryItem {
  readonly id: string;
  readonly end: 'succeeded' | 'failed' | 'canceled';
  readonly failure: Failure | undefined;
  readonly outputs: Outputs;
  readonly cached: readonly string[];
  readonly durationMs: number | undefined;
  /** As the server sent it. */
  readonly record: unknown;
}

export interface HistoryOptions {
  /** The newest so many. Default 200. */
  readonly maxItems?: number | undefined;
  /** From the oldest: the first so many are left out. */
  readonly offset?: number | undefined;
}

export async function readQueue(http: Http): Promise<Queue> {
  const body = await http.json('/queue');
  const read = (key: string): QueueItem[] =>
    listAt(body, key).flatMap((item) => {
      const [number, id, prompt, extraData, targets] = Array.isArray(item) ? (item as unknown[]) : [];
      if (typeof id !== 'string') return [];
      return [
        {
          id,
          number: Number(number),
          prompt,
          extraData,
          targets: Array.isArray(targets) ? (targets as unknown[]) : [],
        },
      ];
    });
  const byNumber = (a: QueueItem, b: QueueItem): number => a.number - b.number || (a.id < b.id ? -1 : 1);
  return { running: read('queue_running'), pending: read('queue_pending').sort(byNumber) };
}

/** Oldest first. */
export async function readHistory(
  http: Http,
  access: FileAccess,
  { maxItems = 200, offset }: HistoryOptions,
): Promise<HistoryItem[]> {
  const body = await http.json('/history', { query: { max_items: maxItems, offset } });
  return entriesOf(body).flatMap(([id, entry]) => (isObject(entry) ? [historyItem(id, entry, access)] : []));
}

function historyItem(id: string, entry: WireObject, access: FileAccess): HistoryItem {
  const record = readHistoryEntry(entry);
  const outputs = [...record.outputs].flatMap(([nodeId, shown]) => readOutputs(nodeId, shown, access));
  return {
    id,
    end: record.end,
    failure: record.end === 'failed' ? record.failure : undefined,
    outputs: new Outputs(outputs, record.outputs),
    cached: record.cached,
    durationMs: record.durationMs,
    record: entry,
  };
}

/** Node descriptions, nothing lost. @throws {ClientError} */
export function readDescriptions(http: Http): Promise<ReadonlyMap<string, JsonObject>> {
  return http.send('/object_info', {}, async (response) => {
    const text = await response.text();
    const descriptions = new Map<string, JsonObject>();
    const json = readLossless(text);
    if (!(json instanceof Map)) throw new ClientError('bad_answer', '/object_info: the answer is no object.');
    for (const [classType, description] of json)
      if (description instanceof Map) descriptions.set(classType, description);
    return descriptions;
  });
}

function readLossless(text: string): ReturnType<typeof parseJson> {
  try {
    return parseJson(text);
  } catch {
    // bare words: what they stand for is lost anyway
  }
  try {
    return toJson(parseText(text));
  } catch (cause) {
    throw new ClientError('bad_answer', '/object_info: the answer is no JSON.', { cause });
  }
}

/** What the server says that it can; nothing when it is too old to say. */
export async function readFeatures(http: Http): Promise<WireObject> {
  try {
    const body = await http.json('/features');
    return isObject(body) ? body : {};
  } catch (error) {
    const isOld =
      error instanceof RequestError && (error.status === 404 || error.status === 405 || error.code === 'bad_answer');
    if (isOld) return {};
    throw error;
  }
}
