import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { parseJson } from '@snug/protocol';
import type { JsonObject } from '@snug/protocol';
import { readPngText } from '../src/files/png-text.ts';
import { saveAdvancedNodes } from '../src/nodes/save-advanced.ts';
import { saveNodes } from '../src/nodes/save.ts';
import { folderContext, nodeIn, runIn, sure } from './folder-context.ts';
import { imageOf, randomImage } from './pixel-cards.ts';

const none = { prompt: new Map(), extra_pnginfo: null };
const output = (filename: string, subfolder = ''): object => ({ filename, subfolder, type: 'output' });

describe('SaveImage', () => {
  it('counts on from the files that are there, and passes the images on', async () => {
    const folder = await folderContext();
    const images = randomImage(1, 2, 10, 20);
    const inputs = { images, filename_prefix: 'shot', ...none };
    expect((await runIn(folder, saveNodes, 'SaveImage', inputs)).ui).toEqual({
      images: [output('shot_00001_.png'), output('shot_00002_.png')],
    });
    const again = await runIn(folder, saveNodes, 'SaveImage', inputs);
    expect(again.ui).toEqual({ images: [output('shot_00003_.png'), output('shot_00004_.png')] });
    expect(again.outputs.images).toBe(images);
  });

  it('tells the series the size of the images', async () => {
    const folder = await folderContext();
    const inputs = { images: randomImage(1, 1, 10, 20), filename_prefix: 'sub/name_%width%x%height%', ...none };
    const { ui } = await runIn(folder, saveNodes, 'SaveImage', inputs);
    expect(ui).toEqual({ images: [output('name_20x10_00001_.png', 'sub')] });
  });

  it('writes 8-bit RGB of truncated values', async () => {
    const folder = await folderContext();
    const images = imageOf([1, 1, 2, 3], [0, 0.5, 1, -1, 2, 0.9999]);
    const { file } = await runIn(folder, saveNodes, 'SaveImage', { images, filename_prefix: 'p', ...none });
    const png = await folder.saved(file());
    expect([png[24], png[25]]).toEqual([8, 2]);
    expect([...(await sharp(png).raw().toBuffer())]).toEqual([0, 127, 255, 0, 255, 254]);
  });

  it('embeds prompt and workflow with every digit and in order', async () => {
    const folder = await folderContext();
    const prompt = '{"9":{"seed":18446744073709551615},"1":{"cfg":5.0,"text":"\\u00e9\\u5b57"}}';
    const info = {
      prompt: parseJson(prompt) as JsonObject,
      extra_pnginfo: parseJson(`{"workflow":{"z":1,"2":3},"note":[1]}`) as JsonObject,
    };
    const inputs = { images: randomImage(1, 2, 4, 4), filename_prefix: 'm', ...info };
    const { file } = await runIn(folder, saveNodes, 'SaveImage', inputs);
    for (const index of [0, 1]) {
      expect([...readPngText(await folder.saved(file(index)))]).toEqual([
        ['prompt', prompt],
        ['workflow', '{"z":1,"2":3}'],
        ['note', '[1]'],
      ]);
    }
  });

  it('leaves keys out that no file can hold, and says so', async () => {
    const folder = await folderContext();
    const extra = new Map([
      ['\u0000bad', 1],
      ['good', 2],
    ]);
    const inputs = { images: randomImage(1, 1, 4, 4), filename_prefix: 'k', prompt: new Map(), extra_pnginfo: extra };
    const { file } = await runIn(folder, saveNodes, 'SaveImage', inputs);
    expect([...readPngText(await folder.saved(file())).keys()]).toEqual(['prompt', 'good']);
    expect(folder.logs).toEqual([expect.stringContaining('\\u0000bad')]);
  });

  it('embeds nothing when the server embeds nothing', async () => {
    const folder = await folderContext({ embedMetadata: false });
    const info = { prompt: new Map([['a', 1]]), extra_pnginfo: new Map([['workflow', 1]]) };
    const inputs = { images: randomImage(1, 1, 4, 4), filename_prefix: 'q', ...info };
    const { file } = await runIn(folder, saveNodes, 'SaveImage', inputs);
    expect(readPngText(await folder.saved(file())).size).toBe(0);
  });

  it('stops between images when the prompt is interrupted', async () => {
    let asked = 0;
    const stop = new Error('stop');
    const folder = await folderContext({
      throwIfInterrupted: () => {
        if (++asked > 1) throw stop;
      },
    });
    const inputs = { images: randomImage(1, 3, 4, 4), filename_prefix: 'i', ...none };
    await expect(runIn(folder, saveNodes, 'SaveImage', inputs)).rejects.toBe(stop);
    expect(await readdir(join(folder.root, 'output'))).toEqual(['i_00001_.png']);
  });
});

describe('PreviewImage', () => {
  it('writes to temp under five letters that stay with the node', async () => {
    const folder = await folderContext();
    const images = randomImage(1, 1, 4, 4);
    const first = await runIn(folder, saveNodes, 'PreviewImage', { images, ...none });
    const second = await runIn(folder, saveNodes, 'PreviewImage', { images, ...none });
    const [{ filename, subfolder, type }] = first.ui!.images as [{ filename: string; subfolder: string; type: string }];
    expect({ subfolder, type }).toEqual({ subfolder: '', type: 'temp' });
    expect(filename).toMatch(/^ComfyUI_temp_[a-vx-z]{5}_00001_\.png$/);
    expect(second.file().filename).toBe(filename.replace('00001', '00002'));
    expect(first.outputs.images).toBe(images);
    expect(readPngText(await folder.saved(first.file())).get('prompt')).toBe('{}');
  });
});

describe('SaveImageWebsocket', () => {
  it('sends each image as PNG, counted from 0, and writes nothing', async () => {
    const folder = await folderContext();
    const images = randomImage(1, 2, 3, 4);
    const { ui, outputs } = await runIn(folder, saveNodes, 'SaveImageWebsocket', { images });
    expect(ui).toBeUndefined();
    expect(outputs).toEqual({});
    expect(folder.progress.map(([value, max]) => [value, max])).toEqual([
      [0, 2],
      [1, 2],
    ]);
    const second = sure(folder.progress[1]?.[2]);
    expect(second).toMatchObject({ format: 'png', delivery: 'every', image: { batch: 1, height: 3, width: 4 } });
    expect(second.image.data).toEqual(images.data.subarray(36));
  });

  it('is never the same', async () => {
    const { context } = await folderContext();
    expect(await nodeIn(saveNodes, 'SaveImageWebsocket').fingerprint!({}, context)).toBeNaN();
  });
});

describe('SaveImageAdvanced', () => {
  const type = 'SaveImageAdvanced';
  const format = (key: string, bit_depth: string, input_color_space = 'sRGB'): Record<string, unknown> => ({
    format: { format: key, bit_depth, input_color_space },
  });

  it('writes 16 bits a channel, without an underscore behind the number', async () => {
    const folder = await folderContext();
    const inputs = { images: imageOf([1, 1, 1, 3], [0, 0.5, 1]), filename_prefix: 'd', ...none };
    const { ui, outputs, file } = await runIn(folder, saveAdvancedNodes, type, {
      ...inputs,
      ...format('png', '16-bit'),
    });
    expect(ui).toEqual({ images: [output('d_00001.png')] });
    expect(outputs.images).toBe(inputs.images);
    const png = await folder.saved(file());
    expect(png[24]).toBe(16);
    const words = await sharp(png).toColourspace('rgb16').raw({ depth: 'ushort' }).toBuffer();
    expect([words.readUInt16LE(0), words.readUInt16LE(2), words.readUInt16LE(4)]).toEqual([0, 32767, 65535]);
    expect(readPngText(png).get('prompt')).toBe('{}');
  });

  it('writes 8 bits a channel', async () => {
    const folder = await folderContext();
    const inputs = { images: imageOf([1, 1, 1, 4], [0, 0.5, 1, 0.5]), filename_prefix: 'd', ...none };
    const { file } = await runIn(folder, saveAdvancedNodes, type, { ...inputs, ...format('png', '8-bit') });
    const png = await folder.saved(file());
    expect([png[24], png[25]]).toEqual([8, 6]);
    expect([...(await sharp(png).raw().toBuffer())]).toEqual([0, 127, 255, 127]);
  });

  it.each([
    ['sRGB', [0, 0.2140411, 1, 0.5]],
    ['HDR', [0, 0.2140411, 4.9538457, 0.5]],
    ['linear', [0, 0.5, 2, 0.5]],
  ])('writes light as floats from %s', async (space, expected) => {
    const folder = await folderContext();
    const inputs = { images: imageOf([1, 1, 1, 4], [0, 0.5, 2, 0.5]), filename_prefix: 'e', ...none };
    const { ui, file } = await runIn(folder, saveAdvancedNodes, type, {
      ...inputs,
      ...format('exr', '32-bit float', space),
    });
    expect(ui).toEqual({ images: [output('e_00001.exr')] });
    const exr = await folder.saved(file());
    expect(exr.includes('prompt\0string\0')).toBe(true);
    // the only line: A, B, G, R, too short for compression to pay
    const [a, b, g, r] = [-16, -12, -8, -4].map((at) => exr.readFloatLE(exr.length + at)) as [
      number,
      number,
      number,
      number,
    ];
    for (const [at, value] of [r, g, b, a].entries()) expect(value).toBeCloseTo(sure(expected[at]), 5);
  });
});
