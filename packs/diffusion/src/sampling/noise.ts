/** Noise for latents, with the numbers that PyTorch's CPU generator gives for a seed. */
import { torchNormals } from '@snug/node-kit';
import type { Tensor } from '@snug/node-kit';

/**
 * The noise of a whole batch. Items with the same index get the same noise, whatever else is in the batch; without indices
 * the batch is drawn at once.
 */
export function batchNoise(shape: readonly number[], seed: bigint, indices?: readonly number[]): Tensor {
  const source = torchNormals(seed);
  const size = shape.reduce((product, side) => product * side, 1);
  if (!indices) return { data: source.take(size), shape };
  const [batch = 0] = shape;
  const item = size / batch;
  const data = new Float32Array(size);
  const last = Math.max(...indices);
  for (let index = 0; index <= last; index++) {
    const drawn = source.take(item);
    for (let at = 0; at < batch; at++) if (indices[at % indices.length] === index) data.set(drawn, at * item);
  }
  return { data, shape };
}
