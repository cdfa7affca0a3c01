/** What several latent nodes do to samples, masks and batch indices. */
import type { Latent, Tensor } from '@snug/node-kit';
import { resizeTensor } from '../pixels/resize.ts';
import type { ResizeCrop, ResizeMethod } from '../pixels/resize.ts';
import { BadInput } from '../nodes/bad-input.ts';
import { cycle } from './axis.ts';
import { newTensor } from './limit.ts';

/** Pixels per latent cell that the sizes and positions of the classic latent nodes count in. */
export const CELL = 8;

export type LatentMethod = Exclude<ResizeMethod, 'lanczos'> | 'bislerp';
export const LATENT_METHODS = ['nearest-exact', 'bilinear', 'area', 'bicubic', 'bislerp'] as const;

export const batchSize = (tensor: Tensor): number => tensor.shape[0] ?? 0;
export const heightOf = (tensor: Tensor): number => tensor.shape.at(-2) ?? 0;
export const widthOf = (tensor: Tensor): number => tensor.shape.at(-1) ?? 0;

/**
 * Samples of another size; the same object when they have it already.
 * @throws {ResultTooLarge}
 */
export function resizeSamples(
  samples: Tensor,
  width: number,
  height: number,
  method: LatentMethod,
  crop: ResizeCrop,
  checkpoint?: () => void,
): Tensor {
  if (widthOf(samples) === width && heightOf(samples) === height) return samples;
  return resizeTensor(samples, width, height, method, crop, checkpoint);
}

/**
 * The second of two samples, scaled to the height and width of the first; `name` is the input that it came from.
 * @throws {BadInput} when their channels or frames differ.
 */
export function alignSamples(first: Tensor, second: Tensor, name: string, method: LatentMethod = 'bilinear'): Tensor {
  const resized = resizeSamples(second, widthOf(first), heightOf(first), method, 'center');
  checkKind(first, resized, name);
  return resized;
}

/** @throws {BadInput} when the channels, the frames or the number of axes of two samples differ. */
export function checkKind(first: Tensor, second: Tensor, name: string): void {
  const fits = first.shape.slice(1, -2).join() === second.shape.slice(1, -2).join();
  if (fits) return;
  const shapes = `${second.shape.join('×')} and ${first.shape.join('×')}`;
  throw new BadInput(name, `shapes ${shapes} cannot be combined: connect latents with equal channels and frames.`);
}

/** As {@link alignSamples}, and with as many items as the first. */
export function matchSamples(first: Tensor, second: Tensor, name: string, method?: LatentMethod): Tensor {
  const aligned = alignSamples(first, second, name, method);
  return batchSize(aligned) === batchSize(first) ? aligned : cycle(aligned, batchSize(first));
}

/** The latent with other samples; the rest is kept. */
export function withSamples(latent: Latent, samples: Tensor): Latent {
  return { ...latent, samples };
}

/** Samples of the same shape, each number made from those at its place; results are rounded to 32 bits. */
export function combine(first: Tensor, second: Tensor, number: (one: number, other: number) => number): Tensor {
  const target = newTensor(first.shape);
  for (let i = 0; i < target.data.length; i++) target.data[i] = number(first.data[i]!, second.data[i]!);
  return target;
}

/** The seed offsets of a batch: its own, or `start`, `start + 1`, ... */
export function indexOf({ samples, batchIndex }: Latent, start = 0): readonly number[] {
  return batchIndex ?? Array.from({ length: batchSize(samples) }, (_, at) => start + at);
}
