/** Files appear whole or not at all: they are written beside their place under a hidden name, then moved. */
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, link, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const PREFIX = '.snug-';
const SUFFIX = '.part';

/** A hidden name in a folder for a file that is still being written. */
export function partialPath(folder: string): string {
  return join(folder, `${PREFIX}${randomUUID()}${SUFFIX}`);
}

/** Whether a name is that of a file still being written, or left by a crash. Lists leave these out. */
export function isPartialName(name: string): boolean {
  return name.startsWith(PREFIX) && name.endsWith(SUFFIX);
}

/** What of a file system error means that links between files are not to be had there. */
const NO_LINKS = new Set(['EPERM', 'EACCES', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EINVAL']);
const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

/**
 * Writes a whole file in an existing folder. `durable` waits until it is on disk; without it a power cut may lose it.
 */
export async function writeWhole(path: string, bytes: Uint8Array, { durable = true } = {}): Promise<void> {
  const partial = partialPath(dirname(path));
  try {
    const handle = await open(partial, 'wx');
    try {
      await handle.writeFile(bytes);
      if (durable) await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

/**
 * Moves a finished file to its place, also from another disk. Without `replace` an existing file stays and the answer
 * is `taken`; the finished file is then still where it was.
 */
export async function placeFile(
  from: string,
  to: string,
  { replace }: { replace: boolean },
): Promise<'placed' | 'taken'> {
  try {
    return await move(from, to, replace);
  } catch (error) {
    if (codeOf(error) !== 'EXDEV') throw error;
  }
  const beside = partialPath(dirname(to));
  try {
    await copyFile(from, beside, constants.COPYFILE_EXCL);
    const placed = await move(beside, to, replace);
    if (placed === 'placed') await rm(from, { force: true });
    return placed;
  } finally {
    await rm(beside, { force: true });
  }
}

async function move(from: string, to: string, replace: boolean): Promise<'placed' | 'taken'> {
  const claimed = replace ? 'empty' : await claim(from, to);
  if (claimed === 'taken') return 'taken';
  // renaming a file onto another link of itself does nothing, so the first link has to go
  if (claimed === 'linked') await rm(from, { force: true });
  else await rename(from, to);
  return 'placed';
}

/** Takes a name that nobody has: with the file itself, or where links are not to be had with an empty one. */
async function claim(from: string, to: string): Promise<'linked' | 'empty' | 'taken'> {
  try {
    await link(from, to);
    return 'linked';
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return 'taken';
    if (!NO_LINKS.has(codeOf(error) ?? '')) throw error;
  }
  try {
    await (await open(to, 'wx')).close();
    return 'empty';
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return 'taken';
    throw error;
  }
}
