/** Spherical interpolation of latent vectors: directions turn evenly, lengths change evenly. */
import { makeTaps } from './taps.ts';

const NEARLY = 1e-5;

/**
 * Resizes along one axis. A vector holds `channels` values `channelStep` apart; vectors that are neighbours on the axis lie
 * `step` apart; `lines` are the offsets of the first vector of each line, in the source and in the target.
 */
interface Axis {
  readonly channels: number;
  readonly from: number;
  readonly to: number;
  readonly step: number;
  readonly sourceChannelStep: number;
  readonly targetChannelStep: number;
  readonly lines: Iterable<readonly [source: number, target: number]>;
}

function slerpAxis(source: Float32Array, target: Float32Array, axis: Axis): void {
  const { channels, to, step, sourceChannelStep, targetChannelStep } = axis;
  const taps = makeTaps('bilinear', axis.from, to);
  for (const [sourceLine, targetLine] of axis.lines) {
    for (let at = 0; at < to; at++) {
      const a = sourceLine + taps.index[2 * at]! * step;
      const b = sourceLine + taps.index[2 * at + 1]! * step;
      const share = taps.weight[2 * at + 1]!;
      let aa = 0;
      let bb = 0;
      let ab = 0;
      for (let channel = 0; channel < channels; channel++) {
        const x = source[a + channel * sourceChannelStep]!;
        const y = source[b + channel * sourceChannelStep]!;
        aa += x * x;
        bb += y * y;
        ab += x * y;
      }
      const [ofA, ofB] = slerpWeights(Math.sqrt(aa), Math.sqrt(bb), ab, share);
      for (let channel = 0; channel < channels; channel++) {
        target[targetLine + at * step + channel * targetChannelStep] =
          ofA * source[a + channel * sourceChannelStep]! + ofB * source[b + channel * sourceChannelStep]!;
      }
    }
  }
}

/** What to take of two vectors, from their lengths and their dot product. */
export function slerpWeights(lengthA: number, lengthB: number, dot: number, share: number): [number, number] {
  const length = lengthA * (1 - share) + lengthB * share;
  if (lengthA === 0 || lengthB === 0) {
    // a vector without direction adds none: half of the turn is missing, so only the other direction remains
    if (lengthA === lengthB) return [0, 0];
    const turn = Math.sin(((lengthA === 0 ? share : 1 - share) * Math.PI) / 2);
    return lengthA === 0 ? [0, (turn * length) / lengthB] : [(turn * length) / lengthA, 0];
  }
  const cosine = dot / (lengthA * lengthB);
  if (cosine > 1 - NEARLY) return [1, 0];
  if (cosine < NEARLY - 1) return [1 - share, share];
  const angle = Math.acos(cosine);
  const sine = Math.sin(angle);
  return [
    ((Math.sin((1 - share) * angle) / sine) * length) / lengthA,
    ((Math.sin(share * angle) / sine) * length) / lengthB,
  ];
}

/** One `[channels, planes, height, width]` block, resized along the width and then the height. */
export function resizeSlerp(
  source: Float32Array,
  channels: number,
  planes: number,
  height: number,
  width: number,
  newHeight: number,
  newWidth: number,
): Float32Array {
  const wide = new Float32Array(channels * planes * height * newWidth);
  const rows = Array.from({ length: planes * height }, (_, row) => [row * width, row * newWidth] as const);
  slerpAxis(source, wide, {
    channels,
    from: width,
    to: newWidth,
    step: 1,
    sourceChannelStep: planes * height * width,
    targetChannelStep: planes * height * newWidth,
    lines: rows,
  });
  const target = new Float32Array(channels * planes * newHeight * newWidth);
  const columns = Array.from({ length: planes * newWidth }, (_, column) => {
    const plane = Math.floor(column / newWidth);
    const x = column % newWidth;
    return [plane * height * newWidth + x, plane * newHeight * newWidth + x] as const;
  });
  slerpAxis(wide, target, {
    channels,
    from: height,
    to: newHeight,
    step: newWidth,
    sourceChannelStep: planes * height * newWidth,
    targetChannelStep: planes * newHeight * newWidth,
    lines: columns,
  });
  return target;
}
