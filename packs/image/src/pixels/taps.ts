/** Where each output position of a resize along one axis reads from, and with which weights. */
import { clamp } from './rounding.ts';

export interface Taps {
  /** Positions read for each output position. */
  readonly count: number;
  /** `count` source positions for each output position. */
  readonly index: Int32Array;
  readonly weight: Float64Array;
}

export type TapMethod = 'nearest-exact' | 'bilinear' | 'bicubic';

const { fround } = Math;
const CUBIC = -0.75;

/** Taps for a resize from `from` to `to` positions. Positions and weights are 32-bit floats, or other pixels are picked. */
export function makeTaps(method: TapMethod, from: number, to: number): Taps {
  return MAKERS[method](from, to);
}

function emptyTaps(count: number, to: number): Taps {
  return { count, index: new Int32Array(count * to), weight: new Float64Array(count * to) };
}

/** The position in the source of the middle of an output pixel. */
function sourcePosition(scale: number, at: number): number {
  return fround(fround(scale * (at + 0.5)) - 0.5);
}

function nearestTaps(from: number, to: number): Taps {
  const taps = emptyTaps(1, to);
  const scale = fround(from / to);
  for (let at = 0; at < to; at++) {
    taps.index[at] = Math.min(Math.floor(fround((at + 0.5) * scale)), from - 1);
    taps.weight[at] = 1;
  }
  return taps;
}

function linearTaps(from: number, to: number): Taps {
  const taps = emptyTaps(2, to);
  const scale = fround(from / to);
  for (let at = 0; at < to; at++) {
    const position = Math.max(sourcePosition(scale, at), 0);
    const low = Math.min(Math.floor(position), from - 1);
    const share = clamp(fround(position - low), 0, 1);
    taps.index[2 * at] = low;
    taps.index[2 * at + 1] = Math.min(low + 1, from - 1);
    taps.weight[2 * at] = fround(1 - share);
    taps.weight[2 * at + 1] = share;
  }
  return taps;
}

function nearWeight(x: number): number {
  return fround(((CUBIC + 2) * x - (CUBIC + 3)) * x * x + 1);
}

function farWeight(x: number): number {
  return fround(((CUBIC * x - 5 * CUBIC) * x + 8 * CUBIC) * x - 4 * CUBIC);
}

function cubicTaps(from: number, to: number): Taps {
  const taps = emptyTaps(4, to);
  const scale = fround(from / to);
  for (let at = 0; at < to; at++) {
    const position = sourcePosition(scale, at);
    const low = Math.min(Math.floor(position), from - 1);
    const share = clamp(fround(position - low), 0, 1);
    const weights = [farWeight(share + 1), nearWeight(share), nearWeight(1 - share), farWeight(2 - share)];
    for (let tap = 0; tap < 4; tap++) {
      taps.index[4 * at + tap] = clamp(low - 1 + tap, 0, from - 1);
      taps.weight[4 * at + tap] = weights[tap]!;
    }
  }
  return taps;
}

const MAKERS: Record<TapMethod, (from: number, to: number) => Taps> = {
  'nearest-exact': nearestTaps,
  bilinear: linearTaps,
  bicubic: cubicTaps,
};
