/** How a network is told the time: sines and cosines of it, from fast ones to slow ones. */
import { createTensor } from '@snug/node-kit';
import type { Tensor } from '@snug/node-kit';

const SLOWEST = 10_000;

/**
 * `[batch, width]`, cosines before sines. Rounded to 32 bits where the networks were trained with it.
 * @param values one for each sample
 */
export function waves(values: Float32Array, width: number): Tensor {
  const tensor = createTensor([values.length, width]);
  const half = width >> 1;
  for (let at = 0; at < half; at++) {
    const frequency = Math.fround(Math.exp(Math.fround((-Math.log(SLOWEST) * at) / half)));
    for (const [row, value] of values.entries()) {
      const angle = Math.fround(value * frequency);
      tensor.data[row * width + at] = Math.cos(angle);
      tensor.data[row * width + half + at] = Math.sin(angle);
    }
  }
  return tensor;
}
