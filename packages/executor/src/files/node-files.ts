import { mkdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, extname, isAbsolute, join, relative, sep } from 'node:path';
import { pythonRepr } from '@snug/protocol';
import { FileRefused } from '@snug/node-kit';
import type { FolderName, NodeFiles } from '@snug/node-kit';
import { parseAnnotatedName } from './annotated-name.ts';
import type { Folders } from './folders.ts';
import { createModelFiles } from './model-files.ts';
import { createNameSeries } from './name-series.ts';
import { writeWhole } from './place-file.ts';
import { realInside, realInsideSync, resolveInside } from './resolve-path.ts';
import type { ResolvedPath } from './resolve-path.ts';
import { byCodePoint } from './text-order.ts';
import { walkFolder } from './walk-folder.ts';

export interface NodeFilesOptions {
  /** The time for `%year%` and the like. Default: the clock's. */
  readonly now?: (() => Date) | undefined;
}

function refuse(name: string): FileRefused {
  return new FileRefused(name, `Invalid file path: ${pythonRepr(name)}`);
}

/** The part of an absolute path below a root, checked as if a client had sent it. */
function below(root: string, path: string): ResolvedPath {
  const rest = relative(root, path);
  if (!isAbsolute(path) || isAbsolute(rest)) return { kind: 'refused', reason: 'lies elsewhere' };
  return resolveInside(root, sep === '/' ? rest : rest.replaceAll(sep, '/'));
}

/** The files that nodes may reach: input, output and temp, and the models to read. */
export function createNodeFiles(folders: Folders, { now = () => new Date() }: NodeFilesOptions = {}): NodeFiles {
  const models = createModelFiles(folders);
  const writable = [folders.input, folders.output, folders.temp];
  const readable = [...writable, ...[...folders.models.values()].flat()];

  return {
    resolve(text, folder: FolderName = 'input') {
      const annotated = parseAnnotatedName(text);
      const root = folders[annotated.folder ?? folder];
      const inside = resolveInside(root, annotated.name);
      if (inside.kind === 'refused' || inside.path === root) throw refuse(text);
      if (realInsideSync(root, inside.path).kind === 'refused') throw refuse(text);
      return inside.path;
    },

    async list(folder, extensions) {
      const { files } = await walkFolder(folders[folder], { recurse: false });
      const matching = files.filter((name) => !extensions || extensions.includes(extname(name).toLowerCase()));
      return matching.sort(byCodePoint);
    },

    async listModels(kind) {
      return (await models.list(kind)).map(({ name }) => name);
    },

    resolveModel: (kind, name) => models.resolve(kind, name),

    series: (prefix, { folder = 'output', width, height } = {}) =>
      createNameSeries(prefix, { root: folders[folder], folder, width, height, now: now() }),

    async write(path, bytes) {
      for (const root of writable) {
        const inside = below(root, path);
        if (inside.kind === 'refused' || inside.path === root) continue;
        const parent = await realInside(root, dirname(inside.path));
        if (parent.kind === 'refused') break;
        await mkdir(parent.path, { recursive: true });
        // what is in temp is gone after a restart anyway
        await writeWhole(join(parent.path, basename(inside.path)), bytes, { durable: root !== folders.temp });
        return;
      }
      throw refuse(path);
    },

    async read(path) {
      for (const root of readable) {
        if (below(root, path).kind === 'refused') continue;
        const real = await realInside(readable, path);
        if (real.kind === 'refused') break;
        if (!(await stat(real.path)).isFile()) break;
        return readFile(real.path);
      }
      throw refuse(path);
    },
  };
}
