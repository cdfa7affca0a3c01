/** The queue and the history. What cannot be asked is thrown: an empty answer would mean that all is done. */
import type { CancelOutcome } from '../job.ts';
import { writeText } from '../json-text.ts';
import { validationError } from '../submission.ts';
import { isObject, listAt, objectAt, textAt } from '../wire.ts';
import { throughHooks } from './client-hooks.ts';
import { HttpError, PromptEnqueueError, PromptExecutionFailedError, PromptNotFoundError } from './errors.ts';
import type { Loose } from './loose.ts';
import type {
  ComfyUIClientResponseTypes,
  PromptBody,
  PromptQueue,
  PromptQueueItem,
  PromptStatus,
} from './responses.ts';
import { RestClient } from './rest-client.ts';
import { readJsonText } from './plain-json.ts';

export interface QueuePromptOptions {
  prompt: Loose;
  /** What is saved with the pictures. */
  workflow?: Loose;
  /** A UUID in lower case. Default: the server makes one. */
  prompt_id?: string | undefined;
  /** Further members of `extra_data`: API keys. */
  extra_data?: Readonly<Record<string, unknown>> | undefined;
  /** Ids of the output nodes to run; all by default. */
  targets?: readonly string[] | undefined;
}

export abstract class QueueClient extends RestClient {
  /**
   * Sends a prompt. `node_errors` of the answer tells of a part that does not run.
   * @param queue_index -1: before all that wait; 0: after them; else the number of its place, lower ones first
   * @throws {PromptEnqueueError} with `node_errors`, when the server does not take it; {HttpError} for other refusals
   */
  async queuePrompt(
    queue_index: number,
    options: QueuePromptOptions,
  ): Promise<ComfyUIClientResponseTypes.QueuePromptSuccess> {
    const { prompt, workflow, prompt_id, extra_data, targets } = options;
    const { previews } = this.settings;
    const given: Readonly<Record<string, unknown>> = {
      client_id: this.clientId,
      prompt,
      prompt_id,
      extra_data: {
        ...(previews === false ? {} : { preview_method: previews }),
        ...extra_data,
        extra_pnginfo: { workflow, ...objectAt(extra_data, 'extra_pnginfo') },
      },
      partial_execution_targets: targets,
      ...(queue_index === -1 ? { front: true } : queue_index === 0 ? {} : { number: queue_index }),
    };
    const body = await throughHooks(this.hooks, given, (hook, one) => hook.submit?.(one));
    const headers = { 'Content-Type': 'application/json' };
    try {
      const response = await this.fetchApi('/prompt', { method: 'POST', headers, body: writeText(body)! });
      const answer = readJsonText(await response.text(), this.bigints);
      if (textAt(answer, 'prompt_id') === undefined)
        throw new PromptEnqueueError('the answer has no prompt_id: did a redirect or a log-in page answer?');
      return answer as ComfyUIClientResponseTypes.QueuePromptSuccess;
    } catch (error) {
      throw error instanceof HttpError && error.status === 400 && isObject(error.json) ? refusal(error) : error;
    }
  }

  getItems(type: 'history'): Promise<{ History: PromptQueueItem[] }>;
  getItems(type: 'queue'): Promise<PromptQueue>;
  getItems(type: 'queue' | 'history'): Promise<Loose> {
    return type === 'queue' ? this.getQueue() : this.getHistory();
  }

  async getQueue(): Promise<PromptQueue> {
    const answer = await this.readJson<unknown>('/queue');
    const read = (key: string): PromptBody[] => listAt(answer, key).filter((one) => Array.isArray(one)) as PromptBody[];
    // servers tell the list as a heap: only the numbers say what comes first
    const pending = read('queue_pending').sort(([a], [b]) => a - b);
    return {
      Running: read('queue_running').map((prompt) => ({
        prompt,
        remove: { name: 'Cancel', cb: () => this.interrupt(prompt[1]) },
      })),
      Pending: pending.map((prompt) => ({ prompt })),
    };
  }

  /** The newest prompts that ended, oldest first. `offset` leaves out the first so many. */
  async getHistory(
    max_items = 200,
    { offset }: { offset?: number | undefined } = {},
  ): Promise<{ History: PromptQueueItem[] }> {
    const from = offset === undefined ? '' : `&offset=${offset}`;
    const answer = await this.readJson<Record<string, PromptQueueItem>>(`/history?max_items=${max_items}${from}`);
    return { History: Object.values(answer) };
  }

  async deleteItem(type: 'queue' | 'history', id: string): Promise<void> {
    await this.postJson(`/${type}`, { delete: [id] });
  }
  async clearItems(type: 'queue' | 'history'): Promise<void> {
    await this.postJson(`/${type}`, { clear: true });
  }

  /** Stops the prompt, if it runs; without an id, whatever runs, whoever it is of. */
  async interrupt(promptId?: string): Promise<void> {
    if (promptId === undefined) this.logger.warn('interrupt() without an id stops whatever runs, whoever it is of.');
    await this.postJson('/interrupt', promptId === undefined ? {} : { prompt_id: promptId });
  }

  /** @throws when the server cannot be asked */
  async getPromptStatus(prompt_id: string): Promise<PromptStatus> {
    const { Running, Pending } = await this.getQueue();
    const isIt = ({ prompt }: { prompt: PromptBody }): boolean => prompt[1] === prompt_id;
    const running = Running.some(isIt);
    const pending = Pending.some(isIt);
    return { running, pending, done: !running && !pending };
  }

  /** What each node showed, by node id. @throws {PromptNotFoundError}, {PromptExecutionFailedError} */
  async getPromptOutputs(prompt_id: string): Promise<Record<string, Loose>> {
    const found = await this.readJson<Record<string, PromptQueueItem>>(`/history/${encodeURIComponent(prompt_id)}`);
    const item = Object.hasOwn(found, prompt_id) ? found[prompt_id] : undefined;
    if (!item) throw new PromptNotFoundError(prompt_id);
    // servers from before 2024 tell no status
    const status = textAt(item.status, 'status_str') ?? 'success';
    if (status !== 'success') throw new PromptExecutionFailedError(prompt_id, status);
    return item.outputs;
  }

  /** Single prompts, on servers that have routes for them. Others answer 404. */
  readonly jobs = {
    list: (query: Record<string, string> = {}): Promise<Loose> =>
      this.readJson(`/api/jobs?${new URLSearchParams(query)}`),
    get: (id: string): Promise<Loose> => this.readJson(`/api/jobs/${encodeURIComponent(id)}`),
    /** As the core does it, on servers without the route too; resolves when the prompt has ended. */
    cancel: (id: string): Promise<CancelOutcome> => this.comfy.attach(id).cancel(),
    cancelAll: async (job_ids: readonly string[]): Promise<Loose> => {
      const response = await this.postJson('/api/jobs/cancel', { job_ids });
      return response.json();
    },
  };
}

function refusal(cause: HttpError): PromptEnqueueError {
  const json: unknown = cause.json;
  const facts = { cause, error: (json as { error?: unknown }).error, node_errors: objectAt(json, 'node_errors') };
  return new PromptEnqueueError(validationError(json).message, facts);
}
