/** The graph of a UNet, from the pieces that its weights name. */
import { GraphWriter } from '../onnx/graph.ts';
import type { FinishedGraph, GraphOptions, Value } from '../onnx/graph.ts';
import { add, conv, doubled, groupNorm, join, linearRows, silu } from '../onnx/layers.ts';
import type { Weights } from '../weights/weights.ts';
import type { Family } from '../../seams.ts';
import { readLayout } from './layout.ts';
import type { Piece } from './layout.ts';
import { residualBlock } from './residual.ts';
import { spatialTransformer } from './transformer.ts';

export interface UnetWidths {
  readonly inputChannels: number;
  readonly channels: number;
  /** Of the sines and cosines that tell the time. */
  readonly time: number;
  readonly context: number;
  /** Of the pooled text and sizes; undefined where the model takes none. */
  readonly vector: number | undefined;
}

/** SD 1 has the same number of heads everywhere, the later ones heads of the same width. */
const headsOf =
  (family: Family) =>
  (width: number): number =>
    family === 'sd1' ? 8 : Math.max(1, Math.floor(width / 64));

/**
 * Inputs `latent`, `time`, `context` and, where the model takes one, `vector`; output `prediction`.
 * @param weights by the names of the first releases, without what is before `input_blocks`
 */
export function unetGraph(
  weights: Weights,
  family: Family,
  options?: GraphOptions,
): FinishedGraph & { readonly widths: UnetWidths } {
  const graph = new GraphWriter(weights, options);
  const layout = readLayout(graph);
  const widths = readWidths(graph, layout.inputs.flat());
  const context = { name: graph.input('context', ['batch', 'tokens', widths.context]), width: widths.context };
  const moment = silu(graph, timeAndVector(graph, widths));
  const run = (x: Value, piece: Piece): Value => {
    switch (piece.kind) {
      case 'conv':
        return conv(graph, x, piece.name);
      case 'down':
        return conv(graph, x, piece.name, { stride: 2 });
      case 'up':
        return conv(graph, doubled(graph, x), piece.name);
      case 'residual':
        return residualBlock(graph, x, moment, piece.name);
      case 'transformer':
        return spatialTransformer(graph, x, piece.name, { context, depth: piece.depth, headsOf: headsOf(family) });
    }
  };
  const size = ['height', 'width'];
  let x: Value = { name: graph.input('latent', ['batch', widths.inputChannels, ...size]), width: widths.inputChannels };
  const across: Value[] = [];
  for (const block of layout.inputs) across.push((x = block.reduce(run, x)));
  x = layout.middle.reduce(run, x);
  for (const block of layout.outputs) {
    const skipped = across.pop() ?? graph.refuse('it has more blocks on the way up than on the way down');
    x = block.reduce(run, join(graph, x, skipped));
  }
  const last = conv(graph, silu(graph, groupNorm(graph, x, 'out.0')), 'out.2');
  graph.output('prediction', last.name, ['batch', widths.channels, ...size]);
  return { ...graph.finish(), widths };
}

function readWidths(graph: GraphWriter, inputs: readonly Piece[]): UnetWidths {
  const transformer =
    inputs.find(({ kind }) => kind === 'transformer') ?? graph.refuse('its UNet never looks at a text');
  return {
    inputChannels: graph.shapeOf('input_blocks.0.0.weight')[1] ?? 0,
    channels: graph.shapeOf('out.2.weight')[0] ?? 0,
    time: graph.shapeOf('time_embed.0.weight')[1] ?? 0,
    context: graph.shapeOf(`${transformer.name}.transformer_blocks.0.attn2.to_k.weight`)[1] ?? 0,
    vector: graph.has('label_emb.0.0.weight') ? graph.shapeOf('label_emb.0.0.weight')[1] : undefined,
  };
}

function timeAndVector(graph: GraphWriter, widths: UnetWidths): Value {
  const twoLayers = (x: Value, name: string): Value =>
    linearRows(graph, silu(graph, linearRows(graph, x, `${name}.0`)), `${name}.2`);
  const time = twoLayers({ name: graph.input('time', ['batch', widths.time]), width: widths.time }, 'time_embed');
  if (widths.vector === undefined) return time;
  const vector = { name: graph.input('vector', ['batch', widths.vector]), width: widths.vector };
  return add(graph, time, twoLayers(vector, 'label_emb.0'));
}
