/** Graphs of a VAE: pixels `[batch, height, width, 3]` in [0, 1] to latents and back. */
import { GraphWriter } from '../onnx/graph.ts';
import type { FinishedGraph, Value } from '../onnx/graph.ts';
import { add, attend, conv, doubled, groupNorm, silu, toPixels, toTokens } from '../onnx/layers.ts';
import type { Weights } from '../weights/weights.ts';

const MOST = 16;
const EPSILON = 1e-6;

/** How many of `name(0)`, `name(1)`, ... the file has. */
function count(graph: GraphWriter, name: (at: number) => string): number {
  let found = 0;
  while (found < MOST && graph.has(name(found))) found++;
  return found;
}

function residualBlock(graph: GraphWriter, x: Value, name: string): Value {
  const first = conv(graph, silu(graph, groupNorm(graph, x, `${name}.norm1`, EPSILON)), `${name}.conv1`);
  const second = conv(graph, silu(graph, groupNorm(graph, first, `${name}.norm2`, EPSILON)), `${name}.conv2`);
  const shortcut = `${name}.nin_shortcut`;
  return add(graph, graph.has(`${shortcut}.weight`) ? conv(graph, x, shortcut) : x, second);
}

/** Pixels look at each other, all channels being one head. */
function attention(graph: GraphWriter, x: Value, name: string): Value {
  const normed = groupNorm(graph, x, `${name}.norm`, EPSILON);
  const tokens = (layer: string): Value => toTokens(graph, conv(graph, normed, `${name}.${layer}`));
  const looked = attend(graph, tokens('q'), tokens('k'), tokens('v'), 1);
  return add(graph, x, conv(graph, toPixels(graph, looked, x), `${name}.proj_out`));
}

function middle(graph: GraphWriter, x: Value, name: string): Value {
  const looked = attention(graph, residualBlock(graph, x, `${name}.block_1`), `${name}.attn_1`);
  return residualBlock(graph, looked, `${name}.block_2`);
}

/** Input `latent`, output `pixels`. */
export function decoderGraph(weights: Weights): FinishedGraph {
  const graph = new GraphWriter(weights);
  const [channels = 0] = graph.shapeOf('post_quant_conv.weight');
  const latent = { name: graph.input('latent', ['batch', channels, 'height', 'width']), width: channels };
  let x = conv(graph, conv(graph, latent, 'post_quant_conv'), 'decoder.conv_in');
  x = middle(graph, x, 'decoder.mid');
  const levels = count(graph, (at) => `decoder.up.${at}.block.0.conv1.weight`);
  for (let level = levels - 1; level >= 0; level--) {
    const name = `decoder.up.${level}`;
    const blocks = count(graph, (at) => `${name}.block.${at}.conv1.weight`);
    for (let at = 0; at < blocks; at++) x = residualBlock(graph, x, `${name}.block.${at}`);
    if (graph.has(`${name}.upsample.conv.weight`)) x = conv(graph, doubled(graph, x), `${name}.upsample.conv`);
  }
  x = conv(graph, silu(graph, groupNorm(graph, x, 'decoder.norm_out', EPSILON)), 'decoder.conv_out');
  const half = graph.floats([0.5], []);
  const bright = graph.op('Add', [graph.op('Mul', [x.name, half]), half]);
  const clipped = graph.op('Clip', [bright, graph.floats([0], []), graph.floats([1], [])]);
  graph.output('pixels', graph.op('Transpose', [clipped], { perm: [0, 2, 3, 1] }), [
    'batch',
    'rows',
    'columns',
    x.width,
  ]);
  return graph.finish();
}

/** Input `pixels`, output `latent`, the mean of the distribution. Sides have to be multiples of 8. */
export function encoderGraph(weights: Weights): FinishedGraph {
  const graph = new GraphWriter(weights);
  const pixels = graph.input('pixels', ['batch', 'rows', 'columns', 3]);
  const planes = graph.op('Transpose', [pixels], { perm: [0, 3, 1, 2] });
  const centred = graph.op('Sub', [graph.op('Mul', [planes, graph.floats([2], [])]), graph.floats([1], [])]);
  let x = conv(graph, { name: centred, width: 3 }, 'encoder.conv_in');
  const levels = count(graph, (at) => `encoder.down.${at}.block.0.conv1.weight`);
  for (let level = 0; level < levels; level++) {
    const name = `encoder.down.${level}`;
    const blocks = count(graph, (at) => `${name}.block.${at}.conv1.weight`);
    for (let at = 0; at < blocks; at++) x = residualBlock(graph, x, `${name}.block.${at}`);
    const shrink = `${name}.downsample.conv`;
    // these were trained with zeros on the right and below only
    if (graph.has(`${shrink}.weight`)) x = conv(graph, x, shrink, { stride: 2, padding: [0, 1] });
  }
  x = middle(graph, x, 'encoder.mid');
  x = conv(graph, silu(graph, groupNorm(graph, x, 'encoder.norm_out', EPSILON)), 'encoder.conv_out');
  const moments = conv(graph, x, 'quant_conv');
  const [mean = ''] = graph.split(moments.name, 2, 1);
  graph.output('latent', mean, ['batch', moments.width / 2, 'height', 'width']);
  return graph.finish();
}
