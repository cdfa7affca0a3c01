/**
 * The one place that decides whether a name given by a client stays inside a folder. First by its text, then by where
 * symbolic links lead. A refusal says nothing about what exists outside.
 */
import { lstatSync, realpathSync } from 'node:fs';
import { lstat, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';

/** `reason` completes "the name ..." and never tells what lies outside. */
export type ResolvedPath =
  | { readonly kind: 'inside'; readonly path: string }
  | { readonly kind: 'refused'; readonly reason: string };

/** Bytes of one name, as file systems limit it. */
const MAX_NAME_BYTES = 255;
/** Bytes of all parts together: below the limit of every system, with room for the root. */
const MAX_PATH_BYTES = 3000;

// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;
const LONE_SURROGATE = /\p{Surrogate}/u;
const WINDOWS_RESERVED = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?:\.|$)/i;
const WINDOWS_FORBIDDEN = /[<>:"|?*]/;

const refused = (reason: string): ResolvedPath => ({ kind: 'refused', reason });

/** Why one name between slashes is refused, or undefined. */
function nameProblem(name: string, platform: NodeJS.Platform): string | undefined {
  if (name === '..') return 'leads to a parent folder';
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) return `has a part of more than ${MAX_NAME_BYTES} bytes`;
  if (platform !== 'win32' || name === '.') return undefined;
  if (WINDOWS_RESERVED.test(name)) return 'is reserved by Windows';
  if (name.endsWith('.') || name.endsWith(' ')) return 'ends with a dot or a space';
  return WINDOWS_FORBIDDEN.test(name) ? 'has a character that Windows forbids' : undefined;
}

/** Why a relative path is refused, or undefined. Rules for Windows names hold on `win32` only, all others everywhere. */
export function pathProblem(path: string, platform: NodeJS.Platform = process.platform): string | undefined {
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) return `is longer than ${MAX_PATH_BYTES} bytes`;
  if (CONTROL.test(path)) return 'has a control character';
  if (LONE_SURROGATE.test(path)) return 'is not well-formed text';
  if (path.includes('\\')) return 'has a backslash: separate folders with /';
  if (path.startsWith('/')) return 'is absolute';
  if (/^[a-z]:/i.test(path)) return 'begins with a drive';
  for (const name of path.split('/')) {
    const problem = nameProblem(name, platform);
    if (problem) return problem;
  }
  return undefined;
}

/**
 * Joins relative parts to a root, by their text alone. Empty parts and `.` add nothing, so the result may be the root
 * itself. Call {@link realInside} before the file is touched.
 */
export function resolveInside(root: string, ...parts: readonly string[]): ResolvedPath {
  let bytes = 0;
  for (const part of parts) {
    const problem = pathProblem(part);
    if (problem) return refused(problem);
    bytes += part.length;
  }
  if (bytes > MAX_PATH_BYTES) return refused(`is longer than ${MAX_PATH_BYTES} bytes`);
  return { kind: 'inside', path: resolve(join(root, ...parts)) };
}

/** Whether a path lies in a folder or is the folder, by text; both absolute. */
export function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

const isMissing = (error: unknown): boolean => {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
};

function verdict(realRoots: readonly (string | undefined)[], real: string, missing: readonly string[]): ResolvedPath {
  for (const root of realRoots) {
    if (root !== undefined && isWithin(root, real)) return { kind: 'inside', path: join(real, ...missing) };
  }
  return refused('leads out of its folder through a link');
}

const unreadable = (): ResolvedPath => refused('cannot be followed');

/**
 * Follows symbolic links: the path with all links resolved, when it lies inside one of the roots. What does not exist
 * yet is judged by its deepest existing folder. A link to nothing is refused, for writing to it would make its target.
 */
export async function realInside(roots: string | readonly string[], path: string): Promise<ResolvedPath> {
  const missing: string[] = [];
  let at = resolve(path);
  try {
    while (!(await exists(at))) {
      if (dirname(at) === at) return unreadable();
      missing.unshift(basename(at));
      at = dirname(at);
    }
    const real = await realpath(at);
    const realRoots = [roots].flat().map((root) => realpath(root).catch(() => undefined));
    return verdict(await Promise.all(realRoots), real, missing);
  } catch {
    return unreadable();
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** As {@link realInside}, for callers that cannot wait. */
export function realInsideSync(roots: string | readonly string[], path: string): ResolvedPath {
  const missing: string[] = [];
  let at = resolve(path);
  try {
    while (!existsSync(at)) {
      if (dirname(at) === at) return unreadable();
      missing.unshift(basename(at));
      at = dirname(at);
    }
    const real = realpathSync.native(at);
    return verdict([roots].flat().map(realRootSync), real, missing);
  } catch {
    return unreadable();
  }
}

function existsSync(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

function realRootSync(root: string): string | undefined {
  try {
    return realpathSync.native(root);
  } catch {
    return undefined;
  }
}
