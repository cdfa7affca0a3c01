/** Finds out whether a server's files are on this machine, too. */
import { stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { resolveInside } from '@snug/executor';
import { asObject } from '@snug/protocol';
import type { Json } from '@snug/protocol';
import type { OutputFile } from './prompt-host.ts';
import type { ServerHttp } from './server-http.ts';

const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

export class ServerFolders {
  readonly #http: ServerHttp;
  readonly #known: Readonly<Record<string, string | undefined>>;
  #roots: Promise<ReadonlyMap<string, readonly string[]>> | undefined;

  /** @param known folders by type, where the command line named them */
  constructor(http: ServerHttp, known: Readonly<Record<string, string | undefined>>) {
    this.#http = http;
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
      if (size !== undefined && size === (await this.#http.fileSize(file))) return inside.path;
    }
    return undefined;
  }

  async #findRoots(): Promise<ReadonlyMap<string, readonly string[]>> {
    if (!LOOPBACK.test(new URL(this.#http.address.base).hostname)) return new Map();
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
    const folders = await this.#http.get('/internal/folder_paths').then(
      ({ json }) => asObject(json),
      () => undefined,
    );
    return (type) => {
      const told: Json | undefined = folders?.get(type);
      const [first] = Array.isArray(told) ? told : [];
      return typeof first === 'string' && isAbsolute(first) ? first : undefined;
    };
  }
}
