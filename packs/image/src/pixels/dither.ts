/** Replacing the colours of a picture by those of a palette. Pictures are 8 bits a channel, RGB. */

const UNKNOWN = -1;

/** The colours of a palette sorted by green, and for each green the first colour with as much. */
function byGreen(palette: Uint8Array) {
  const place = Array.from({ length: palette.length / 3 }, (_, at) => at);
  place.sort((a, b) => palette[3 * a + 1]! - palette[3 * b + 1]!);
  const [red, green, blue] = [0, 1, 2].map((channel) => Int32Array.from(place, (at) => palette[3 * at + channel]!)) as [
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  const firstAt = new Int32Array(256).fill(green.length);
  for (let at = green.length - 1; at >= 0; at--) firstAt[green[at]!] = at;
  for (let value = 254; value >= 0; value--) firstAt[value] = Math.min(firstAt[value]!, firstAt[value + 1]!);
  return { red, green, blue, place, firstAt };
}

/** A function from a 24-bit colour to the place of the nearest colour of a palette; it searches once for each colour. */
export function nearestIn(palette: Uint8Array): (colour: number) => number {
  const known = new Int16Array(1 << 24).fill(UNKNOWN);
  const { red, green, blue, place, firstAt } = byGreen(palette);
  const search = (colour: number): number => {
    const [r, g, b] = [colour >> 16, (colour >> 8) & 255, colour & 255];
    let best = 0;
    let least = Infinity;
    let up = firstAt[g]!;
    let down = up - 1;
    // away from the colour in both directions, until green alone is too far
    for (let step = 0; up < green.length || down >= 0; step++) {
      const rising = down < 0 || (up < green.length && step % 2 === 0);
      const at = rising ? up++ : down--;
      const byGreenAlone = (green[at]! - g) ** 2;
      if (byGreenAlone >= least) {
        if (rising) up = green.length;
        else down = -1;
        continue;
      }
      const distance = (red[at]! - r) ** 2 + byGreenAlone + (blue[at]! - b) ** 2;
      if (distance >= least) continue;
      least = distance;
      best = place[at]!;
    }
    known[colour] = best;
    return best;
  };
  return (colour) => {
    const found = known[colour]!;
    return found === UNKNOWN ? search(colour) : found;
  };
}

function byte(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : Math.round(value);
}

function putColour(target: Uint8Array, at: number, palette: Uint8Array, index: number): void {
  target[at] = palette[3 * index]!;
  target[at + 1] = palette[3 * index + 1]!;
  target[at + 2] = palette[3 * index + 2]!;
}

/**
 * Each pixel becomes the nearest colour of the palette, after a value was added that depends on its place: `matrix` has
 * `order`² values, in rows.
 */
export function mapOrdered(
  rgb: Uint8Array,
  width: number,
  palette: Uint8Array,
  order: number,
  matrix: Float64Array,
): Uint8Array {
  const nearest = nearestIn(palette);
  const target = new Uint8Array(rgb.length);
  for (let at = 0, pixel = 0; at < rgb.length; at += 3, pixel++) {
    const add = matrix[(Math.floor(pixel / width) % order) * order + ((pixel % width) % order)]!;
    const colour = (byte(rgb[at]! + add) << 16) | (byte(rgb[at + 1]! + add) << 8) | byte(rgb[at + 2]! + add);
    putColour(target, at, palette, nearest(colour));
  }
  return target;
}

/** The Bayer matrix with `order` (a power of two) rows: each value once, evenly from -1/2 to 1/2. */
export function bayerMatrix(order: number): Float64Array {
  const matrix = new Float64Array(order * order);
  for (let y = 0; y < order; y++) {
    for (let x = 0; x < order; x++) {
      let rank = 0;
      // the coarsest bit of the place decides the finest step
      for (let bit = 1; bit < order; bit *= 2) {
        const right = x & bit ? 1 : 0;
        const below = y & bit ? 1 : 0;
        rank = rank * 4 + (below ? (right ? 1 : 3) : right ? 2 : 0);
      }
      matrix[y * order + x] = (rank + 0.5) / (order * order) - 0.5;
    }
  }
  return matrix;
}

/** Each pixel becomes the nearest colour of the palette; what is lost goes to its neighbours (Floyd and Steinberg). */
export function mapDiffused(rgb: Uint8Array, width: number, palette: Uint8Array): Uint8Array {
  const nearest = nearestIn(palette);
  const target = new Uint8Array(rgb.length);
  const stride = width * 3;
  // one pixel of room on both sides, so that borders need no care
  let here = new Float32Array(stride + 6);
  let below = new Float32Array(stride + 6);
  const wanted = [0, 0, 0];
  for (let row = 0; row < rgb.length; row += stride) {
    for (let x = 0; x < stride; x += 3) {
      for (let channel = 0; channel < 3; channel++) {
        wanted[channel] = byte(rgb[row + x + channel]! + here[x + 3 + channel]!);
      }
      const index = nearest((wanted[0]! << 16) | (wanted[1]! << 8) | wanted[2]!);
      putColour(target, row + x, palette, index);
      for (let channel = 0; channel < 3; channel++) {
        const lost = (wanted[channel]! - palette[3 * index + channel]!) / 16;
        here[x + 6 + channel]! += 7 * lost;
        below[x + channel]! += 3 * lost;
        below[x + 3 + channel]! += 5 * lost;
        below[x + 6 + channel]! += lost;
      }
    }
    [here, below] = [below, here];
    below.fill(0);
  }
  return target;
}
