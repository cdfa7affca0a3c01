import { describe, expect, it } from 'vitest';
import { stitchNodes } from '../src/nodes/stitch.ts';
import { card, compare, imageOf, randomImage, run } from './pixel-cards.ts';

describe('ImageStitch', () => {
  const plain = { direction: 'right', match_image_size: false, spacing_width: 0, spacing_color: 'black' };
  const stitch = (inputs: object): ReturnType<typeof run> => run(stitchNodes, 'ImageStitch', { ...plain, ...inputs });
  const one = imageOf([1, 1, 1, 1], [0.25]);
  const two = imageOf([1, 2, 1, 1], [0.5, 0.75]);

  it('stitch has the pixels of the reference', async () => {
    const images = { image1: card(96, 64), image2: card(80, 72, 90) };
    const { image } = await stitch({ ...images, match_image_size: true, spacing_width: 6, spacing_color: 'red' });
    expect(await compare(image, 'stitch')).toEqual({ mean: 0, max: 0 });
  });

  it('a single image comes back as it is', async () => {
    expect((await stitch({ image1: one })).image).toBe(one);
  });

  it.each([
    ['right', 'black', [0.25, 0.5, 0, 0.75]],
    ['left', 'black', [0.5, 0.25, 0.75, 0]],
    ['right', 'white', [0.25, 0.5, 1, 0.75]],
    ['down', 'black', [0.25, 0.5, 0.75]],
    ['up', 'black', [0.5, 0.75, 0.25]],
  ])('to the %s, beside %s, the smaller one is centred', async (direction, spacing_color, values) => {
    const { image } = await stitch({ image1: one, image2: two, direction, spacing_color });
    expect([...image.data]).toEqual(values);
  });

  it('an odd gap becomes even, has its colour and is opaque', async () => {
    const left = imageOf([1, 1, 1, 4], [0.5, 0.5, 0.5, 0.5]);
    const right = imageOf([1, 1, 1, 3], [0, 0, 0]);
    const { image } = await stitch({ image1: left, image2: right, spacing_width: 1, spacing_color: 'green' });
    expect([...image.data]).toEqual([0.5, 0.5, 0.5, 0.5, 0, 1, 0, 1, 0, 1, 0, 1, 0, 0, 0, 1]);
  });

  it('the shorter batch repeats its last image', async () => {
    const pair = imageOf([2, 1, 1, 1], [0, 1]);
    const { image } = await stitch({ image1: pair, image2: one });
    expect([...image.data]).toEqual([0, 0.25, 1, 0.25]);
  });
});

describe('ImageGrid', () => {
  const grid = (images: object[], columns = 2, side = 32, padding = 4): ReturnType<typeof run> =>
    run(stitchNodes, 'ImageGrid', {
      images,
      columns: [columns],
      cell_width: [side],
      cell_height: [side],
      padding: [padding],
    });

  it('all images of all batches get a cell, row after row', async () => {
    const { image } = await grid([randomImage(1, 2, 8, 8), randomImage(2, 1, 8, 8)]);
    expect([image.batch, image.width, image.height, image.channels]).toEqual([1, 68, 68, 3]);
    const brightness = (x: number, y: number): number => image.data.at((y * 68 + x) * 3) ?? NaN;
    expect(brightness(16, 16)).toBeGreaterThan(0);
    expect(brightness(52, 16)).toBeGreaterThan(0);
    expect(brightness(16, 52)).toBeGreaterThan(0);
    expect(brightness(52, 52)).toBe(0);
    expect(brightness(34, 16)).toBe(0);
  });

  it('an image keeps its shape in its cell', async () => {
    const wide = { ...randomImage(1, 1, 4, 8), data: new Float32Array(96).fill(1) };
    const { image } = await grid([wide], 1);
    const column = Array.from({ length: 32 }, (_, y) => image.data.at((y * 32 + 16) * 3));
    expect(column).toEqual([...Array(8).fill(0), ...Array(16).fill(1), ...Array(8).fill(0)]);
  });

  it('an empty list is refused by name', async () => {
    await expect(grid([])).rejects.toMatchObject({ code: 'bad_input', input: 'images' });
  });
});
