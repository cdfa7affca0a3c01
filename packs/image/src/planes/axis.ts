/** Tensors cut, joined and turned along one axis, whatever the others are. Results never share memory with an input. */
import type { Image, Mask, Tensor } from '@snug/node-kit';
import { newTensor } from './limit.ts';

export function imageTensor({ data, batch, height, width, channels }: Image): Tensor {
  return { data, shape: [batch, height, width, channels] };
}

export function maskTensor({ data, batch, height, width }: Mask): Tensor {
  return { data, shape: [batch, height, width] };
}

export function tensorImage({ data, shape }: Tensor): Image {
  const [batch = 0, height = 0, width = 0, channels = 0] = shape;
  return { data, batch, height, width, channels };
}

export function tensorMask({ data, shape }: Tensor): Mask {
  const [batch = 0, height = 0, width = 0] = shape;
  return { data, batch, height, width };
}

const product = (sides: readonly number[]): number => sides.reduce((total, side) => total * side, 1);

/** How often an axis comes round, how long it is, and how many numbers one step on it passes. */
function strides(shape: readonly number[], axis: number): { outer: number; size: number; inner: number } {
  return { outer: product(shape.slice(0, axis)), size: shape[axis] ?? 1, inner: product(shape.slice(axis + 1)) };
}

const withSize = (shape: readonly number[], axis: number, size: number): number[] =>
  shape.map((side, at) => (at === axis ? size : side));

/** The part of an axis from `start` on; the part must lie inside. */
export function narrow(tensor: Tensor, axis: number, start: number, length: number): Tensor {
  const { outer, size, inner } = strides(tensor.shape, axis);
  const target = newTensor(withSize(tensor.shape, axis, length));
  for (let at = 0; at < outer; at++) {
    const from = (at * size + start) * inner;
    target.data.set(tensor.data.subarray(from, from + length * inner), at * length * inner);
  }
  return target;
}

/**
 * Tensors one after the other on an axis; the other axes must be equal. At least one tensor.
 * @throws {ResultTooLarge}
 */
export function concat(parts: readonly Tensor[], axis: number): Tensor {
  const shape = parts[0]!.shape;
  const size = parts.reduce((total, part) => total + part.shape[axis]!, 0);
  const { outer, inner } = strides(shape, axis);
  const target = newTensor(withSize(shape, axis, size));
  let start = 0;
  for (const { data, shape } of parts) {
    const length = shape[axis]! * inner;
    for (let at = 0; at < outer; at++) {
      target.data.set(data.subarray(at * length, (at + 1) * length), at * size * inner + start);
    }
    start += length;
  }
  return target;
}

/**
 * As many items of the first axis as asked for, from the first again when they run out.
 * @throws {ResultTooLarge}
 */
export function cycle(tensor: Tensor, length: number): Tensor {
  const target = newTensor(withSize(tensor.shape, 0, length));
  const filled = Math.min(tensor.data.length, target.data.length);
  target.data.set(tensor.data.subarray(0, filled));
  // doubles what is there already: a long batch of small items costs few copies
  for (let done = filled; done > 0 && done < target.data.length; done *= 2) target.data.copyWithin(done, 0, done);
  return target;
}

export function flip(tensor: Tensor, axis: number): Tensor {
  const { outer, size, inner } = strides(tensor.shape, axis);
  const target = newTensor(tensor.shape);
  for (let at = 0; at < outer; at++) {
    for (let step = 0; step < size; step++) {
      const from = (at * size + size - 1 - step) * inner;
      target.data.set(tensor.data.subarray(from, from + inner), (at * size + step) * inner);
    }
  }
  return target;
}

/** The last two axes turned clockwise. */
export function rotate(tensor: Tensor, quarterTurns: 0 | 1 | 2 | 3): Tensor {
  const lead = tensor.shape.slice(0, -2);
  const [height = 1, width = 1] = tensor.shape.slice(-2);
  const upright = quarterTurns % 2 === 0;
  const target = newTensor([...lead, upright ? height : width, upright ? width : height]);
  const size = height * width;
  // where the first cell goes, and how far each step to the right and down moves in the target
  const [first, right, down] = {
    0: [0, 1, width],
    1: [height - 1, height, -1],
    2: [size - 1, -1, -width],
    3: [(width - 1) * height, -height, 1],
  }[quarterTurns] as [number, number, number];
  for (let plane = 0; plane < product(lead); plane++) {
    let from = plane * size;
    for (let y = 0; y < height; y++) {
      let to = plane * size + first + y * down;
      for (let x = 0; x < width; x++, to += right) target.data[to] = tensor.data[from++]!;
    }
  }
  return target;
}
