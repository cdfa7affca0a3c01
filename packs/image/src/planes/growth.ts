import type { Mask } from '@snug/node-kit';

/** Steps from a cell to those around it: `[right, down]`. */
const PLUS = [
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
] as const;
const SQUARE = [...PLUS, [1, 1], [1, -1], [-1, 1], [-1, -1]] as const;

/**
 * Spreads the largest values, or with a negative radius the smallest, by so many cells: over a square, or with `tapered`
 * over a diamond. The same as a 3×3 step repeated `radius` times, in a number of passes that grows with its logarithm.
 * `checkpoint` is called before each pass; what it throws ends the work.
 */
export function grow(mask: Mask, radius: number, tapered: boolean, checkpoint?: () => void): Mask {
  const { batch, height, width } = mask;
  // a larger radius changes nothing
  const reach = Math.min(Math.abs(radius), tapered ? height + width : Math.max(height, width));
  // the smallest values are the largest ones of the opposite
  const sign = radius < 0 ? -1 : 1;
  let from = mask.data.map((value) => sign * value);
  let to = new Float32Array(from.length);
  for (let done = 0; done < reach;) {
    checkpoint?.();
    // areas already grown, moved by at most their own radius, together cover the next one without gaps
    const step = Math.min(Math.max(done, 1), reach - done);
    to.set(from);
    for (const [right, down] of tapered ? PLUS : SQUARE) {
      for (let row = 0; row < batch * height; row++) {
        const y = row % height;
        const other = row - y + Math.min(Math.max(y + down * step, 0), height - 1);
        spreadRow(to, row * width, from, other * width, width, right * step);
      }
    }
    [from, to] = [to, from];
    done += step;
  }
  return { data: from.map((value) => sign * value), batch, height, width };
}

/** Raises each cell of a row to the one `shift` cells further in another row; past an end, to the last one there. */
function spreadRow(
  to: Float32Array,
  toStart: number,
  from: Float32Array,
  fromStart: number,
  width: number,
  shift: number,
): void {
  const low = Math.min(Math.max(-shift, 0), width);
  const high = Math.max(Math.min(width - shift, width), 0);
  const [first, last] = [from[fromStart]!, from[fromStart + width - 1]!];
  for (let x = 0; x < low; x++) if (first > to[toStart + x]!) to[toStart + x] = first;
  // by far the most of the work; a comparison is twice as fast here as Math.max
  for (let x = low; x < high; x++) {
    const value = from[fromStart + x + shift]!;
    if (value > to[toStart + x]!) to[toStart + x] = value;
  }
  for (let x = high; x < width; x++) if (last > to[toStart + x]!) to[toStart + x] = last;
}
