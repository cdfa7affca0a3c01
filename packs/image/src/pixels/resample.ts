/** Applying taps to one picture. */
import type { Taps } from './taps.ts';

/**
 * Gathers each output row from its source rows in 64 bits, then its pixels from that row: rounded only once. `stride` is
 * the length of a source row.
 */
export function resample(
  source: Float32Array,
  target: Float32Array,
  stride: number,
  channels: number,
  across: Taps,
  down: Taps,
): void {
  const height = down.index.length / down.count;
  const rowLength = target.length / height;
  const row = new Float64Array(stride);
  for (let y = 0; y < height; y++) {
    row.fill(0);
    for (let tap = y * down.count; tap < (y + 1) * down.count; tap++) {
      const weight = down.weight[tap]!;
      if (weight === 0) continue;
      const from = down.index[tap]! * stride;
      for (let i = 0; i < stride; i++) row[i]! += source[from + i]! * weight;
    }
    if (channels === 3) gatherColours(row, target, y * rowLength, across);
    else gather(row, target, y * rowLength, channels, across);
  }
}

/** Writes one output row, from `to` on. */
function gather(row: Float64Array, target: Float32Array, to: number, channels: number, taps: Taps): void {
  const { index, weight, count } = taps;
  let at = to;
  for (let first = 0; first < index.length; first += count) {
    for (let channel = 0; channel < channels; channel++) {
      let sum = 0;
      for (let tap = first; tap < first + count; tap++) sum += row[index[tap]! * channels + channel]! * weight[tap]!;
      target[at++] = sum;
    }
  }
}

/** {@link gather} for the usual three channels, twice as fast. */
function gatherColours(row: Float64Array, target: Float32Array, to: number, taps: Taps): void {
  const { index, weight, count } = taps;
  let at = to;
  for (let first = 0; first < index.length; first += count) {
    let [red, green, blue] = [0, 0, 0];
    for (let tap = first; tap < first + count; tap++) {
      const from = index[tap]! * 3;
      const share = weight[tap]!;
      red += row[from]! * share;
      green += row[from + 1]! * share;
      blue += row[from + 2]! * share;
    }
    target[at++] = red;
    target[at++] = green;
    target[at++] = blue;
  }
}
