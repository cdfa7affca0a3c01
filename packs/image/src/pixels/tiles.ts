/** Where the tiles of a picture lie, and how much they count where they overlap. */

/** The smallest step between tiles, as a part of their side. */
const LEAST_STEP = 0.25;

/** Where tiles begin along one side; the last one is moved back so that it ends with the picture. */
export function tileStarts(length: number, tile: number, overlap: number): number[] {
  const step = Math.max(Math.floor(tile * LEAST_STEP), tile - overlap, 1);
  const starts: number[] = [];
  for (let start = 0; start + tile < length; start += step) starts.push(start);
  starts.push(Math.max(length - tile, 0));
  return starts;
}

/** Weights along one side of a tile: most in the middle, and never 0. All are equal without overlap. */
export function tileWeights(tile: number, overlap: number): Float32Array {
  return Float32Array.from({ length: tile }, (_, at) => (overlap ? Math.sin((Math.PI * (at + 0.5)) / tile) : 1));
}
