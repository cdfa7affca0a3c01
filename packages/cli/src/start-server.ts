/** Chooses the parts and wires them: store, runner, catalogue, folders. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { availableMemory, createFolders } from '@snug/executor';
import type { Folders } from '@snug/executor';
import {
  BrokerError,
  Catalogue,
  createProcessCode,
  createProcessRunner,
  createServer,
  createSqliteBroker,
  LogRing,
  warmUp,
} from '@snug/server';
import type { Broker } from '@snug/server';
import { pageUrl } from '@snug/studio';
import type { ServeOptions } from './serve-options.ts';
import { watchPacks } from './watch-packs.ts';

export type Started =
  | { readonly kind: 'started'; readonly addresses: readonly string[]; close(): Promise<void> }
  /** A sentence that says what to do. */
  | { readonly kind: 'refused'; readonly problem: string };

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

export async function startServer(options: ServeOptions): Promise<Started> {
  // packs read it in their own processes, which inherit it
  if (options.device !== undefined) process.env['SNUG_DEVICE'] = options.device;
  const folders = createFolders(options.folders);
  const logs = new LogRing();
  const onLine = (line: string): void => {
    logs.add(`${line}\n`);
    console.log(line);
  };
  let broker: Broker;
  try {
    broker = await createSqliteBroker({ file: join(folders.user, 'snug.sqlite') });
  } catch (error) {
    if (error instanceof BrokerError) return { kind: 'refused', problem: error.message };
    throw error;
  }
  await emptyFolder(folders.temp);
  const { packs, cache, embedMetadata, previews } = options;
  const [catalogue, runner] = await Promise.allSettled([
    loadCatalogue({ packs, folders, onLine }),
    createProcessRunner({ packs, folders, cache, embedMetadata, previews, onLine }),
  ]);
  if (catalogue.status === 'rejected' || runner.status === 'rejected') {
    for (const part of [catalogue, runner]) if (part.status === 'fulfilled') await part.value.close();
    await broker.close();
    const { reason } = (catalogue.status === 'rejected' ? catalogue : runner) as PromiseRejectedResult;
    return { kind: 'refused', problem: (reason as Error).message };
  }
  if (options.warmUp) await warmUp({ runner: runner.value, folders, availableMemory });
  const server = createServer({
    broker,
    catalogue: catalogue.value,
    runner: runner.value,
    folders,
    version,
    availableMemory,
    logs,
    maxBodyBytes: options.maxBodyBytes,
    features: options.features,
    frontEnd: options.frontEnd,
    studio: builtStudio(),
    multiUser: options.multiUser,
    origins: { allowedOrigin: options.allowedOrigin, hostNames: options.hostNames },
    tls: options.tls,
    uploadHash: options.uploadHash,
    onStep: options.verbose ? onLine : undefined,
    onFault: (message, error) => onLine(`${message} ${error instanceof Error ? error.message : String(error)}`),
  });
  try {
    const addresses = await server.listen({ hosts: options.hosts, port: options.port });
    const watcher = options.watch
      ? watchPacks(packs, { catalogue: catalogue.value, runner: runner.value, onLine })
      : undefined;
    return {
      kind: 'started',
      addresses,
      async close() {
        watcher?.close();
        await server.close();
        emptyFolderNow(folders);
      },
    };
  } catch (error) {
    await server.close();
    return { kind: 'refused', problem: listenProblem(error, options) };
  }
}

/** The folder of the page, where it was built. */
function builtStudio(): string | undefined {
  return existsSync(new URL('index.html', pageUrl)) ? fileURLToPath(pageUrl) : undefined;
}

async function loadCatalogue(options: Parameters<typeof createProcessCode>[0]): Promise<Catalogue> {
  const code = await createProcessCode(options);
  const catalogue = new Catalogue(code);
  try {
    await catalogue.load();
    return catalogue;
  } catch (error) {
    await code.close();
    throw error;
  }
}

function listenProblem(error: unknown, { port, hosts }: ServeOptions): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return `Port ${port} is taken: stop the other program, or choose another with --port.`;
  if (code === 'EACCES') return `Port ${port} is reserved for the system: choose one above 1023 with --port.`;
  if (code === 'EADDRNOTAVAIL') return `This machine has no address ${hosts.join(', ')}: choose another with --listen.`;
  return message;
}

/** Temporary files of an earlier server are of no use to anybody. */
async function emptyFolder(folder: string): Promise<void> {
  for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true, force: true });
}

function emptyFolderNow({ temp }: Folders): void {
  rmSync(temp, { recursive: true, force: true });
}
