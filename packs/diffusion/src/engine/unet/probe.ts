/** Finds out what a network tells where nobody says. */
import { createTensor } from '@snug/node-kit';
import type { Prediction, Unet } from '../../seams.ts';

const SIDE = 32;
const LAST_MOMENT = 999;
const TOKENS = 77;

/**
 * At the last moment a picture is nearly all noise. Shown noise alone, a network that tells the noise gives it back; one that
 * tells the velocity gives the picture that it imagines, which has nothing to do with the noise.
 */
export async function probePrediction(unet: Unet & { readonly contextWidth: number }): Promise<Prediction> {
  const latent = createTensor([1, unet.inputChannels, SIDE, SIDE]);
  const noise = latent.data.subarray(0, unet.channels * SIDE * SIDE);
  for (let at = 0; at < noise.length; at++) noise[at] = waveNoise(at);
  const context = createTensor([1, TOKENS, unet.contextWidth]);
  const { data } = await unet.predict({ latent, timesteps: Float32Array.of(LAST_MOMENT), context });
  return correlation(noise, data) > 0.5 ? 'eps' : 'v';
}

/** Numbers like noise: normal, and the same each time. */
function waveNoise(at: number): number {
  const uniform = (seed: number): number => {
    const value = Math.sin(seed) * 43_758.5453;
    return value - Math.floor(value);
  };
  return Math.sqrt(-2 * Math.log(1 - uniform(at + 1))) * Math.cos(2 * Math.PI * uniform((at + 1) * 1.7));
}

function correlation(one: Float32Array, other: Float32Array): number {
  let [both, first, second] = [0, 0, 0];
  for (const [at, value] of one.entries()) {
    const partner = other[at] ?? 0;
    both += value * partner;
    first += value * value;
    second += partner * partner;
  }
  return first && second ? both / Math.sqrt(first * second) : 0;
}
