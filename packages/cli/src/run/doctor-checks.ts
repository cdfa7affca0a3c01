/** What `snug doctor` looks at. Each check answers for itself, whatever became of the others. */
import { access, mkdtemp, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { asObject, toJson } from '@snug/protocol';
import type { ServeOptions } from '../serve-options.ts';

export interface Finding {
  readonly level: 'ok' | 'warn' | 'fail';
  readonly text: string;
  /** What to do; empty when all is well. */
  readonly remedy: string;
}

const ok = (text: string): Finding => ({ level: 'ok', text, remedy: '' });
const warn = (text: string, remedy: string): Finding => ({ level: 'warn', text, remedy });
const fail = (text: string, remedy: string): Finding => ({ level: 'fail', text, remedy });

const LEAST_NODE = [20, 19];
const MIB = 1024 * 1024;
const LITTLE_MIB = 1024;
const TOO_LITTLE_MIB = 100;
const PORT_MS = 2000;
const REINSTALL = 'run `npm install` again on this machine';

export function checkNode(version = process.versions.node): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor = 0, leastMinor = 0] = LEAST_NODE;
  const isEnough = major > leastMajor || (major === leastMajor && minor >= leastMinor);
  const text = `Node ${version}`;
  return isEnough ? ok(text) : fail(text, `install Node ${LEAST_NODE.join('.')} or newer`);
}

/** The smallest part of sharp's interface that shows whether it works. */
interface Sharp {
  readonly default: (options: object) => { png(): { toBuffer(): Promise<Buffer> } };
}

export async function checkSharp(): Promise<Finding> {
  try {
    // as the server finds it
    const path = createRequire(import.meta.resolve('@snug/server')).resolve('sharp');
    const { default: sharp } = (await import(pathToFileURL(path).href)) as Sharp;
    const create = { width: 1, height: 1, channels: 3, background: '#000' };
    await sharp({ create }).png().toBuffer();
    return ok('sharp reads and writes pictures');
  } catch (error) {
    return fail(`sharp does not load: ${firstLine(error)}`, REINSTALL);
  }
}

export async function checkDatabase(): Promise<Finding> {
  const folder = await mkdtemp(join(tmpdir(), 'snug-doctor-'));
  try {
    const { createSqliteBroker } = await import('@snug/server');
    await (await createSqliteBroker({ file: join(folder, 'snug.sqlite') })).close();
    return ok('the database works');
  } catch (error) {
    return fail(`the database does not work: ${firstLine(error)}`, REINSTALL);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export async function checkPacks(options: ServeOptions): Promise<Finding> {
  const base = await mkdtemp(join(tmpdir(), 'snug-doctor-'));
  const lines: string[] = [];
  try {
    const { LocalHost } = await import('./local-host.ts');
    const folders = { baseDirectory: base };
    const host = new LocalHost({ ...options, folders }, (line) => lines.push(line));
    try {
      const { size } = await host.descriptions();
      if (lines.length) return warn(`packs load, but say: ${lines[0]}`, 'look into that pack');
      return ok(`packs load (${size} nodes)`);
    } finally {
      await host.close();
    }
  } catch (error) {
    return fail(`a pack does not load: ${firstLine(error)}`, 'fix it, or leave it out of --pack');
  } finally {
    await rm(base, { recursive: true, force: true });
  }
}

/** Whether the data folder, or the folder that it will be made in, can be written to. */
export async function checkFolder({ folders: { baseDirectory } }: ServeOptions): Promise<Finding> {
  const existing = await existingParent(baseDirectory);
  const remedy = 'change its permissions, or choose another with --base-directory';
  if (!(await stat(existing)).isDirectory()) return fail(`the data folder ${baseDirectory} is below a file`, remedy);
  const probe = join(existing, `.snug-doctor-${process.pid}`);
  try {
    await writeFile(probe, '', { flag: 'wx' });
    await rm(probe);
    const will = existing === baseDirectory ? '' : ' (made when it is needed)';
    return ok(`the data folder ${baseDirectory} can be written to${will}`);
  } catch (error) {
    return fail(`the data folder ${baseDirectory} cannot be written to: ${firstLine(error)}`, remedy);
  }
}

export async function checkDisk({ folders: { baseDirectory } }: ServeOptions): Promise<Finding> {
  const { bavail, bsize } = await statfs(await existingParent(baseDirectory));
  return diskFinding((bavail * bsize) / MIB);
}

export function diskFinding(freeMib: number): Finding {
  const free = freeMib >= LITTLE_MIB ? `${(freeMib / 1024).toFixed(1)} GiB` : `${Math.floor(freeMib)} MiB`;
  const text = `${free} of disk are free`;
  if (freeMib < TOO_LITTLE_MIB) return fail(text, 'make room: results could not be saved');
  return freeMib < LITTLE_MIB ? warn(text, 'make room soon') : ok(text);
}

/** Whether a server could listen, or what is there already. */
export async function checkPort({ port, hosts, tls }: ServeOptions): Promise<Finding> {
  const host = hosts[0] ?? '127.0.0.1';
  const problem = await listenProblem(host, port);
  if (problem === undefined) return ok(`port ${port} is free`);
  if (problem === 'EACCES') return fail(`port ${port} is reserved for the system`, 'choose one above 1023 with --port');
  if (problem === 'EADDRNOTAVAIL') return fail(`this machine has no address ${host}`, 'choose another with --listen');
  if (problem !== 'EADDRINUSE') return fail(`port ${port} cannot be used: ${problem}`, 'choose another with --port');
  const name = host === '0.0.0.0' ? '127.0.0.1' : host.includes(':') ? `[${host === '::' ? '::1' : host}]` : host;
  return portFinding(port, await whoAnswers(`${tls ? 'https' : 'http'}://${name}:${port}`));
}

export function portFinding(port: number, who: Awaited<ReturnType<typeof whoAnswers>>): Finding {
  const remedy = 'choose another with --port, or stop that program';
  if (who?.program === 'snug') return ok(`port ${port}: snug ${who.version} is running there`);
  if (who) return warn(`port ${port}: ComfyUI ${who.version} is running there`, remedy);
  return fail(`port ${port} is taken by another program`, remedy);
}

/** A server of ours or a stock one, or undefined. */
export async function whoAnswers(
  base: string,
): Promise<{ readonly program: 'snug' | 'ComfyUI'; readonly version: string } | undefined> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), PORT_MS);
  const answer = await fetch(`${base}/system_stats`, { signal: late.signal })
    .then((response): Promise<unknown> => response.json())
    .catch(() => undefined);
  clearTimeout(timer);
  const system = asObject(asObject(toJson(answer))?.get('system'));
  const [python, version] = [system?.get('python_version'), system?.get('comfyui_version')];
  const ours = typeof python === 'string' ? /\(snug ([^,)]*)/.exec(python) : null;
  if (ours) return { program: 'snug', version: ours[1]! };
  return typeof version === 'string' ? { program: 'ComfyUI', version } : undefined;
}

function listenProblem(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

async function existingParent(path: string): Promise<string> {
  let at = path;
  for (;;) {
    try {
      await access(at);
      return at;
    } catch {
      if (dirname(at) === at) return at;
      at = dirname(at);
    }
  }
}

const firstLine = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n')[0]!;
