/** Our packages as a registry would hand them out: packed, and unpacked into a project of somebody else's. */
import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const execute = promisify(execFile);

export interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, Conditions>>;
}
type Conditions = string | { readonly [condition: string]: Conditions };

export interface Packed {
  readonly manifest: Manifest;
  readonly tarball: Uint8Array<ArrayBuffer>;
  /** Paths in the package. */
  readonly files: readonly string[];
  /** Where the tarball lies. */
  readonly path: string;
}

/** Packs one of our packages as `npm publish` would. Nothing is asked of any registry. */
export async function pack(name: string, to: string): Promise<Packed> {
  const folder = join(root, 'packages', name);
  const args = ['pack', '--json', '--ignore-scripts', '--offline', '--pack-destination', to];
  const { stdout } = await execute('npm', args, { cwd: folder, shell: process.platform === 'win32' });
  const [told] = JSON.parse(stdout) as { filename: string; files: { path: string }[] }[];
  if (!told) throw new Error(`npm packed nothing of ${name}`);
  const path = join(to, told.filename);
  return {
    manifest: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest,
    tarball: new Uint8Array(readFileSync(path)),
    files: told.files.map((file) => file.path),
    path,
  };
}

/** Every path that an `exports` map leads to. */
export function targetsOf(conditions: Conditions): string[] {
  return typeof conditions === 'string' ? [conditions] : Object.values(conditions).flatMap((inner) => targetsOf(inner));
}

/** A project with nothing but what it was given. */
export class Project {
  readonly path = realpathSync(mkdtempSync(join(tmpdir(), 'snug-packed-')));

  write(name: string, text: string): void {
    writeFileSync(join(this.path, name), text);
  }

  async install({ manifest, path }: Packed): Promise<void> {
    const folder = join(this.path, 'node_modules', manifest.name);
    mkdirSync(folder, { recursive: true });
    await execute('tar', ['-xzf', path, '-C', folder, '--strip-components=1']);
  }

  /** A package of others, as it lies in this repository. */
  copy(name: string): void {
    cpSync(join(root, 'node_modules', name), join(this.path, 'node_modules', name), { recursive: true });
  }
  /** The same, as a link. Returns what takes it away. */
  link(name: string): () => void {
    const target = join(this.path, 'node_modules', name);
    mkdirSync(dirname(target), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), target, 'junction');
    return () => rmSync(target);
  }

  /** Runs a program of Node's, and resolves with what it wrote; rejects when it fails. */
  async run(...args: string[]): Promise<string> {
    const { stdout } = await execute(process.execPath, args, { cwd: this.path });
    return stdout;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
