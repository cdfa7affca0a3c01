/** What models made for inpainting are given besides the noisy latent: where to paint, and what is there. */
import { createTensor } from '@snug/node-kit';
import type { Tensor } from '@snug/node-kit';
import type { Conditioning } from '../seams.ts';
import { latentMask } from './inpaint.ts';
import { planeOf, resizePlane } from './planes.ts';

/**
 * For each conditioning `[batch, 1 + channels, height, width]`: the mask, then the masked picture. Without one of its own the
 * latent stands for the picture, and its noise mask, or everything, for the mask.
 * @param scaled the latent, and @param mask its noise mask, both of `shape`
 */
export function joinFor(
  scaled: Float32Array,
  mask: Float32Array | undefined,
  shape: readonly number[],
  latentScale: number,
): (conditioning: Conditioning) => Tensor {
  const [batch = 1, channels = 1, height = 0, width = 0] = shape;
  const size = height * width;
  return ({ concat }) => {
    const joined = createTensor([batch, channels + 1, height, width]);
    const where = concat ? latentMask(concat.mask, [batch, 1, height, width]) : undefined;
    for (let sample = 0; sample < batch; sample++) {
      const own = sample * (channels + 1) * size;
      for (let cell = 0; cell < size; cell++) {
        const at = where ? where[sample * size + cell]! : (mask?.[sample * channels * size + cell] ?? 1);
        joined.data[own + cell] = Math.round(at);
      }
      for (let channel = 0; channel < channels; channel++) {
        const plane = concat
          ? resizePlane(planeOf(concat.latent, sample * channels + channel), height, width).data.map(
              (value) => value * latentScale,
            )
          : scaled.subarray((sample * channels + channel) * size, (sample * channels + channel + 1) * size);
        joined.data.set(plane, own + (channel + 1) * size);
      }
    }
    return joined;
  };
}
