import { readdir, realpath, stat } from 'node:fs/promises';
import type { Dirent } from 'node:fs';
import { join } from 'node:path';
import { isPartialName } from './place-file.ts';
import { realInside } from './resolve-path.ts';

export interface WalkOptions {
  /** Links may lead into these folders; default: only the walked folder. */
  readonly allowed?: readonly string[] | undefined;
  /** Also what lies in folders below. Default true. */
  readonly recurse?: boolean | undefined;
  /** Files and folders together; more are left out. Default 200,000. */
  readonly maxEntries?: number | undefined;
  /** Folders inside each other; deeper ones are left out. Default 32. */
  readonly maxDepth?: number | undefined;
}

export interface Walked {
  /** Relative to the walked folder, separated by `/`, in no particular order. */
  readonly files: readonly string[];
  readonly folders: readonly string[];
  /** Absolute paths of all folders that were read: the list is stale when one of them changes. */
  readonly read: readonly string[];
}

interface Waiting {
  readonly path: string;
  readonly name: string;
  readonly depth: number;
}

/** Lists a folder. Links that lead out, files that are no plain files and what cannot be read are left out. */
export async function walkFolder(root: string, options: WalkOptions = {}): Promise<Walked> {
  const { allowed = [root], recurse = true, maxEntries = 200_000, maxDepth = 32 } = options;
  const files: string[] = [];
  const folders: string[] = [];
  const read: string[] = [];
  const seen = new Set<string>();
  const waiting: Waiting[] = [{ path: root, name: '', depth: 0 }];

  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { path, name, depth } = next;
    const real = await realpath(path).catch(() => undefined);
    // a link to a folder above would go round for ever
    if (real === undefined || seen.has(real)) continue;
    seen.add(real);
    read.push(path);
    for (const entry of await entriesOf(path)) {
      if (files.length + folders.length >= maxEntries) return { files, folders, read };
      const kind = await kindOf(entry, path, allowed);
      const relative = name ? `${name}/${entry.name}` : entry.name;
      if (kind === 'file' && !isPartialName(entry.name)) files.push(relative);
      if (kind !== 'folder') continue;
      folders.push(relative);
      if (recurse && depth < maxDepth) waiting.push({ path: join(path, entry.name), name: relative, depth: depth + 1 });
    }
  }
  return { files, folders, read };
}

async function entriesOf(path: string): Promise<Dirent[]> {
  try {
    return await readdir(path, { withFileTypes: true });
  } catch {
    return [];
  }
}

async function kindOf(
  entry: Dirent,
  folder: string,
  allowed: readonly string[],
): Promise<'file' | 'folder' | undefined> {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'folder';
  if (!entry.isSymbolicLink()) return undefined;
  const target = await realInside(allowed, join(folder, entry.name));
  if (target.kind === 'refused') return undefined;
  const found = await stat(target.path).catch(() => undefined);
  if (found?.isFile()) return 'file';
  return found?.isDirectory() ? 'folder' : undefined;
}
