import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { parseJson } from '@snug/protocol';
import type { JsonObject } from '@snug/protocol';
import { encodeApng } from '../src/files/apng.ts';
import { pictureBytes } from '../src/files/encode.ts';
import { exifBlock } from '../src/files/exif.ts';
import { pngChunks } from '../src/files/png-chunk.ts';
import { readPngText } from '../src/files/png-text.ts';
import { encodeWebp } from '../src/files/webp.ts';
import { animatedNodes } from '../src/nodes/animated.ts';
import { folderContext, runIn } from './folder-context.ts';
import { randomImage } from './pixel-cards.ts';

const images = randomImage(3, 3, 6, 5);
const lossless = { lossless: true, quality: 80, effort: 0, duration: 166 };
const text = [
  ['prompt', '{"seed":18446744073709551615}'],
  ['workflow', '{"nodes":[]}'],
  ['x', '1'],
] as const;
const info = {
  prompt: parseJson('{"1":{"class_type":"Å","inputs":{"seed":18446744073709551615,"cfg":5.0}}}') as JsonObject,
  extra_pnginfo: parseJson('{"workflow":{"b":1,"10":2}}') as JsonObject,
};
const promptText = '{"1":{"class_type":"\\u00c5","inputs":{"seed":18446744073709551615,"cfg":5.0}}}';
const workflowText = '{"workflow":{"b":1,"10":2}}'.slice(12, -1);

/** The ASCII tags of a block of EXIF data, in their order. */
function exifTags(block: Buffer): [tag: number, text: string][] {
  const start = block.readUInt32LE(4);
  return Array.from({ length: block.readUInt16LE(start) }, (_, index) => {
    const at = start + 2 + index * 12;
    const length = block.readUInt32LE(at + 4);
    const from = length <= 4 ? at + 8 : block.readUInt32LE(at + 8);
    expect(block[from + length - 1]).toBe(0);
    return [block.readUInt16LE(at), block.toString('utf8', from, from + length - 1)];
  });
}

async function stacked(file: Buffer): Promise<Buffer> {
  return sharp(file, { pages: -1 }).removeAlpha().raw().toBuffer();
}
const bytesOf = (): Buffer => Buffer.concat([0, 1, 2].map((index) => pictureBytes(images, index).data));

describe('animated WebP', () => {
  it('holds every frame, its duration, and the texts as EXIF data', async () => {
    const file = await encodeWebp(images, { ...lossless, text });
    const head = await sharp(file).metadata();
    expect(head).toMatchObject({ format: 'webp', width: 5, height: 6, pages: 3, loop: 0, delay: [166, 166, 166] });
    expect((await stacked(file)).equals(bytesOf())).toBe(true);
    expect(exifTags(head.exif!)).toEqual([
      [0x010e, 'x:1'],
      [0x010f, 'workflow:{"nodes":[]}'],
      [0x0110, 'prompt:{"seed":18446744073709551615}'],
    ]);
    expect(file.readUInt32LE(4)).toBe(file.length - 8);
  });

  it.each([1, 9, 100_000])('keeps a duration of %i ms', async (duration) => {
    const file = await encodeWebp(images, { ...lossless, duration });
    expect((await sharp(file).metadata()).delay).toEqual([duration, duration, duration]);
  });

  it('of one frame, with and without alpha, carries texts too', async () => {
    for (const channels of [3, 4]) {
      const still = randomImage(5, 1, 7, 3, channels);
      const file = await encodeWebp(still, { ...lossless, text });
      const head = await sharp(file).metadata();
      expect(head).toMatchObject({ width: 3, height: 7, channels, hasAlpha: channels === 4 });
      expect(exifTags(head.exif!)).toHaveLength(3);
      const pixels = await sharp(file).raw().toBuffer();
      expect(pixels.equals(pictureBytes(still, 0).data)).toBe(true);
    }
  });

  it('without texts has no EXIF data', async () => {
    expect((await sharp(await encodeWebp(images, lossless)).metadata()).exif).toBeUndefined();
  });

  it('joins equal neighbours into one longer frame', async () => {
    const frame = images.data.subarray(0, 90);
    const data = Float32Array.from([...frame, ...frame, ...images.data.subarray(90, 180)]);
    const file = await encodeWebp({ ...images, data }, lossless);
    expect((await sharp(file).metadata()).delay).toEqual([332, 166]);
  });

  it('refuses sides that the format cannot hold', async () => {
    const wide = { data: new Float32Array(16384 * 3), batch: 1, height: 1, width: 16384, channels: 3 };
    await expect(encodeWebp(wide, lossless)).rejects.toMatchObject({ code: 'picture_unwritable' });
  });

  it('leaves out what has no tag left', () => {
    const many = Array.from({ length: 300 }, (_, at): [string, string] => [`key${at}`, 'a']);
    expect(exifTags(exifBlock(many))).toHaveLength(0x010f);
  });
});

describe('animated PNG', () => {
  it('is a still picture for readers that know no more, with the texts behind the pixels', async () => {
    const file = await encodeApng(images, { duration: 166, level: 4, text });
    expect((await sharp(file).raw().toBuffer()).equals(pictureBytes(images, 0).data)).toBe(true);
    const types = [...pngChunks(file)].map(({ type }) => type);
    expect(types.slice(0, 3)).toEqual(['IHDR', 'acTL', 'fcTL']);
    expect(types.slice(-4)).toEqual(['comf', 'comf', 'comf', 'IEND']);
    expect([...readPngText(file)]).toEqual(text.map(([key, value]) => [key, value]));
  });

  it('numbers its chunks through, and each frame is a picture of its own', async () => {
    const file = await encodeApng(images, { duration: 166, level: 0 });
    const chunks = [...pngChunks(file)];
    const control = chunks.find(({ type }) => type === 'acTL')!.data;
    expect([control.readUInt32BE(0), control.readUInt32BE(4)]).toEqual([3, 0]);
    const numbered = chunks.filter(({ type }) => type === 'fcTL' || type === 'fdAT');
    expect(numbered.map(({ data }) => data.readUInt32BE(0))).toEqual([0, 1, 2, 3, 4]);
    const { inflateSync } = await import('node:zlib');
    const last = chunks.findLast(({ type }) => type === 'fdAT')!.data;
    const rows = inflateSync(last.subarray(4));
    expect(rows.length).toBe(6 * (1 + 5 * 3));
  });

  it.each([
    [166, 166, 1000],
    [65_535, 65_535, 1000],
    [100_000, 10_000, 100],
    [9_000_000, 65_535, 100],
  ])('writes %i ms as %i/%i', async (duration, top, bottom) => {
    const file = await encodeApng(randomImage(1, 1, 1, 1), { duration, level: 4 });
    const { data } = [...pngChunks(file)].find(({ type }) => type === 'fcTL')!;
    expect([data.readUInt16BE(20), data.readUInt16BE(22)]).toEqual([top, bottom]);
  });
});

describe('the nodes', () => {
  const common = { images, filename_prefix: 'anim/a', fps: 6, ...info };

  it('SaveAnimatedWEBP writes one file for the batch', async () => {
    const folder = await folderContext();
    const inputs = { ...common, lossless: true, quality: 80, method: 'fastest' };
    const { ui, outputs } = await runIn(folder, animatedNodes, 'SaveAnimatedWEBP', inputs);
    const file = { filename: 'a_00001_.webp', subfolder: 'anim', type: 'output' } as const;
    expect(ui).toEqual({ images: [file], animated: [true] });
    expect(outputs.images).toBe(images);
    const { exif, delay } = await sharp(await folder.saved(file)).metadata();
    expect(delay).toEqual([166, 166, 166]);
    expect(exifTags(exif!)).toEqual([
      [0x010f, `workflow:${workflowText}`],
      [0x0110, `prompt:${promptText}`],
    ]);
  });

  it('SaveAnimatedPNG writes one file for the batch', async () => {
    const folder = await folderContext();
    const { ui, outputs } = await runIn(folder, animatedNodes, 'SaveAnimatedPNG', { ...common, compress_level: 4 });
    const file = { filename: 'a_00001_.png', subfolder: 'anim', type: 'output' } as const;
    expect(ui).toEqual({ images: [file], animated: [true] });
    expect(outputs.images).toBe(images);
    expect([...readPngText(await folder.saved(file))]).toEqual([
      ['prompt', promptText],
      ['workflow', workflowText],
    ]);
    expect(folder.checks()).toBe(3);
  });

  it.each(['SaveAnimatedWEBP', 'SaveAnimatedPNG'])('%s does not call a single frame animated', async (type) => {
    const folder = await folderContext();
    const one = {
      ...common,
      images: randomImage(9, 1, 4, 4),
      lossless: true,
      quality: 1,
      method: 'default',
      compress_level: 1,
    };
    expect(Object.keys((await runIn(folder, animatedNodes, type, one)).ui!)).toEqual(['images']);
  });

  it.each(['SaveAnimatedWEBP', 'SaveAnimatedPNG'])('%s embeds nothing when the server embeds nothing', async (type) => {
    const folder = await folderContext({ embedMetadata: false });
    const inputs = { ...common, lossless: true, quality: 1, method: 'default', compress_level: 1 };
    const { file } = await runIn(folder, animatedNodes, type, inputs);
    const bytes = await folder.saved(file());
    expect(bytes.includes('class_type')).toBe(false);
    expect(bytes.includes('workflow')).toBe(false);
  });
});
