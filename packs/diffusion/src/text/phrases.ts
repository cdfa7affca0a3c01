/** A prompt as phrases of weighted tokens, with vectors where it names embeddings. */
import type { TextEncoder } from '../seams.ts';
import type { WeightedToken } from './chunks.ts';
import { tokenize } from './tokenizer.ts';
import { weightedTexts } from './weights.ts';

/** The vectors of an embedding for one kind of encoder; undefined when there is no such embedding. */
export type FindEmbedding = (name: string, kind: TextEncoder['kind']) => Promise<readonly Float32Array[] | undefined>;

const MARK = 'embedding:';
const EMBEDDING = /(?<![^\s])(embedding:\S+)/;

/**
 * What a row should hold together: text of one weight, or the vectors of an embedding. Rows tear only what is long.
 */
export async function promptPhrases(
  prompt: string,
  kind: TextEncoder['kind'],
  findEmbedding: FindEmbedding,
): Promise<WeightedToken[][]> {
  const phrases: WeightedToken[][] = [];
  for (const { text, weight } of weightedTexts(prompt)) {
    for (const piece of text.split(EMBEDDING)) {
      const tokens = piece.startsWith(MARK)
        ? await embeddingTokens(piece.slice(MARK.length), kind, findEmbedding)
        : tokenize(piece);
      if (tokens.length) phrases.push(tokens.map((token) => ({ token, weight })));
    }
  }
  return phrases;
}

/** What follows the name, such as a comma, stays text. An unknown name says nothing. */
async function embeddingTokens(
  name: string,
  kind: TextEncoder['kind'],
  findEmbedding: FindEmbedding,
): Promise<(number | Float32Array)[]> {
  const vectors = await findEmbedding(name, kind);
  if (vectors) return [...vectors];
  const [, shorter = name, rest = ''] = /^(.*?)([,;.!?]+)$/.exec(name) ?? [];
  const found = rest ? await findEmbedding(shorter, kind) : undefined;
  return [...(found ?? []), ...tokenize(rest)];
}
