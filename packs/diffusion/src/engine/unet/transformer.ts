import {
  add,
  attend,
  conv,
  gelu,
  groupNorm,
  layerNorm,
  linear,
  linearParts,
  linearRows,
  toPixels,
  toRows,
  toTokens,
  toTokensLike,
} from '../onnx/layers.ts';
import type { GraphWriter, Value } from '../onnx/graph.ts';

export interface TransformerOptions {
  /** The text, `[batch, tokens, width]`. */
  readonly context: Value;
  readonly depth: number;
  /** How many heads look at so many channels. */
  readonly headsOf: (width: number) => number;
}

/**
 * Pixels look at each other and at the text. Before and after them there is a convolution of size 1 (SD 1) or a linear layer on
 * tokens (SD 2, SDXL): the same numbers, so both are computed as the cheaper one.
 */
export function spatialTransformer(graph: GraphWriter, x: Value, name: string, options: TransformerOptions): Value {
  let tokens = toTokens(graph, conv(graph, groupNorm(graph, x, `${name}.norm`, 1e-6), `${name}.proj_in`));
  for (let at = 0; at < options.depth; at++) {
    tokens = transformerBlock(graph, tokens, `${name}.transformer_blocks.${at}`, options);
  }
  return add(graph, x, conv(graph, toPixels(graph, tokens, x), `${name}.proj_out`));
}

function transformerBlock(graph: GraphWriter, x: Value, name: string, options: TransformerOptions): Value {
  const own = layerNorm(graph, x, `${name}.norm1`);
  const looked = add(graph, x, attention(graph, own, own, `${name}.attn1`, options));
  const asking = layerNorm(graph, looked, `${name}.norm2`);
  const told = add(graph, looked, attention(graph, asking, options.context, `${name}.attn2`, options));
  return add(graph, told, feedForward(graph, layerNorm(graph, told, `${name}.norm3`), `${name}.ff.net`));
}

function attention(graph: GraphWriter, x: Value, from: Value, name: string, { headsOf }: TransformerOptions): Value {
  const [query, key, value] = [
    linear(graph, x, `${name}.to_q`),
    linear(graph, from, `${name}.to_k`),
    linear(graph, from, `${name}.to_v`),
  ];
  return linear(graph, attend(graph, query, key, value, headsOf(query.width)), `${name}.to_out.0`);
}

/** One half of the numbers gates the other. */
function feedForward(graph: GraphWriter, x: Value, name: string): Value {
  const [values = x, gates = x] = linearParts(graph, toRows(graph, x), `${name}.0.proj`, 2);
  const gated = { ...values, name: graph.op('Mul', [values.name, gelu(graph, gates).name]) };
  return toTokensLike(graph, linearRows(graph, gated, `${name}.2`), x);
}
