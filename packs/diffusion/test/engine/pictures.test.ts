/** VAEs, TAESD and upscale models: tiles, namings, shapes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createImage, createTensor } from '@snug/node-kit';
import type { Image, Tensor } from '@snug/node-kit';
import { createModelStore, loadTaesd, loadUpscaler, loadVae } from '../../src/engine/index.ts';
import { stretches } from '../../src/engine/vae/tiles.ts';
import { writeTensorFile } from './safetensors-file.ts';
import type { TestTensor } from './safetensors-file.ts';
import { putVae, randomNumbers, randomTensors } from './tiny-checkpoint.ts';

type Tensors = Map<string, TestTensor>;
const folder = mkdtempSync(join(tmpdir(), 'snug-pictures-'));
const store = createModelStore({ threads: 1 });
afterAll(async () => {
  await store.free();
  rmSync(folder, { recursive: true });
});
const write = (name: string, tensors: Tensors): string => {
  const path = join(folder, `${name}.safetensors`);
  writeTensorFile(path, tensors);
  return path;
};
const renamed = (tensors: Tensors, rename: (name: string) => string): Tensors =>
  new Map([...tensors].map(([name, tensor]) => [rename(name), tensor]));

const random = randomNumbers(17);
const latentOf = (...shape: number[]): Tensor => {
  const tensor = createTensor(shape);
  return { ...tensor, data: tensor.data.map(() => random() * 3 - 1.5) };
};
const imageOf = (height: number, width: number, channels = 3): Image => {
  const image = createImage(1, height, width, channels);
  return { ...image, data: image.data.map(() => random()) };
};
function meanDifference(one: Float32Array, other: Float32Array): number {
  expect(one.length).toBe(other.length);
  return one.reduce((sum, value, at) => sum + Math.abs(value - other[at]!), 0) / one.length;
}

it.each([
  [10, 16, 4, [[0, 10]]],
  [16, 16, 4, [[0, 16]]],
  [
    40,
    16,
    4,
    [
      [0, 16],
      [12, 16],
      [24, 16],
    ],
  ],
  [
    41,
    16,
    4,
    [
      [0, 16],
      [12, 16],
      [24, 16],
      [25, 16],
    ],
  ],
  [
    5,
    4,
    4,
    [
      [0, 4],
      [1, 4],
    ],
  ],
])('tiles of %s cells by %s that overlap by %s', (length, size, overlap, want) => {
  expect(stretches(length, size, overlap).map(({ from, length: long }) => [from, long])).toEqual(want);
});

describe('a VAE', () => {
  const vae: Tensors = new Map();
  putVae(randomTensors(vae, 3), '');

  /** By the words of diffusers, of which there are two generations. */
  const inDiffusers = (name: string, isOlder: boolean): string => {
    const words: [RegExp, string][] = [
      [/mid\.block_1/, 'mid_block.resnets.0'],
      [/mid\.block_2/, 'mid_block.resnets.1'],
      [/mid\.attn_1\.norm/, 'mid_block.attentions.0.group_norm'],
      [/mid\.attn_1\.q/, `mid_block.attentions.0.${isOlder ? 'query' : 'to_q'}`],
      [/mid\.attn_1\.k/, `mid_block.attentions.0.${isOlder ? 'key' : 'to_k'}`],
      [/mid\.attn_1\.v/, `mid_block.attentions.0.${isOlder ? 'value' : 'to_v'}`],
      [/mid\.attn_1\.proj_out/, `mid_block.attentions.0.${isOlder ? 'proj_attn' : 'to_out.0'}`],
      [/down\.(\d)\.block\.(\d)/, 'down_blocks.$1.resnets.$2'],
      [/down\.(\d)\.downsample/, 'down_blocks.$1.downsamplers.0'],
      ...[0, 1, 2, 3].flatMap((level): [RegExp, string][] => [
        [new RegExp(`up\\.${level}\\.block\\.(\\d)`), `up_blocks.${3 - level}.resnets.$1`],
        [new RegExp(`up\\.${level}\\.upsample`), `up_blocks.${3 - level}.upsamplers.0`],
      ]),
      [/nin_shortcut/, 'conv_shortcut'],
      [/\.norm_out/, '.conv_norm_out'],
    ];
    return words.reduce((text, [from, to]) => text.replace(from, to), name);
  };

  it.each(['alone', 'in a checkpoint', 'of diffusers', 'of older diffusers'])('%s decodes the same', async (where) => {
    const latent: Tensor = { data: Float32Array.from({ length: 64 }, (_, at) => Math.sin(at)), shape: [1, 4, 4, 4] };
    const want = await (await loadVae(write('plain', vae), store)).decode(latent);
    const prefix = where === 'in a checkpoint' ? 'first_stage_model.' : '';
    const isOld = where === 'of older diffusers';
    const other = renamed(vae, (name) => prefix + (where.endsWith('diffusers') ? inDiffusers(name, isOld) : name));
    const have = await loadVae(write('renamed', other), store);
    expect(await have.decode(latent)).toEqual(want);
    expect(
      meanDifference(
        (await have.encode(want)).data,
        (await (await loadVae(write('plain', vae), store)).encode(want)).data,
      ),
    ).toBe(0);
  });

  it('decodes each item of a batch as it would alone', async () => {
    const model = await loadVae(write('vae', vae), store);
    const latent = latentOf(2, 4, 4, 6);
    const both = await model.decode(latent);
    const second = await model.decode({ data: latent.data.subarray(96), shape: [1, 4, 4, 6] });
    expect(meanDifference(both.data.subarray(both.data.length / 2), second.data)).toBe(0);
  });

  it('in tiles tells each step, and nearly gives what it gives whole', async () => {
    const model = await loadVae(write('vae', vae), store);
    const latent = latentOf(1, 4, 12, 8);
    const steps: number[][] = [];
    const tiled = await model.decode(latent, {
      tiling: { size: 64, overlap: 32 },
      onStep: (...step) => steps.push(step),
    });
    expect(steps).toEqual([
      [1, 2],
      [2, 2],
    ]);
    expect([tiled.height, tiled.width]).toEqual([96, 64]);
    const whole = await model.decode(latent);
    const chance = meanDifference(whole.data, (await model.decode(latentOf(1, 4, 12, 8))).data);
    expect(meanDifference(tiled.data, whole.data)).toBeLessThan(chance / 3);
    expect((await model.encode(whole, { tiling: { size: 64, overlap: 32 } })).shape).toEqual([1, 4, 12, 8]);
  });

  it('falls back on tiles when the whole does not fit into memory', async () => {
    const steps: number[][] = [];
    // beside what is kept for others, enough for a tile of 512×64, not for 520×64
    const small = createModelStore({ threads: 1, available: () => 300 * 2 ** 20 + 198e6 });
    const model = await loadVae(write('vae', vae), small);
    const image = await model.decode(latentOf(1, 4, 8, 65), { onStep: (...step) => steps.push(step) });
    expect([image.height, image.width, steps]).toEqual([
      64,
      520,
      [
        [1, 2],
        [2, 2],
      ],
    ]);
    await small.free();
  });

  it('stops between tiles when it is told to', async () => {
    const model = await loadVae(write('vae', vae), store);
    const stop = new Error('stop');
    const onStep = (): void => {
      throw stop;
    };
    await expect(model.decode(latentOf(1, 4, 12, 8), { tiling: { size: 64, overlap: 32 }, onStep })).rejects.toBe(stop);
  });

  it('encodes the middle of a picture whose sides are no multiples of 8, without its alpha', async () => {
    const model = await loadVae(write('vae', vae), store);
    const image = imageOf(21, 34, 4);
    const middle = createImage(1, 16, 32, 3);
    for (let y = 0; y < 16; y++)
      for (let x = 0; x < 32; x++)
        for (let c = 0; c < 3; c++) middle.data[(y * 32 + x) * 3 + c] = image.data[((y + 2) * 34 + x + 1) * 4 + c]!;
    expect(meanDifference((await model.encode(image)).data, (await model.encode(middle)).data)).toBe(0);
    await expect(model.encode(imageOf(7, 40))).rejects.toThrow('too small');
  });

  it('for latents of 16 channels is refused', async () => {
    const wide = new Map(vae);
    wide.set('decoder.conv_in.weight', { shape: [64, 16, 3, 3], values: new Float32Array(64 * 16 * 9) });
    await expect(loadVae(write('wide', wide), store)).rejects.toThrow('latents of 16 channels');
  });
});

describe('an upscale model', () => {
  const CHANNELS = 8;
  const GROWTH = 4;
  function esrgan(doublings: number, inputs = 3): Tensors {
    const tensors: Tensors = new Map();
    const put = randomTensors(tensors, 9);
    const conv = (name: string, outputs: number, from: number): void => {
      put(`${name}.weight`, outputs, from, 3, 3);
      put(`${name}.bias`, outputs);
    };
    conv('conv_first', CHANNELS, inputs);
    for (const block of [0, 1])
      for (const part of [1, 2, 3])
        for (const at of [1, 2, 3, 4, 5])
          conv(`body.${block}.rdb${part}.conv${at}`, at === 5 ? CHANNELS : GROWTH, CHANNELS + (at - 1) * GROWTH);
    conv('conv_body', CHANNELS, CHANNELS);
    for (let at = 1; at <= doublings; at++) conv(`conv_up${at}`, CHANNELS, CHANNELS);
    conv('conv_hr', CHANNELS, CHANNELS);
    conv('conv_last', 3, CHANNELS);
    return tensors;
  }

  const NUMBERS: Record<string, string> = {
    conv_first: '0',
    conv_body: '1.sub.2',
    conv_up1: '3',
    conv_up2: '6',
    conv_hr: '8',
    conv_last: '10',
  };
  const inFirst = (name: string): string =>
    `model.${name.replace(/^body\.(\d)\.rdb(\d)\.conv(\d)/, '1.sub.$1.RDB$2.conv$3.0').replace(/^conv_\w+/, (layer) => NUMBERS[layer]!)}`;
  const inSecond = (name: string): string =>
    name
      .replace(/^body\.(\d)\.rdb/, 'RRDB_trunk.$1.RDB')
      .replace('conv_body', 'trunk_conv')
      .replace('conv_up', 'upconv')
      .replace('conv_hr', 'HRconv');

  it('is the same in all its namings', async () => {
    const image = imageOf(5, 7);
    const plain = await loadUpscaler(write('esrgan', esrgan(2)), store);
    expect(plain.factor).toBe(4);
    const want = await plain.upscale(image);
    expect([want.height, want.width]).toEqual([20, 28]);
    for (const rename of [inFirst, inSecond]) {
      const other = await loadUpscaler(write('other', renamed(esrgan(2), rename)), store);
      expect(other.factor).toBe(4);
      expect(await other.upscale(image)).toEqual(want);
    }
  });

  it.each([
    [1, 3, 2],
    [3, 3, 8],
    [2, 12, 2],
    [2, 48, 1],
  ])('with %s doublings of %s channels is for factor %s', async (doublings, inputs, factor) => {
    const model = await loadUpscaler(write('factor', esrgan(doublings, inputs)), store);
    expect(model.factor).toBe(factor);
    const larger = await model.upscale(imageOf(6, 9, 4));
    expect([larger.height, larger.width, larger.channels]).toEqual([6 * factor, 9 * factor, 3]);
  });

  it('folds pixels colour by colour', async () => {
    // of all that the first layer sees, only the second pixel of a square's first row in green goes on
    const tensors = esrgan(2, 12);
    for (const [name, { shape, values }] of tensors)
      tensors.set(name, { shape, values: new Float32Array(values.length) });
    const set = (name: string, ...at: number[]): void => {
      const { values, shape } = tensors.get(name)!;
      (values as Float32Array)[at.reduce((sum, index, axis) => sum * shape[axis]! + index, 0)] = 1;
    };
    set('conv_first.weight', 0, 1 * 4 + 1, 1, 1);
    for (const name of ['conv_up1', 'conv_up2', 'conv_hr', 'conv_last']) set(`${name}.weight`, 0, 0, 1, 1);
    const image = imageOf(4, 4);
    const larger = await (await loadUpscaler(write('fold', tensors), store)).upscale(image);
    for (const [y, x] of [
      [0, 0],
      [3, 1],
      [5, 6],
    ] as const) {
      const [row, column] = [Math.floor(y / 4) * 2, Math.floor(x / 4) * 2 + 1];
      expect(larger.data[(y * 8 + x) * 3]).toBeCloseTo(image.data[(row * 4 + column) * 3 + 1]!, 5);
    }
  });

  it('in tiles nearly gives what it gives whole', async () => {
    const model = await loadUpscaler(write('tiles', esrgan(1)), store);
    const image = imageOf(40, 24);
    const [whole, tiled] = [
      await model.upscale(image),
      await model.upscale(image, { tiling: { size: 24, overlap: 16 } }),
    ];
    const chance = meanDifference(whole.data, (await model.upscale(imageOf(40, 24))).data);
    expect(meanDifference(whole.data, tiled.data)).toBeLessThan(chance / 10);
  });

  it('of another family is refused', async () => {
    await expect(
      loadUpscaler(write('swin', new Map([['layers.0.weight', { shape: [1], values: [1] }]])), store),
    ).rejects.toThrow('ESRGAN');
  });
});

describe("TAESD's decoder", () => {
  function taesd(prefix: string, shift: number): Tensors {
    const tensors: Tensors = new Map();
    const put = randomTensors(tensors, 12);
    const name = (at: number): string => `${prefix}${at - shift}`;
    put(`${name(1)}.weight`, 8, 4, 3, 3);
    put(`${name(1)}.bias`, 8);
    for (const at of [3, 4, 5, 8, 9, 10, 13, 14, 15, 18])
      for (const part of [0, 2, 4]) {
        put(`${name(at)}.conv.${part}.weight`, 8, 8, 3, 3);
        put(`${name(at)}.conv.${part}.bias`, 8);
      }
    for (const at of [7, 12, 17]) put(`${name(at)}.weight`, 8, 8, 3, 3);
    put(`${name(19)}.weight`, 3, 8, 3, 3);
    put(`${name(19)}.bias`, 3);
    return tensors;
  }

  it('makes a picture, the same in both namings', async () => {
    const latent = latentOf(2, 4, 4, 6);
    const picture = await (await loadTaesd(write('taesd', taesd('', 0)), store)).decode(latent);
    expect([picture.batch, picture.height, picture.width, picture.channels]).toEqual([2, 32, 48, 3]);
    expect(picture.data.every((value) => value >= 0 && value <= 1)).toBe(true);
    const other = await loadTaesd(write('tiny', taesd('decoder.layers.', 1)), store);
    expect(await other.decode(latent)).toEqual(picture);
  });

  it('for other latents is refused', async () => {
    const wide = taesd('', 0);
    wide.set('1.weight', { shape: [8, 16, 3, 3], values: new Float32Array(8 * 16 * 9) });
    await expect(loadTaesd(write('wide', wide), store)).rejects.toThrow('no decoder of TAESD');
  });
});
