/** The graph of a text encoder: CLIP-L, OpenCLIP-H and -G differ in widths and in one activation. */
import { GraphWriter } from '../onnx/graph.ts';
import type { FinishedGraph, Value } from '../onnx/graph.ts';
import { add, attend, gelu, layerNorm, linear, linearRows, quickGelu } from '../onnx/layers.ts';
import type { Weights } from '../weights/weights.ts';

export interface TextShape {
  readonly width: number;
  readonly layers: number;
  /** Tokens in a row. */
  readonly length: number;
  /** Of the pooled vector. */
  readonly pooled: number;
}

const HEAD = 64;
const MOST_LAYERS = 64;
const EMBEDDINGS = 'text_model.embeddings';

export function textShape(graph: GraphWriter): TextShape {
  const [length = 0, width = 0] = graph.shapeOf(`${EMBEDDINGS}.position_embedding.weight`);
  let layers = 0;
  while (layers < MOST_LAYERS && graph.has(`text_model.encoder.layers.${layers}.layer_norm1.weight`)) layers++;
  const hasProjection = graph.has('text_projection.weight');
  return { width, layers, length, pooled: hasProjection ? (graph.shapeOf('text_projection.weight')[0] ?? 0) : width };
}

/**
 * Inputs: `ids` of the tokens; `vectors`, which are added where `own` is 0 instead of the token's own vector; `ends`, where each
 * row ends. Outputs: `pooled`, and for each layer `hidden_1`, ... and `normed_1`, ..., after the final norm.
 */
export function textGraph(
  weights: Weights,
  activation: 'gelu' | 'quick-gelu',
): FinishedGraph & { readonly shape: TextShape } {
  const graph = new GraphWriter(weights);
  const shape = textShape(graph);
  const { width, length } = shape;
  let x = embed(graph, shape);
  const mask = causalMask(graph, length);
  const sides = ['rows', length, width];
  for (let layer = 1; layer <= shape.layers; layer++) {
    x = encoderLayer(graph, x, `text_model.encoder.layers.${layer - 1}`, mask, activation);
    graph.output(`hidden_${layer}`, x.name, sides);
    const normed = layerNorm(graph, x, 'text_model.final_layer_norm');
    graph.output(`normed_${layer}`, normed.name, sides);
    if (layer === shape.layers) graph.output('pooled', pool(graph, normed), ['rows', shape.pooled]);
  }
  return { ...graph.finish(), shape };
}

function embed(graph: GraphWriter, { width, length }: TextShape): Value {
  const ids = graph.input('ids', ['rows', length], 'int64');
  const vectors = graph.input('vectors', ['rows', length, width]);
  const own = graph.input('own', ['rows', length, 1]);
  const known = graph.op('Gather', [graph.weight(`${EMBEDDINGS}.token_embedding.weight`), ids]);
  const tokens = graph.op('Add', [graph.op('Mul', [known, own]), vectors]);
  return { name: graph.op('Add', [tokens, graph.weight(`${EMBEDDINGS}.position_embedding.weight`)]), width };
}

/** No token looks at a later one. */
function causalMask(graph: GraphWriter, length: number): string {
  const NEVER = -1e9;
  const mask = Array.from({ length: length * length }, (_, at) => (at % length > Math.floor(at / length) ? NEVER : 0));
  return graph.floats(mask, [1, 1, length, length]);
}

function encoderLayer(
  graph: GraphWriter,
  x: Value,
  name: string,
  mask: string,
  activation: 'gelu' | 'quick-gelu',
): Value {
  const own = layerNorm(graph, x, `${name}.layer_norm1`);
  const [query, key, value] = [
    linear(graph, own, `${name}.self_attn.q_proj`),
    linear(graph, own, `${name}.self_attn.k_proj`),
    linear(graph, own, `${name}.self_attn.v_proj`),
  ];
  const heads = Math.max(1, Math.floor(x.width / HEAD));
  const looked = linear(graph, attend(graph, query, key, value, heads, mask), `${name}.self_attn.out_proj`);
  const told = add(graph, x, looked);
  const wide = linear(graph, layerNorm(graph, told, `${name}.layer_norm2`), `${name}.mlp.fc1`);
  const active = activation === 'gelu' ? gelu(graph, wide) : quickGelu(graph, wide);
  return add(graph, told, linear(graph, active, `${name}.mlp.fc2`));
}

/** The vector where the row ends, through the projection if there is one. */
function pool(graph: GraphWriter, normed: Value): string {
  const ends = graph.input('ends', ['rows', 1], 'int64');
  const last = { ...normed, name: graph.op('GatherND', [normed.name, ends], { batch_dims: 1 }) };
  return graph.has('text_projection.weight') ? linearRows(graph, last, 'text_projection').name : last.name;
}
