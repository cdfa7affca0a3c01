/** How noise levels (sigma) and the time steps of a network belong together. */

/** The levels that a network was trained on, from the least noise to the most. */
export interface NoiseLevels {
  /** One for each time step, ascending. */
  readonly sigmas: Float32Array;
  readonly min: number;
  readonly max: number;
  /** The level at a time step, which may lie between two. */
  sigmaAt(timestep: number): number;
  /** The time step whose level is nearest, a whole number. */
  timestepAt(sigma: number): number;
  /** The level when a share of the sampling is done: 0 is above every level, 1 is none. */
  sigmaAtShare(share: number): number;
}

/** From cumulative products of alpha: sigma is the noise in units of what remains of the picture. */
export function noiseLevels(alphasCumprod: Float64Array): NoiseLevels {
  const sigmas = Float32Array.from(alphasCumprod, (alpha) => Math.sqrt((1 - alpha) / alpha));
  const logs = sigmas.map((sigma) => Math.log(sigma));
  const last = sigmas.length - 1;
  const sigmaAt = (timestep: number): number => {
    const time = Math.min(Math.max(timestep, 0), last);
    const [low, high] = [Math.floor(time), Math.ceil(time)];
    const share = Math.fround(time - low);
    return Math.fround(Math.exp((1 - share) * logs[low]! + share * logs[high]!));
  };
  return {
    sigmas,
    min: sigmas[0]!,
    max: sigmas[last]!,
    sigmaAt,
    timestepAt: (sigma) => nearest(logs, Math.log(sigma)),
    sigmaAtShare(share) {
      if (share <= 0) return Infinity;
      if (share >= 1) return 0;
      return sigmaAt((1 - share) * last);
    },
  };
}

/** Place of the value in an ascending row that is nearest; of two equally near ones the first. */
function nearest(row: Float32Array, value: number): number {
  let [low, high] = [0, row.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (row[middle]! <= value) low = middle;
    else high = middle;
  }
  return value - row[low]! <= row[high]! - value ? low : high;
}
