import sharp from 'sharp';
import { expect, it } from 'vitest';
import { readPngText } from '../src/files/png-text.ts';
import { previewNodes } from '../src/nodes/preview.ts';
import { folderContext, runIn } from './folder-context.ts';
import { maskOf } from './node-call.ts';
import { randomImage } from './pixel-cards.ts';

const info = { prompt: new Map([['1', 1]]), extra_pnginfo: null };
const temp = { filename: expect.stringMatching(/^ComfyUI_temp_[a-z]{5}_00001_\.png$/), subfolder: '', type: 'temp' };

it('MaskPreview shows the mask as grey RGB, without metadata, under new letters each time', async () => {
  const folder = await folderContext();
  const mask = maskOf([0, 0.5, 1]);
  const { ui, outputs, file } = await runIn(folder, previewNodes, 'MaskPreview', { mask, ...info });
  expect(ui).toEqual({ images: [temp], animated: [false] });
  expect(outputs.mask).toBe(mask);
  const png = await folder.saved(file());
  expect([...(await sharp(png).raw().toBuffer())]).toEqual([0, 0, 0, 127, 127, 127, 255, 255, 255]);
  expect(readPngText(png).size).toBe(0);
  const again = await runIn(folder, previewNodes, 'MaskPreview', { mask, ...info });
  expect(again.file().filename).not.toBe(file().filename);
});

it('ImageCompare shows the images that are there', async () => {
  const folder = await folderContext();
  const both = { image_a: randomImage(1, 2, 3, 3), image_b: randomImage(2, 1, 3, 3) };
  const { ui } = await runIn(folder, previewNodes, 'ImageCompare', { compare_view: {}, ...both, ...info });
  expect(ui!.a_images).toHaveLength(2);
  expect(ui!.b_images).toEqual([temp]);
  const one = await runIn(folder, previewNodes, 'ImageCompare', { compare_view: {}, image_b: both.image_b, ...info });
  expect(one.ui).toEqual({ a_images: [], b_images: [temp] });
});
