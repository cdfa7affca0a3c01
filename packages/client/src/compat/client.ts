/** Everything that can be asked of one server: prompts first of all. */
import { pause } from '../clock.ts';
import { ClientError as CoreError, RequestError } from '../errors.ts';
import type { RunOptions } from '../job-run.ts';
import type { CancelOutcome, Job, JobHandle } from '../job.ts';
import { writeText } from '../json-text.ts';
import type { WorkflowSource } from '../workflow-source.ts';
import { RESOLVERS } from './builtins.ts';
import type { ClientConfig } from './client-config.ts';
import type { ComfyUiWsTypes } from './client-events.ts';
import { throughHooks } from './client-hooks.ts';
import type { ClientHooks } from './client-hooks.ts';
import { ClientEnqueueError, PromptExecutionFailedError, PromptTimeoutError } from './errors.ts';
import { InvokedWorkflow } from './invoked-workflow.ts';
import type { Loose } from './loose.ts';
import { readJsonText } from './plain-json.ts';
import { Plugin } from './plugin.ts';
import { QueueClient } from './queue-client.ts';
import type { QueuePromptOptions } from './queue-client.ts';
import type { ComfyUIClientResponseTypes } from './responses.ts';
import { failureMessage, lostError, resolveOutputs, resultOf } from './result.ts';
import type { WorkflowOutputResolver } from './result.ts';
import { StartedPrompt, whenAccepted, whenOver } from './started-prompt.ts';
import { WorkflowExecutionError } from './workflow-errors.ts';
import type { WorkflowOutput } from './workflow-types.ts';

/** Five minutes, in milliseconds. */
const DEFAULT_TIMEOUT = 300_000;

export interface EnqueueOptions<T = unknown> {
  /** What is saved with the pictures. */
  workflow?: Record<string, unknown> | undefined;
  /** Accepted and not used: seeds are never changed. */
  disable_random_seed?: boolean | undefined;
  progress?: ((p: ComfyUiWsTypes.Messages.Progress) => void) | undefined;
  on_error?: ((err: Error) => void) | undefined;
  resolver?: WorkflowOutputResolver<T> | undefined;
  /** Milliseconds between questions while no socket tells anything. Default 1000. */
  polling_ms?: number | undefined;
  /** Milliseconds until the wait is given up; the prompt goes on. Default 300,000. */
  timeout_ms?: number | undefined;
  signal?: AbortSignal | undefined;
}

export interface StartOptions extends Omit<QueuePromptOptions, 'prompt'> {
  polling_ms?: number | undefined;
  timeout_ms?: number | undefined;
  signal?: AbortSignal | undefined;
}

export class Client extends QueueClient {
  /** @throws {ClientError} `invalid_option` */
  constructor(config: ClientConfig = {}) {
    super(config);
  }

  /** Lets a plugin replace methods, or adds hooks. */
  use(plugin: Plugin | ClientHooks): void {
    if (plugin instanceof Plugin) plugin.install(this);
    else this.hooks.push(plugin);
  }

  /** Runs whatever can be run: API JSON, the front end's JSON, a picture that carries either. See docs/client.md. */
  run(source: WorkflowSource, options: RunOptions = {}): Job {
    const submit = async (_id: string, body: string): Promise<unknown> => {
      const hooked = this.hooks.some((hook) => 'submit' in hook);
      const given = hooked ? (readJsonText(body, 'safe') as Readonly<Record<string, unknown>>) : undefined;
      const changed = given && (await throughHooks(this.hooks, given, (hook, one) => hook.submit?.(one)));
      const response = await this.fetchApi('/prompt', { method: 'POST', body: changed ? writeText(changed)! : body });
      return readJsonText(await response.text(), this.bigints);
    };
    return this.comfy.run(source, options, submit).job;
  }
  /** As `run`, resolved when the server has it. @throws what it ended with before that. */
  async submit(source: WorkflowSource, options?: RunOptions): Promise<Job> {
    const job = this.run(source, options);
    await whenAccepted(job);
    if (job.end?.type === 'rejected') throw job.end.error;
    return job;
  }
  /** A job that the server has already, by its id or its handle. */
  attach(job: string | JobHandle, options: Pick<RunOptions, 'signal' | 'timeoutMs'> = {}): Job {
    return this.comfy.attach(typeof job === 'string' ? job : job.id, options);
  }
  /** Takes a prompt out of the queue, or stops it; resolves when it has ended. */
  cancel(prompt_id: string): Promise<CancelOutcome> {
    return this.jobs.cancel(prompt_id);
  }

  /** Sends a prompt through `queuePrompt`, which plugins may replace, and follows it from before it is sent. */
  start(prompt: Record<string, Loose>, options: StartOptions = {}): StartedPrompt {
    const { polling_ms, timeout_ms, signal, prompt_id, ...more } = options;
    const started = new StartedPrompt(this.settings.clock);
    const submit = async (id: string): Promise<unknown> => {
      try {
        return await this._enqueue_prompt(prompt, { ...more, prompt_id: id });
      } catch (error) {
        started.failure = error;
        throw refusalOf(error);
      }
    };
    const times = { pollMs: polling_ms, timeoutMs: timeout_ms };
    return started.begin(this.comfy.run(prompt, { id: prompt_id, signal, onAbort: 'detach', ...times }, submit));
  }

  /** Hands a result through the hooks. */
  async finish<T>(output: WorkflowOutput<T>): Promise<WorkflowOutput<T>> {
    const finished = await throughHooks(this.hooks, output as WorkflowOutput, (hook, one) => hook.result?.(one));
    return finished as WorkflowOutput<T>;
  }

  async _enqueue_prompt(
    prompt: Record<string, Loose>,
    options: Omit<QueuePromptOptions, 'prompt'> = {},
  ): Promise<ComfyUIClientResponseTypes.QueuePromptSuccess> {
    return this.queuePrompt(0, { prompt, ...options });
  }

  /**
   * Runs a prompt to its end.
   * @throws {PromptEnqueueError}, {WorkflowExecutionError}, {WorkflowInterruptedError}, {PromptTimeoutError},
   * {PromptNotFoundError}, {ConnectError}
   */
  async enqueue<T = unknown>(
    prompt: Record<string, Loose>,
    options: EnqueueOptions<T> = {},
  ): Promise<WorkflowOutput<T>> {
    const invoked = this.#invoke(prompt, options);
    await invoked.enqueue();
    return invoked.wait_polling();
  }

  /** As `enqueue`, for programs without a socket. */
  async enqueue_polling<T = unknown>(
    prompt: Record<string, Loose>,
    options: EnqueueOptions<T> = {},
  ): Promise<WorkflowOutput<T>> {
    if (typeof options.progress === 'function')
      throw new ClientEnqueueError('progress option is not supported in polling mode');
    const invoked = this.#invoke(prompt, options);
    await invoked.enqueue();
    return invoked.wait_polling();
  }
  /** @deprecated Use `enqueue_polling`. */
  runPrompt(
    prompt: Record<string, Loose>,
    options: Pick<EnqueueOptions, 'workflow' | 'polling_ms' | 'timeout_ms'> = {},
  ): Promise<WorkflowOutput> {
    return this.enqueue_polling(prompt, options);
  }

  #invoke<T>(prompt: Record<string, Loose>, options: EnqueueOptions<T>): InvokedWorkflow<T> {
    const { workflow, timeout_ms = DEFAULT_TIMEOUT, ...more } = options;
    return new InvokedWorkflow<T>({ ...more, workflow: { prompt, workflow }, client: this, timeout_ms });
  }

  /** The result of a prompt that ended well. */
  async getPromptResult<T = unknown>(
    prompt_id: string,
    resolver?: WorkflowOutputResolver<T>,
  ): Promise<WorkflowOutput<T>> {
    const outputs = await this.getPromptOutputs(prompt_id);
    const options = { client: this, prompt_id, resolver: resolver ?? (RESOLVERS.image as WorkflowOutputResolver<T>) };
    return this.finish(resolveOutputs(Object.entries(outputs), options));
  }

  /**
   * Asks the server until a prompt neither runs nor waits.
   * @param timeout_ms below 1000: for ever
   * @throws {PromptTimeoutError}; what the signal was aborted with; what requests throw.
   */
  async waitForPrompt(
    prompt_id: string,
    polling_ms = 1000,
    timeout_ms = DEFAULT_TIMEOUT,
    { signal }: { signal?: AbortSignal | undefined } = {},
  ): Promise<void> {
    const { clock } = this.settings;
    const start = clock.now();
    for (;;) {
      signal?.throwIfAborted();
      const { done } = await this.getPromptStatus(prompt_id);
      if (done) return;
      if (timeout_ms >= 1000 && clock.now() - start > timeout_ms) throw new PromptTimeoutError(prompt_id, timeout_ms);
      await pause(clock, polling_ms, signal);
    }
  }

  /** Waits for a prompt that was sent already, with the outputs of all its nodes. @throws as `enqueue` */
  async waitForPromptWebSocket<T = unknown>(
    prompt_id: string,
    resolver?: WorkflowOutputResolver<T>,
    timeout_ms = DEFAULT_TIMEOUT,
  ): Promise<WorkflowOutput<T>> {
    const end = await whenOver(this.attach(prompt_id, { timeoutMs: timeout_ms }));
    const options = { client: this, prompt_id, resolver: resolver ?? (RESOLVERS.image as WorkflowOutputResolver<T>) };
    if (end.type === 'succeeded') return this.finish(await resultOf(end.result, options));
    const { error: cause } = end;
    if (end.type === 'failed')
      throw new WorkflowExecutionError(failureMessage(end), prompt_id, undefined, undefined, { cause });
    if (end.type === 'lost') throw lostError(prompt_id, end.error);
    if (cause instanceof CoreError && cause.code === 'timed_out') throw new PromptTimeoutError(prompt_id, timeout_ms);
    throw new PromptExecutionFailedError(prompt_id, 'interrupted', { cause });
  }

  /** Hears the progress of one prompt. Returns what ends that. */
  on_progress(fn: EnqueueOptions['progress'], task_id: string): () => void {
    if (!fn) return () => {};
    return this.on('progress', (data) => {
      // servers from before 2024 wrap it
      const told = { ...(data as { progress?: object }).progress, ...data };
      if (told.prompt_id === task_id) fn(told);
    });
  }
}

/** What the core makes of a failed submission: an answer of the server as it is, and all else as a refusal. */
function refusalOf(error: unknown): unknown {
  let inner = error;
  while (inner instanceof CoreError && !(inner instanceof RequestError) && inner.cause instanceof CoreError)
    inner = inner.cause;
  // without an answer nobody knows whether the server has it: the core finds out
  const isDoubtful = inner instanceof CoreError && (inner.code === 'connection_failed' || inner.code === 'timed_out');
  if (inner instanceof RequestError || isDoubtful) return inner;
  return new RequestError('request_failed', String(error), { status: 0, body: undefined, cause: error });
}
