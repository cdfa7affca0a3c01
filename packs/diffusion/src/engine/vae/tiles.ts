/** Planes `[batch, channels, height, width]` and pictures cut into tiles that overlap, computed apart and blended. */
import type { Tiling } from '../../seams.ts';

/** A stretch of one axis: where it begins, and how long it is. */
export interface Stretch {
  readonly from: number;
  readonly length: number;
}

/** Stretches of at most `size` that cover an axis; the last one is moved back so that it ends with it. */
export function stretches(length: number, size: number, overlap: number): Stretch[] {
  if (length <= size) return [{ from: 0, length }];
  const step = Math.max(1, size - overlap);
  const found: Stretch[] = [];
  for (let from = 0; from + size < length; from += step) found.push({ from, length: size });
  found.push({ from: length - size, length: size });
  return found;
}

/** Rows of pixels with their channels, of one picture or one latent. */
export interface Grid {
  readonly data: Float32Array;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

export const createGrid = (height: number, width: number, channels: number): Grid => ({
  data: new Float32Array(height * width * channels),
  height,
  width,
  channels,
});

export interface TilePlan {
  /** In cells of the source. */
  readonly tiling: Tiling;
  /** Cells of the result for each of the source: 8, or 1/8. */
  readonly scale: number;
  readonly channels: number;
  /** One tile; sides of what comes back are `scale` times those of what goes in. */
  readonly compute: (tile: Grid) => Promise<Grid>;
  /** After each tile. */
  readonly onTile?: ((done: number, of: number) => void) | undefined;
}

/** Computes tile by tile. Where tiles overlap, each counts less towards its edge. */
export async function inTiles(source: Grid, plan: TilePlan): Promise<Grid> {
  const { size, overlap } = plan.tiling;
  const rows = stretches(source.height, size, overlap);
  const columns = stretches(source.width, size, overlap);
  const result = createGrid(
    Math.round(source.height * plan.scale),
    Math.round(source.width * plan.scale),
    plan.channels,
  );
  const weights = new Float32Array(result.height * result.width);
  let done = 0;
  for (const row of rows) {
    for (const column of columns) {
      const tile = await plan.compute(cut(source, row, column));
      const at = { y: Math.round(row.from * plan.scale), x: Math.round(column.from * plan.scale) };
      blend(result, weights, tile, at, Math.max(1, Math.round(overlap * plan.scale)));
      plan.onTile?.(++done, rows.length * columns.length);
    }
  }
  for (const [pixel, weight] of weights.entries()) {
    for (let channel = 0; channel < plan.channels; channel++) result.data[pixel * plan.channels + channel]! /= weight;
  }
  return result;
}

function cut(source: Grid, row: Stretch, column: Stretch): Grid {
  if (row.length === source.height && column.length === source.width) return source;
  const { channels } = source;
  const tile = createGrid(row.length, column.length, channels);
  for (let y = 0; y < tile.height; y++) {
    const from = ((row.from + y) * source.width + column.from) * channels;
    tile.data.set(source.data.subarray(from, from + tile.width * channels), y * tile.width * channels);
  }
  return tile;
}

function blend(sums: Grid, weights: Float32Array, tile: Grid, at: { y: number; x: number }, overlap: number): void {
  const { channels } = sums;
  const across = ramp(tile.width, overlap);
  const down = ramp(tile.height, overlap);
  for (let y = 0; y < tile.height; y++) {
    for (let x = 0; x < tile.width; x++) {
      const weight = across[x]! * down[y]!;
      const to = (at.y + y) * sums.width + at.x + x;
      weights[to]! += weight;
      const from = (y * tile.width + x) * channels;
      for (let channel = 0; channel < channels; channel++)
        sums.data[to * channels + channel]! += tile.data[from + channel]! * weight;
    }
  }
}

/** Rises to 1 over the overlap, and falls again before the end. */
const ramp = (length: number, overlap: number): Float32Array =>
  Float32Array.from({ length }, (_, at) => Math.min(1, (at + 1) / overlap, (length - at) / overlap));
