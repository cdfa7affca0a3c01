/** From prompts to what a network is told. */
import { createTensor } from '@snug/node-kit';
import type { Tensor } from '@snug/node-kit';
import type { Clip, Conditioning, Family, TextEncoder } from '../seams.ts';
import { fillRows } from './chunks.ts';
import type { WeightedToken } from './chunks.ts';
import { promptPhrases } from './phrases.ts';
import type { FindEmbedding } from './phrases.ts';
import { END_TOKEN } from './vocabulary.ts';

/** Which layer a family's networks were trained on, counted from the last, and whether the final norm lies over it. */
const HABIT: Readonly<Record<Family, { readonly skip: number; readonly isNormed: boolean }>> = {
  sd1: { skip: 0, isNormed: true },
  sd2: { skip: 1, isNormed: true },
  sdxl: { skip: 1, isNormed: false },
  'sdxl-refiner': { skip: 1, isNormed: false },
};

/** The text for each kind of encoder; one text stands for all. */
export type Prompts = string | Partial<Record<TextEncoder['kind'], string>>;

/**
 * Encodes a prompt. Of several encoders the features lie side by side, and the pooled text is the last one's.
 * Weights are measured from the empty prompt: weight 0 says at that place what no prompt would.
 */
export async function encodePrompt(clip: Clip, prompts: Prompts, findEmbedding: FindEmbedding): Promise<Conditioning> {
  const encoders = await clip.encoders();
  const rows: WeightedToken[][][] = [];
  for (const { kind } of encoders) {
    const prompt = typeof prompts === 'string' ? prompts : (prompts[kind] ?? '');
    rows.push(fillRows(await promptPhrases(prompt, kind, findEmbedding), paddingOf(kind)));
  }
  const longest = Math.max(...rows.map((own) => own.length));
  for (const [at, { kind }] of encoders.entries()) {
    while (rows[at]!.length < longest) rows[at]!.push(...fillRows([], paddingOf(kind)));
  }
  const parts: Encoded[] = [];
  for (const [at, encoder] of encoders.entries()) parts.push(await encodeRows(encoder, rows[at]!, clip));
  return { context: sideBySide(parts.map((part) => part.context)), pooled: parts.at(-1)?.pooled };
}

const paddingOf = (kind: TextEncoder['kind']): number => (kind === 'clip-l' ? END_TOKEN : 0);

interface Encoded {
  readonly context: Tensor;
  readonly pooled: Tensor;
}

async function encodeRows(encoder: TextEncoder, rows: readonly WeightedToken[][], clip: Clip): Promise<Encoded> {
  const habit = HABIT[clip.family];
  const { lastLayer } = clip;
  // asked for more layers than there are, an encoder gives its last one
  const asked = lastLayer === undefined ? habit.skip : -lastLayer - 1;
  const skip = asked < encoder.layers ? asked : 0;
  const isWeighted = rows.some((row) => row.some(({ weight }) => weight !== 1));
  const all = isWeighted ? [...rows, ...fillRows([], paddingOf(encoder.kind))] : rows;
  const tokens = all.map((row) => row.map(({ token }) => token));
  const { hidden, pooled } = await encoder.encode(tokens, { skip, isNormed: habit.isNormed });

  const [, length = 0, width = 0] = hidden.shape;
  const size = length * width;
  const data = hidden.data.slice(0, rows.length * size);
  if (isWeighted) {
    const empty = hidden.data.subarray(rows.length * size);
    weigh(data, empty, rows, width);
  }
  return {
    context: { data, shape: [1, rows.length * length, width] },
    pooled: { data: pooled.data.slice(0, pooled.shape[1]), shape: [1, pooled.shape[1] ?? 0] },
  };
}

function weigh(data: Float32Array, empty: Float32Array, rows: readonly WeightedToken[][], width: number): void {
  let from = 0;
  for (const row of rows) {
    for (const [place, { weight }] of row.entries()) {
      const token = weight === 1 ? [] : data.subarray(from, from + width);
      for (const [at, value] of token.entries()) {
        const none = empty[place * width + at]!;
        data[from + at] = (value - none) * weight + none;
      }
      from += width;
    }
  }
}

/** Joins the features of each token; all have as many tokens. */
function sideBySide(tensors: readonly Tensor[]): Tensor {
  const [first] = tensors;
  if (tensors.length === 1 && first) return first;
  const tokens = first?.shape[1] ?? 0;
  const widths = tensors.map(({ shape }) => shape[2] ?? 0);
  const joined = createTensor([1, tokens, widths.reduce((sum, width) => sum + width, 0)]);
  let at = 0;
  for (let token = 0; token < tokens; token++) {
    for (const [k, { data }] of tensors.entries()) {
      const width = widths[k]!;
      joined.data.set(data.subarray(token * width, (token + 1) * width), at);
      at += width;
    }
  }
  return joined;
}
