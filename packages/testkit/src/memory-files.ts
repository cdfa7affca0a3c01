import { FileRefused } from '@snug/node-kit';
import type { FolderName, NodeFiles, SavedFile } from '@snug/node-kit';

/** Files that nodes wrote, kept in memory. */
export interface MemoryFiles extends NodeFiles {
  /** By path, such as `/output/ComfyUI_00001_.png`. */
  readonly written: ReadonlyMap<string, Uint8Array>;
  /** The bytes of a file as `ui` names it. */
  saved(file: SavedFile): Uint8Array;
}

const FOLDERS: readonly FolderName[] = ['input', 'output', 'temp'];

/** Folders for nodes without a disk; no models. Names of files follow the server's. */
export function createMemoryFiles(): MemoryFiles {
  const written = new Map<string, Uint8Array>();
  const counters = new Map<string, number>();
  const read = (path: string): Uint8Array => {
    const bytes = written.get(path);
    if (!bytes) throw new FileRefused(path, `There is no file ${path}.`);
    return bytes;
  };

  return {
    written,
    saved: ({ type, subfolder, filename }) => read([`/${type}`, subfolder, filename].filter(Boolean).join('/')),
    resolve: (name, folder = 'input') => `/${folder}/${name}`,
    async list(folder, extensions = ['']) {
      const start = `/${folder}/`;
      const names = [...written.keys()]
        .filter((path) => path.startsWith(start))
        .map((path) => path.slice(start.length));
      return names.filter((name) => extensions.some((extension) => name.endsWith(extension))).sort();
    },
    listModels: async () => [],
    resolveModel: async () => undefined,
    async series(prefix, { folder = 'output' } = {}) {
      const cut = prefix.lastIndexOf('/');
      const subfolder = cut < 0 ? '' : prefix.slice(0, cut);
      const base = prefix.slice(cut + 1);
      return {
        subfolder,
        next({ extension, batchNumber = 0, closing = '_' }) {
          const stem = [`/${folder}`, subfolder, base].filter(Boolean).join('/');
          const count = (counters.get(stem) ?? 0) + 1;
          counters.set(stem, count);
          const name = base.replaceAll('%batch_num%', String(batchNumber));
          const filename = `${name}_${String(count).padStart(5, '0')}${closing}.${extension}`;
          return {
            filename,
            subfolder,
            type: folder,
            path: [`/${folder}`, subfolder, filename].filter(Boolean).join('/'),
          };
        },
      };
    },
    async write(path, bytes) {
      if (!FOLDERS.some((folder) => path.startsWith(`/${folder}/`)))
        throw new FileRefused(path, `${path} is in no folder.`);
      written.set(path, bytes);
    },
    read: async (path) => read(path),
  };
}
