import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { pictureBytes } from '../src/files/encode.ts';
import { encodePng } from '../src/files/png.ts';
import { ImageTooLarge } from '../src/pixels/limit.ts';
import { loadNodes } from '../src/nodes/load.ts';
import { folderContext, nodeIn, runIn, sure } from './folder-context.ts';
import { card, compare, randomImage } from './pixel-cards.ts';

const rgba = (): Promise<Buffer> =>
  encodePng({ data: Uint8Array.of(255, 0, 51, 0, 0, 255, 102, 255), width: 2, height: 1, channels: 4 });

/** The golden card with transparency. */
async function rgbaCard(): Promise<Buffer> {
  const [width, height] = [64, 48];
  const data = Buffer.alloc(width * height * 4);
  const rgb = pictureBytes(card(width, height), 0).data;
  for (let y = 0, pixel = 0; y < height; y++) {
    for (let x = 0; x < width; x++, pixel++) {
      data.set(rgb.subarray(pixel * 3, pixel * 3 + 3), pixel * 4);
      data[pixel * 4 + 3] = x < width / 2 ? 255 : Math.round((y / (height - 1)) * 255);
    }
  }
  return sharp(data, { raw: { width, height, channels: 4 } })
    .png()
    .toBuffer();
}

describe('LoadImage', () => {
  it('has the pixels of the reference', async () => {
    const folder = await folderContext();
    await folder.put('card-a.png', await encodePng(pictureBytes(card(96, 64), 0)));
    await folder.put('card-rgba.png', await rgbaCard());
    const plain = await runIn(folder, loadNodes, 'LoadImage', { image: 'card-a.png' });
    expect(await compare(plain.outputs.IMAGE, 'load-rgb')).toEqual({ mean: 0, max: 0 });
    const { outputs } = await runIn(folder, loadNodes, 'LoadImage', { image: 'card-rgba.png' });
    expect(await compare(outputs.IMAGE, 'load-rgba-image')).toEqual({ mean: 0, max: 0 });
    const mask = outputs.MASK;
    const grey = {
      ...mask,
      channels: 3,
      data: Float32Array.from({ length: mask.data.length * 3 }, (_, at) => sure(mask.data[Math.trunc(at / 3)])),
    };
    expect(await compare(grey, 'load-rgba-mask')).toEqual({ mean: 0, max: 0 });
  });

  it('reads other folders by the name in brackets', async () => {
    const folder = await folderContext();
    await folder.put('a.png', await rgba(), 'output');
    expect((await runIn(folder, loadNodes, 'LoadImage', { image: 'a.png [output]' })).outputs.IMAGE.width).toBe(2);
  });

  it('offers the pictures of the input folder', async () => {
    const folder = await folderContext();
    for (const name of ['b.png', 'a.WEBP', 'notes.txt', 'B.jpg', 'drawing.svg']) await folder.put(name, Buffer.of(0));
    const { choices } = nodeIn(loadNodes, 'LoadImage').inputs.image;
    expect(await choices!(folder.context)).toEqual(['B.jpg', 'a.WEBP', 'b.png']);
  });

  it('is accepted only with a file that is there', async () => {
    const folder = await folderContext();
    await folder.put('a.png', await rgba());
    const validation = nodeIn(loadNodes, 'LoadImage').validate!;
    const ask = (image: unknown): unknown => validation.check({ image }, { ...folder.context, types: new Map() });
    expect(validation.inputs).toEqual(['image']);
    expect(await ask('a.png')).toBe(true);
    expect(await ask(undefined)).toBe(true);
    expect(await ask('none.png')).toBe('Invalid image file: none.png');
    expect(await ask('../a.png')).toBe('Invalid image file: ../a.png');
    expect(await ask('a\0.png')).toBe('Invalid image file: a\0.png');
    expect(await ask('')).toBe('Invalid image file: ');
    expect(await ask(5)).toBe('Invalid image file: 5');
  });

  it('is the same while the file is the same', async () => {
    const folder = await folderContext();
    const bytes = await rgba();
    await folder.put('a.png', bytes);
    const node = nodeIn(loadNodes, 'LoadImage');
    expect(await node.fingerprint!({ image: 'a.png' }, folder.context)).toBe(
      createHash('sha256').update(bytes).digest('hex'),
    );
    expect(await node.fingerprint!({}, folder.context)).toBeNaN();
    await expect(node.fingerprint!({ image: 'gone.png' }, folder.context)).rejects.toThrow('ENOENT');
  });

  it('says what is wrong with a file that it cannot load', async () => {
    const folder = await folderContext();
    await folder.put('text.png', Buffer.from('hello'));
    await expect(runIn(folder, loadNodes, 'LoadImage', { image: 'text.png' })).rejects.toMatchObject({
      code: 'bad_input',
      message: expect.stringMatching(/^image: "text.png": The file cannot be read as a picture/),
    });
    await expect(runIn(folder, loadNodes, 'LoadImage', { image: 'gone.png' })).rejects.toThrow(
      'image: there is no file',
    );
  });

  it('loads a damaged file as far as it goes, and says so', async () => {
    const folder = await folderContext();
    const { data } = pictureBytes(randomImage(8, 1, 64, 64), 0);
    const jpeg = await sharp(data, { raw: { width: 64, height: 64, channels: 3 } })
      .jpeg()
      .toBuffer();
    await folder.put('half.jpg', jpeg.subarray(0, jpeg.length >> 1));
    expect((await runIn(folder, loadNodes, 'LoadImage', { image: 'half.jpg' })).outputs.IMAGE.height).toBe(64);
    expect(folder.logs).toEqual([expect.stringContaining('half.jpg is damaged')]);
  });
});

describe('LoadImageMask', () => {
  it.each([
    ['alpha', [1, 0]],
    ['red', [1, 0]],
    ['green', [0, 1]],
    ['blue', [0.2, 0.4]],
  ])('takes the %s channel', async (channel, expected) => {
    const folder = await folderContext();
    await folder.put('a.png', await rgba());
    const { MASK } = (await runIn(folder, loadNodes, 'LoadImageMask', { image: 'a.png', channel })).outputs;
    expect(MASK).toMatchObject({ batch: 1, height: 1, width: 2 });
    expect([...MASK.data]).toEqual(expected.map(Math.fround));
  });

  it('of an opaque file gives a mask of 64x64', async () => {
    const folder = await folderContext();
    await folder.put('a.png', await encodePng({ data: Uint8Array.of(1, 2, 3), width: 1, height: 1, channels: 3 }));
    const { MASK } = (await runIn(folder, loadNodes, 'LoadImageMask', { image: 'a.png', channel: 'alpha' })).outputs;
    expect(MASK).toMatchObject({ batch: 1, height: 64, width: 64 });
  });
});

describe('EmptyImage', () => {
  it('has the pixels of the reference', async () => {
    const folder = await folderContext();
    const inputs = { width: 33, height: 17, batch_size: 2, color: 0x2288cc };
    const { IMAGE } = (await runIn(folder, loadNodes, 'EmptyImage', inputs)).outputs;
    expect(IMAGE.batch).toBe(2);
    expect(await compare(IMAGE, 'empty-colour')).toEqual({ mean: 0, max: 0 });
  });

  it('refuses more pixels than memory can hold', async () => {
    const folder = await folderContext();
    const inputs = { width: 16384, height: 16384, batch_size: 4096, color: 0 };
    await expect(async () => runIn(folder, loadNodes, 'EmptyImage', inputs)).rejects.toThrow(ImageTooLarge);
  });
});
