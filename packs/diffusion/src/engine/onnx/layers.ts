/** The layers that all the networks are made of. Names are those of a layer's weights without `.weight` and `.bias`. */
import type { GraphWriter, Value } from './graph.ts';
import { convInSquares, squaresFor } from './winograd.ts';

export interface ConvOptions {
  /** Default 1. */
  readonly stride?: number | undefined;
  /** Zeros before and after each side; default half a kernel each. */
  readonly padding?: readonly [before: number, after: number] | undefined;
}

/** A convolution; the size of its kernel is the weight's, and a linear layer counts as one of size 1. */
export function conv(graph: GraphWriter, x: Value, name: string, { stride = 1, padding }: ConvOptions = {}): Value {
  const [width = 0, inputs = 0, side = 1, across = 1] = graph.shapeOf(`${name}.weight`);
  expectWidth(graph, x, inputs, name);
  const [before, after] = padding ?? [side >> 1, side >> 1];
  const isPlain = side === 3 && across === 3 && stride === 1 && !padding;
  const squares = graph.tradesMemory && isPlain ? squaresFor(inputs, width) : undefined;
  if (squares) {
    const y = convInSquares(graph, x, `${name}.weight`, squares);
    const hasBias = graph.has(`${name}.bias`);
    return hasBias ? { ...y, name: graph.op('Add', [y.name, graph.weight(`${name}.bias`, [width, 1, 1])]) } : y;
  }
  const weights = [graph.weight(`${name}.weight`, [width, inputs, side, across])];
  if (graph.has(`${name}.bias`)) weights.push(graph.weight(`${name}.bias`, [width]));
  const value = graph.op('Conv', [x.name, ...weights], {
    kernel_shape: [side, across],
    strides: [stride, stride],
    pads: [before, before, after, after],
  });
  return { name: value, width };
}

/** A matrix over the last axis of `[batch, tokens, width]`; a convolution of size 1 counts as one. */
export function linear(graph: GraphWriter, x: Value, name: string): Value {
  return toTokensLike(graph, linearRows(graph, toRows(graph, x), name), x);
}

/** A matrix over the last axis of `[batch, width]`. */
export function linearRows(graph: GraphWriter, x: Value, name: string): Value {
  const [y = x] = linearParts(graph, x, name, 1);
  return y;
}

/** {@link linearRows}, with what comes out in equal parts. */
export function linearParts(graph: GraphWriter, x: Value, name: string, parts: number): Value[] {
  const [width = 0, inputs = 0] = graph.shapeOf(`${name}.weight`);
  expectWidth(graph, x, inputs, name);
  const weights = graph.rowsOf(`${name}.weight`, [width, inputs], parts);
  const biases = graph.has(`${name}.bias`) ? graph.rowsOf(`${name}.bias`, [width], parts) : [];
  return weights.map((weight, part) => {
    const bias = biases[part];
    const inputsOfPart = [x.name, weight, ...(bias === undefined ? [] : [bias])];
    // the runtime packs a transposed matrix as fast as any: nothing has to be turned around before
    return { name: graph.op('Gemm', inputsOfPart, { transB: 1 }), width: width / parts };
  });
}

/** Tokens `[batch, tokens, width]` as rows `[batch * tokens, width]`. */
export const toRows = (graph: GraphWriter, x: Value): Value => ({
  ...x,
  name: graph.op('Reshape', [x.name, graph.ints([-1, x.width])]),
});

/** Back from {@link toRows}; `like` has the batch and the tokens. */
export function toTokensLike(graph: GraphWriter, x: Value, like: Value): Value {
  const sides = graph.op('Shape', [like.name], { start: 0, end: -1 });
  const shape = graph.op('Concat', [sides, graph.ints([x.width])], { axis: 0 });
  return { ...x, name: graph.op('Reshape', [x.name, shape]) };
}

const GROUPS = 32;

export function groupNorm(graph: GraphWriter, x: Value, name: string, epsilon = 1e-5): Value {
  expectWidth(graph, x, graph.shapeOf(`${name}.weight`)[0] ?? 0, name);
  if (x.width % GROUPS) graph.refuse(`the ${x.width} channels of ${name} do not make ${GROUPS} groups`);
  // the runtime has no such operator on all devices, but a group of channels is a channel of many pixels
  const groups = graph.op('Reshape', [x.name, graph.ints([0, GROUPS, -1])]);
  const ones = graph.floats(Array.from({ length: GROUPS }, () => 1));
  const zeros = graph.floats(Array.from({ length: GROUPS }, () => 0));
  const normed = graph.op('InstanceNormalization', [groups, ones, zeros], { epsilon: { float: epsilon } });
  const shaped = graph.op('Reshape', [normed, graph.op('Shape', [x.name])]);
  const scaled = graph.op('Mul', [shaped, graph.weight(`${name}.weight`, [x.width, 1, 1])]);
  return { ...x, name: graph.op('Add', [scaled, graph.weight(`${name}.bias`, [x.width, 1, 1])]) };
}

export function layerNorm(graph: GraphWriter, x: Value, name: string): Value {
  expectWidth(graph, x, graph.shapeOf(`${name}.weight`)[0] ?? 0, name);
  const weights = [graph.weight(`${name}.weight`, [x.width]), graph.weight(`${name}.bias`, [x.width])];
  return { ...x, name: graph.op('LayerNormalization', [x.name, ...weights], { axis: -1, epsilon: { float: 1e-5 } }) };
}

/** `x * sigmoid(x)`. */
export const silu = (graph: GraphWriter, x: Value): Value => swish(graph, x, 1);
/** The approximation of GELU that CLIP-L was trained with. */
export const quickGelu = (graph: GraphWriter, x: Value): Value => swish(graph, x, 1.702);

function swish(graph: GraphWriter, x: Value, alpha: number): Value {
  return { ...x, name: graph.runtimeOp('QuickGelu', [x.name], { alpha: { float: alpha } }) };
}

export const gelu = (graph: GraphWriter, x: Value): Value => ({ ...x, name: graph.op('Gelu', [x.name]) });

export const add = (graph: GraphWriter, x: Value, y: Value): Value => ({
  ...x,
  name: graph.op('Add', [x.name, y.name]),
});

/** Puts channels behind each other. */
export const join = (graph: GraphWriter, x: Value, y: Value): Value => ({
  name: graph.op('Concat', [x.name, y.name], { axis: 1 }),
  width: x.width + y.width,
});

/** Twice the sides; each pixel becomes four. */
export const doubled = (graph: GraphWriter, x: Value): Value => ({
  ...x,
  name: graph.op('Resize', [x.name, '', graph.floats([1, 1, 2, 2])], {
    mode: 'nearest',
    coordinate_transformation_mode: 'asymmetric',
    nearest_mode: 'floor',
  }),
});

/** Pixels `[batch, width, height, width]` as tokens `[batch, pixels, width]`. */
export const toTokens = (graph: GraphWriter, x: Value): Value => ({
  ...x,
  name: graph.op('Transpose', [graph.op('Reshape', [x.name, graph.ints([0, x.width, -1])])], { perm: [0, 2, 1] }),
});

/** Back from {@link toTokens}; `like` has the sides. */
export function toPixels(graph: GraphWriter, x: Value, like: Value): Value {
  const planes = graph.op('Transpose', [x.name], { perm: [0, 2, 1] });
  const sides = graph.op('Shape', [like.name], { start: 2 });
  const batch = graph.op('Shape', [like.name], { start: 0, end: 1 });
  const shape = graph.op('Concat', [batch, graph.ints([x.width]), sides], { axis: 0 });
  return { ...x, name: graph.op('Reshape', [planes, shape]) };
}

/**
 * Tokens look at tokens.
 * @param bias is added to what a token thinks of another, `[1, 1, tokens, tokens]`
 */
export function attend(
  graph: GraphWriter,
  query: Value,
  key: Value,
  value: Value,
  heads: number,
  bias?: string,
): Value {
  const inputs = [query.name, key.name, value.name];
  if (bias) inputs.push('', '', bias);
  return { ...value, name: graph.runtimeOp('MultiHeadAttention', inputs, { num_heads: heads }) };
}

function expectWidth(graph: GraphWriter, x: Value, width: number, name: string): void {
  if (x.width !== width)
    graph.refuse(`the layer ${name} takes ${width} channels where the layer before has ${x.width}`);
}
