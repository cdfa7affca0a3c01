import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodePicture } from '../src/files/decode.ts';
import { pictureBytes, pictureWords } from '../src/files/encode.ts';
import { encodePng } from '../src/files/png.ts';
import { imageOf } from './pixel-cards.ts';

const raw = (width: number, height: number, channels: 1 | 2 | 3 | 4, values: readonly number[]): Sharp =>
  sharp(Uint8Array.from(values), { raw: { width, height, channels } });
const fround = (values: readonly number[]): number[] => values.map(Math.fround);
/** Noise that does not compress, so that half of a file is half of the picture. */
function noise(width: number, height: number): Sharp {
  const data = new Uint8Array(width * height * 3);
  for (let at = 0, state = 1; at < data.length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    data[at] = state >>> 24;
  }
  return sharp(data, { raw: { width, height, channels: 3 } });
}

describe('decoding', () => {
  it('gives bytes / 255 as float32 and an empty mask of 64x64', async () => {
    const { image, mask, hasAlpha } = await decodePicture(
      await raw(2, 1, 3, [0, 1, 127, 128, 254, 255]).png().toBuffer(),
    );
    expect(image).toMatchObject({ batch: 1, height: 1, width: 2, channels: 3 });
    expect([...image.data]).toEqual(fround([0, 1 / 255, 127 / 255, 128 / 255, 254 / 255, 1]));
    expect(mask).toMatchObject({ batch: 1, height: 64, width: 64 });
    expect(mask.data.some(Boolean)).toBe(false);
    expect(hasAlpha).toBe(false);
  });

  it('drops the alpha from the image without multiplying, and makes it the mask', async () => {
    const png = await raw(2, 1, 4, [200, 100, 50, 0, 10, 20, 30, 204]).png().toBuffer();
    const { image, mask } = await decodePicture(png);
    expect(image.channels).toBe(3);
    expect([...image.data]).toEqual(fround([200, 100, 50, 10, 20, 30].map((byte) => byte / 255)));
    expect([...mask.data]).toEqual(fround([1, 1 - Math.fround(204 / 255)]));
  });

  it('reads an opaque alpha channel as a mask of the size of the image', async () => {
    const { mask } = await decodePicture(await raw(3, 1, 4, Array(12).fill(255)).png().toBuffer());
    expect(mask).toMatchObject({ height: 1, width: 3 });
    expect([...mask.data]).toEqual([0, 0, 0]);
  });

  it('counts the transparency of a palette as alpha', async () => {
    const png = await raw(2, 1, 4, [255, 0, 0, 255, 0, 255, 0, 0]).png({ palette: true }).toBuffer();
    expect(png[25]).toBe(3);
    expect([...(await decodePicture(png)).mask.data]).toEqual([0, 1]);
  });

  it('spreads grey over three channels, with and without alpha', async () => {
    const grey = await raw(2, 1, 1, [0, 51]).toColourspace('b-w').png().toBuffer();
    expect(grey[25]).toBe(0);
    expect([...(await decodePicture(grey)).image.data]).toEqual(fround([0, 0, 0, 0.2, 0.2, 0.2]));
    const clear = await decodePicture(
      await encodePng({ data: Uint8Array.of(51, 255, 51, 0), width: 2, height: 1, channels: 2 }),
    );
    expect([...clear.image.data]).toEqual(fround([0.2, 0.2, 0.2, 0.2, 0.2, 0.2]));
    expect([...clear.mask.data]).toEqual([0, 1]);
  });

  it('keeps 16 bits: every step survives loading and saving', async () => {
    const values = Array.from({ length: 65536 * 3 }, (_, at) => (at % 65536) / 65535);
    const words = pictureWords(imageOf([1, 256, 768, 1], values), 0);
    expect(words.data.every((value, at) => value === at % 65536)).toBe(true);
    const png = await encodePng(pictureWords(imageOf([1, 256, 256, 3], values), 0));
    expect(png[24]).toBe(16);
    const { image } = await decodePicture(png);
    expect(image.data.every((value, at) => value === Math.fround((at % 65536) / 65535))).toBe(true);
  });

  it('keeps 8 bits: every byte survives loading and saving', async () => {
    const bytes = Array.from({ length: 256 * 3 }, (_, at) => at % 256);
    const { image } = await decodePicture(await raw(16, 16, 3, bytes).png().toBuffer());
    expect([...pictureBytes(image, 0).data]).toEqual(bytes);
  });

  it('turns the picture upright as its EXIF data says', async () => {
    const png = await raw(2, 1, 3, [255, 0, 0, 0, 255, 0]).withMetadata({ orientation: 6 }).png().toBuffer();
    const { image } = await decodePicture(png);
    expect(image).toMatchObject({ height: 2, width: 1 });
    expect([...image.data]).toEqual([1, 0, 0, 0, 1, 0]);
  });

  it('leaves colours as stored when the file has a profile', async () => {
    const png = await raw(1, 1, 3, [200, 100, 50]).withIccProfile('p3', { attach: true }).png().toBuffer();
    const stored = await sharp(png, { ignoreIcc: true }).raw().toBuffer();
    expect((await sharp(png).metadata()).hasProfile).toBe(true);
    expect([...(await decodePicture(png)).image.data]).toEqual(fround([...stored].map((byte) => byte / 255)));
  });

  it.each([
    ['gif', 1], // its frames always have a transparent colour
    ['webp', 64],
    ['tiff', 64],
  ] as const)('reads all frames of a %s', async (format, maskSide) => {
    const stack = sharp(Uint8Array.of(255, 0, 0, 0, 0, 255, 0, 255, 0), {
      raw: { width: 1, height: 3, channels: 3, pageHeight: 1 },
    });
    const formats = { gif: {}, webp: { lossless: true }, tiff: { compression: 'none' } };
    const file = await stack.toFormat(format, formats[format]).toBuffer();
    const { image, mask } = await decodePicture(file);
    expect(image).toMatchObject({ batch: 3, height: 1, width: 1 });
    expect([...image.data]).toEqual([1, 0, 0, 0, 0, 1, 0, 1, 0]);
    expect(mask).toMatchObject({ batch: 3, height: maskSide, width: maskSide });
    expect(mask.data.some(Boolean)).toBe(false);
  });

  it('reads JPEG, TIFF and AVIF', async () => {
    const picture = noise(8, 4);
    for (const file of [picture.clone().jpeg(), picture.clone().tiff(), picture.clone().avif({ effort: 0 })]) {
      const { image, damaged } = await decodePicture(await file.toBuffer());
      expect(image).toMatchObject({ batch: 1, height: 4, width: 8 });
      expect(damaged).toBe(false);
    }
  });
});

describe('hostile files', () => {
  it('loads what is there of a file that ends early', async () => {
    const jpeg = await noise(64, 64).jpeg().toBuffer();
    const { image, damaged } = await decodePicture(jpeg.subarray(0, jpeg.length >> 1));
    expect(damaged).toBe(true);
    expect(image).toMatchObject({ height: 64, width: 64 });
    expect(image.data[0]).toBeGreaterThan(0);
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('hello')],
    ['a drawing', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')],
    ['half a signature', Buffer.from([0x89, 0x50])],
    ['only a signature', Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10])],
  ])('refuses %s', async (_name, bytes) => {
    await expect(decodePicture(bytes)).rejects.toMatchObject({ code: 'picture_unreadable' });
  });

  it('refuses more pixels than allowed before it unpacks them', async () => {
    // 20,000 x 20,000 pixels in a file whose data would end at once
    const png = await raw(1, 1, 3, [0, 0, 0]).png().toBuffer();
    png.writeUInt32BE(20_000, 16);
    png.writeUInt32BE(20_000, 20);
    await expect(decodePicture(png)).rejects.toMatchObject({
      code: 'picture_too_large',
      message: expect.stringContaining('20000×20000'),
    });
  });

  it('counts the pixels of all frames together, and the frames', async () => {
    const stack = Uint8Array.from({ length: 4 * 4 * 5 * 3 }, (_, at) => (at * 89) & 255);
    const gif = await sharp(stack, { raw: { width: 4, height: 20, channels: 3, pageHeight: 4 } })
      .gif()
      .toBuffer();
    await expect(decodePicture(gif, { maxPixels: 79 })).rejects.toThrow('5 frames of 4×4');
    await expect(decodePicture(gif, { maxFrames: 4 })).rejects.toThrow('5 frames, more than the 4');
    expect((await decodePicture(gif, { maxPixels: 80, maxFrames: 5 })).image.batch).toBe(5);
  });
});

describe('encoding', () => {
  it('clips, and truncates the float32 product', () => {
    const { data } = pictureBytes(imageOf([1, 1, 7, 1], [-1, 0, 0.5, 1, 2, NaN, 0.9999]), 0);
    expect([...data]).toEqual([0, 0, 127, 255, 255, 0, 254]);
  });

  it('takes one image of a batch', () => {
    expect([...pictureBytes(imageOf([2, 1, 1, 3], [0, 0, 0, 1, 0.2, 0]), 1).data]).toEqual([255, 51, 0]);
  });

  it('refuses channels that no file has', () => {
    const image = imageOf([1, 1, 1, 5], [0, 0, 0, 0, 0]);
    expect(() => pictureBytes(image, 0)).toThrow(expect.objectContaining({ code: 'picture_unwritable' }));
  });
});
