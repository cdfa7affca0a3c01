/** A context for nodes that read and write: folders that last as long as a test, and everything that was reported. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { FileRefused, NodeResult } from '@snug/node-kit';
import type {
  AnyNode,
  FolderName,
  Image,
  Mask,
  NodeContext,
  NodeFiles,
  Preview,
  SavedFile,
  UiOutput,
} from '@snug/node-kit';

export interface FolderContext {
  readonly context: NodeContext;
  readonly root: string;
  readonly logs: string[];
  readonly progress: [value: number, max: number, preview: Preview | undefined][];
  readonly checks: () => number;
  put(name: string, bytes: Uint8Array, folder?: FolderName): Promise<void>;
  saved(file: SavedFile): Promise<Buffer>;
}

export async function folderContext(more: Partial<NodeContext> = {}): Promise<FolderContext> {
  const root = await mkdtemp(join(tmpdir(), 'pack-image-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  for (const folder of ['input', 'output', 'temp']) await mkdir(join(root, folder));
  const logs: string[] = [];
  const progress: FolderContext['progress'] = [];
  const states: unknown[] = [];
  let checks = 0;
  const context: Partial<NodeContext> = {
    files: filesIn(root),
    embedMetadata: true,
    log: (line) => void logs.push(line),
    throwIfInterrupted: () => void checks++,
    progress: (value, max, preview) => void progress.push([value, max, preview]),
    state: <T>(create: () => T): T => {
      if (!states.length) states.push(create());
      return states[0] as T;
    },
    ...more,
  };
  return {
    context: context as NodeContext,
    root,
    logs,
    progress,
    checks: () => checks,
    put: (name, bytes, folder = 'input') => writeFile(join(root, folder, name), bytes),
    saved: ({ type, subfolder, filename }) => readFile(join(root, type, subfolder, filename)),
  };
}

function filesIn(root: string): NodeFiles {
  const files: Pick<NodeFiles, 'resolve' | 'list' | 'series' | 'write' | 'read'> = {
    resolve(name, folder = 'input') {
      const [, plain = name, marked = folder] = /^(.*) \[(input|output|temp)\]$/.exec(name) ?? [];
      if (plain.includes('..')) throw new FileRefused(name, `Invalid file path: '${name}'`);
      return join(root, marked, plain);
    },
    async list(folder, extensions) {
      const names = await readdir(join(root, folder));
      return names.filter((name) => !extensions || extensions.includes(extname(name).toLowerCase())).sort();
    },
    async series(prefix, { folder = 'output', width = 0, height = 0 } = {}) {
      const expanded = prefix.replaceAll('%width%', String(width)).replaceAll('%height%', String(height));
      const subfolder = dirname(expanded) === '.' ? '' : dirname(expanded);
      const base = basename(expanded);
      await mkdir(join(root, folder, subfolder), { recursive: true });
      let counter = 0;
      for (const name of await readdir(join(root, folder, subfolder))) {
        if (name.startsWith(`${base}_`)) counter = Math.max(counter, Number.parseInt(name.slice(base.length + 1), 10));
      }
      return {
        subfolder,
        next({ extension, batchNumber = 0, closing = '_' }) {
          const stem = base.replaceAll('%batch_num%', String(batchNumber));
          const filename = `${stem}_${String(++counter).padStart(5, '0')}${closing}.${extension}`;
          return { filename, subfolder, type: folder, path: join(root, folder, subfolder, filename) };
        },
      };
    },
    write: (path, bytes) => writeFile(path, bytes),
    read: (path) => readFile(path),
  };
  return files as NodeFiles;
}

/** The outputs that the nodes for files have, by their names. A node has some of them. */
export interface FileOutputs {
  readonly IMAGE: Image;
  readonly MASK: Mask;
  readonly images: Image;
  readonly mask: Mask;
  readonly svg: unknown;
}

export interface NodeRun {
  readonly outputs: FileOutputs;
  readonly ui: UiOutput | undefined;
  /** The file at a place of `ui.images`. */
  readonly file: (index?: number) => SavedFile;
}

export function nodeIn(nodes: readonly AnyNode[], type: string): AnyNode {
  const node = nodes.find((one) => one.type === type);
  if (!node) throw new Error(`no node ${type}`);
  return node;
}

export async function runIn(
  { context }: FolderContext,
  nodes: readonly AnyNode[],
  type: string,
  inputs: Readonly<Record<string, unknown>>,
): Promise<NodeRun> {
  const result: unknown = await nodeIn(nodes, type).run(inputs, context);
  const parts = result instanceof NodeResult ? result : { outputs: result, ui: undefined };
  const { outputs, ui } = parts;
  return {
    outputs: (outputs ?? {}) as FileOutputs,
    ui,
    file: (index = 0) => sure(ui?.images?.[index]) as SavedFile,
  };
}

/** The value, which a test relies on being there. */
export function sure<T>(value: T | null | undefined): T {
  if (value === undefined || value === null) throw new Error('the value is missing');
  return value;
}
