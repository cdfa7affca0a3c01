/** A palette for a picture: boxes of colours, split until there are enough. Pictures are 8 bits a channel, RGB. */

/** Shares of the channels in the length of a box, as an eye sees them. */
const AXIS_WEIGHTS = [77, 150, 29] as const;

interface Box {
  /** The colours of the box: a stretch of the list of all colours. */
  readonly from: number;
  readonly to: number;
  readonly pixels: number;
}

interface Colours {
  /** Distinct colours as 24-bit numbers; boxes reorder them. */
  readonly colour: Uint32Array;
  /** How many pixels have the colour at the same place. */
  readonly count: Uint32Array;
}

function channelBits(colour: number, axis: number): number {
  return (colour >> (16 - 8 * axis)) & 255;
}

function countColours(rgb: Uint8Array): Colours {
  const all = new Uint32Array(rgb.length / 3);
  for (let to = 0, from = 0; to < all.length; to++) {
    all[to] = (rgb[from++]! << 16) | (rgb[from++]! << 8) | rgb[from++]!;
  }
  all.sort();
  const count = new Uint32Array(all.length);
  let distinct = 0;
  for (let at = 0; at < all.length; at++) {
    if (at > 0 && all[at] !== all[at - 1]) distinct++;
    all[distinct] = all[at]!;
    count[distinct]!++;
  }
  const length = all.length ? distinct + 1 : 0;
  return { colour: all.subarray(0, length), count: count.subarray(0, length) };
}

/** The axis on which a box is longest, and the value of its median pixel there, so chosen that both halves have some. */
function findCut({ colour, count }: Colours, box: Box): { axis: number; cut: number } {
  let axis = 0;
  let longest = -1;
  let highest = 0;
  for (let candidate = 0; candidate < 3; candidate++) {
    let low = 255;
    let high = 0;
    for (let at = box.from; at < box.to; at++) {
      const value = channelBits(colour[at]!, candidate);
      if (value < low) low = value;
      if (value > high) high = value;
    }
    const length = (high - low) * AXIS_WEIGHTS[candidate]!;
    if (length <= longest) continue;
    longest = length;
    axis = candidate;
    highest = high;
  }
  const pixelsAt = new Float64Array(256);
  for (let at = box.from; at < box.to; at++) pixelsAt[channelBits(colour[at]!, axis)]! += count[at]!;
  let cut = 0;
  for (let below = pixelsAt[0]!; below * 2 < box.pixels && cut < 255; below += pixelsAt[cut]!) cut++;
  return { axis, cut: Math.min(cut, highest - 1) };
}

function split(colours: Colours, box: Box): [Box, Box] {
  const { colour, count } = colours;
  const { axis, cut } = findCut(colours, box);
  let middle = box.from;
  let pixels = 0;
  for (let at = box.from; at < box.to; at++) {
    if (channelBits(colour[at]!, axis) > cut) continue;
    [colour[at], colour[middle]] = [colour[middle]!, colour[at]!];
    [count[at], count[middle]] = [count[middle]!, count[at]!];
    pixels += count[middle++]!;
  }
  return [
    { from: box.from, to: middle, pixels },
    { from: middle, to: box.to, pixels: box.pixels - pixels },
  ];
}

function meanColour({ colour, count }: Colours, box: Box): [number, number, number] {
  const sums: [number, number, number] = [0, 0, 0];
  for (let at = box.from; at < box.to; at++) {
    for (let axis = 0; axis < 3; axis++) sums[axis]! += channelBits(colour[at]!, axis) * count[at]!;
  }
  return [Math.round(sums[0] / box.pixels), Math.round(sums[1] / box.pixels), Math.round(sums[2] / box.pixels)];
}

/** At most `size` colours, three bytes each. `checkpoint` is called before each split. */
export function medianCut(rgb: Uint8Array, size: number, checkpoint?: () => void): Uint8Array {
  const colours = countColours(rgb);
  if (!colours.colour.length) return new Uint8Array(0);
  const boxes: Box[] = [{ from: 0, to: colours.colour.length, pixels: rgb.length / 3 }];
  while (boxes.length < size) {
    checkpoint?.();
    let fullest = -1;
    for (const [at, box] of boxes.entries()) {
      if (box.to - box.from > 1 && box.pixels > (boxes[fullest]?.pixels ?? 0)) fullest = at;
    }
    const box = boxes[fullest];
    if (!box) break;
    boxes.splice(fullest, 1, ...split(colours, box));
  }
  return Uint8Array.from(boxes.flatMap((box) => meanColour(colours, box)));
}
