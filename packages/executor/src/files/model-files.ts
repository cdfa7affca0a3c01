import { stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Folders } from './folders.ts';
import { modelExtensions, modelKind, modelsAreFolders } from './model-kinds.ts';
import { realInside, resolveInside } from './resolve-path.ts';
import { byCodePoint } from './text-order.ts';
import { walkFolder } from './walk-folder.ts';

/** A model as lists show it. */
export interface ModelFile {
  /** Relative to its folder, separated by `/`. */
  readonly name: string;
  /** Which of the kind's folders it is in. */
  readonly pathIndex: number;
  readonly path: string;
}

/** The models in the folders of each kind. Links may lead from any model folder into any other. */
export interface ModelFiles {
  /** Models of a kind, sorted by name; of equal names the first folder's. Empty for an unknown kind. */
  list(kind: string): Promise<readonly ModelFile[]>;
  /** The absolute path of a file, links resolved; in all folders of the kind, or in the one with the given index. */
  resolve(kind: string, name: string, pathIndex?: number): Promise<string | undefined>;
}

interface Listing {
  readonly models: readonly ModelFile[];
  /** Folders that were read, with the time of their last change. */
  readonly stamps: ReadonlyMap<string, number | undefined>;
}

/** Changes this young may not show in a folder's time yet: some file systems count in two seconds. */
const CLOCK_GRAIN_MS = 2500;

export function createModelFiles(folders: Folders, { now = Date.now } = {}): ModelFiles {
  const roots = [...new Set([...folders.models.values()].flat())];
  const listings = new Map<string, Listing>();

  async function scan(kind: string): Promise<readonly ModelFile[]> {
    const started = now();
    const byName = new Map<string, ModelFile>();
    const stamps = new Map<string, number | undefined>();
    for (const [pathIndex, root] of (folders.models.get(kind) ?? []).entries()) {
      const walked = await walkFolder(root, { allowed: roots });
      if (!walked.read.length) stamps.set(root, undefined);
      for (const folder of walked.read) stamps.set(folder, await changedAt(folder));
      for (const name of modelNames(kind, walked)) {
        if (!byName.has(name)) byName.set(name, { name, pathIndex, path: join(root, name) });
      }
    }
    const models = [...byName.values()].sort((a, b) => byCodePoint(a.name, b.name));
    const settled = [...stamps.values()].every((time) => time === undefined || time < started - CLOCK_GRAIN_MS);
    if (settled) listings.set(kind, { models, stamps });
    else listings.delete(kind);
    return models;
  }

  return {
    async list(name) {
      const kind = modelKind(name);
      const known = listings.get(kind);
      return known && (await isFresh(known)) ? known.models : scan(kind);
    },
    async resolve(kind, name, pathIndex) {
      const all = folders.models.get(modelKind(kind)) ?? [];
      for (const root of pathIndex === undefined ? all : all.slice(pathIndex, pathIndex + 1)) {
        const inside = resolveInside(root, name);
        if (inside.kind === 'refused' || inside.path === root) continue;
        const real = await realInside(roots, inside.path);
        if (real.kind === 'refused') continue;
        const found = await stat(real.path).catch(() => undefined);
        if (found && (modelsAreFolders(kind) ? found.isDirectory() : found.isFile())) return real.path;
      }
      return undefined;
    },
  };
}

async function changedAt(folder: string): Promise<number | undefined> {
  return (await stat(folder).catch(() => undefined))?.mtimeMs;
}

async function isFresh({ stamps }: Listing): Promise<boolean> {
  for (const [folder, time] of stamps) {
    if ((await changedAt(folder)) !== time) return false;
  }
  return true;
}

function modelNames(kind: string, { files }: { readonly files: readonly string[] }): string[] {
  if (modelsAreFolders(kind)) {
    const index = '/model_index.json';
    return files.filter((file) => file.endsWith(index)).map((file) => file.slice(0, -index.length));
  }
  const extensions = modelExtensions(kind);
  return files.filter((file) => !extensions.length || extensions.includes(extname(file).toLowerCase()));
}
