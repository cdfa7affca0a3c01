/**
 * The core's parts, wired for the life cycle that programs expect here: a socket only between `connect()` and
 * `disconnect()`, and jobs without one too.
 */
import { mintUuid } from '@snug/protocol/ids';
import type { JsonObject } from '@snug/protocol/json';
import type { ClientParts } from '../client-parts.ts';
import { Connection } from '../connection-view.ts';
import { ClientError } from '../errors.ts';
import { fileAccess } from '../files.ts';
import { Http } from '../http.ts';
import type { HttpRequest } from '../http.ts';
import { JobRun } from '../job-run.ts';
import type { RunOptions } from '../job-run.ts';
import type { Job } from '../job.ts';
import { LookUp } from '../look-up.ts';
import type { ClientOptions, Settings } from '../options.ts';
import { watchPlatform } from '../platform.ts';
import { NodeTimes } from '../progress.ts';
import { Session } from '../session.ts';
import type { SocketFactory } from '../socket.ts';
import { upload } from '../upload.ts';
import type { UploadOptions, UploadSource } from '../upload.ts';
import type { UploadedFile } from '../uploaded-file.ts';
import { readDescriptions, readFeatures } from '../server-info.ts';
import type { WireObject } from '../wire.ts';
import type { WorkflowSource } from '../workflow-source.ts';

export interface ComfySessionOptions {
  readonly settings: Settings;
  readonly clientId: ClientOptions['clientId'];
  readonly fetch: typeof fetch;
  readonly openSocket: SocketFactory;
}

/** Sends a prompt under an id, and resolves to the server's answer. `body` is what the core would send. */
export type SubmitPrompt = (prompt_id: string, body: string) => Promise<unknown>;

export interface JobOptions extends RunOptions {
  /** Milliseconds between questions while no socket tells anything. */
  readonly pollMs?: number | undefined;
}

/** Hands a prompt to whoever submits it, and all else to the server. */
class SubmittingHttp extends Http {
  readonly #submit: (body: string) => Promise<unknown>;

  constructor(settings: Settings, fetchWith: typeof fetch, submit: (body: string) => Promise<unknown>) {
    super(settings, fetchWith);
    this.#submit = submit;
  }

  override json(path: string, request: HttpRequest = {}): Promise<unknown> {
    return path === '/prompt' && request.method === 'POST'
      ? this.#submit(request.body as string)
      : super.json(path, request);
  }
}

export class ComfySession {
  readonly connection: Connection;
  readonly http: Http;
  readonly session: Session;
  readonly #settings: Settings;
  readonly #fetch: typeof fetch;
  readonly #parts: ClientParts;
  /** Whether the program wants a socket. */
  #isWanted = false;

  constructor({ settings, clientId, fetch, openSocket }: ComfySessionOptions) {
    this.#settings = settings;
    this.#fetch = fetch;
    const http = new Http(settings, fetch);
    this.http = http;
    const session = new Session({ settings, http, clientId, openSocket, watchPlatform });
    this.session = session;
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
      ready: () => (this.#isWanted ? session.ready() : Promise.resolve()),
      descriptions: (): Promise<ReadonlyMap<string, JsonObject>> => readDescriptions(http),
      suspect: () => session.link.suspect(),
      handleOf: (id) => ({ id, server: settings.base, cursor: session.incoming.cursor }),
      onRenamed: (id, before) => session.pending.rename(id, before),
      onOver: (id) => session.pending.remove(id),
    };
  }

  get isWanted(): boolean {
    return this.#isWanted;
  }
  get jobs(): number {
    return this.session.pending.size;
  }

  connect(): void {
    this.#isWanted = true;
    this.http.reopen();
    this.session.connect();
  }

  /** Lets go of the socket. Jobs go on: the server is asked about them. */
  disconnect(): void {
    this.#isWanted = false;
    this.session.link.close();
  }

  /** Ends everything at once: jobs are lost to this client, and go on where they are. */
  close(): void {
    this.#isWanted = false;
    this.session.close();
    this.http.close();
  }

  mintId(): string {
    return mintUuid((bytes) => this.#settings.chance.randomBytes(bytes));
  }

  /** Runs a workflow that is sent by `submit`. */
  run(source: WorkflowSource, options: JobOptions, submit: SubmitPrompt): JobRun {
    const id = options.id ?? this.mintId();
    if (this.session.pending.get(id)) throw new ClientError('invalid_option', `id: a job ${id} has not ended yet.`);
    const { pollMs } = options;
    const { timing } = this.#settings;
    const settings = {
      ...this.#settings,
      timing: pollMs === undefined ? timing : { ...timing, pollMs, maxPollMs: pollMs },
    };
    const http = new SubmittingHttp(settings, this.#fetch, (body) => submit(id, body));
    return this.#start(new JobRun({ ...this.#parts, settings, http }, id, source, options));
  }

  /** A job that the server has already. The same one, where it lives here. */
  attach(id: string, options: Pick<RunOptions, 'signal' | 'timeoutMs'> = {}): Job {
    const known = this.session.pending.get(id);
    if (known) return known.job;
    return this.#start(new JobRun(this.#parts, id, undefined, { onAbort: 'detach', ...options })).job;
  }

  #start(run: JobRun): JobRun {
    this.http.reopen();
    this.session.pending.add(run);
    void run.start();
    return run;
  }

  upload(source: UploadSource, options: UploadOptions): Promise<UploadedFile> {
    return upload(this.http, source, options, () => this.features());
  }

  /** What the server says that it can; empty for servers that are too old to say. */
  async features(): Promise<WireObject> {
    return this.session.features ?? readFeatures(this.http);
  }
}
