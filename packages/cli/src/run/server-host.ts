/** Runs prompts on a server. */
import { randomUUID } from 'node:crypto';
import { posix } from 'node:path';
import { asObject } from '@snug/protocol';
import type { Json, JsonObject, NodeDescription } from '@snug/protocol';
import { isListed, lookUp } from './job-record.ts';
import { JobWatch } from './job-watch.ts';
import type { WatchTiming } from './job-watch.ts';
import { placeCopy } from './place-copy.ts';
import { HostError } from './prompt-host.ts';
import type { OutputFile, PromptControl, PromptHost, PromptJob, RunEnd } from './prompt-host.ts';
import { allRefusals, nodeRefusals } from './refusals.ts';
import { ServerFolders } from './server-folders.ts';
import { NoAnswer, ServerHttp } from './server-http.ts';
import type { Answer, ServerAddress } from './server-http.ts';
import { ServerLink } from './server-link.ts';
import type { LinkTiming } from './server-link.ts';

export interface ServerHostOptions {
  readonly address: ServerAddress;
  /** The server's folders by type, where the command line named them. */
  readonly folders?: Readonly<Record<string, string | undefined>> | undefined;
  readonly linkTiming?: LinkTiming | undefined;
  readonly watchTiming?: WatchTiming | undefined;
  /** Milliseconds for a cancelled prompt to end. Default 8000: longer than a server gives a node. */
  readonly cancelMs?: number | undefined;
  /** Milliseconds that the socket is waited for before a prompt goes out; without it, the server is asked. Default 5000. */
  readonly readyMs?: number | undefined;
}

const POST_ATTEMPTS = 2;

export class ServerHost implements PromptHost {
  readonly #http: ServerHttp;
  readonly #link: ServerLink;
  readonly #folders: ServerFolders;
  readonly #options: ServerHostOptions;
  readonly #watches = new Map<string, JobWatch>();

  constructor(options: ServerHostOptions) {
    this.#options = options;
    this.#http = new ServerHttp(options.address);
    this.#folders = new ServerFolders(this.#http, options.folders ?? {});
    const handlers = {
      onMessage: (type: string, data: JsonObject): void => {
        const promptId = data.get('prompt_id');
        if (typeof promptId === 'string') this.#watches.get(promptId)?.receive(type, data);
      },
      onChange: (): void => {
        for (const watch of this.#watches.values()) watch.linkChanged();
      },
    };
    this.#link = new ServerLink(options.address, handlers, options.linkTiming);
  }

  async descriptions(): Promise<ReadonlyMap<string, NodeDescription>> {
    const { base } = this.#options.address;
    const { status, json } = await this.#ask(() => this.#http.get('/object_info', { slow: true }));
    const all = asObject(json);
    if (status !== 200 || !all) {
      throw new HostError(`${base} answers (${status}), but not as a ComfyUI server does: check --url.`);
    }
    const descriptions = new Map<string, NodeDescription>();
    for (const [classType, description] of all) {
      const members = asObject(description);
      if (members) descriptions.set(classType, members);
    }
    return descriptions;
  }

  async bring(path: string): Promise<string> {
    const { status, json } = await this.#ask(() => this.#http.upload(path));
    const stored = asObject(json);
    const name = stored?.get('name');
    const subfolder = stored?.get('subfolder');
    if (typeof name !== 'string') throw new HostError(`${path} could not be uploaded: the server answers ${status}.`);
    return typeof subfolder === 'string' && subfolder ? posix.join(subfolder, name) : name;
  }

  async run({ prompt, workflow }: PromptJob, { onEvent, signal }: PromptControl): Promise<RunEnd> {
    await this.#link.ready(this.#options.readyMs ?? 5000);
    if (signal.aborted) return { kind: 'cancelled', outputs: new Map() };
    const promptId = randomUUID();
    const watch = new JobWatch({
      nodes: new Set(prompt.keys()),
      lookUp: () => lookUp(this.#http, promptId),
      onEvent,
      isLinked: () => this.#link.isUp,
      timing: this.#options.watchTiming,
    });
    // before it is submitted: it may end before the answer is here
    this.#watches.set(promptId, watch);
    const cancel = (): void => void this.#cancel(promptId, watch);
    try {
      const answer = await this.#submit(promptId, prompt, workflow);
      const body = asObject(answer?.json);
      if (answer && answer.status !== 200) {
        const reason = body?.get('error') ?? `the server answers ${answer.status}`;
        return { kind: 'refused', refusals: allRefusals(reason, asObject(body?.get('node_errors'))) };
      }
      watch.accepted();
      onEvent({ type: 'queued', promptId });
      if (signal.aborted) cancel();
      else signal.addEventListener('abort', cancel, { once: true });
      const end = await watch.ended;
      const refusals = nodeRefusals(asObject(body?.get('node_errors')) ?? new Map());
      return end.kind === 'done' ? { ...end, refusals } : end;
    } finally {
      signal.removeEventListener('abort', cancel);
      watch.giveUp({ kind: 'lost', reason: '' });
      this.#watches.delete(promptId);
    }
  }

  async locate(file: OutputFile): Promise<string> {
    return (await this.#folders.find(file)) ?? this.#http.viewUrl(file);
  }

  async deliver(file: OutputFile, folder: string): Promise<string> {
    try {
      return await placeCopy(folder, file.filename, (path) => this.#http.download(file, path));
    } catch (error) {
      throw error instanceof NoAnswer ? new HostError(error.message, { cause: error }) : error;
    }
  }

  close(): Promise<void> {
    return this.#link.close();
  }

  /** The answer; undefined when none came, yet the server has the prompt. */
  async #submit(promptId: string, prompt: JsonObject, workflow: JsonObject | undefined): Promise<Answer | undefined> {
    const body: JsonObject = new Map<string, Json>([
      ['client_id', this.#link.clientId],
      ['prompt_id', promptId],
      ['prompt', prompt],
    ]);
    if (workflow) body.set('extra_data', new Map([['extra_pnginfo', new Map([['workflow', workflow]])]]));
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#http.post('/prompt', body, { slow: true });
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error;
        // sent twice, it might run twice: first see whether it arrived
        const look = await lookUp(this.#http, promptId);
        if (look.kind === 'live' || look.kind === 'ended') return undefined;
        if (attempt >= POST_ATTEMPTS) throw this.#unreachable(error);
      }
    }
  }

  /** Stops this prompt, wherever it is, and no other. */
  async #cancel(promptId: string, watch: JobWatch): Promise<void> {
    const { cancelMs = 8000 } = this.#options;
    const timer = setTimeout(() => watch.giveUp({ kind: 'cancelled', outputs: new Map() }), cancelMs);
    void watch.ended.then(() => clearTimeout(timer));
    try {
      const { status } = await this.#http.post(`/api/jobs/${promptId}/cancel`, new Map());
      if (status !== 200) await this.#cancelByHand(promptId);
    } catch (error) {
      // it is asked for its state until the time is up
      if (!(error instanceof NoAnswer)) throw error;
    }
    watch.cancelling();
  }

  /** For servers without a route for it. An older one stops whatever runs, so it is asked only when this one does. */
  async #cancelByHand(promptId: string): Promise<void> {
    await this.#http.post('/queue', new Map<string, Json>([['delete', [promptId]]]));
    const queue = asObject((await this.#http.get('/queue')).json);
    if (isListed(queue?.get('queue_running'), promptId)) {
      await this.#http.post('/interrupt', new Map<string, Json>([['prompt_id', promptId]]));
    }
  }

  async #ask(question: () => Promise<Answer>): Promise<Answer> {
    try {
      return await question();
    } catch (error) {
      throw error instanceof NoAnswer ? this.#unreachable(error) : error;
    }
  }

  #unreachable(error: NoAnswer): HostError {
    const { base } = this.#options.address;
    return new HostError(
      `No server answers at ${base} (${error.message}): start one with \`npm start\`, or add --local to run without one.`,
      { cause: error },
    );
  }
}
