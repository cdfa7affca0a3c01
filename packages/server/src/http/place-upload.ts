import { createHash } from 'node:crypto';
import { dirname, join, posix } from 'node:path';
import { placeFile } from '@snug/executor';
import type { ReceivedFile } from './receive-form.ts';
import { openPlainFile } from './send-file.ts';
import type { OpenFile } from './send-file.ts';

/** Names that are tried for an upload: the name itself, then `stem (1).ext` and so on. */
const MAX_TRIES = 1000;
const MAX_KNOWN = 4096;

export type Placed =
  | { readonly kind: 'placed'; readonly name: string }
  /** A file with this content is there already; nothing was written. */
  | { readonly kind: 'same'; readonly name: string }
  | { readonly kind: 'no_name_left' };

/** `photo.png` and 2 make `photo (2).png`. */
export function numberedName(name: string, number: number): string {
  if (number === 0) return name;
  const { ext } = posix.parse(name);
  return `${name.slice(0, name.length - ext.length)} (${number})${ext}`;
}

async function hashOf({ handle }: OpenFile, algorithm: string): Promise<string> {
  const hash = createHash(algorithm);
  for await (const chunk of handle.createReadStream({ autoClose: false })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** Finds names for uploads, and remembers the hashes of files it met, so that many tries do not read them again. */
export function createUploadPlacer(algorithm: string) {
  const known = new Map<string, string>();

  async function isSame(path: string, upload: ReceivedFile): Promise<boolean> {
    // never through a link: whether the content is the same would tell of files elsewhere
    const file = await openPlainFile(path);
    if (!file) return false;
    try {
      if (file.size !== upload.size) return false;
      const key = `${file.etag} ${path}`;
      const hash = known.get(key) ?? (await hashOf(file, algorithm));
      known.delete(key);
      known.set(key, hash);
      const [oldest] = known.keys();
      if (known.size > MAX_KNOWN && oldest !== undefined) known.delete(oldest);
      return hash === upload.hash;
    } finally {
      await file.handle.close();
    }
  }

  /** Moves an upload to its name in a folder, or to the next free one. */
  return async (upload: ReceivedFile, path: string, name: string, overwrite: boolean): Promise<Placed> => {
    const folder = dirname(path);
    for (let number = 0; number < MAX_TRIES; number++) {
      const tried = numberedName(name, number);
      const target = join(folder, posix.basename(tried));
      if (!overwrite && (await isSame(target, upload))) return { kind: 'same', name: tried };
      if ((await placeFile(upload.path, target, { replace: overwrite })) === 'placed')
        return { kind: 'placed', name: tried };
    }
    return { kind: 'no_name_left' };
  };
}
