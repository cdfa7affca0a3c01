/** The bound on what one node may make, checked before the memory is asked for. */
import { createTensor } from '@snug/node-kit';
import type { Tensor } from '@snug/node-kit';

/** The largest side of anything that a node is asked to make, in pixels. */
export const MAX_SIDE = 16384;
/** Numbers in one result. */
export const MAX_NUMBERS = 2 ** 30;

/** Thrown before a result is made that would hold too many numbers. */
export class ResultTooLarge extends Error {
  readonly code = 'result_too_large';
  constructor(shape: readonly number[]) {
    super(
      `A result of ${shape.join(' × ')} numbers is more than the ${MAX_NUMBERS} that one node may make: ` +
        'choose a smaller width, height or batch.',
    );
    this.name = 'ResultTooLarge';
  }
}

/**
 * Zeros, made only within the limit.
 * @throws {ResultTooLarge}
 */
export function newTensor(shape: readonly number[]): Tensor {
  if (!(shape.reduce((product, side) => product * side, 1) <= MAX_NUMBERS)) throw new ResultTooLarge(shape);
  return createTensor(shape);
}
