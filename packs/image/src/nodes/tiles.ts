/** Images cut into tiles that overlap, and put together again. */
import { defineNode, IMAGE, input, output } from '@snug/node-kit';
import type { Image } from '@snug/node-kit';
import { withChannels } from '../pixels/channels.ts';
import { cropImage } from '../pixels/crop.ts';
import { checkPixels, newImage } from '../pixels/limit.ts';
import { tileStarts, tileWeights } from '../pixels/tiles.ts';
import { BadInput } from './bad-input.ts';

const overlap = input.int({ default: 128, min: 0, max: 4096 });

const splitImageToTileList = defineNode({
  type: 'SplitImageToTileList',
  displayName: 'Split Image into List of Tiles',
  category: 'image/batch',
  description: 'Cuts images into tiles of one size that overlap, row after row.',
  form: 'schema',
  inputs: {
    image: input.of(IMAGE),
    tile_width: input.int({ default: 1024, min: 64, max: 16384 }),
    tile_height: input.int({ default: 1024, min: 64, max: 16384 }),
    overlap,
  },
  outputs: { IMAGE: output.list(IMAGE) },
  run({ image, tile_width, tile_height, overlap }, context) {
    const width = Math.min(tile_width, image.width);
    const height = Math.min(tile_height, image.height);
    const columns = tileStarts(image.width, width, overlap);
    const rows = tileStarts(image.height, height, overlap);
    checkPixels(image.batch * columns.length * rows.length, height, width);
    const tiles: Image[] = [];
    for (const y of rows) {
      context.throwIfInterrupted();
      for (const x of columns) tiles.push(cropImage(image, { x, y, width, height }));
    }
    return { IMAGE: tiles };
  },
});

/** Adds a tile to sums of weighted pixels, and its weights to the sums of weights. */
function addTile(
  sums: Image,
  weights: Float32Array,
  tile: Image,
  left: number,
  top: number,
  across: Float32Array,
  down: Float32Array,
): void {
  const { channels } = sums;
  const width = Math.min(tile.width, sums.width - left);
  const height = Math.min(tile.height, sums.height - top);
  for (let item = 0; item < sums.batch; item++) {
    for (let y = 0; y < height; y++) {
      let from = (item * tile.height + y) * tile.width * channels;
      let to = ((item * sums.height + top + y) * sums.width + left) * channels;
      for (let x = 0; x < width; x++) {
        const weight = across[x]! * down[y]!;
        for (let channel = 0; channel < channels; channel++) sums.data[to++]! += tile.data[from++]! * weight;
        if (item === 0) weights[(top + y) * sums.width + left + x]! += weight;
      }
    }
  }
}

const imageMergeTileList = defineNode({
  type: 'ImageMergeTileList',
  displayName: 'Merge List of Tiles to Image',
  category: 'image/batch',
  description: 'Puts tiles together to one image; where they overlap, the one counts more whose middle is nearer.',
  form: 'schema',
  takesLists: true,
  inputs: {
    image_list: input.of(IMAGE),
    final_width: input.int({ default: 1024, min: 64, max: 32768 }),
    final_height: input.int({ default: 1024, min: 64, max: 32768 }),
    overlap,
  },
  outputs: { IMAGE: output.of(IMAGE) },
  run({ image_list, final_width: [width = 1024], final_height: [height = 1024], overlap: overlaps }, context) {
    const [overlap = 128] = overlaps;
    const [first] = image_list;
    if (!first) throw new BadInput('image_list', 'the list is empty, connect at least one tile.');
    const columns = tileStarts(width, first.width, overlap);
    const rows = tileStarts(height, first.height, overlap);
    const needed = columns.length * rows.length;
    if (image_list.length < needed)
      throw new BadInput(
        'image_list',
        `${image_list.length} tiles of ${first.width}×${first.height} do not fill ${width}×${height}, that takes ` +
          `${needed}: use the size and the overlap that the image was split with.`,
      );
    const sums = newImage(first.batch, height, width, first.channels);
    const weights = new Float32Array(width * height);
    const across = tileWeights(first.width, overlap);
    const down = tileWeights(first.height, overlap);
    for (const [at, tile] of image_list.slice(0, needed).entries()) {
      context.throwIfInterrupted();
      if (tile.width !== first.width || tile.height !== first.height || tile.batch !== first.batch)
        throw new BadInput('image_list', `tile ${at + 1} has another size than the first one, tiles must be alike.`);
      const left = columns[at % columns.length]!;
      const top = rows[Math.floor(at / columns.length)]!;
      addTile(sums, weights, withChannels(tile, first.channels), left, top, across, down);
    }
    for (let pixel = 0, at = 0; at < sums.data.length; pixel++) {
      const weight = weights[pixel % weights.length]!;
      for (let channel = 0; channel < first.channels; channel++) sums.data[at++]! /= weight;
    }
    return { IMAGE: sums };
  },
});

export const tileNodes = [splitImageToTileList, imageMergeTileList];
