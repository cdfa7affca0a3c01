/** Upscale models as nodes use them: always in tiles, since what they compute with grows with the factor's square. */
import { createImage } from '@snug/node-kit';
import type { Tiling, Upscaler } from '../../seams.ts';
import { EngineError } from '../engine-error.ts';
import { openTensorFile, refuse } from '../files/tensor-file.ts';
import { labelOf } from '../names/places.ts';
import { upscalerWeights } from '../names/upscaler-names.ts';
import { networkOf } from '../store.ts';
import type { ModelStore, Network } from '../store.ts';
import { createGrid, inTiles } from '../vae/tiles.ts';
import type { Grid } from '../vae/tiles.ts';
import { esrganGraph } from './esrgan.ts';
import type { EsrganShape } from './esrgan.ts';

const USUAL: Tiling = { size: 512, overlap: 32 };
const SMALLEST = 64;
/** Bytes for each pixel of the result. */
const WORKSPACE = 1000;

/**
 * An upscale model of the ESRGAN family.
 * @param path absolute
 * @throws {EngineError}
 */
export async function loadUpscaler(path: string, store: ModelStore): Promise<Upscaler> {
  const file = await openTensorFile(path);
  const weights = upscalerWeights(file) ?? refuse(path, 'it holds no upscale model of the ESRGAN family');
  const graph = esrganGraph(weights);
  const network = networkOf(labelOf('upscale model', file), graph);
  const { factor } = graph;
  return {
    kind: 'upscaler',
    factor,
    async upscale(image, { tiling = USUAL, onStep } = {}) {
      const result = createImage(image.batch, image.height * factor, image.width * factor, 3);
      for (let item = 0; item < image.batch; item++) {
        const source = pictureOf(image.data.subarray(item * image.height * image.width * image.channels), image);
        const compute = (tile: Grid): Promise<Grid> => enlarge(tile, graph, network, store);
        const onTile = (done: number, of: number): void => onStep?.(item * of + done, image.batch * of);
        const larger = await fitting(tiling, (fit) =>
          inTiles(source, { tiling: fit, scale: factor, channels: 3, compute, onTile }),
        );
        result.data.set(larger.data, item * larger.data.length);
      }
      return result;
    },
  };
}

/** Tries again with smaller tiles as long as memory is short. */
async function fitting(tiling: Tiling, work: (tiling: Tiling) => Promise<Grid>): Promise<Grid> {
  try {
    return await work(tiling);
  } catch (error) {
    const isTooLarge = error instanceof EngineError && error.code === 'not_enough_memory';
    const size = tiling.size >> 1;
    if (!isTooLarge || size < SMALLEST) throw error;
    return fitting({ size, overlap: Math.min(tiling.overlap, size >> 2) }, work);
  }
}

async function enlarge(tile: Grid, { fold, factor }: EsrganShape, network: Network, store: ModelStore): Promise<Grid> {
  const height = Math.ceil(tile.height / fold) * fold;
  const width = Math.ceil(tile.width / fold) * fold;
  const padded = extended(tile, height, width);
  const workspace = height * width * factor * factor * WORKSPACE;
  const [larger] = await store.use(
    network,
    (session) => session.run({ pixels: { data: padded.data, shape: [1, height, width, 3] } }, ['larger']),
    workspace,
  );
  if (!larger) throw new EngineError('inference_failed', `${network.label} gave nothing.`);
  const whole = { data: larger.data, height: height * factor, width: width * factor, channels: 3 };
  return extended(whole, tile.height * factor, tile.width * factor);
}

/** The first three channels; a grey picture is taken three times. */
function pictureOf(
  data: Float32Array,
  { height, width, channels }: { height: number; width: number; channels: number },
): Grid {
  const grid = createGrid(height, width, 3);
  for (let pixel = 0; pixel < height * width; pixel++) {
    for (let channel = 0; channel < 3; channel++)
      grid.data[pixel * 3 + channel] = data[pixel * channels + Math.min(channel, channels - 1)]!;
  }
  return grid;
}

/** Cut on the right and below, or continued with the last pixels. */
function extended(grid: Grid, height: number, width: number): Grid {
  if (height === grid.height && width === grid.width) return grid;
  const result = createGrid(height, width, grid.channels);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (Math.min(y, grid.height - 1) * grid.width + Math.min(x, grid.width - 1)) * grid.channels;
      result.data.set(grid.data.subarray(from, from + grid.channels), (y * width + x) * grid.channels);
    }
  }
  return result;
}
