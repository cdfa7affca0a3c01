/** Textual inversion: vectors that stand for a word, from files in `models/embeddings`. */
import type { NodeFiles } from '@snug/node-kit';
import { openTensorFile, readTensors } from '../engine/index.ts';
import type { TextEncoder } from '../seams.ts';
import type { FindEmbedding } from './phrases.ts';

/** What files call their vectors, by the encoder that they are for; the first that is there counts. */
const NAMES: Readonly<Record<TextEncoder['kind'], readonly string[]>> = {
  'clip-l': ['clip_l', 'emb_params'],
  'open-clip-h': ['clip_h', 'emb_params'],
  'open-clip-g': ['clip_g', 'emb_params'],
};

/** Finds embeddings by name, with or without `.safetensors`; `warn` is told about those that cannot be used. */
export function embeddingFinder(
  files: NodeFiles,
  widths: ReadonlyMap<TextEncoder['kind'], number>,
  warn: (line: string) => void,
): FindEmbedding {
  return async (name, kind) => {
    const path =
      (await files.resolveModel('embeddings', `${name}.safetensors`)) ??
      (name.endsWith('.safetensors') ? await files.resolveModel('embeddings', name) : undefined);
    if (path === undefined) return undefined;
    const file = await openTensorFile(path);
    const names = [...file.tensors.keys()];
    const key = NAMES[kind].find((one) => names.includes(one)) ?? (names.length === 1 ? names[0] : undefined);
    const [tensor] = key === undefined ? [] : await readTensors(file, [key]);
    const width = widths.get(kind) ?? 0;
    if (!tensor || tensor.shape.at(-1) !== width) {
      warn(`Embedding ${name} has no vectors of ${width} numbers for ${kind}: it is left out there.`);
      return [];
    }
    return Array.from({ length: tensor.data.length / width }, (_, at) =>
      tensor.data.slice(at * width, (at + 1) * width),
    );
  };
}
