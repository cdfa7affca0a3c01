import sharp from 'sharp';
import { expect, test } from 'vitest';
import { decodePicture } from '../src/files/decode.ts';
import { unblendColours } from '../src/files/jpeg-colours.ts';

/** Brightness of each pixel in the first row, and the colour that two of them share. */
const row = (image: { data: Float32Array; width: number }) =>
  Array.from({ length: image.width }, (_, x) =>
    Array.from(image.data.subarray(x * 3, x * 3 + 3), (value) => Math.round(value * 255)),
  );
const differenceOf = ([r = 0, g = 0, b = 0]: number[]): string => `${r - g},${b - g}`;

test('the pixels of a 2×2 block share one colour, and keep their brightness', async () => {
  // two colours that meet inside of a block
  const width = 16;
  const pixels = Buffer.alloc(width * width * 3);
  for (let at = 0; at < width * width; at++) pixels.set(at % width < 7 ? [200, 60, 40] : [40, 90, 200], at * 3);
  const raw = { raw: { width, height: width, channels: 3 as const } };
  const half = await sharp(pixels, raw).jpeg({ quality: 95, chromaSubsampling: '4:2:0' }).toBuffer();
  const whole = await sharp(pixels, raw).jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer();
  const shared = row((await decodePicture(half)).image).map(differenceOf);
  for (let x = 0; x < width; x += 2) expect(shared[x]).toBe(shared[x + 1]);
  const apart = row((await decodePicture(whole)).image).map(differenceOf);
  expect(apart[6]).not.toBe(apart[7]);
});

test('grey stays as it is, and what colours add is rounded down', () => {
  const grey = Uint8Array.from({ length: 12 }, (_, at) => 10 + Math.floor(at / 3));
  const before = grey.slice();
  unblendColours(grey, 2, 2);
  expect(grey).toEqual(before);
  const one = Uint8Array.of(255, 0, 0);
  unblendColours(one, 1, 1);
  // Y 76, Cb -43, Cr 128: 76+179, 76+14-92, 76-77
  expect([...one]).toEqual([255, 0, 0]);
  const soft = Uint8Array.of(120, 100, 90);
  unblendColours(soft, 1, 1);
  // Y 105, Cb -8, Cr 11: 105+15, 105+2-8, 105-15
  expect([...soft]).toEqual([120, 99, 90]);
});
