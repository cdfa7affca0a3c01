/** TAESD's decoder: a picture of a latent in a few milliseconds, for previews. */
import type { PreviewDecoder } from '../../seams.ts';
import { EngineError } from '../engine-error.ts';
import { openTensorFile, refuse } from '../files/tensor-file.ts';
import type { TensorFile } from '../files/tensor-file.ts';
import { labelOf } from '../names/places.ts';
import { GraphWriter } from '../onnx/graph.ts';
import type { FinishedGraph, Value } from '../onnx/graph.ts';
import { add, conv, doubled } from '../onnx/layers.ts';
import { networkOf } from '../store.ts';
import type { ModelStore } from '../store.ts';
import { weightsOf } from '../weights/weights.ts';
import type { Weights } from '../weights/weights.ts';

const MOST_LAYERS = 40;
const CHANNELS = 4;
/** Where files keep the decoder's layers. */
const PREFIXES = ['', 'decoder.', 'decoder.layers.', 'taesd_decoder.'];

const layersOf = (weights: Weights): number[] =>
  Array.from({ length: MOST_LAYERS }, (_, at) => at).filter(
    (at) => weights.find(`${at}.weight`) ?? weights.find(`${at}.conv.0.weight`),
  );

function decoderWeights(file: TensorFile): Weights | undefined {
  return PREFIXES.map((prefix) => weightsOf(file, (name) => ({ name: prefix + name }))).find((weights) => {
    const [first = -1] = layersOf(weights);
    return weights.find(`${first}.weight`)?.shape[1] === CHANNELS;
  });
}

/** Input `latent`, output `pixels` `[batch, height, width, 3]` in [0, 1]. */
function taesdGraph(weights: Weights): FinishedGraph {
  const graph = new GraphWriter(weights);
  const latent = graph.input('latent', ['batch', CHANNELS, 'height', 'width']);
  // latents past 3 are rare, and come back to it
  const three = graph.floats([3], []);
  const bounded = graph.op('Mul', [graph.op('Tanh', [graph.op('Div', [latent, three])]), three]);
  let x: Value = { name: bounded, width: CHANNELS };
  for (const [order, at] of layersOf(weights).entries()) {
    if (graph.has(`${at}.conv.0.weight`)) x = block(graph, x, `${at}`);
    // the convolutions after doublings are the ones without a bias
    else x = conv(graph, graph.has(`${at}.bias`) ? x : doubled(graph, x), `${at}`);
    if (!order) x = relu(graph, x);
  }
  const clipped = graph.op('Clip', [x.name, graph.floats([0], []), graph.floats([1], [])]);
  graph.output('pixels', graph.op('Transpose', [clipped], { perm: [0, 2, 3, 1] }), [
    'batch',
    'rows',
    'columns',
    x.width,
  ]);
  return graph.finish();
}

const relu = (graph: GraphWriter, x: Value): Value => ({ ...x, name: graph.op('Relu', [x.name]) });

function block(graph: GraphWriter, x: Value, name: string): Value {
  const first = relu(graph, conv(graph, x, `${name}.conv.0`));
  const second = relu(graph, conv(graph, first, `${name}.conv.2`));
  return relu(graph, add(graph, conv(graph, second, `${name}.conv.4`), x));
}

/**
 * The decoder of TAESD or, for SDXL, TAESDXL.
 * @param path absolute
 * @throws {EngineError}
 */
export async function loadTaesd(path: string, store: ModelStore): Promise<PreviewDecoder> {
  const file = await openTensorFile(path);
  const weights = decoderWeights(file) ?? refuse(path, 'it holds no decoder of TAESD for latents of 4 channels');
  const network = networkOf(labelOf('preview decoder', file), taesdGraph(weights));
  return {
    async decode(latent) {
      const [pixels] = await store.use(network, (session) => session.run({ latent }, ['pixels']));
      const [batch = 0, height = 0, width = 0, channels = 0] = pixels?.shape ?? [];
      if (!pixels) throw new EngineError('inference_failed', `${network.label} gave nothing.`);
      return { data: pixels.data, batch, height, width, channels };
    },
  };
}
