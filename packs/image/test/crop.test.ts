import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NodeResult } from '@snug/node-kit';
import type { NodeContext } from '@snug/node-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cropNodes } from '../src/nodes/crop.ts';
import { card, compare, imageOf, randomImage, rounded, run } from './pixel-cards.ts';

describe('ImageCrop', () => {
  it('crop has the pixels of the reference', async () => {
    const { image } = await run(cropNodes, 'ImageCrop', { image: card(96, 64), width: 40, height: 20, x: 7, y: 9 });
    expect(await compare(image, 'crop')).toEqual({ mean: 0, max: 0 });
  });

  it('the corner is moved inside and the rest is left out', async () => {
    const image = imageOf([2, 1, 3, 1], [1, 2, 3, 4, 5, 6]);
    const ran = await run(cropNodes, 'ImageCrop', { image, width: 9, height: 9, x: 1, y: 8 });
    expect(ran.image).toEqual(imageOf([2, 1, 2, 1], [2, 3, 5, 6]));
    const last = await run(cropNodes, 'ImageCrop', { image, width: 9, height: 9, x: 100, y: 0 });
    expect([...last.image.data]).toEqual([3, 6]);
  });
});

describe('ImageCropV2', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'crop-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const written: string[] = [];
  const files = {
    series: (prefix: string, { folder: kind }: { folder: string }) =>
      Promise.resolve({
        subfolder: '',
        next: ({ extension }: { extension: string }) => {
          const filename = `${prefix}.${extension}`;
          return { filename, subfolder: '', type: kind, path: join(folder, filename) };
        },
      }),
    write: (path: string) => Promise.resolve(void written.push(path)),
  };
  const crop = async (image: object, crop_region: unknown): Promise<NodeResult> => {
    const node = cropNodes.find(({ type }) => type === 'ImageCropV2');
    const context: Partial<NodeContext> = { throwIfInterrupted: () => {}, files: files as never };
    return (await node?.run({ image, crop_region } as never, context as NodeContext)) as NodeResult;
  };

  it('cuts the region and shows it from the temp folder', async () => {
    const image = imageOf([1, 1, 3, 3], [0, 0, 0, 1, 1, 1, 0.5, 0.5, 0.5]);
    const result = await crop(image, { x: 1, y: 0, width: 1, height: 5 });
    expect(result).toBeInstanceOf(NodeResult);
    expect(result.outputs).toEqual({ IMAGE: imageOf([1, 1, 1, 3], [1, 1, 1]) });
    expect(result.ui).toMatchObject({
      images: [{ type: 'temp', filename: expect.stringMatching(/^ComfyUI_temp_[a-z]{5}\.png$/) }],
      animated: [false],
    });
    expect(written).toHaveLength(1);
  });

  it.each([null, {}, { x: -1, y: 0, width: 1, height: 1 }, { x: 0, y: 0, width: 0, height: 1 }, 'region'])(
    'the region %o is refused by name',
    async (region) => {
      await expect(crop(randomImage(1, 1, 2, 2), region)).rejects.toMatchObject({
        code: 'bad_input',
        input: 'crop_region',
      });
    },
  );
});

describe('ImageCropToMask', () => {
  const plain = { width: 64, height: 64, pad_factor: 1, grow_mask: 0, background: '#ff0000' };
  const images = { ...randomImage(1, 1, 64, 128), data: new Float32Array(64 * 128 * 3).fill(0.2) };
  const masks = { batch: 1, height: 64, width: 128, data: new Float32Array(64 * 128) };
  for (let y = 16; y < 48; y++) masks.data.fill(1, y * 128 + 48, y * 128 + 80);
  const crop = (inputs: object): ReturnType<typeof run> =>
    run(cropNodes, 'ImageCropToMask', { images, masks, ...plain, ...inputs });
  const pixel = ({ data, width }: { data: Float32Array; width: number }, x: number, y: number): number[] =>
    rounded(data.slice((y * width + x) * 3, (y * width + x) * 3 + 3), 1);

  it('what the mask shows fills the result', async () => {
    const { image } = await crop({});
    expect([image.width, image.height]).toEqual([64, 64]);
    expect(pixel(image, 0, 0)).toEqual([0.2, 0.2, 0.2]);
    expect(pixel(image, 63, 63)).toEqual([0.2, 0.2, 0.2]);
  });

  it('padding and a wider aspect show the background', async () => {
    const padded = await crop({ pad_factor: 2 });
    expect(pixel(padded.image, 2, 2)).toEqual([1, 0, 0]);
    expect(pixel(padded.image, 32, 32)).toEqual([0.2, 0.2, 0.2]);
    const wide = await crop({ width: 128 });
    expect(pixel(wide.image, 2, 32)).toEqual([1, 0, 0]);
    expect(pixel(wide.image, 64, 2)).toEqual([0.2, 0.2, 0.2]);
  });

  it('the background also lies outside of the image, and a mask of another size is scaled', async () => {
    const all = { batch: 1, height: 1, width: 1, data: Float32Array.of(1) };
    const { image } = await crop({ masks: all });
    expect(pixel(image, 32, 2)).toEqual([1, 0, 0]);
    expect(pixel(image, 32, 32)).toEqual([0.2, 0.2, 0.2]);
  });

  it('a mask that shrinks to nothing shows the whole image as background', async () => {
    const { image } = await crop({ grow_mask: -32 });
    expect(pixel(image, 32, 32)).toEqual([1, 0, 0]);
  });

  it('a text that is no colour is refused by name', async () => {
    await expect(crop({ background: 'red"/>' })).rejects.toMatchObject({ code: 'bad_input', input: 'background' });
  });
});
