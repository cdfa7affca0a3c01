import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ExtraModelPaths } from './extra-model-paths.ts';
import { STOCK_MODEL_FOLDERS } from './model-kinds.ts';

/** Where files live; all paths are absolute. */
export interface Folders {
  readonly input: string;
  readonly output: string;
  readonly temp: string;
  readonly user: string;
  /** Kind of model to the folders that are searched for it, first one first. */
  readonly models: ReadonlyMap<string, readonly string[]>;
}

export interface FolderOptions {
  readonly baseDirectory: string;
  /** Default `<base>/input`; the others likewise. */
  readonly inputDirectory?: string | undefined;
  readonly outputDirectory?: string | undefined;
  readonly tempDirectory?: string | undefined;
  readonly userDirectory?: string | undefined;
  readonly modelsDirectory?: string | undefined;
  readonly extraModelPaths?: readonly ExtraModelPaths[] | undefined;
}

/**
 * Names the folders and makes those that are missing. Folders for models are made only below the models directory,
 * and only where that is allowed; extra ones are taken as they are.
 * @throws when input, output, temp or user cannot be made.
 */
export function createFolders(options: FolderOptions): Folders {
  const base = resolve(options.baseDirectory);
  const place = (given: string | undefined, name: string): string => resolve(given ?? join(base, name));
  const folders = {
    input: place(options.inputDirectory, 'input'),
    output: place(options.outputDirectory, 'output'),
    temp: place(options.tempDirectory, 'temp'),
    user: place(options.userDirectory, 'user'),
  };
  for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true });

  const modelsDirectory = place(options.modelsDirectory, 'models');
  const models = new Map<string, string[]>();
  for (const [kind, names] of STOCK_MODEL_FOLDERS) {
    models.set(
      kind,
      names.map((name) => join(modelsDirectory, name)),
    );
    makeIfAllowed(join(modelsDirectory, kind));
  }
  for (const { isDefault, paths } of options.extraModelPaths ?? []) {
    for (const [kind, extra] of paths) {
      const known = models.get(kind) ?? [];
      models.set(kind, [...new Set(isDefault ? [...extra, ...known] : [...known, ...extra])]);
    }
  }
  return { ...folders, models };
}

/** A models directory is often a mount that nobody may write to. */
function makeIfAllowed(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch {
    // listing finds nothing there, which is true
  }
}
