/** One batch of planes laid over another. */
import type { Image, Mask, Tensor } from '@snug/node-kit';

/** `batch` items of `planes` planes of rows of cells; a cell is `inner` numbers side by side. */
export interface Planes {
  readonly data: Float32Array;
  readonly batch: number;
  readonly planes: number;
  readonly height: number;
  readonly width: number;
  readonly inner: number;
}

export function imagePlanes({ channels, ...image }: Image): Planes {
  return { ...image, planes: 1, inner: channels };
}

export function maskPlanes(mask: Mask): Planes {
  return { ...mask, planes: 1, inner: 1 };
}

export function tensorPlanes({ data, shape }: Tensor): Planes {
  const [batch = 1, ...rest] = shape;
  const planes = rest.slice(0, -2).reduce((total, side) => total * side, 1);
  return { data, batch, planes, height: rest.at(-2) ?? 1, width: rest.at(-1) ?? 1, inner: 1 };
}

/** The first number of a row; items start again when the batch runs out, and so do planes. */
function rowStart(stack: Planes, item: number, plane: number, row: number): number {
  const at = (item % stack.batch) * stack.planes + (plane % stack.planes);
  return (at * stack.height + row) * stack.width * stack.inner;
}

/**
 * Visits each row of the part where the two lie over each other: where it starts in both, and its cells. The source's
 * batch is repeated, or cut, to the destination's. Left and top are not negative.
 */
export function visitOverlap(
  destination: Planes,
  source: Planes,
  left: number,
  top: number,
  visit: (to: number, from: number, cells: number, item: number, row: number) => void,
): void {
  const cells = Math.min(source.width, destination.width - left);
  const rows = Math.min(source.height, destination.height - top);
  if (cells <= 0) return;
  for (let item = 0; item < destination.batch; item++) {
    for (let plane = 0; plane < destination.planes; plane++) {
      for (let row = 0; row < rows; row++) {
        const to = rowStart(destination, item, plane, top + row) + left * destination.inner;
        visit(to, rowStart(source, item, plane, row), cells, item, row);
      }
    }
  }
}

/**
 * The destination with the source in it: `weight · source + (1 − weight) · destination`. Cells of both are of the same
 * kind; the weight has the source's size, one plane, and its batch is repeated, or cut, too. Without weight the source
 * replaces what it covers.
 */
export function paste(
  destination: Planes,
  source: Planes,
  weight: Planes | undefined,
  left: number,
  top: number,
): Float32Array {
  const target = destination.data.slice();
  const { inner } = destination;
  visitOverlap(destination, source, left, top, (to, from, cells, item, row) => {
    if (!weight) {
      target.set(source.data.subarray(from, from + cells * inner), to);
      return;
    }
    const weightFrom = rowStart(weight, item, 0, row);
    for (let cell = 0; cell < cells; cell++) {
      const share = weight.data[weightFrom + cell]!;
      const rest = Math.fround(1 - share);
      for (let end = to + inner; to < end; to++, from++) {
        target[to] = Math.fround(share * source.data[from]!) + Math.fround(rest * target[to]!);
      }
    }
  });
  return target;
}
