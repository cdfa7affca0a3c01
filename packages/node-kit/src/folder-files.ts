import { mkdirSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, extname, join, resolve, sep } from 'node:path';
import { FileRefused } from './context.ts';
import type { FolderName, NodeFiles } from './context.ts';

const MARKED = /^(.*) \[(input|output|temp)\]$/s;
const PLACEHOLDER = /%(width|height|year|month|day|hour|minute|second)%/g;

/**
 * Files in `input`, `output`, `temp` and `models/<kind>` below a folder, which is made. For tests: names are checked by
 * their text alone, so a symbolic link may lead out, and a file may be seen half written.
 */
export function folderFiles(directory: string): NodeFiles {
  const root = resolve(directory);
  for (const folder of ['input', 'output', 'temp']) mkdirSync(join(root, folder), { recursive: true });
  const inside = (name: string, ...folders: string[]): string => {
    const folder = join(root, ...folders);
    const path = resolve(folder, name);
    if (/[\\\0]/.test(name) || !path.startsWith(folder + sep))
      throw new FileRefused(name, `Invalid file path: '${name}'`);
    return path;
  };
  const namesIn = async (folder: string, recursive = false): Promise<string[]> => {
    const entries = await readdir(folder, { withFileTypes: true, recursive }).catch(() => []);
    const files = entries.filter((entry) => entry.isFile());
    const names = files.map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1));
    return names.map((name) => name.replaceAll(sep, '/')).sort();
  };

  return {
    resolve(text, folder: FolderName = 'input') {
      const [, name = text, marked = folder] = MARKED.exec(text) ?? [];
      return inside(name, marked);
    },
    async list(folder, extensions) {
      const names = await namesIn(join(root, folder));
      return names.filter((name) => !extensions || extensions.includes(extname(name).toLowerCase()));
    },
    listModels: (kind) => namesIn(join(root, 'models', kind), true),
    async resolveModel(kind, name) {
      const names = await namesIn(join(root, 'models', kind), true);
      return names.includes(name) ? join(root, 'models', kind, name) : undefined;
    },
    async series(prefix, { folder = 'output', width = 0, height = 0 } = {}) {
      const path = inside(expandPrefix(prefix, { width, height, now: new Date() }), folder);
      await mkdir(dirname(path), { recursive: true });
      const subfolder = dirname(path)
        .slice(join(root, folder).length + 1)
        .replaceAll(sep, '/');
      const base = path.slice(dirname(path).length + 1);
      let count = highestCount(await readdir(dirname(path)), base);
      return {
        subfolder,
        next({ extension, batchNumber = 0, closing = '_' }) {
          const stem = base.replaceAll('%batch_num%', String(batchNumber));
          const ending = extension.startsWith('.') ? extension : `.${extension}`;
          const filename = `${stem}_${String(++count).padStart(5, '0')}${closing}${ending}`;
          const file = { filename, subfolder, type: folder };
          // as in the server, the path is not among what a node may show to clients
          return Object.defineProperty(file as typeof file & { path: string }, 'path', {
            value: join(dirname(path), filename),
          });
        },
      };
    },
    async write(path, bytes) {
      const allowed = ['input', 'output', 'temp'].some((folder) => path.startsWith(join(root, folder) + sep));
      if (!allowed || resolve(path) !== path) throw new FileRefused(path, `Invalid file path: '${path}'`);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, bytes);
    },
    async read(path) {
      if (!resolve(path).startsWith(root + sep)) throw new FileRefused(path, `Invalid file path: '${path}'`);
      return readFile(path);
    },
  };
}

function expandPrefix(
  prefix: string,
  { width, height, now }: { readonly width: number; readonly height: number; readonly now: Date },
): string {
  const values = new Map([
    ['width', width],
    ['height', height],
    ['year', now.getFullYear()],
    ['month', now.getMonth() + 1],
    ['day', now.getDate()],
    ['hour', now.getHours()],
    ['minute', now.getMinutes()],
    ['second', now.getSeconds()],
  ]);
  return prefix.replace(PLACEHOLDER, (_whole, name: string) => {
    const isSide = name === 'width' || name === 'height';
    return String(values.get(name)).padStart(isSide ? 1 : 2, '0');
  });
}

/** The highest number that a file of the series has: `base_00007_.png` has 7. */
function highestCount(names: readonly string[], base: string): number {
  const starts = base.split('%batch_num%');
  let highest = 0;
  for (const name of names) {
    const count = /_(\d{1,15})_?\.[^/]*$/.exec(name);
    if (count && name.startsWith(starts[0]!)) highest = Math.max(highest, Number(count[1]));
  }
  return highest;
}
