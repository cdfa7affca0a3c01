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

export interface UnetGraph {
  readonly parts: readonly FinishedGraph[];
  readonly widths: UnetWidths;
}

export interface UnetOptions extends GraphOptions {
  /** In two graphs of about the same size, which can load at the same time. Default false. */
  readonly isHalved?: boolean | undefined;
}

/** What goes from block to block. */
interface Passage {
  readonly x: Value;
  /** What waits for the way up, the last first. */
  readonly across: readonly Value[];
  /** What the time has to say. */
  readonly moment: Value;
  readonly context: Value;
}

const SIZE = ['height', 'width'] as const;
/** The way down is smaller than the way up: with so much of that it is about half of the weights. */
const SHARE_OF_FIRST_HALF = 1 / 6;

/**
 * Inputs `latent`, `time`, `context` and, where the model takes one, `vector`; output `prediction`.
 * @param weights by the names of the first releases, without what is before `input_blocks`
 */
export function unetGraph(
  weights: Weights,
  family: Family,
  { isHalved = false, ...options }: UnetOptions = {},
): UnetGraph {
  let graph = new GraphWriter(weights, options);
  const layout = readLayout(graph);
  const widths = readWidths(graph, layout.inputs.flat());
  const parts: FinishedGraph[] = [];
  const cut = isHalved ? Math.round(layout.outputs.length * SHARE_OF_FIRST_HALF) : undefined;

  let passage = enter(graph, widths);
  for (const block of layout.inputs) {
    const x = runBlock(graph, block, passage, family);
    passage = { ...passage, x, across: [x, ...passage.across] };
  }
  passage = { ...passage, x: runBlock(graph, layout.middle, passage, family) };
  for (const [at, block] of layout.outputs.entries()) {
    if (at === cut) {
      const next = new GraphWriter(weights, options);
      passage = passOn(graph, next, passage);
      parts.push(graph.finish());
      graph = next;
    }
    const [skipped = graph.refuse('it has more blocks on the way up than on the way down'), ...across] = passage.across;
    passage = { ...passage, x: join(graph, passage.x, skipped), across };
    passage = { ...passage, x: runBlock(graph, block, passage, family) };
  }
  const last = conv(graph, silu(graph, groupNorm(graph, passage.x, 'out.0')), 'out.2');
  graph.output('prediction', last.name, ['batch', widths.channels, ...SIZE]);
  return { parts: [...parts, graph.finish()], widths };
}

function enter(graph: GraphWriter, widths: UnetWidths): Passage {
  return {
    context: contextOf(graph, widths.context),
    moment: silu(graph, timeAndVector(graph, widths)),
    x: { name: graph.input('latent', ['batch', widths.inputChannels, ...SIZE]), width: widths.inputChannels },
    across: [],
  };
}

const contextOf = (graph: GraphWriter, width: number): Value => ({
  name: graph.input('context', ['batch', 'tokens', width]),
  width,
});

/** Ends one graph and begins the next, which goes on where the first one ended. */
function passOn(graph: GraphWriter, next: GraphWriter, { x, across, moment, context }: Passage): Passage {
  const hand = (value: Value, name: string, ...sides: readonly string[]): Value => {
    const shape = ['batch', value.width, ...sides];
    graph.output(name, value.name, shape);
    return { ...value, name: next.input(name, shape) };
  };
  return {
    x: hand(x, 'x', 'x_height', 'x_width'),
    across: across.map((value, at) => hand(value, `across_${at}`, `height_${at}`, `width_${at}`)),
    moment: hand(moment, 'moment'),
    context: contextOf(next, context.width),
  };
}

function runBlock(graph: GraphWriter, block: readonly Piece[], passage: Passage, family: Family): Value {
  const { moment, context } = passage;
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
  return block.reduce(run, passage.x);
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
