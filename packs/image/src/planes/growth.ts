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
  const steps = tapered ? PLUS : SQUARE;
  // a larger radius changes nothing
  const reach = Math.min(Math.abs(radius), tapered ? height + width : Math.max(height, width));
  const smallest = radius < 0;
  let from = mask.data.slice();
  let to = new Float32Array(from.length);
  for (let done = 0; done < reach;) {
    checkpoint?.();
    // areas already grown, moved by at most their own radius, together cover the next one without gaps
    const step = Math.min(Math.max(done, 1), reach - done);
    to.set(from);
    for (const [right, down] of steps) {
      for (let row = 0; row < batch * height; row++) {
        const y = row % height;
        const source = (row - y + Math.min(Math.max(y + down * step, 0), height - 1)) * width;
        for (let x = 0; x < width; x++) {
          const other = from[source + Math.min(Math.max(x + right * step, 0), width - 1)]!;
          const at = row * width + x;
          if (smallest ? other < to[at]! : other > to[at]!) to[at] = other;
        }
      }
    }
    [from, to] = [to, from];
    done += step;
  }
  return { data: from, batch, height, width };
}
