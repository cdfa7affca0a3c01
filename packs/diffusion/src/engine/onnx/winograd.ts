/**
 * Convolutions of size 3 by Winograd's minimal filtering (Lavin & Gray 2015, arXiv:1509.09308): instead of nine products for each
 * pixel of a square, one for each number of the square transformed. What is left is the matrix product over channels.
 */
import type { GraphWriter, Value } from './graph.ts';

/** How squares of `side` pixels are computed at once. The matrices are those of one direction. */
export interface Squares {
  readonly side: number;
  /** From the pixels that a square sees, `side + 2` of them. */
  readonly seen: readonly (readonly number[])[];
  /** From the three weights. */
  readonly kernel: readonly (readonly number[])[];
  /** To the pixels of the square. */
  readonly made: readonly (readonly number[])[];
}

/** 16 products for 4 pixels instead of 36; weights take 16/9 of their room. */
export const TWO: Squares = {
  side: 2,
  seen: [
    [1, 0, -1, 0],
    [0, 1, 1, 0],
    [0, -1, 1, 0],
    [0, 1, 0, -1],
  ],
  kernel: [
    [1, 0, 0],
    [1 / 2, 1 / 2, 1 / 2],
    [1 / 2, -1 / 2, 1 / 2],
    [0, 0, 1],
  ],
  made: [
    [1, 1, 1, 0],
    [0, 1, -1, -1],
  ],
};

/** 36 products for 16 pixels instead of 144; weights take four times their room. */
export const FOUR: Squares = {
  side: 4,
  seen: [
    [4, 0, -5, 0, 1, 0],
    [0, -4, -4, 1, 1, 0],
    [0, 4, -4, -1, 1, 0],
    [0, -2, -1, 2, 1, 0],
    [0, 2, -1, -2, 1, 0],
    [0, 4, 0, -5, 0, 1],
  ],
  kernel: [
    [1 / 4, 0, 0],
    [-1 / 6, -1 / 6, -1 / 6],
    [-1 / 6, 1 / 6, -1 / 6],
    [1 / 24, 1 / 12, 1 / 6],
    [1 / 24, -1 / 12, 1 / 6],
    [0, 0, 1],
  ],
  made: [
    [1, 1, 1, 1, 1, 0],
    [0, 1, -1, 2, -2, 0],
    [0, 1, 1, 4, 4, 0],
    [0, 1, -1, 8, -8, 1],
  ],
};

/** Below this, turning pixels around costs more than the products that are saved. */
const FEWEST_CHANNELS = 128;
/** The most weights of a layer whose room is worth four, or 16/9, times as much: measured with SD 1.5 at 256² on two cores. */
const MOST_FOR_FOUR = 640 * 640;
const MOST_FOR_TWO = 1920 * 640;

/** How a layer is computed best; undefined where directly. */
export function squaresFor(inputs: number, outputs: number): Squares | undefined {
  if (Math.min(inputs, outputs) < FEWEST_CHANNELS) return undefined;
  if (inputs * outputs <= MOST_FOR_FOUR) return FOUR;
  return inputs * outputs <= MOST_FOR_TWO ? TWO : undefined;
}

/**
 * A convolution of size 3 with zeros around the picture, without its bias.
 * @param name of the weights, `[width, channels, 3, 3]`
 */
export function convInSquares(graph: GraphWriter, x: Value, name: string, squares: Squares): Value {
  const { side, seen, kernel, made } = squares;
  const [width = 0] = graph.shapeOf(name);
  const sees = side + 2;
  const products = sees * sees;
  const batch = graph.op('Shape', [x.name], { start: 0, end: 1 });
  const sides = graph.op('Shape', [x.name], { start: 2 });
  const shaped = (value: string, ...shape: readonly string[]): string =>
    graph.op('Reshape', [value, graph.op('Concat', shape, { axis: 0 })]);

  // each channel of each sample is a picture of its own, whose squares are transformed; the last may reach past the border
  const planes = shaped(x.name, graph.ints([-1, 1]), sides);
  const transformed = graph.op('Conv', [planes, graph.floats(squared(seen), [products, 1, sees, sees])], {
    kernel_shape: [sees, sees],
    strides: [side, side],
    pads: [1, 1, side, side],
  });
  const count = graph.op('Shape', [transformed], { start: 2 });
  const perSample = shaped(transformed, batch, graph.ints([x.width, products, -1]));
  const perProduct = graph.op('Reshape', [
    graph.op('Transpose', [perSample], { perm: [2, 1, 0, 3] }),
    graph.ints([products, x.width, -1]),
  ]);

  // of constants only, so that the runtime computes them once, while the session is made
  const flat = graph.weight(name, [1, width, x.width, 9]);
  const weights = graph.op(
    'Conv',
    [graph.op('Transpose', [flat], { perm: [0, 3, 1, 2] }), graph.floats(squared(kernel), [products, 9, 1, 1])],
    { kernel_shape: [1, 1] },
  );
  graph.countWeights(width * x.width * (products - 9));
  const multiplied = graph.op('MatMul', [weights, perProduct]);

  const back = graph.floats(turned(squared(made), side * side), [products, side * side]);
  const pixels = graph.op('Gemm', [graph.op('Reshape', [multiplied, graph.ints([products, -1])]), back], { transA: 1 });
  const inSquares = shaped(pixels, graph.ints([width]), batch, count, graph.ints([side, side]));
  const inRows = graph.op('Transpose', [inSquares], { perm: [1, 0, 2, 4, 3, 5] });
  const whole = shaped(inRows, batch, graph.ints([width]), graph.op('Mul', [count, graph.ints([side])]));
  return { name: graph.op('Slice', [whole, graph.ints([0, 0]), sides, graph.ints([2, 3])]), width };
}

/** The matrix of both directions at once, row after row. */
const squared = (matrix: readonly (readonly number[])[]): number[] =>
  matrix.flatMap((one) => matrix.flatMap((other) => one.flatMap((a) => other.map((b) => a * b))));

/** Columns of a matrix that has rows of this length become rows, and the other way round. */
function turned(matrix: readonly number[], rows: number): number[] {
  const length = matrix.length / rows;
  return Array.from(matrix, (_, at) => matrix[(at % rows) * length + Math.floor(at / rows)] ?? 0);
}
