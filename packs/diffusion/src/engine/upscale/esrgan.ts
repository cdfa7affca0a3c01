/** ESRGAN: dense blocks inside residual blocks inside a residual trunk, then as many doublings as the factor wants. */
import { GraphWriter } from '../onnx/graph.ts';
import type { FinishedGraph, Value } from '../onnx/graph.ts';
import { add, conv, doubled, join } from '../onnx/layers.ts';
import type { Weights } from '../weights/weights.ts';

const MOST_BLOCKS = 64;
const COLOURS = 3;

export interface EsrganShape {
  readonly factor: number;
  /** Sides of the input are multiples of this: so many pixels become channels first. */
  readonly fold: number;
}

/** Input `pixels` `[batch, height, width, 3]` in [0, 1], output `larger`. */
export function esrganGraph(weights: Weights): FinishedGraph & EsrganShape {
  const graph = new GraphWriter(weights);
  const fold = Math.round(Math.sqrt((graph.shapeOf('conv_first.weight')[1] ?? 0) / COLOURS));
  const pixels = graph.input('pixels', ['batch', 'height', 'width', COLOURS]);
  const planes = { name: graph.op('Transpose', [pixels], { perm: [0, 3, 1, 2] }), width: COLOURS };
  const first = conv(graph, folded(graph, planes, fold), 'conv_first');
  let x = first;
  for (let at = 0; at < MOST_BLOCKS && graph.has(`body.${at}.rdb1.conv1.weight`); at++)
    x = residualBlock(graph, x, `body.${at}`);
  x = add(graph, first, conv(graph, x, 'conv_body'));
  let doublings = 0;
  while (graph.has(`conv_up${doublings + 1}.weight`)) {
    x = leaky(graph, conv(graph, doubled(graph, x), `conv_up${++doublings}`));
  }
  x = conv(graph, leaky(graph, conv(graph, x, 'conv_hr')), 'conv_last');
  const clipped = graph.op('Clip', [x.name, graph.floats([0], []), graph.floats([1], [])]);
  graph.output('larger', graph.op('Transpose', [clipped], { perm: [0, 2, 3, 1] }), [
    'batch',
    'rows',
    'columns',
    x.width,
  ]);
  return { ...graph.finish(), factor: 2 ** doublings / fold, fold };
}

const leaky = (graph: GraphWriter, x: Value): Value => ({
  ...x,
  name: graph.op('LeakyRelu', [x.name], { alpha: { float: 0.2 } }),
});

/** Three dense blocks; a fifth of what they say is added. */
function residualBlock(graph: GraphWriter, x: Value, name: string): Value {
  let y = x;
  for (let at = 1; at <= 3; at++) y = denseBlock(graph, y, `${name}.rdb${at}`);
  return fifthOnto(graph, x, y);
}

/** Each convolution sees all before it. */
function denseBlock(graph: GraphWriter, x: Value, name: string): Value {
  let seen = x;
  for (let at = 1; at <= 4; at++) seen = join(graph, seen, leaky(graph, conv(graph, seen, `${name}.conv${at}`)));
  return fifthOnto(graph, x, conv(graph, seen, `${name}.conv5`));
}

function fifthOnto(graph: GraphWriter, x: Value, y: Value): Value {
  return add(graph, x, { ...y, name: graph.op('Mul', [y.name, graph.floats([0.2], [])]) });
}

/** Squares of pixels become channels; those of one colour lie together, where ONNX would have them apart. */
function folded(graph: GraphWriter, x: Value, fold: number): Value {
  if (fold === 1) return x;
  const apart = graph.op('SpaceToDepth', [x.name], { blocksize: fold });
  const width = x.width * fold * fold;
  const order = Array.from(
    { length: width },
    (_, at) => (at % (fold * fold)) * x.width + Math.floor(at / (fold * fold)),
  );
  return { name: graph.op('Gather', [apart, graph.ints(order)], { axis: 1 }), width };
}
