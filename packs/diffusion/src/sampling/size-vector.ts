/** What SDXL is told besides the prompt: the pooled text, and sizes (Podell et al. 2023, section 2.2). */
import { BadInput } from '../bad-input.ts';
import type { Conditioning, Family } from '../seams.ts';

const CELL = 8;
/** Numbers that each size is spread over. */
const SPREAD = 256;

/** Sizes by name, in the order of the network's training. `aesthetic_score` belongs to the refiner alone. */
const ORDER: Partial<Record<Family, readonly string[]>> = {
  sdxl: ['height', 'width', 'crop_h', 'crop_w', 'target_height', 'target_width'],
  'sdxl-refiner': ['height', 'width', 'crop_h', 'crop_w', 'aesthetic_score'],
};

/**
 * Pooled text and spread sizes; undefined for families that take none. Sizes that were not said follow from the latent.
 * @throws {BadInput} when the conditioning has no pooled text.
 */
export function sizeVector(
  { pooled, sizes = {} }: Conditioning,
  isPositive: boolean,
  family: Family,
  height: number,
  width: number,
): Float32Array | undefined {
  const order = ORDER[family];
  if (!order) return undefined;
  if (!pooled) {
    throw new BadInput(
      isPositive ? 'positive' : 'negative',
      'its text was not encoded for SDXL: encode it with the CLIP of an SDXL checkpoint.',
    );
  }
  const all = { height: height * CELL, width: width * CELL, crop_h: 0, crop_w: 0, ...sizes };
  const score = isPositive ? 6 : 2.5;
  const known: Readonly<Record<string, number>> = {
    target_height: all.height,
    target_width: all.width,
    aesthetic_score: score,
    ...all,
  };
  return Float32Array.from([...pooled.data, ...order.flatMap((name) => spread(known[name] ?? 0))]);
}

/** Cosines, then sines, of geometrically falling frequencies, as time steps are told. */
function spread(value: number): number[] {
  const half = SPREAD / 2;
  const angles = Array.from({ length: half }, (_, at) => value * Math.exp((-Math.log(10000) * at) / half));
  return [...angles.map((angle) => Math.cos(angle)), ...angles.map((angle) => Math.sin(angle))];
}
