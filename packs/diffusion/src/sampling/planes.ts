/** Single planes of numbers: masks that are brought to the size of a latent. */

/** Rows of numbers. */
export interface Plane {
  readonly data: Float32Array;
  readonly height: number;
  readonly width: number;
}

/** Part of a plane, in cells. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Linear between the centres of the four nearest cells; sizes are not averaged when it shrinks. */
export function resizePlane(plane: Plane, height: number, width: number): Plane {
  if (plane.height === height && plane.width === width) return plane;
  const rows = places(plane.height, height);
  const columns = places(plane.width, width);
  const data = new Float32Array(height * width);
  let at = 0;
  for (const row of rows) {
    const [top, bottom] = [row.low * plane.width, row.high * plane.width];
    for (const { low, high, share } of columns) {
      const upper = plane.data[top + low]! * (1 - share) + plane.data[top + high]! * share;
      const lower = plane.data[bottom + low]! * (1 - share) + plane.data[bottom + high]! * share;
      data[at++] = upper * (1 - row.share) + lower * row.share;
    }
  }
  return { data, height, width };
}

function places(from: number, to: number): { low: number; high: number; share: number }[] {
  return Array.from({ length: to }, (_, at) => {
    const exact = Math.max(0, ((at + 0.5) * from) / to - 0.5);
    const low = Math.min(Math.floor(exact), from - 1);
    return { low, high: Math.min(low + 1, from - 1), share: exact - low };
  });
}

/** Plane `index` of a tensor whose last two axes are rows and columns; indices past the end start over. */
export function planeOf({ data, shape }: { data: Float32Array; shape: readonly number[] }, index: number): Plane {
  const [height = 0, width = 0] = shape.slice(-2);
  const size = height * width;
  const from = (index % Math.max(1, data.length / size)) * size;
  return { data: data.subarray(from, from + size), height, width };
}

/** The least box around everything that is not zero; undefined when all is. */
export function boundsOf({ data, height, width }: Plane): Box | undefined {
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      if (data[at] === 0) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = y;
    }
  }
  return right < 0 ? undefined : { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
}
