/** Layers against plain loops that compute the same. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createTensor } from '@snug/node-kit';
import type { Tensor } from '@snug/node-kit';
import { openTensorFile } from '../../src/engine/index.ts';
import { GraphWriter } from '../../src/engine/onnx/graph.ts';
import type { GraphOptions, Value } from '../../src/engine/onnx/graph.ts';
import * as layer from '../../src/engine/onnx/layers.ts';
import * as winograd from '../../src/engine/onnx/winograd.ts';
import { createSession } from '../../src/engine/session.ts';
import { weightsOf } from '../../src/engine/weights/weights.ts';
import { writeTensorFile } from './safetensors-file.ts';
import type { TestTensor } from './safetensors-file.ts';
import { randomNumbers, randomTensors } from './tiny-checkpoint.ts';

const folder = mkdtempSync(join(tmpdir(), 'snug-layers-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

/** Runs a layer on one input. */
async function run(
  tensors: Map<string, TestTensor>,
  x: Tensor,
  axis: number,
  build: (graph: GraphWriter, x: Value) => Value,
  options?: GraphOptions,
): Promise<Tensor> {
  const path = join(folder, `${files++}.safetensors`);
  writeTensorFile(path, tensors);
  const graph = new GraphWriter(weightsOf(await openTensorFile(path)), options);
  const sides = x.shape.map((side, at) => (at === axis ? side : `side${at}`));
  const y = build(graph, { name: graph.input('x', sides), width: x.shape[axis] ?? 0 });
  graph.output(
    'y',
    y.name,
    x.shape.map((_, at) => `out${at}`),
  );
  const session = await createSession([graph.finish()], 'a layer', { device: 'cpu', threads: 1 });
  const [result] = await session.run({ x }, ['y']);
  await session.close();
  return result!;
}

function weights(...shapes: [string, ...number[]][]): Map<string, TestTensor> {
  const tensors = new Map<string, TestTensor>();
  const put = randomTensors(tensors, 3);
  for (const shape of shapes) put(...shape);
  return tensors;
}

function noise(...shape: number[]): Tensor {
  const random = randomNumbers(11);
  const tensor = createTensor(shape);
  return { ...tensor, data: tensor.data.map(() => random() * 4 - 2) };
}

const values = (tensors: Map<string, TestTensor>, name: string): Float32Array =>
  tensors.get(name)!.values as Float32Array;

function expectNear({ data }: Tensor, want: ArrayLike<number>, tolerance = 1e-4): void {
  expect(data.length).toBe(want.length);
  for (let at = 0; at < want.length; at++) expect(Math.abs(data[at]! - want[at]!)).toBeLessThan(tolerance);
}

describe('a convolution', () => {
  it.each([
    { side: 3, stride: 1, before: 1, after: 1, padding: undefined },
    { side: 1, stride: 1, before: 0, after: 0, padding: undefined },
    { side: 3, stride: 2, before: 0, after: 1, padding: [0, 1] as const },
  ])(
    'of side $side and stride $stride, with $before before and $after after',
    async ({ side, stride, before, after, padding }) => {
      const [inputs, outputs, height, width] = [2, 3, 6, 4];
      const tensors = weights(['c.weight', outputs, inputs, side, side], ['c.bias', outputs]);
      const x = noise(1, inputs, height, width);
      const y = await run(tensors, x, 1, (graph, value) => layer.conv(graph, value, 'c', { stride, padding }));
      const [rows, columns] = [height, width].map(
        (length) => Math.floor((length + before + after - side) / stride) + 1,
      ) as [number, number];
      const [kernel, bias] = [values(tensors, 'c.weight'), values(tensors, 'c.bias')];
      const want: number[] = [];
      for (let o = 0; o < outputs; o++)
        for (let r = 0; r < rows; r++)
          for (let c = 0; c < columns; c++) {
            let sum = bias[o]!;
            for (let i = 0; i < inputs; i++)
              for (let dy = 0; dy < side; dy++)
                for (let dx = 0; dx < side; dx++) {
                  const [yy, xx] = [r * stride + dy - before, c * stride + dx - before];
                  if (yy < 0 || yy >= height || xx < 0 || xx >= width) continue;
                  sum += x.data[(i * height + yy) * width + xx]! * kernel[((o * inputs + i) * side + dy) * side + dx]!;
                }
            want.push(sum);
          }
      expect(y.shape).toEqual([1, outputs, rows, columns]);
      expectNear(y, want);
    },
  );

  it.each([
    { squares: winograd.TWO, height: 6, width: 4 },
    { squares: winograd.TWO, height: 1, width: 7 },
    { squares: winograd.FOUR, height: 8, width: 12 },
    { squares: winograd.FOUR, height: 9, width: 6 },
    { squares: winograd.FOUR, height: 3, width: 5 },
  ])('computed in squares of side $squares.side is the same, $height×$width', async ({ squares, height, width }) => {
    const tensors = weights(['c.weight', 3, 5, 3, 3]);
    const x = noise(2, 5, height, width);
    const want = await run(tensors, x, 1, (graph, value) => layer.conv(graph, value, 'c'));
    const y = await run(tensors, x, 1, (graph, value) => winograd.convInSquares(graph, value, 'c.weight', squares));
    expect(y.shape).toEqual([2, 3, height, width]);
    expectNear(y, want.data);
  });

  it('of many channels trades memory for time where the graph may, and counts it', async () => {
    const tensors = weights(['c.weight', 128, 128, 3, 3], ['c.bias', 128]);
    const x = noise(1, 128, 5, 6);
    const bytes: number[] = [];
    const of = (options: GraphOptions): Promise<Tensor> =>
      run(
        tensors,
        x,
        1,
        (graph, value) => {
          const y = layer.conv(graph, value, 'c');
          bytes.push(graph.weightBytes);
          return y;
        },
        options,
      );
    const want = await of({});
    const y = await of({ tradesMemory: true });
    expect(y.shape).toEqual(want.shape);
    expectNear(y, want.data, 1e-3);
    expect(bytes).toEqual([128 * 128 * 9 * 4 + 512, 128 * 128 * 36 * 4 + 512]);
  });

  it.each([
    [64, 320, undefined],
    [320, 320, winograd.FOUR],
    [640, 640, winograd.FOUR],
    [1280, 640, winograd.TWO],
    [1280, 1280, undefined],
  ])('of %i to %i channels takes the squares that pay', (inputs, outputs, squares) => {
    expect(winograd.squaresFor(inputs, outputs)).toBe(squares);
  });

  it('is refused where the channels do not meet', async () => {
    const narrow = run(weights(['c.weight', 3, 2, 3, 3]), noise(1, 4, 5, 5), 1, (graph, x) =>
      layer.conv(graph, x, 'c'),
    );
    await expect(narrow).rejects.toThrow('the layer c takes 2 channels where the layer before has 4');
  });
});

it.each([true, false])('a linear layer, with a bias: %s', async (hasBias) => {
  const tensors = weights(['l.weight', 3, 5], ...(hasBias ? ([['l.bias', 3]] as [string, number][]) : []));
  const x = noise(2, 4, 5);
  const y = await run(tensors, x, 2, (graph, value) => layer.linear(graph, value, 'l'));
  const [matrix, bias] = [values(tensors, 'l.weight'), hasBias ? values(tensors, 'l.bias') : [0, 0, 0]];
  const want = Array.from({ length: 2 * 4 * 3 }, (_, at) => {
    const [row, o] = [Math.floor(at / 3), at % 3];
    return [0, 1, 2, 3, 4].reduce((sum, i) => sum + x.data[row * 5 + i]! * matrix[o * 5 + i]!, bias[o]!);
  });
  expect(y.shape).toEqual([2, 4, 3]);
  expectNear(y, want);
});

it('norms of groups and of layers', async () => {
  const [channels, size] = [64, 6];
  const tensors = weights(['n.weight', channels], ['n.bias', channels]);
  const [scale, shift] = [values(tensors, 'n.weight'), values(tensors, 'n.bias')];
  const normed = (all: readonly number[], epsilon: number): number[] => {
    const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
    const variance = all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / all.length;
    return all.map((value) => (value - mean) / Math.sqrt(variance + epsilon));
  };
  const pixels = noise(2, channels, 2, 3);
  const groups = await run(tensors, pixels, 1, (graph, x) => layer.groupNorm(graph, x, 'n'));
  expect(groups.shape).toEqual(pixels.shape);
  const perGroup = (channels / 32) * size;
  const want = Array.from({ length: pixels.data.length / perGroup }, (_, at) =>
    normed([...pixels.data.subarray(at * perGroup, (at + 1) * perGroup)], 1e-5),
  ).flat();
  expectNear(
    groups,
    want.map(
      (value, at) => value * scale[Math.floor(at / size) % channels]! + shift[Math.floor(at / size) % channels]!,
    ),
  );

  const tokens = noise(2, 3, channels);
  const rows = await run(tensors, tokens, 2, (graph, x) => layer.layerNorm(graph, x, 'n'));
  const rowWant = Array.from({ length: 6 }, (_, at) =>
    normed([...tokens.data.subarray(at * channels, (at + 1) * channels)], 1e-5),
  ).flat();
  expectNear(
    rows,
    rowWant.map((value, at) => value * scale[at % channels]! + shift[at % channels]!),
  );
});

describe('a linear layer in parts', () => {
  it('is cut where its weights are', async () => {
    const tensors = weights(['l.weight', 6, 5], ['l.bias', 6]);
    const x = noise(4, 5);
    const whole = await run(tensors, x, 1, (graph, value) => layer.linearRows(graph, value, 'l'));
    for (const [part, from] of [0, 2, 4].entries()) {
      const y = await run(tensors, x, 1, (graph, value) => layer.linearParts(graph, value, 'l', 3)[part]!);
      expect(y.shape).toEqual([4, 2]);
      expectNear(
        y,
        Array.from({ length: 8 }, (_, at) => whole.data[Math.floor(at / 2) * 6 + from + (at % 2)]!),
      );
    }
  });

  it('is refused where its rows do not make the parts, or its numbers not the rows', async () => {
    const x = noise(4, 5);
    const odd = run(weights(['l.weight', 5, 5]), x, 1, (graph, value) => layer.linearParts(graph, value, 'l', 2)[0]!);
    await expect(odd).rejects.toThrow('the 5 rows of l.weight do not make 2 parts');
    const kernel = weights(['l.weight', 6, 5, 3, 3]);
    const wide = run(kernel, x, 1, (graph, value) => layer.linearParts(graph, value, 'l', 2)[0]!);
    await expect(wide).rejects.toThrow('tensor l.weight has the shape 6×5×3×3, not 6×5');
  });
});

/** The error function by its series: the definition, not somebody's approximation. */
function erf(x: number): number {
  let [term, sum] = [x, x];
  for (let n = 1; n < 60; n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

it('activations', async () => {
  const x = noise(1, 7, 9);
  const pairs = [
    [layer.silu, (v: number) => v / (1 + Math.exp(-v))],
    [layer.quickGelu, (v: number) => v / (1 + Math.exp(-1.702 * v))],
    [layer.gelu, (v: number) => (v / 2) * (1 + erf(v / Math.SQRT2))],
  ] as const;
  for (const [build, want] of pairs) {
    const y = await run(new Map(), x, 2, build);
    expect(y.shape).toEqual(x.shape);
    expectNear(y, x.data.map(want));
  }
});

it('doubles pixels, and turns them to tokens and back', async () => {
  const x = noise(1, 2, 3, 2);
  const twice = await run(new Map(), x, 1, (graph, value) => layer.doubled(graph, value));
  expect(twice.shape).toEqual([1, 2, 6, 4]);
  const nearest = Array.from(
    { length: 48 },
    (_, at) =>
      x.data[Math.floor(at / 24) * 6 + Math.floor((Math.floor(at / 4) % 6) / 2) * 2 + Math.floor((at % 4) / 2)]!,
  );
  expectNear(twice, nearest);
  const back = await run(new Map(), x, 1, (graph, value) => layer.toPixels(graph, layer.toTokens(graph, value), value));
  expect(back).toEqual({ data: x.data, shape: x.shape });
});

it('attention of several heads, with a bias that hides later tokens', async () => {
  const [tokens, width, heads] = [5, 8, 2];
  const x = noise(1, tokens, width);
  const mask = Array.from({ length: tokens * tokens }, (_, at) => (at % tokens > Math.floor(at / tokens) ? -1e9 : 0));
  for (const isHidden of [false, true]) {
    const y = await run(new Map(), x, 2, (graph, value) =>
      layer.attend(
        graph,
        value,
        value,
        value,
        heads,
        isHidden ? graph.floats(mask, [1, 1, tokens, tokens]) : undefined,
      ),
    );
    expect(y.shape).toEqual([1, tokens, width]);
    const size = width / heads;
    const want = new Float32Array(tokens * width);
    for (let head = 0; head < heads; head++)
      for (let q = 0; q < tokens; q++) {
        const part = (token: number, at: number): number => x.data[token * width + head * size + at]!;
        const seen = Array.from({ length: isHidden ? q + 1 : tokens }, (_, k) => {
          let sum = 0;
          for (let at = 0; at < size; at++) sum += part(q, at) * part(k, at);
          return Math.exp(sum / Math.sqrt(size));
        });
        const all = seen.reduce((sum, value) => sum + value, 0);
        for (let at = 0; at < size; at++)
          want[q * width + head * size + at] = seen.reduce((sum, value, k) => sum + (value / all) * part(k, at), 0);
      }
    expectNear(y, want);
  }
});
