/** One run of a workflow: a view of the core's job under the names that programs know. */
import { ClientError as CoreError, JobCanceledError } from '../errors.ts';
import type { JobEndEvent } from '../job-events.ts';
import type { ListenOptions } from '../emitter.ts';
import type { Job } from '../job.ts';
import { isObject } from '../wire.ts';
import { RESOLVERS } from './builtins.ts';
import type { Client } from './client.ts';
import type { ComfyUIClientEvents, ComfyUiWsTypes } from './client-events.ts';
import { Disposable } from './disposable.ts';
import { PromptTimeoutError } from './errors.ts';
import type { EventListener } from './event-emitter.ts';
import type { PromptStatus } from './responses.ts';
import { failureMessage, lostError, resultOf } from './result.ts';
import type { WorkflowOutputResolver } from './result.ts';
import type { StartedPrompt } from './started-prompt.ts';
import {
  WorkflowArgumentError,
  WorkflowDoneError,
  WorkflowEnqueuedError,
  WorkflowExecutionError,
  WorkflowInterruptedError,
  WorkflowTaskIdError,
  WorkflowTaskStatusError,
  WorkflowWsError,
} from './workflow-errors.ts';
import type { IWorkflow, WorkflowOutput } from './workflow-types.ts';

export interface InvokedOptions<T> {
  workflow: IWorkflow;
  client: Client;
  resolver?: WorkflowOutputResolver<T> | undefined;
  progress?: ((p: ComfyUiWsTypes.Messages.Progress) => void) | undefined;
  on_error?: ((error: Error) => void) | undefined;
  /** Milliseconds between questions while no socket tells anything. */
  polling_ms?: number | undefined;
  /** Milliseconds until the wait is given up; the prompt goes on. Default: none. */
  timeout_ms?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** Events that name no prompt: they are of the one that runs. */
const UNTAGGED: ReadonlySet<string> = new Set(['b_preview', 'image_data', 'progress_text']);

export class InvokedWorkflow<T = unknown> extends Disposable {
  readonly options: InvokedOptions<T>;
  workflow: IWorkflow;
  client: Client;
  resolver: WorkflowOutputResolver<T>;
  is_done = false;
  enqueued = false;
  /** Kept for programs that set it: nothing is waited for, since the record says when it is complete. */
  delay_done_ms = 500;
  #started: StartedPrompt | undefined;
  #waiting: Promise<WorkflowOutput<T>> | undefined;
  readonly #onStart = new Set<() => void>();

  /** Also as `(workflow, client)`. */
  constructor(options: InvokedOptions<T> | IWorkflow, client?: Client) {
    super();
    const given = 'client' in options ? options : { workflow: options, client: client! };
    this.options = given;
    this.workflow = given.workflow;
    this.client = given.client;
    this.resolver = given.resolver ?? RESOLVERS.image;
  }

  get task_id(): string | undefined {
    return this.#started?.job.id;
  }
  /** Whether it is this one that runs now. */
  get is_current_ws_executing(): boolean {
    const state = this.#started?.job.state;
    return state === 'running' || state === 'settling';
  }
  /** The core's handle; undefined before `enqueue()`. */
  get job(): Job | undefined {
    return this.#started?.job;
  }

  /** Hears events of this prompt alone. Returns what ends that. */
  on<E extends keyof ComfyUIClientEvents>(
    type: E,
    callback: (...args: ComfyUIClientEvents[E]) => void,
    options?: ListenOptions,
  ): () => void;
  on(type: string, callback: EventListener, options?: ListenOptions): () => void;
  on(type: string, callback: EventListener, options?: ListenOptions): () => void {
    this._done_guard();
    const off = this.client.on(
      type,
      (...args: unknown[]) => {
        if (!this.is_owner_event(type, args[0])) return;
        if (options?.once) off();
        callback(...args);
      },
      { signal: options?.signal },
    );
    this._connect(off);
    return off;
  }
  once<E extends keyof ComfyUIClientEvents>(
    type: E,
    callback: (...args: ComfyUIClientEvents[E]) => void,
    options?: ListenOptions,
  ): () => void;
  once(type: string, callback: EventListener, options?: ListenOptions): () => void;
  once(type: string, callback: EventListener, options?: ListenOptions): () => void {
    return this.on(type, callback, { ...options, once: true });
  }

  /** Calls when the prompt begins to run; at once when it has begun. */
  on_start(cb: () => void): () => void {
    if (this.is_current_ws_executing) cb();
    else this.#onStart.add(cb);
    return () => void this.#onStart.delete(cb);
  }

  /** Sends it, once; resolves when the server has it. @throws {PromptEnqueueError}, {WorkflowEnqueuedError} */
  async enqueue(): Promise<void> {
    if (this.enqueued) throw new WorkflowEnqueuedError(this);
    const { progress, polling_ms, timeout_ms, signal, on_error } = this.options;
    if (progress !== undefined && typeof progress !== 'function')
      throw new WorkflowArgumentError(this, 'options.progress must be a function');
    this.enqueued = true;
    const { prompt, workflow } = this.workflow;
    // before it is sent: a prompt that is quick tells all within one answer
    if (progress) this.on('progress', progress);
    this.#started = this.client.start(prompt, { workflow, polling_ms, timeout_ms, signal });
    this.#started.job.on('started', () => {
      for (const call of this.#onStart) call();
    });
    try {
      await this.#started.whenAccepted();
    } catch (error) {
      on_error?.(error as Error);
      throw error;
    }
  }

  /** Where it is: it waits, it runs, or it is done. */
  async query(): Promise<PromptStatus> {
    return this.client.getPromptStatus(this._task_id_guard());
  }

  /** Takes it out of the queue, or stops it; resolves when it has ended. No other prompt is touched. */
  async interrupt(): Promise<void> {
    this._task_id_guard();
    // where the server cannot stop one prompt alone, this one is known to run when whatever runs is stopped
    if ((await this.job?.cancel({ allowGlobal: true })) === 'not-found') throw new WorkflowTaskStatusError(this);
  }

  /**
   * The result, with the outputs of all nodes.
   * @throws {WorkflowExecutionError}, {WorkflowInterruptedError}, {PromptTimeoutError}, {PromptNotFoundError}
   */
  async wait(): Promise<WorkflowOutput<T>> {
    this._done_guard();
    this._task_id_guard();
    this._ws_guard();
    return (this.#waiting ??= this.#settle());
  }

  /** As `wait`, also without a socket: the server is asked every `polling_ms`. */
  async wait_polling({ polling_ms }: { polling_ms?: number } = {}): Promise<WorkflowOutput<T>> {
    this._done_guard();
    this._task_id_guard();
    const stop = polling_ms === undefined ? undefined : this.#started?.askEvery(polling_ms);
    try {
      return await (this.#waiting ??= this.#settle());
    } finally {
      stop?.();
    }
  }

  /** The result of a prompt that is over, out of the history. */
  async collect_result(): Promise<WorkflowOutput<T>> {
    return this.client.getPromptResult(this._task_id_guard(), this.resolver);
  }

  async #settle(): Promise<WorkflowOutput<T>> {
    try {
      const end = await this.#started!.whenOver();
      if (end.type !== 'succeeded') throw this.#failure(end);
      const { client, resolver } = this;
      return await client.finish(await resultOf(end.result, { client, resolver, prompt_id: end.result.id }));
    } catch (error) {
      this.options.on_error?.(error as Error);
      throw error;
    } finally {
      this.is_done = true;
      this.dispose();
    }
  }

  #failure(end: Exclude<JobEndEvent, { type: 'succeeded' }>): unknown {
    const { id } = end.result;
    const { error: cause } = end;
    if (end.type === 'failed')
      return new WorkflowExecutionError(failureMessage(end), id, this.workflow, this, { cause });
    if (end.type === 'lost') return lostError(id, end.error);
    if (end.type === 'rejected') return this.#started?.failure ?? cause;
    if (cause instanceof JobCanceledError) return new WorkflowInterruptedError(this, { cause });
    const isLate = cause instanceof CoreError && cause.code === 'timed_out';
    return isLate ? new PromptTimeoutError(id, this.options.timeout_ms ?? 0) : cause;
  }

  protected is_owner_event(type: string, data: unknown): boolean {
    const { task_id } = this;
    if (task_id === undefined) return false;
    const tagged = isObject(data) ? (data['prompt_id'] ?? data['promptId']) : undefined;
    return tagged === undefined ? UNTAGGED.has(type) && this.is_current_ws_executing : tagged === task_id;
  }
  protected _task_id_guard(): string {
    if (this.task_id === undefined) throw new WorkflowTaskIdError(this);
    return this.task_id;
  }
  protected _done_guard(): void {
    if (this.is_disposed || this.is_done) throw new WorkflowDoneError(this);
  }
  protected _ws_guard(): void {
    if (this.client.socket === null) throw new WorkflowWsError(this);
  }
}
