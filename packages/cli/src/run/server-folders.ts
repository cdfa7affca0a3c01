/** Finds out whether a server's files are on this machine, too. */
import { stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { resolveInside } from '@snug/executor';
import type { Client } from '@snug/client/node';
import { asObject, toJson } from '@snug/protocol';
import type { Json } from '@snug/protocol';
import type { OutputFile } from './prompt-host.ts';
import type { ServerAddress } from './server-address.ts';

/** Milliseconds for the size of a file. */
const HEAD_MS = 10_000;
const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

export class ServerFolders {
  readonly #client: Client;
  readonly #address: ServerAddress;
  readonly #known: Readonly<Record<string, string | undefined>>;
  #roots: Promise<ReadonlyMap<string, readonly string[]>> | undefined;

  /** @param known folders by type, where the command line named them */
  constructor(client: Client, address: ServerAddress, known: Readonly<Record<string, string | undefined>>) {
    this.#client = client;
    this.#address = address;
    this.#known = known;
  }

  /** The path of a file on this machine; undefined when it is not here for sure. */
  async find(file: OutputFile): Promise<string | undefined> {
    this.#roots ??= this.#findRoots();
    for (const root of (await this.#roots).get(file.type) ?? []) {
      const inside = resolveInside(root, file.subfolder, file.filename);
      if (inside.kind === 'refused') continue;
      const size = await stat(inside.path).then(
        (stats) => (stats.isFile() ? stats.size : undefined),
        () => undefined,
      );
      // a tunnel makes another machine look like this one
      if (size !== undefined && size === (await this.#sizeOf(file))) return inside.path;
    }
    return undefined;
  }

  async #findRoots(): Promise<ReadonlyMap<string, readonly string[]>> {
    if (!LOOPBACK.test(new URL(this.#address.base).hostname)) return new Map();
    const told = await this.#toldFolders();
    return new Map(
      ['output', 'temp', 'input'].map((type) => {
        const roots = [this.#known[type], told(type)];
        return [type, roots.filter((root) => root !== undefined)];
      }),
    );
  }

  /** A server of ours tells its folders; others are asked for nothing more. */
  async #toldFolders(): Promise<(type: string) => string | undefined> {
    const folders = await this.#client.request('/internal/folder_paths', { retry: false }).then(
      (answer) => asObject(toJson(answer)),
      () => undefined,
    );
    return (type) => {
      const told: Json | undefined = folders?.get(type);
      const [first] = Array.isArray(told) ? told : [];
      return typeof first === 'string' && isAbsolute(first) ? first : undefined;
    };
  }

  /** Bytes of the server's file, or undefined. */
  async #sizeOf({ filename, subfolder, type }: OutputFile): Promise<number | undefined> {
    const url = this.#client.viewUrl({ filename, subfolder, folder: type });
    const { headers } = this.#address;
    const signal = AbortSignal.timeout(HEAD_MS);
    const response = await fetch(url, { method: 'HEAD', headers, signal }).catch(() => undefined);
    const length = response?.headers.get('content-length');
    return response?.ok && length ? Number(length) : undefined;
  }
}
