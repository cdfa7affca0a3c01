/** Noise levels of adversarially distilled models (Sauer et al. 2023). */
import type { NoiseLevels } from './noise-levels.ts';

/** The time steps that they were distilled at, from the most noise. */
const STEPS = 10;

/** `share` less than 1 begins further down; then there may be fewer steps than asked for. */
export function turboSigmas({ sigmas }: NoiseLevels, steps: number, share: number): Float32Array {
  const stride = sigmas.length / STEPS;
  const skipped = STEPS - Math.floor(STEPS * share);
  const times = Array.from({ length: STEPS }, (_, at) => sigmas.length - 1 - Math.round(at * stride));
  return Float32Array.from([...times.slice(skipped, skipped + steps).map((time) => sigmas[time]!), 0]);
}
