/** VAEs as nodes use them: whole, or in tiles where that is asked for or memory is short. */
import { createImage, createTensor } from '@snug/node-kit';
import type { Image, Tensor } from '@snug/node-kit';
import type { TiledWork, Tiling, Vae } from '../../seams.ts';
import { EngineError } from '../engine-error.ts';
import type { Session } from '../session.ts';
import type { ModelStore, Network } from '../store.ts';
import { createGrid, inTiles } from './tiles.ts';
import type { Grid, TilePlan } from './tiles.ts';

/** Pixels along one side of a latent cell. */
export const CELL = 8;
const CHANNELS = 4;
/** Bytes that a pixel takes on its way, measured at 512×512. */
const WORKSPACE = 6000;
/** Taken when a picture does not fit into memory whole. */
const FALLBACK: Tiling = { size: 512, overlap: 64 };

export interface VaeNetworks {
  readonly encoder: Network | undefined;
  readonly decoder: Network;
}

export function createVae({ encoder, decoder }: VaeNetworks, store: ModelStore): Vae {
  const decodeTile = (tile: Grid): Promise<Grid> => {
    const decode = async (session: Session): Promise<Grid> => {
      const latent = { data: turned(tile), shape: [1, tile.channels, tile.height, tile.width] };
      const [pixels] = await session.run({ latent }, ['pixels']);
      return gridOf(pixels, decoder);
    };
    return store.use(decoder, decode, tile.height * tile.width * CELL * CELL * WORKSPACE);
  };
  const encodeTile = (tile: Grid): Promise<Grid> => {
    if (!encoder) throw new EngineError('checkpoint_refused', `${decoder.label} has no encoder: it can only decode.`);
    const encode = async (session: Session): Promise<Grid> => {
      const pixels = { data: tile.data, shape: [1, tile.height, tile.width, tile.channels] };
      const [latent] = await session.run({ pixels }, ['latent']);
      const [, channels = 0, height = 0, width = 0] = latent?.shape ?? [];
      const planes = latent?.data ?? new Float32Array();
      return { data: interleaved(planes, channels, height * width), channels, height, width };
    };
    return store.use(encoder, encode, tile.height * tile.width * WORKSPACE);
  };

  return {
    kind: 'vae',
    async decode(latent, work = {}) {
      const [batch = 0, channels = 0, height = 0, width = 0] = latent.shape;
      if (latent.shape.length !== 4 || channels !== CHANNELS)
        throw new EngineError(
          'inference_failed',
          `${decoder.label} decodes latents of 4 channels, not ${latent.shape.join('×')}.`,
        );
      const image = createImage(batch, height * CELL, width * CELL, 3);
      const steps = stepsOf(batch, work);
      for (let item = 0; item < batch; item++) {
        const planes = latent.data.subarray(item * channels * height * width, (item + 1) * channels * height * width);
        const source = { data: interleaved(planes, channels, height * width), height, width, channels };
        const cells = work.tiling && {
          size: toCells(work.tiling.size),
          overlap: Math.floor(work.tiling.overlap / CELL),
        };
        const small = { size: FALLBACK.size / CELL, overlap: FALLBACK.overlap / CELL };
        const plan = { scale: CELL, channels: 3, compute: decodeTile, onTile: steps(item) };
        const picture = await whole(source, plan, cells, small);
        image.data.set(picture.data, item * picture.data.length);
      }
      return image;
    },
    async encode(image, work = {}) {
      const height = Math.floor(image.height / CELL);
      const width = Math.floor(image.width / CELL);
      if (!height || !width)
        throw new EngineError(
          'inference_failed',
          `A picture of ${image.width}×${image.height} is too small for a latent.`,
        );
      const latent = createTensor([image.batch, CHANNELS, height, width]);
      const steps = stepsOf(image.batch, work);
      for (let item = 0; item < image.batch; item++) {
        const source = middleOf(image, item, height * CELL, width * CELL);
        const tiling = work.tiling && {
          size: toCells(work.tiling.size) * CELL,
          overlap: Math.floor(work.tiling.overlap / CELL) * CELL,
        };
        const plan = { scale: 1 / CELL, channels: CHANNELS, compute: encodeTile, onTile: steps(item) };
        const cells = await whole(source, plan, tiling, FALLBACK);
        latent.data.set(turned(cells), item * cells.data.length);
      }
      return latent;
    },
  };
}

/** Tiles are no smaller than a cell that has neighbours. */
const toCells = (size: number): number => Math.max(2, Math.floor(size / CELL));

const stepsOf =
  (batch: number, { onStep }: TiledWork) =>
  (item: number) =>
  (done: number, of: number): void =>
    onStep?.(item * of + done, batch * of);

/** Without tiling the whole is one tile; when memory does not take it, tiles do. */
async function whole(
  source: Grid,
  plan: Omit<TilePlan, 'tiling'>,
  tiling: Tiling | undefined,
  fallback: Tiling,
): Promise<Grid> {
  const one = { size: Math.max(source.height, source.width), overlap: 0 };
  if (tiling) return inTiles(source, { ...plan, tiling });
  try {
    return await inTiles(source, { ...plan, tiling: one });
  } catch (error) {
    const isTooLarge = error instanceof EngineError && error.code === 'not_enough_memory';
    if (!isTooLarge || one.size <= fallback.size) throw error;
    return inTiles(source, { ...plan, tiling: fallback });
  }
}

/** The middle of one picture of a batch, with its first three channels; a grey one is taken three times. */
function middleOf(image: Image, item: number, height: number, width: number): Grid {
  const top = Math.floor((image.height - height) / 2);
  const left = Math.floor((image.width - width) / 2);
  const grid = createGrid(height, width, 3);
  for (let y = 0, to = 0; y < height; y++) {
    let from = ((item * image.height + top + y) * image.width + left) * image.channels;
    for (let x = 0; x < width; x++, from += image.channels) {
      for (let channel = 0; channel < 3; channel++)
        grid.data[to++] = image.data[from + Math.min(channel, image.channels - 1)]!;
    }
  }
  return grid;
}

function gridOf(pixels: Tensor | undefined, { label }: Network): Grid {
  const [, height = 0, width = 0, channels = 0] = pixels?.shape ?? [];
  if (!pixels || channels !== 3) throw new EngineError('inference_failed', `${label} gave no picture.`);
  return { data: pixels.data, height, width, channels };
}

/** Planes to rows of pixels with their channels. */
function interleaved(planes: Float32Array, channels: number, size: number): Float32Array {
  const data = new Float32Array(channels * size);
  for (let channel = 0; channel < channels; channel++) {
    for (let at = 0; at < size; at++) data[at * channels + channel] = planes[channel * size + at]!;
  }
  return data;
}

/** Rows of pixels with their channels to planes. */
function turned({ data, channels, height, width }: Grid): Float32Array {
  const size = height * width;
  const planes = new Float32Array(data.length);
  for (let channel = 0; channel < channels; channel++) {
    for (let at = 0; at < size; at++) planes[channel * size + at] = data[at * channels + channel]!;
  }
  return planes;
}
