/** A conditioning as it holds for one latent: where, when, how strongly, and what the network is told. */
import { createTensor } from '@snug/node-kit';
import type { Tensor } from '@snug/node-kit';
import type { Conditioning, Family } from '../seams.ts';
import type { NoiseLevels } from './noise-levels.ts';
import { boundsOf, planeOf, resizePlane } from './planes.ts';
import type { Box } from './planes.ts';
import { sizeVector } from './size-vector.ts';

/** Cells over which an area fades in at its edges inside the picture, so that no seam shows. */
const FADE = 8;
/** The least side of the box around a mask: networks see little in fewer cells. */
const LEAST_SIDE = 8;

export interface Part {
  readonly isPositive: boolean;
  readonly box: Box;
  /** One weight plane of the box's size for each sample of the batch; one number where it is the same everywhere. */
  readonly weights: readonly Float32Array[] | number;
  /** It holds at levels up to `from` and not below `to`. */
  readonly from: number;
  readonly to: number;
  readonly context: Tensor;
  readonly vector: Float32Array | undefined;
  /** Channels that are joined to the latent: `[batch, n, height, width]`, of the whole latent. */
  readonly joined: Tensor | undefined;
}

/** What parts are made for. */
export interface PartFrame {
  readonly family: Family;
  readonly levels: NoiseLevels;
  /** `[batch, channels, height, width]`. */
  readonly shape: readonly number[];
  /** What a network made for inpainting is given besides the latent. */
  join?(conditioning: Conditioning): Tensor;
}

export function partOf(conditioning: Conditioning, isPositive: boolean, frame: PartFrame): Part {
  const { start = 0, end = 1, strength = 1, context } = conditioning;
  const [, , height = 0, width = 0] = frame.shape;
  const box = boxOf(conditioning, height, width);
  return {
    isPositive,
    box,
    weights: weightsOf(conditioning, box, strength, frame.shape),
    from: frame.levels.sigmaAtShare(start),
    to: frame.levels.sigmaAtShare(end),
    context,
    vector: sizeVector(conditioning, isPositive, frame.family, height, width),
    joined: frame.join?.(conditioning),
  };
}

function boxOf({ area, mask }: Conditioning, height: number, width: number): Box {
  if (area) {
    const [tall, wide] = area.unit === 'share' ? [height, width] : [1, 1];
    const clip = (at: number, side: number, whole: number): [number, number] => {
      const from = Math.min(Math.max(0, Math.round(at)), whole - 1);
      return [from, Math.min(Math.max(1, Math.round(side)), whole - from)];
    };
    const [y, boxHeight] = clip(area.y * tall, area.height * tall, height);
    const [x, boxWidth] = clip(area.x * wide, area.width * wide, width);
    return { x, y, width: boxWidth, height: boxHeight };
  }
  const whole = { x: 0, y: 0, width, height };
  if (!mask?.boundsOnly) return whole;
  const found = boundsOf(resizePlane(planeOf(mask.tensor, 0), height, width));
  if (!found) return whole;
  const boxHeight = Math.min(height, Math.max(LEAST_SIDE, found.height));
  const boxWidth = Math.min(width, Math.max(LEAST_SIDE, found.width));
  return {
    x: Math.min(found.x, width - boxWidth),
    y: Math.min(found.y, height - boxHeight),
    width: boxWidth,
    height: boxHeight,
  };
}

function weightsOf(
  { mask, area }: Conditioning,
  box: Box,
  strength: number,
  [batch = 1, , height = 0, width = 0]: readonly number[],
): readonly Float32Array[] | number {
  if (mask) {
    return Array.from({ length: batch }, (_, sample) => {
      const plane = resizePlane(planeOf(mask.tensor, sample), height, width);
      const weights = cut(plane.data, width, box);
      return weights.map((value) => value * mask.strength * strength);
    });
  }
  if (!area) return strength;
  const faded = fade(box, height, width, strength);
  return Array.from({ length: batch }, () => faded);
}

/** The box out of a plane whose rows have `stride` numbers. */
function cut(plane: Float32Array, stride: number, { x, y, width, height }: Box): Float32Array {
  const part = new Float32Array(width * height);
  for (let row = 0; row < height; row++) {
    const from = (y + row) * stride + x;
    part.set(plane.subarray(from, from + width), row * width);
  }
  return part;
}

function fade({ x, y, width, height }: Box, allHeight: number, allWidth: number, strength: number): Float32Array {
  const rise = (cells: number): number => Math.min(1, (cells + 1) / FADE);
  const ramp = (length: number, from: number, whole: number): number[] =>
    Array.from({ length }, (_, at) => {
      const before = from > 0 ? rise(at) : 1;
      return before * (from + length < whole ? rise(length - 1 - at) : 1);
    });
  const columns = ramp(width, x, allWidth);
  const rows = ramp(height, y, allHeight);
  return Float32Array.from(rows.flatMap((row) => columns.map((column) => row * column * strength)));
}

/** The box out of every plane of a tensor, for one sample of the batch; samples past the last start over. */
export function cutSample(tensor: Tensor, sample: number, box: Box): Float32Array {
  const [batch = 1, channels = 1, , width = 0] = tensor.shape;
  const size = tensor.data.length / batch / channels;
  const part = createTensor([channels, box.height, box.width]).data;
  for (let channel = 0; channel < channels; channel++) {
    const from = ((sample % batch) * channels + channel) * size;
    part.set(cut(tensor.data.subarray(from, from + size), width, box), channel * box.width * box.height);
  }
  return part;
}
