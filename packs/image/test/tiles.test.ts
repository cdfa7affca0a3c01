import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tileNodes } from '../src/nodes/tiles.ts';
import { tileStarts } from '../src/pixels/tiles.ts';
import { imageOf, randomImage, run } from './pixel-cards.ts';

const split = async (image: object, side: number, overlap: number): Promise<ReturnType<typeof randomImage>[]> => {
  const inputs = { image, tile_width: side, tile_height: side, overlap };
  return (await run(tileNodes, 'SplitImageToTileList', inputs)).outputs[0] as ReturnType<typeof randomImage>[];
};
const merge = (image_list: object[], width: number, height: number, overlap: number): ReturnType<typeof run> =>
  run(tileNodes, 'ImageMergeTileList', {
    image_list,
    final_width: [width],
    final_height: [height],
    overlap: [overlap],
  });

describe('places of tiles', () => {
  it.each([
    [100, 40, 10, [0, 30, 60]],
    [101, 40, 10, [0, 30, 60, 61]],
    [100, 40, 39, [0, 10, 20, 30, 40, 50, 60]],
    [40, 40, 0, [0]],
    [10, 40, 0, [0]],
  ])('%i pixels in tiles of %i that overlap by %i start at %o', (length, tile, overlap, starts) => {
    expect(tileStarts(length, tile, overlap)).toEqual(starts);
  });

  it('every pixel is covered, and no tile reaches outside', () => {
    const side = fc.integer({ min: 1, max: 300 });
    fc.assert(
      fc.property(side, side, fc.integer({ min: 0, max: 400 }), (length, tile, overlap) => {
        let covered = 0;
        for (const start of tileStarts(length, tile, overlap)) {
          expect(start).toBeLessThanOrEqual(covered);
          covered = start + Math.min(tile, length);
        }
        expect(covered).toBe(length);
      }),
      { seed: 3 },
    );
  });
});

it('tiles come row after row', async () => {
  const image = imageOf([1, 2, 3, 1], [1, 2, 3, 4, 5, 6]);
  const tiles = await split(image, 2, 0);
  expect(tiles.map(({ data }) => [...data])).toEqual([
    [1, 2, 4, 5],
    [2, 3, 5, 6],
  ]);
});

it.each([
  [16, 0],
  [16, 4],
  [20, 19],
  [64, 8],
])('tiles of %i that overlap by %i give the image again', async (side, overlap) => {
  const image = randomImage(4, 2, 40, 50);
  const { image: merged } = await merge(await split(image, side, overlap), 50, 40, overlap);
  const worst = Math.max(...merged.data.map((value, at) => Math.abs(value - (image.data.at(at) ?? NaN))));
  expect([merged.batch, merged.width, merged.height]).toEqual([2, 50, 40]);
  expect(worst).toBeLessThan(1e-5);
});

it('where tiles overlap, the nearer middle counts more', async () => {
  const tile = (value: number): object => imageOf([1, 1, 4, 1], [value, value, value, value]);
  const { image } = await merge([tile(0), tile(1)], 6, 1, 2);
  const [left = NaN, right = NaN] = image.data.slice(2, 4);
  expect([...image.data.slice(0, 2), ...image.data.slice(4)]).toEqual([0, 0, 1, 1]);
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThan(0.5);
  expect(right).toBeCloseTo(1 - left, 5);
});

it.each<[string, object[]]>([
  ['no tiles', []],
  ['too few tiles', [randomImage(1, 1, 8, 8)]],
  ['tiles of several sizes', [randomImage(1, 1, 8, 8), randomImage(1, 1, 8, 9)]],
])('%s are refused by name', async (_, tiles) => {
  await expect(merge(tiles, 16, 8, 0)).rejects.toMatchObject({ code: 'bad_input', input: 'image_list' });
});
