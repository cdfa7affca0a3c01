/** Runs prompts on a server, through the client. */
import { createWriteStream } from 'node:fs';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ClientError, createClient } from '@snug/client/node';
import type { FilePlace, NodeClient, ReconnectOptions, Timeouts } from '@snug/client/node';
import type { NodeDescription } from '@snug/protocol';
import { fetchObjectInfo } from '../codegen/object-info.ts';
import { placeCopy } from './place-copy.ts';
import { HostError } from './prompt-host.ts';
import type { OutputFile, PromptControl, PromptHost, PromptJob, RunEnd } from './prompt-host.ts';
import type { ServerAddress } from './server-address.ts';
import { ServerFolders } from './server-folders.ts';
import { ServerRun } from './server-run.ts';

export interface ServerHostOptions {
  readonly address: ServerAddress;
  /** The server's folders by type, where the command line named them. */
  readonly folders?: Readonly<Record<string, string | undefined>> | undefined;
  readonly reconnect?: ReconnectOptions | undefined;
  readonly timeouts?: Timeouts | undefined;
  /** Milliseconds for a cancelled prompt to end. Default 8000: longer than a server gives a node. */
  readonly cancelMs?: number | undefined;
}

/** Milliseconds. Somebody sits and waits: a server that is away is given up sooner than by other programs. */
const TIMEOUTS: Timeouts = { requestMs: 120_000, submitMs: 10_000, unreachableMs: 60_000 };

const CANCEL_MS = 8000;
const REMEDY = 'start one with `npm start`, or add --local to run without one';

export class ServerHost implements PromptHost {
  readonly #client: NodeClient;
  readonly #folders: ServerFolders;
  readonly #options: ServerHostOptions;

  constructor(options: ServerHostOptions) {
    const { address, folders = {}, reconnect, timeouts } = options;
    this.#options = options;
    this.#client = createClient({
      url: address.base,
      headers: address.headers,
      // servers of every age have these paths
      apiPrefix: '',
      previews: false,
      reconnect,
      timeouts: { ...TIMEOUTS, ...timeouts },
    });
    this.#folders = new ServerFolders(this.#client, address, folders);
  }

  descriptions(): Promise<ReadonlyMap<string, NodeDescription>> {
    return fetchObjectInfo(this.#options.address, REMEDY);
  }

  async bring(path: string): Promise<string> {
    try {
      return (await this.#client.upload(path, { name: basename(path) })).inputValue;
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      if (isAway(error)) throw this.#unreachable(error);
      throw new HostError(`${path} could not be uploaded: ${error.message}`, { cause: error });
    }
  }

  async run({ prompt, workflow }: PromptJob, { onEvent, signal }: PromptControl): Promise<RunEnd> {
    if (signal.aborted) return { kind: 'cancelled', outputs: new Map() };
    const job = this.#client.run(prompt, workflow ? { extraData: { extra_pnginfo: { workflow } } } : {});
    const run = new ServerRun(job, this.#client, prompt, onEvent);
    let timer: NodeJS.Timeout | undefined;
    let cancel = (): void => {};
    const overdue = new Promise<RunEnd>((resolve) => {
      cancel = () => {
        const end: RunEnd = { kind: 'cancelled', outputs: run.outputs };
        timer = setTimeout(resolve, this.#options.cancelMs ?? CANCEL_MS, end);
        // a server that cannot be asked is asked for its state until the time is up
        job.cancel({ allowGlobal: true }).catch(() => undefined);
      };
    });
    signal.addEventListener('abort', cancel, { once: true });
    try {
      return await Promise.race([run.ended, overdue]);
    } catch (error) {
      throw this.#unreachable(error as Error);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
    }
  }

  async locate(file: OutputFile): Promise<string> {
    return (await this.#folders.find(file)) ?? this.#client.viewUrl(placeOf(file));
  }

  async deliver(file: OutputFile, folder: string): Promise<string> {
    try {
      return await placeCopy(folder, file.filename, async (path) => {
        const stream = this.#client.file(placeOf(file)).stream();
        await pipeline(chunksOf(stream.getReader()), createWriteStream(path));
      });
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      throw new HostError(`${file.filename} could not be downloaded: ${error.message}`, { cause: error });
    }
  }

  async close(): Promise<void> {
    this.#client.close();
  }

  #unreachable(error: Error): HostError {
    const { base } = this.#options.address;
    return new HostError(`No server answers at ${base} (${error.message}): ${REMEDY}.`, { cause: error });
  }
}

const isAway = ({ code }: ClientError): boolean => code === 'connection_failed' || code === 'timed_out';

const placeOf = ({ filename, subfolder, type }: OutputFile): FilePlace => ({ filename, subfolder, folder: type });

async function* chunksOf(reader: ReadableStreamDefaultReader<Uint8Array>): AsyncIterable<Uint8Array> {
  for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
}
