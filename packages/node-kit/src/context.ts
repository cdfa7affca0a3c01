import type { JsonObject } from '@snug/protocol';
import type { GraphBuilder, SubgraphNode } from './graph-builder.ts';
import type { SavedFile } from './result.ts';
import type { Image } from './tensor.ts';

/** Thrown inside a node when its prompt was interrupted. Let it pass; throwing it stops the prompt. */
export class Interrupted extends Error {
  readonly code = 'interrupted';
  constructor() {
    super('The prompt was interrupted.');
    this.name = 'Interrupted';
  }
}

/** Pixels of one picture, 8 bits a channel. */
export interface RawPicture {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 2 | 3 | 4;
}

/** A picture for the client, sent with a step of progress. */
export interface Preview {
  /** The first picture of a batch is taken. */
  readonly image: Image | RawPicture;
  /** Default `jpeg`. */
  readonly format?: 'jpeg' | 'png' | undefined;
  /** The side in pixels of the square that the picture is scaled to fit, up or down; undefined leaves its size. */
  readonly maxSize?: number | undefined;
  /** `newest` (the default) may be dropped for a newer one when a client is slow; `every` is delivered like a result. */
  readonly delivery?: 'newest' | 'every' | undefined;
}

export type FolderName = 'input' | 'output' | 'temp';

/** Names for the files of one save: `ComfyUI_00001_.png`, `ComfyUI_00002_.png`, ... */
export interface NameSeries {
  readonly subfolder: string;
  /** Where the next file goes. `%batch_num%` in the prefix becomes the given number. */
  next(options: { extension: string; batchNumber?: number; closing?: '_' | '' }): SavedFile & { readonly path: string };
}

/** The only way to files that a node should use: every path is checked to stay inside its folder. */
export interface NodeFiles {
  /**
   * The absolute path of a file named by an input such as `photo.png` or `photo.png [output]`.
   * @throws {FileRefused} when the name leaves its folder.
   */
  resolve(name: string, folder?: FolderName): string;
  /** Names of the files directly in a folder, sorted by code point; `extensions` with the dot, lower case. */
  list(folder: FolderName, extensions?: readonly string[]): Promise<string[]>;
  /** Names of model files of a kind, such as `checkpoints`, with their subfolders. */
  listModels(kind: string): Promise<string[]>;
  /** The absolute path of a model file, or undefined. */
  resolveModel(kind: string, name: string): Promise<string | undefined>;
  /**
   * Starts a series of names from a prefix like `shots/%year%/ComfyUI`. Makes the folder.
   * @throws {FileRefused} when the prefix leaves the folder.
   */
  series(prefix: string, options?: { folder?: FolderName; width?: number; height?: number }): Promise<NameSeries>;
  /** Writes a whole file: it never appears half written. */
  write(path: string, bytes: Uint8Array): Promise<void>;
  read(path: string): Promise<Uint8Array>;
}

/** A path that was refused; `input` is the name as given. */
export class FileRefused extends Error {
  readonly code = 'file_refused';
  readonly input: string;
  constructor(input: string, problem: string) {
    super(problem);
    this.name = 'FileRefused';
    this.input = input;
  }
}

/** The graph that runs, with the nodes that expansion added. */
export interface NodeGraph {
  has(id: string): boolean;
  get(id: string): SubgraphNode | undefined;
  /** The id that clients see for a node. */
  displayId(id: string): string;
  /** The submitted node that a node came from. */
  realId(id: string): string;
  /** The node that expanded into it, or undefined for a submitted node. */
  parentId(id: string): string | undefined;
  ids(): string[];
  /** The submitted prompt. */
  readonly original: JsonObject;
}

/** What is known when a node is described or validated: no prompt, no client. */
export interface DescribeContext {
  readonly files: NodeFiles;
}

/** What a running node may ask for. */
export interface NodeContext extends DescribeContext {
  /** Aborted when the prompt is interrupted: pass it on to what takes one. */
  readonly signal: AbortSignal;
  readonly promptId: string;
  /** The id in the graph; of an expanded node, its full id. */
  readonly nodeId: string;
  /** Position in a list when the node runs once for each element. */
  readonly listIndex: number;
  /** The submitted prompt. */
  readonly prompt: JsonObject;
  /** What the client wants embedded in files; null when it sent nothing. */
  readonly extraPngInfo: JsonObject | null;
  /** False when files are to carry no prompt and no workflow. */
  readonly embedMetadata: boolean;
  readonly graph: NodeGraph;
  /** What the user chose for previews of latents: the method and the side in pixels. */
  readonly previews: { readonly method: 'none' | 'latent2rgb' | 'taesd'; readonly size: number };
  /**
   * Reports `value` of `max` steps, with a preview if given. Messages are thinned: the first, the last and those with a
   * preview always go out. Await it when it carries a preview, so that encoding keeps up.
   * @throws {Interrupted} when the prompt was interrupted.
   */
  readonly progress: (value: number, max: number, preview?: Preview) => void | Promise<void>;
  /** As {@link progress}, without thinning, without the older `progress` message, and never throwing. */
  readonly setProgress: (value: number, max: number, preview?: Preview) => void | Promise<void>;
  /**
   * Resolves when all that was told so far is on its way, pictures too. Await it before work that holds the thread: previews
   * are encoded beside the node, and what was told after one waits behind it.
   */
  readonly told: () => Promise<void>;
  /** @throws {Interrupted} when the prompt was interrupted. */
  readonly throwIfInterrupted: () => void;
  /** Sends an event of your own to the client of the prompt. Names like `my-pack.done` keep clear of the others. */
  readonly send: (event: string, data: unknown) => void;
  /** Shows a text on the node. */
  readonly text: (text: string) => void;
  /** A line for the log that front ends can show. */
  readonly log: (line: string) => void;
  /** Data of this node that outlives the prompt, as long as the node stays in the graph. */
  readonly state: <T>(create: () => T) => T;
  /** Starts an expansion; ids follow from the node's id and the number of calls. */
  readonly builder: () => GraphBuilder;
}
