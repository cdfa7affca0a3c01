/** What a job leaves behind, of every kind: pictures, videos, sounds, texts, 3D, and whatever nodes of others show. */
import { RemoteFile } from './remote-file.ts';
import type { FileAccess, FilePlace } from './remote-file.ts';
import { isObject, textAt } from './wire.ts';
import type { WireObject } from './wire.ts';

export type FileKind = 'image' | 'video' | 'audio' | 'model3d' | 'file';

interface OutputBase {
  readonly nodeId: string;
  /** The name that the node gave it: `images`, `text`. */
  readonly key: string;
}

export interface FileOutput extends OutputBase, RemoteFile {
  readonly kind: FileKind;
}

export interface TextOutput extends OutputBase {
  readonly kind: 'text';
  readonly text: string;
}

/** Neither a file nor a text; `raw` is what came. */
export interface CustomOutput extends OutputBase {
  readonly kind: 'custom';
  readonly raw: unknown;
}

export type Output = FileOutput | TextOutput | CustomOutput;

/** A list of outputs, with views of it. Saved files come before those that are only shown. */
export class Outputs implements Iterable<Output> {
  readonly all: readonly Output[];
  /** As the server sent it, by node id. */
  readonly raw: ReadonlyMap<string, WireObject>;

  constructor(all: readonly Output[], raw: ReadonlyMap<string, WireObject> = new Map()) {
    this.all = all;
    this.raw = raw;
  }

  [Symbol.iterator](): Iterator<Output> {
    return this.all[Symbol.iterator]();
  }
  get images(): FileOutput[] {
    return this.#files('image');
  }
  get videos(): FileOutput[] {
    return this.#files('video');
  }
  get audio(): FileOutput[] {
    return this.#files('audio');
  }
  get models(): FileOutput[] {
    return this.#files('model3d');
  }
  /** Every file, of every kind. */
  get files(): FileOutput[] {
    return this.#files('image', 'video', 'audio', 'model3d', 'file');
  }
  get texts(): string[] {
    return this.all.flatMap((output) => (output.kind === 'text' ? [output.text] : []));
  }
  /** What one node left. */
  of(nodeId: string): Outputs {
    const raw = this.raw.get(nodeId);
    const own = this.all.filter((output) => output.nodeId === nodeId);
    return new Outputs(own, raw ? new Map([[nodeId, raw]]) : undefined);
  }

  #files(...kinds: FileKind[]): FileOutput[] {
    const files = this.all.filter((output): output is FileOutput => (kinds as string[]).includes(output.kind));
    const isSaved = ({ folder }: FileOutput): boolean => folder !== 'temp';
    return [...files.filter(isSaved), ...files.filter((file) => !isSaved(file))];
  }
}

/** Stands beside `images` and says which of them move. */
const REMARKS: ReadonlySet<string> = new Set(['animated']);

/** The outputs in what one node showed. */
export function readOutputs(nodeId: string, shown: WireObject, access: FileAccess): Output[] {
  const outputs: Output[] = [];
  for (const [key, value] of Object.entries(shown)) {
    if (REMARKS.has(key)) continue;
    const items = Array.isArray(value) ? (value as unknown[]) : [value];
    const read = items.map((item) => readItem(nodeId, key, item, access));
    if (items.length && read.every((output) => output !== undefined)) outputs.push(...read);
    else if (items.length)
      outputs.push(...read.filter((output) => output !== undefined), { kind: 'custom', nodeId, key, raw: value });
  }
  return outputs;
}

function readItem(nodeId: string, key: string, item: unknown, access: FileAccess): Output | undefined {
  if (key === 'text' && typeof item === 'string') return { kind: 'text', nodeId, key, text: item };
  const place = placeOf(key, item);
  if (!place) return undefined;
  const format = textAt(item, 'format');
  const file = new RemoteFile(place, access, format?.includes('/') ? format : undefined);
  return asOutput(file, nodeId, key);
}

/** A file as an output of a node. */
export function asOutput(file: RemoteFile, nodeId: string, key: string): FileOutput {
  return Object.assign(file, { nodeId, key, kind: kindOf(key, file) });
}

const ANNOTATED = /^(.*) \[(input|output|temp)\]$/;

function placeOf(key: string, item: unknown): FilePlace | undefined {
  if (isObject(item)) {
    const filename = textAt(item, 'filename');
    if (!filename) return undefined;
    return { filename, subfolder: textAt(item, 'subfolder') ?? '', folder: textAt(item, 'type') ?? 'output' };
  }
  // nodes that show 3D name the file by its path
  if (
    typeof item !== 'string' ||
    (key !== 'result' && key !== '3d') ||
    !/\.(?:glb|gltf|obj|fbx|stl|ply|usdz)(?: \[|$)/i.test(item)
  )
    return undefined;
  const [, path = item, folder = 'output'] = ANNOTATED.exec(item) ?? [];
  const at = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
  return { filename: path.slice(at + 1), subfolder: at < 0 ? '' : path.slice(0, at), folder };
}

function kindOf(key: string, { mime }: RemoteFile): FileKind {
  const [family] = mime.split('/');
  if (family === 'image' || family === 'video' || family === 'audio') return family;
  if (family === 'model') return 'model3d';
  if (mime !== 'application/octet-stream') return 'file';
  if (key === 'images') return 'image';
  if (key === 'video' || key === 'videos' || key === 'gifs') return 'video';
  if (key === 'audio') return 'audio';
  return key === '3d' ? 'model3d' : 'file';
}
