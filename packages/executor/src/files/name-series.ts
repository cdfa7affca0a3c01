/** Names for saved files: what a prefix stands for, and counters that never hand out a name twice. */
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FileRefused } from '@snug/node-kit';
import type { FolderName, NameSeries } from '@snug/node-kit';
import { pathProblem, realInside, resolveInside } from './resolve-path.ts';

export interface SeriesOptions {
  /** Absolute path of the folder that must not be left. */
  readonly root: string;
  readonly folder: FolderName;
  /** Of the first image, in pixels. Default 0. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly now: Date;
}

const PLACEHOLDER = /%(width|height|year|month|day|hour|minute|second)%/g;
const BATCH_NUMBER = '%batch_num%';
const COUNTER_DIGITS = 5;
/** Counters that were handed out are remembered for so many prefixes, the newest ones. */
const MAX_REMEMBERED = 10_000;

/** Replaces `%width%`, `%year%` and the like, in local time. Anything else between percent signs stays as it is. */
export function expandPrefix(
  prefix: string,
  { width = 0, height = 0, now }: Omit<SeriesOptions, 'root' | 'folder'>,
): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return prefix.replace(PLACEHOLDER, (_whole, name: string) => {
    switch (name) {
      case 'width':
        return String(width);
      case 'height':
        return String(height);
      case 'year':
        return String(now.getFullYear());
      case 'month':
        return two(now.getMonth() + 1);
      case 'day':
        return two(now.getDate());
      case 'hour':
        return two(now.getHours());
      case 'minute':
        return two(now.getMinutes());
      default:
        return two(now.getSeconds());
    }
  });
}

interface Counter {
  next: number;
}
const counters = new Map<string, Counter>();

/** The counter that all series of a prefix in this process share. */
function sharedCounter(key: string): Counter {
  const counter = counters.get(key) ?? { next: 1 };
  counters.delete(key);
  counters.set(key, counter);
  const [oldest] = counters.keys();
  if (counters.size > MAX_REMEMBERED && oldest !== undefined) counters.delete(oldest);
  return counter;
}

const onWindows = process.platform === 'win32';
const comparable = (name: string): string => (onWindows ? name.toLowerCase() : name);

/** One more than the highest counter among the names, 1 without any. `%batch_num%` stands for any number. */
export function nextCounter(names: readonly string[], base: string): number {
  const source = comparable(base).split(BATCH_NUMBER).map(escapeRegExp).join('\\d+');
  // more digits than these are not ours
  const pattern = new RegExp(`^${source}_(\\d{1,15})(?:[_.]|$)`);
  let highest = 0;
  for (const name of names) highest = Math.max(highest, Number(pattern.exec(comparable(name))?.[1] ?? 0));
  return highest + 1;
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

function outside(prefix: string, reason: string): FileRefused {
  return new FileRefused(
    prefix,
    '**** ERROR: Saving image outside the output folder is not allowed.\n' +
      `The prefix ${JSON.stringify(prefix)} ${reason}. Use a name, or folders and a name separated by /.`,
  );
}

/**
 * Starts a series and makes its folder. Reads the folder once, whatever the number of files.
 * @throws {FileRefused}
 */
export async function createNameSeries(prefix: string, options: SeriesOptions): Promise<NameSeries> {
  const { root, folder } = options;
  const expanded = expandPrefix(prefix, options);
  const problem = pathProblem(expanded);
  if (problem) throw outside(prefix, problem);
  const names = expanded.split('/').filter((name) => name && name !== '.');
  const base = names.pop() ?? '';
  const subfolder = names.join('/');
  const target = resolveInside(root, subfolder);
  if (target.kind === 'refused') throw outside(prefix, target.reason);
  // asked before the folder is made, lest it is made elsewhere
  const real = await realInside(root, target.path);
  if (real.kind === 'refused') throw outside(prefix, real.reason);
  try {
    await mkdir(real.path, { recursive: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST' && code !== 'ENOTDIR') throw error;
    throw new FileRefused(
      prefix,
      `The prefix ${JSON.stringify(prefix)} names a file as a folder. Choose another name.`,
    );
  }

  const counter = sharedCounter(comparable(`${real.path}\0${base}`));
  counter.next = Math.max(counter.next, nextCounter(await readdir(real.path), base));

  return {
    subfolder,
    next({ extension, batchNumber = 0, closing = '_' }) {
      const ending = extension.startsWith('.') ? extension : `.${extension}`;
      if (!/^\.[a-z0-9][a-z0-9.]{0,31}$/i.test(ending)) {
        throw new FileRefused(
          extension,
          `The extension ${JSON.stringify(extension)} is not one: use letters and digits.`,
        );
      }
      const number = String(counter.next++).padStart(COUNTER_DIGITS, '0');
      const stem = base.replaceAll(BATCH_NUMBER, String(batchNumber));
      const filename = `${stem}_${number}${closing}${ending}`;
      const tooLong = pathProblem(filename);
      if (tooLong) throw outside(prefix, tooLong);
      // a node may put the file into its `ui` as it is, and clients are not told where folders are
      const file = { filename, subfolder, type: folder };
      return Object.defineProperty(file, 'path', { value: join(target.path, filename) }) as typeof file & {
        path: string;
      };
    },
  };
}
