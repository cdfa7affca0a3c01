/** Resizing to the mean of all source pixels that an output pixel touches. */

const { fround } = Math;

/** One picture; sums and quotients are rounded to 32 bits where the reference rounds them. */
export function resizeArea(
  source: Float32Array,
  height: number,
  width: number,
  channels: number,
  newHeight: number,
  newWidth: number,
): Float32Array {
  const target = new Float32Array(newHeight * newWidth * channels);
  const sums = new Float32Array(channels);
  let to = 0;
  for (let y = 0; y < newHeight; y++) {
    const top = Math.floor((y * height) / newHeight);
    const bottom = Math.ceil(((y + 1) * height) / newHeight);
    for (let x = 0; x < newWidth; x++) {
      const left = Math.floor((x * width) / newWidth);
      const right = Math.ceil(((x + 1) * width) / newWidth);
      sums.fill(0);
      for (let row = top; row < bottom; row++) {
        const end = (row * width + right) * channels;
        for (let from = (row * width + left) * channels; from < end; from += channels) {
          for (let channel = 0; channel < channels; channel++) sums[channel]! += source[from + channel]!;
        }
      }
      for (let channel = 0; channel < channels; channel++) {
        target[to++] = fround(sums[channel]! / (bottom - top)) / (right - left);
      }
    }
  }
  return target;
}
