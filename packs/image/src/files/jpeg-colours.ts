/**
 * The colours of a JPEG as the reference reads them: where the file keeps one pair of colour values for 2×2 pixels, all four
 * get that pair, and what it adds to their brightness is rounded down. Most decoders, ours too, blend neighbouring pairs.
 */

const BLOCK = 2;

/** What `chromaSubsampling` says of files that keep colours at half the size both ways. */
export const HALF_COLOURS = '4:2:0';

/** Puts the blocks back into RGB rows of 8 bits a channel, in place. */
export function unblendColours(data: Uint8Array, width: number, height: number): void {
  const bright = new Int32Array(BLOCK * BLOCK);
  const places = new Int32Array(BLOCK * BLOCK);
  for (let top = 0; top < height; top += BLOCK) {
    for (let left = 0; left < width; left += BLOCK) {
      let count = 0;
      let blue = 0;
      let red = 0;
      for (let y = top; y < Math.min(top + BLOCK, height); y++) {
        for (let x = left; x < Math.min(left + BLOCK, width); x++) {
          const at = (y * width + x) * 3;
          const r = data[at]!;
          const b = data[at + 2]!;
          const brightness = 0.299 * r + 0.587 * data[at + 1]! + 0.114 * b;
          blue += (b - brightness) / 1.772;
          red += (r - brightness) / 1.402;
          bright[count] = Math.round(brightness);
          places[count++] = at;
        }
      }
      const cb = Math.round(blue / count);
      const cr = Math.round(red / count);
      const addedRed = Math.floor(1.402 * cr);
      const addedGreen = Math.floor(-0.344136 * cb) + Math.floor(-0.714136 * cr);
      const addedBlue = Math.floor(1.772 * cb);
      for (let one = 0; one < count; one++) {
        const at = places[one]!;
        data[at] = clamp(bright[one]! + addedRed);
        data[at + 1] = clamp(bright[one]! + addedGreen);
        data[at + 2] = clamp(bright[one]! + addedBlue);
      }
    }
  }
}

const clamp = (value: number): number => Math.min(255, Math.max(0, value));
