/** The client: everything that can be asked of one server. */
/// <reference lib="esnext.disposable" preserve="true" />
import { isCanonicalUuid, mintUuid } from '@snug/protocol/ids';
import type { JsonObject } from '@snug/protocol/json';
import type { ClientParts } from './client-parts.ts';
import { Connection } from './connection-view.ts';
import type { ListenOptions } from './emitter.ts';
import { ClientError } from './errors.ts';
import { fileAccess, viewUrl } from './files.ts';
import { Http } from './http.ts';
import type { HttpRequest } from './http.ts';
import { JobRun } from './job-run.ts';
import type { RunOptions } from './job-run.ts';
import type { JobResult } from './job-events.ts';
import type { Job, JobHandle } from './job.ts';
import { LookUp } from './look-up.ts';
import { readOptions } from './options.ts';
import type { ClientOptions, Settings } from './options.ts';
import { watchPlatform } from './platform.ts';
import { NodeTimes } from './progress.ts';
import { RemoteFile } from './remote-file.ts';
import type { FilePlace, ViewOptions } from './remote-file.ts';
import type { ServerEventListener, ServerEventType, ServerListener } from './server-events.ts';
import type { HistoryItem, HistoryOptions, Queue } from './server-info.ts';
import { Session } from './session.ts';
import { openPlatformSocket } from './socket.ts';
import type { UploadOptions, UploadSource } from './upload.ts';
import type { UploadedFile } from './uploaded-file.ts';
import type { WireObject } from './wire.ts';
import type { WorkflowSource } from './workflow-source.ts';

/** Node descriptions change only when the server starts anew; the files that they list change more often. */
const DESCRIPTIONS_MS = 60_000;

/** What is not needed to run a job comes when it is asked for. */
const loadInfo = () => import('./server-info.ts');

export class Client {
  readonly connection: Connection;
  /** As `close()`, for `await using`. Missing where the platform has no such symbol. */
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;
  readonly #settings: Settings;
  readonly #http: Http;
  readonly #session: Session;
  readonly #parts: ClientParts;
  #descriptions: { readonly at: number; readonly value: Promise<ReadonlyMap<string, JsonObject>> } | undefined;

  /** Use `createClient`. @throws {ClientError} `invalid_option` */
  constructor(options: ClientOptions) {
    const settings = readOptions(options);
    this.#settings = settings;
    this.#http = new Http(settings, options.fetch ?? ((...request) => globalThis.fetch(...request)));
    const http = this.#http;
    const openSocket = options.openSocket ?? openPlatformSocket;
    this.#session = new Session({ settings, http, clientId: options.clientId, openSocket, watchPlatform });
    const session = this.#session;
    this.connection = new Connection(
      { state: () => session.link.state, clientId: () => session.clientId, cursor: () => session.incoming.cursor },
      session.lifeCycle,
    );
    this.#parts = {
      settings,
      http,
      lookUp: new LookUp({ http, timeoutMs: settings.lookMs, liveJobs: () => session.pending.size }),
      access: fileAccess(http),
      times: new NodeTimes(),
      clientId: () => session.clientId,
      isOpen: () => session.link.isOpen,
      ready: () => session.ready(),
      descriptions: () => this.#describe(),
      suspect: () => session.link.suspect(),
      handleOf: (id) => ({ id, server: settings.base, cursor: session.incoming.cursor }),
      onRenamed: (id, before) => session.pending.rename(id, before),
      onOver: (id) => session.pending.remove(id),
    };
    const dispose = Symbol.asyncDispose as symbol | undefined;
    if (dispose) Object.defineProperty(this, dispose, { value: () => Promise.resolve(this.close()) });
  }

  /** The address of the server, without a slash at its end. */
  get url(): string {
    return this.#settings.base;
  }
  /** Jobs of this client that have not ended. */
  get jobs(): readonly Job[] {
    return [...this.#session.pending].map(({ job }) => job);
  }

  /**
   * Runs a workflow. Returns at once; nothing is thrown: whatever goes wrong is how the job ends.
   * @throws {ClientError} `invalid_option` for an id that no server takes, or that a job of this client has.
   */
  run(workflow: WorkflowSource, options: RunOptions = {}): Job {
    const id = options.id ?? mintUuid((bytes) => this.#settings.chance.randomBytes(bytes));
    if (!isCanonicalUuid(id))
      throw new ClientError('invalid_option', `id: ${options.id} is no UUID in lower case with hyphens.`);
    if (this.#session.pending.get(id)) throw new ClientError('invalid_option', `id: a job ${id} has not ended yet.`);
    return this.#start(new JobRun(this.#parts, id, workflow, options));
  }

  /** As `run`, resolved when the server has the job. @throws what the job ended with before that. */
  async submit(workflow: WorkflowSource, options?: RunOptions): Promise<Job> {
    const job = this.run(workflow, options);
    await new Promise<void>((resolve) => {
      const stop = job.on('*', () => {
        if (job.state === 'preparing' || job.state === 'submitting') return;
        stop();
        resolve();
      });
    });
    if (job.end?.type === 'rejected') throw job.end.error;
    return job;
  }

  /** Runs a workflow to its end. @throws as `Job.result`. */
  generate(workflow: WorkflowSource, options?: RunOptions): Promise<JobResult> {
    return this.run(workflow, options).result();
  }

  /** A job that the server has already, by its id or by what `job.handle()` gave. The same one, where it lives here. */
  attach(job: string | JobHandle, options: Pick<RunOptions, 'signal' | 'onAbort' | 'timeoutMs'> = {}): Job {
    const { id, server, cursor } = typeof job === 'string' ? { id: job, server: undefined, cursor: undefined } : job;
    if (server !== undefined && server !== this.url)
      throw new ClientError('invalid_option', `attach: job ${id} is on ${server}, and this client is of ${this.url}.`);
    const known = this.#session.pending.get(id);
    if (known) return known.job;
    this.#session.incoming.cursor ??= cursor;
    return this.#start(new JobRun(this.#parts, id, undefined, { onAbort: 'detach', ...options }));
  }

  #start(run: JobRun): Job {
    this.#http.reopen();
    this.#session.pending.add(run);
    this.#session.connect();
    void run.start();
    return run.job;
  }

  /** What runs and what waits, sorted. */
  async queue(): Promise<Queue> {
    const { readQueue } = await loadInfo();
    return readQueue(this.#http);
  }
  /** Takes jobs out of the queue that do not run yet; all of them without ids. */
  async clearQueue(ids?: readonly string[]): Promise<void> {
    await this.#post('/queue', ids ? { delete: ids } : { clear: true });
  }
  /** Ended jobs, oldest first. */
  async history(options: HistoryOptions = {}): Promise<HistoryItem[]> {
    const { readHistory } = await loadInfo();
    return readHistory(this.#http, this.#parts.access, options);
  }
  /** Forgets ended jobs; all of them without ids. Files stay. */
  async clearHistory(ids?: readonly string[]): Promise<void> {
    await this.#post('/history', ids ? { delete: ids } : { clear: true });
  }
  /** Stops whatever runs, whoever it is of; with an id, only if that job runs. `job.cancel()` knows better. */
  async interrupt(id?: string): Promise<void> {
    await this.#post('/interrupt', id === undefined ? {} : { prompt_id: id });
  }
  /** Frees memory after the job that runs. */
  async free({ models = true, cache = false }: { models?: boolean; cache?: boolean } = {}): Promise<void> {
    await this.#post('/free', { unload_models: models, free_memory: cache });
  }
  /** Descriptions of the nodes that the server has, by class; of one class alone. Numbers past 2^53 are `bigint`. */
  async objectInfo(classType?: string): Promise<WireObject> {
    const path = classType === undefined ? '/object_info' : `/object_info/${encodeURIComponent(classType)}`;
    return (await this.#http.json(path)) as WireObject;
  }
  async systemStats(): Promise<WireObject> {
    return (await this.#http.json('/system_stats')) as WireObject;
  }
  /** What the server says that it can; empty for servers that are too old to say. */
  async features(): Promise<WireObject> {
    return this.#session.features ?? (await loadInfo()).readFeatures(this.#http);
  }
  /** Any other route, as plain data. Retries and errors are as everywhere. */
  request(path: string, options?: HttpRequest): Promise<unknown> {
    return this.#http.json(path, options);
  }

  /** Sends a file. The result can be given to `inputs`. @throws {ClientError} `too_large` before anything is sent. */
  async upload(source: UploadSource, options: UploadOptions = {}): Promise<UploadedFile> {
    const { upload } = await import('./upload.ts');
    return upload(this.#http, source, options, () => this.features());
  }
  /** The address of a file, with the credentials that addresses carry. */
  viewUrl(place: FilePlace, options?: ViewOptions): string {
    return viewUrl(this.#http, place, options);
  }
  /** A file of the server, to be read. */
  file(place: FilePlace): RemoteFile {
    return new RemoteFile(place, this.#parts.access);
  }

  /** Calls the listener with the data of every event of a type, `*` for all. Returns what ends that. */
  on<T extends ServerEventType | (string & {})>(
    type: T,
    listener: ServerListener<T>,
    options?: ListenOptions,
  ): () => void {
    this.connect();
    return this.#session.events.add(type, listener, listener as (data: unknown, type: string) => void, options);
  }
  once<T extends ServerEventType | (string & {})>(type: T, listener: ServerListener<T>): () => void {
    return this.on(type, listener, { once: true });
  }
  off<T extends ServerEventType | (string & {})>(type: T, listener: ServerListener<T>): void {
    this.#session.events.remove(type, listener);
  }
  /** As event targets have it: `event.detail` holds the data. Listening to a type is all that a custom event needs. */
  addEventListener<T extends ServerEventType | (string & {})>(
    type: T,
    listener: ServerEventListener<T>,
    options?: ListenOptions,
  ): () => void {
    this.connect();
    const call = typeof listener === 'function' ? listener : listener.handleEvent.bind(listener);
    const deliver = (detail: unknown, of: string): void => call({ type: of, detail } as Parameters<typeof call>[0]);
    return this.#session.events.add(type, listener, deliver, options);
  }
  removeEventListener<T extends ServerEventType | (string & {})>(type: T, listener: ServerEventListener<T>): void {
    this.#session.events.remove(type, listener);
  }
  /** Types that somebody listens to. */
  get listened(): readonly string[] {
    return this.#session.events.types();
  }

  /** Opens the socket, which jobs and listeners do by themselves. Also after `close()`, and where it was stopped. */
  connect(): void {
    this.#http.reopen();
    this.#session.connect();
  }

  /** Ends everything at once: live jobs are `lost` with `client-closed`; on the server they go on. */
  close(): void {
    this.#session.close();
    this.#http.close();
    this.#descriptions = undefined;
  }

  #describe(): Promise<ReadonlyMap<string, JsonObject>> {
    const now = this.#settings.clock.now();
    if (!this.#descriptions || now - this.#descriptions.at > DESCRIPTIONS_MS) {
      const value = loadInfo().then(({ readDescriptions }) => readDescriptions(this.#http));
      this.#descriptions = { at: now, value };
      value.catch(() => (this.#descriptions = undefined));
    }
    return this.#descriptions.value;
  }

  async #post(path: string, body: object): Promise<void> {
    await this.#http.send(path, { method: 'POST', body: JSON.stringify(body) }, () => Promise.resolve());
  }
}
