/** Brings a file to a folder without ever replacing another one. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, mkdir, rm, stat } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { partialPath, placeFile } from '@snug/executor';

/** Names that are tried: the name itself, then `photo (1).png` and so on. */
const MAX_TRIES = 1000;

/** No name was left for a file. */
export class NoNameLeft extends Error {
  readonly code = 'no_name_left';
}

/**
 * Fills a file by `write`, then gives it its name in the folder, or the next free one. A file with the same content
 * that is there already is used as it is.
 * @returns the path that it has now
 */
export async function placeCopy(folder: string, name: string, write: (path: string) => Promise<void>): Promise<string> {
  await mkdir(folder, { recursive: true });
  const partial = partialPath(folder);
  try {
    await write(partial);
    const { name: stem, ext } = parse(name);
    for (let number = 0; number < MAX_TRIES; number++) {
      const path = join(folder, number ? `${stem} (${number})${ext}` : name);
      if ((await placeFile(partial, path, { replace: false })) === 'placed') return path;
      if (await isSame(partial, path)) return path;
    }
  } finally {
    await rm(partial, { force: true });
  }
  throw new NoNameLeft(`${join(folder, name)} and ${MAX_TRIES - 1} names like it are taken: clear the folder.`);
}

/** As {@link placeCopy}, from a file. */
export function placeCopyOf(path: string, folder: string, name: string): Promise<string> {
  return placeCopy(folder, name, (partial) => copyFile(path, partial));
}

async function isSame(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([stat(one), stat(other)]);
  if (!b.isFile() || a.size !== b.size) return false;
  return (await digest(one)) === (await digest(other));
}

async function digest(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
