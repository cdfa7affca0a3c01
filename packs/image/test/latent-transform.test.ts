import type { Latent } from '@snug/node-kit';
import { describe, expect, it } from 'vitest';
import { latentTransformNodes } from '../src/nodes/latent-transform.ts';
import { call, countingLatent } from './node-call.ts';

const run = async (type: string, inputs: Record<string, unknown>): Promise<Latent> =>
  (await call<{ LATENT: Latent }>(latentTransformNodes, type, inputs)).LATENT;

describe('LatentRotate', () => {
  it.each([
    ['none', [1, 1, 2, 3], [0, 1, 2, 3, 4, 5]],
    ['90 degrees', [1, 1, 3, 2], [3, 0, 4, 1, 5, 2]],
    ['180 degrees', [1, 1, 2, 3], [5, 4, 3, 2, 1, 0]],
    ['270 degrees', [1, 1, 3, 2], [2, 5, 1, 4, 0, 3]],
  ])('%s clockwise', async (rotation, shape, values) => {
    const { samples } = await run('LatentRotate', { samples: countingLatent(1, 1, 2, 3), rotation });
    expect(samples.shape).toEqual(shape);
    expect([...samples.data]).toEqual(values);
  });
});

describe('LatentFlip', () => {
  it('x-axis turns rows round, y-axis columns', async () => {
    const samples = countingLatent(1, 1, 2, 2);
    const rows = await run('LatentFlip', { samples, flip_method: 'x-axis: vertically' });
    const columns = await run('LatentFlip', { samples, flip_method: 'y-axis: horizontally' });
    expect([...rows.samples.data]).toEqual([2, 3, 0, 1]);
    expect([...columns.samples.data]).toEqual([1, 0, 3, 2]);
  });
});

describe('LatentCrop', () => {
  const crop = async (latent: Latent, width: number, height: number, x: number, y: number) =>
    (await run('LatentCrop', { samples: latent, width, height, x, y })).samples;

  it('cuts at cells of 8 pixels', async () => {
    const cut = await crop(countingLatent(1, 1, 16, 16), 71, 64, 24, 16);
    expect(cut.shape).toEqual([1, 1, 8, 8]);
    expect([cut.data[0], cut.data[8]]).toEqual([2 * 16 + 3, 3 * 16 + 3]);
  });

  it('leaves at least 8 cells', async () => {
    const cut = await crop(countingLatent(1, 1, 16, 16), 512, 512, 16384, 16384);
    expect(cut.shape).toEqual([1, 1, 8, 8]);
    expect(cut.data[0]).toBe(8 * 16 + 8);
  });

  it('leaves a smaller latent whole', async () => {
    expect((await crop(countingLatent(1, 1, 3, 5), 512, 512, 64, 64)).shape).toEqual([1, 1, 3, 5]);
  });
});
