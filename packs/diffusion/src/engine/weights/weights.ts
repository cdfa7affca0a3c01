/** Weights by the names that graphs ask for, wherever and however they lie in files. */
import type { NumberType } from '../files/header.ts';
import type { TensorFile } from '../files/tensor-file.ts';

/** Numbers in a file. */
export interface Weight {
  readonly file: TensorFile;
  readonly name: string;
  readonly type: NumberType;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly length: number;
  /** The file has rows and columns the other way round than the graph; `shape` is the file's. */
  readonly isTransposed: boolean;
}

/** A change of a weight: `strength * scale * (up · down)`, or `strength * full`. */
export type Delta =
  | {
      readonly kind: 'low-rank';
      readonly up: Weight;
      readonly down: Weight;
      readonly mid?: Weight | undefined;
      readonly factor: number;
    }
  | { readonly kind: 'full'; readonly difference: Weight; readonly factor: number };

export interface Weights {
  /** The file that errors name. */
  readonly path: string;
  find(name: string): Weight | undefined;
  /** What is added to a weight, in order. */
  deltas(name: string): readonly Delta[];
}

/** Where a file has a weight. */
export interface Place {
  readonly name: string;
  /** One of so many equal parts of its rows. */
  readonly part?: readonly [part: number, of: number];
  readonly isTransposed?: boolean;
}
export type Locate = (name: string) => Place | undefined;

/** The tensor of a file as a weight. */
export function weightIn(
  file: TensorFile,
  { name, part: [part, of] = [0, 1], isTransposed = false }: Place,
): Weight | undefined {
  const entry = file.tensors.get(name);
  if (!entry) return undefined;
  const [rows, ...rest] = entry.shape;
  if (of === 1 || rows === undefined) return { file, name, ...entry, isTransposed };
  if (rows % of) return undefined;
  const length = entry.length / of;
  return {
    file,
    name,
    ...entry,
    shape: [rows / of, ...rest],
    offset: entry.offset + part * length,
    length,
    isTransposed,
  };
}

/** The weights of a file; `locate` translates names, and by default leaves them alone. */
export function weightsOf(file: TensorFile, locate: Locate = (name) => ({ name })): Weights {
  return {
    path: file.path,
    find(name) {
      const place = locate(name);
      return place && weightIn(file, place);
    },
    deltas: () => [],
  };
}

/** How many of `name(0)`, `name(1)`, ... there are. */
export function countOf(weights: Weights, name: (at: number) => string): number {
  let count = 0;
  while (weights.find(name(count))) count++;
  return count;
}
