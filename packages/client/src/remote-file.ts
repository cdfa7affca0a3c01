/** A file on the server: an address, and its bytes when somebody wants them. */
import type { Query } from './credentials.ts';
import type { OpenAnswer } from './http.ts';
import { mimeOf } from './mime.ts';

/** Where a file is: what `/view` wants to know. */
export interface FilePlace {
  readonly filename: string;
  readonly subfolder: string;
  /** `output`, `input` or `temp`. */
  readonly folder: string;
}

export interface ViewOptions {
  /** A smaller form of a picture: `webp;80`, `jpeg;75`. */
  readonly preview?: string | undefined;
  /** Parts of a picture: `rgb` without transparency, `a` the transparency alone. */
  readonly channel?: 'rgba' | 'rgb' | 'a' | undefined;
  /** Any value: a different address for a file that was written anew. */
  readonly version?: string | number | undefined;
}

export interface ReadOptions extends ViewOptions {
  readonly signal?: AbortSignal | undefined;
}

/** How a file is reached. */
export interface FileAccess {
  url(query: Query): string;
  open(query: Query, signal: AbortSignal | undefined): Promise<OpenAnswer>;
  read<T>(query: Query, signal: AbortSignal | undefined, read: (response: Response) => Promise<T>): Promise<T>;
}

export class RemoteFile implements FilePlace {
  readonly filename: string;
  readonly subfolder: string;
  readonly folder: string;
  readonly mime: string;
  /** `socket`: it came as a message and lies in no folder. */
  readonly source: 'file' | 'socket';
  readonly #access: FileAccess;
  readonly #bytes: Uint8Array<ArrayBuffer> | undefined;

  constructor(
    { filename, subfolder, folder }: FilePlace,
    access: FileAccess,
    mime?: string,
    bytes?: Uint8Array<ArrayBuffer>,
  ) {
    this.filename = filename;
    this.subfolder = subfolder;
    this.folder = folder;
    this.mime = mime ?? mimeOf(filename);
    this.source = bytes ? 'socket' : 'file';
    this.#access = access;
    this.#bytes = bytes;
  }

  /** The address, with the credentials that addresses carry; `data:` for what came through the socket. */
  url(options: ViewOptions = {}): string {
    return this.#bytes ? dataUrl(this.#bytes, this.mime) : this.#access.url(this.#query(options));
  }

  /** @throws {ClientError} */
  async bytes(options: ReadOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#bytes) return this.#bytes;
    return this.#access.read(
      this.#query(options),
      options.signal,
      async (response) => new Uint8Array(await response.arrayBuffer()),
    );
  }

  /** @throws {ClientError} */
  async blob(options: ReadOptions = {}): Promise<Blob> {
    if (this.#bytes) return new Blob([this.#bytes], { type: this.mime });
    return this.#access.read(this.#query(options), options.signal, (response) => response.blob());
  }

  /** The bytes as they come; nothing is asked of the server before somebody reads. */
  stream(options: ReadOptions = {}): ReadableStream<Uint8Array<ArrayBuffer>> {
    const known = this.#bytes;
    let reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> | undefined;
    let done = (): void => {};
    const open = async (): Promise<ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>> => {
      const answer = await this.#access.open(this.#query(options), options.signal);
      ({ done } = answer);
      return (answer.response.body ?? new Blob([]).stream()).getReader();
    };
    return new ReadableStream<Uint8Array<ArrayBuffer>>(
      {
        async pull(controller) {
          if (known) {
            controller.enqueue(known);
            controller.close();
            return;
          }
          try {
            reader ??= await open();
            const part = await reader.read();
            if (!part.done) return controller.enqueue(part.value);
            done();
            controller.close();
          } catch (error) {
            done();
            throw error;
          }
        },
        async cancel(reason) {
          await reader?.cancel(reason);
          done();
        },
      },
      { highWaterMark: 0 },
    );
  }

  #query({ preview, channel, version }: ViewOptions): Query {
    const { filename, subfolder, folder } = this;
    return viewQuery({ filename, subfolder, folder }, { preview, channel, version });
  }
}

/** What `/view` is asked. */
export function viewQuery(
  { filename, subfolder, folder }: FilePlace,
  { preview, channel, version }: ViewOptions = {},
): Query {
  return { filename, subfolder, type: folder, preview, channel, rand: version };
}

function dataUrl(bytes: Uint8Array, mime: string): string {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return `data:${mime};base64,${btoa(text)}`;
}
