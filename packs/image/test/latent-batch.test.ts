import type { Latent } from '@snug/node-kit';
import { describe, expect, it } from 'vitest';
import { latentBatchNodes } from '../src/nodes/latent-batch.ts';
import { call, counting, countingLatent, tensorOf } from './node-call.ts';

const run = async (type: string, inputs: Record<string, unknown>): Promise<Latent> =>
  (await call<{ LATENT: Latent }>(latentBatchNodes, type, inputs)).LATENT;
/** A batch of single cells. */
const cells = (...values: number[]): Latent => ({ samples: tensorOf([values.length, 1, 1, 1], values) });
const mask = (...values: number[]) => tensorOf([values.length, 1, 1, 1], values);

describe('LatentFromBatch', () => {
  const take = (samples: Latent, batch_index: number, length: number) =>
    run('LatentFromBatch', { samples, batch_index, length });

  it('remembers which seed offset a latent had', async () => {
    const part = await take(cells(1, 2, 3), 1, 9);
    expect(part).toMatchObject({ ...cells(2, 3), batchIndex: [1, 2] });
    expect((await take(part, -1, 1)).batchIndex).toEqual([2]);
  });

  it('takes the masks along, a single one for all', async () => {
    expect((await take({ ...cells(1, 2, 3), noiseMask: mask(0.5) }, 1, 2)).noiseMask).toEqual(mask(0.5));
    expect((await take({ ...cells(1, 2, 3), noiseMask: mask(0, 1) }, 1, 2)).noiseMask).toEqual(mask(1, 0));
  });
});

describe('RepeatLatentBatch', () => {
  it('counts seed offsets on', async () => {
    const repeated = await run('RepeatLatentBatch', { samples: { ...cells(1, 2), batchIndex: [4, 6] }, amount: 3 });
    expect(repeated).toMatchObject({ ...cells(1, 2, 1, 2, 1, 2), batchIndex: [4, 6, 7, 9, 10, 12] });
  });

  it('repeats masks that differ, and keeps a single one', async () => {
    const repeat = async (noiseMask: Latent['noiseMask']) =>
      (await run('RepeatLatentBatch', { samples: { ...cells(1, 2), noiseMask }, amount: 2 })).noiseMask;
    expect(await repeat(mask(0, 1))).toEqual(mask(0, 1, 0, 1));
    expect(await repeat(mask(0.5))).toEqual(mask(0.5));
    expect(await repeat(undefined)).toBe(undefined);
  });
});

describe('joining', () => {
  it('BatchLatentsNode scales to the first and joins seed offsets', async () => {
    const latents = {
      latent0: { ...cells(1), batchIndex: [9] },
      latent1: { samples: tensorOf([1, 1, 2, 2], [2, 2, 2, 2]) },
      latent2: cells(3, 4),
    };
    const joined = await run('BatchLatentsNode', { latents });
    expect(joined).toMatchObject({ ...cells(1, 2, 3, 4), batchIndex: [9, 0, 0, 1] });
  });

  it('BatchLatentsNode names the input that does not fit', async () => {
    const latents = { latent0: cells(1), latent3: countingLatent(1, 4, 1, 1) };
    await expect(run('BatchLatentsNode', { latents })).rejects.toMatchObject({ input: 'latents.latent3' });
    await expect(run('BatchLatentsNode', { latents: {} })).rejects.toMatchObject({ code: 'bad_input' });
  });

  it('LatentBatch joins two', async () => {
    const joined = await run('LatentBatch', { samples1: cells(1), samples2: cells(2) });
    expect(joined).toMatchObject({ ...cells(1, 2), batchIndex: [0, 0] });
  });
});

describe('LatentBatchSeedBehavior', () => {
  it('fixed gives all the first seed offset, random forgets them', async () => {
    const samples = { ...cells(1, 2), batchIndex: [3, 4] };
    expect((await run('LatentBatchSeedBehavior', { samples, seed_behavior: 'fixed' })).batchIndex).toEqual([3, 3]);
    expect((await run('LatentBatchSeedBehavior', { samples, seed_behavior: 'random' })).batchIndex).toBe(undefined);
    const unnamed = { samples: cells(1, 2), seed_behavior: 'fixed' };
    expect((await run('LatentBatchSeedBehavior', unnamed)).batchIndex).toEqual([0, 0]);
  });
});

describe('RebatchLatents', () => {
  const rebatch = async (latents: Latent[], size: number) =>
    (await call<{ LATENT: Latent[] }>(latentBatchNodes, 'RebatchLatents', { latents, batch_size: [size] })).LATENT;

  it('deals latents out again in order, each with its seed offset', async () => {
    const dealt = await rebatch([cells(1, 2, 3), cells(4)], 2);
    expect(dealt).toMatchObject([
      { ...cells(1, 2), batchIndex: [0, 1] },
      { ...cells(3, 4), batchIndex: [2, 3] },
    ]);
  });

  it('starts another batch where the shape changes', async () => {
    const dealt = await rebatch([cells(1), countingLatent(1, 1, 1, 2), cells(2)], 4);
    expect(dealt.map(({ samples }) => samples)).toEqual([cells(1).samples, counting(1, 1, 1, 2), cells(2).samples]);
  });

  it('scales masks to the pixels, and masks nothing where there is none', async () => {
    const dealt = await rebatch([{ ...cells(1), noiseMask: mask(0.5) }, cells(2)], 2);
    const values = Array.from({ length: 128 }, (_, at) => (at < 64 ? 0.5 : 1));
    expect(dealt.map(({ noiseMask }) => noiseMask)).toEqual([tensorOf([2, 1, 8, 8], values)]);
    expect((await rebatch([cells(1)], 1)).map(({ noiseMask }) => noiseMask)).toEqual([undefined]);
  });
});
