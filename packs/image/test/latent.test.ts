import { createMask } from '@snug/node-kit';
import type { Latent } from '@snug/node-kit';
import { describe, expect, it } from 'vitest';
import { latentNodes } from '../src/nodes/latent.ts';
import { call, counting, countingLatent, maskOf, tensorOf } from './node-call.ts';
import { rounded } from './pixel-cards.ts';

const run = async (type: string, inputs: Record<string, unknown>): Promise<Latent> =>
  (await call<{ LATENT: Latent }>(latentNodes, type, inputs)).LATENT;
const plane = (height: number, width: number, values: number[]): Latent => ({
  samples: tensorOf([1, 1, height, width], values),
});
const flat = (height: number, width: number, value: number): Latent =>
  plane(
    height,
    width,
    Array.from({ length: height * width }, () => value),
  );

describe('EmptyLatentImage', () => {
  it('holds a cell of four zeros for each 8×8 pixels', async () => {
    const { samples, downscale } = await run('EmptyLatentImage', { width: 71, height: 16, batch_size: 2 });
    expect(samples.shape).toEqual([2, 4, 2, 8]);
    expect(samples.data.every((value) => value === 0)).toBe(true);
    expect(downscale).toBe(8);
  });

  it('refuses what no memory holds', async () => {
    const made = run('EmptyLatentImage', { width: 16384, height: 16384, batch_size: 4096 });
    await expect(made).rejects.toMatchObject({ code: 'result_too_large' });
  });
});

describe('LatentUpscale', () => {
  const upscale = (samples: Latent, width: number, height: number, more = {}) =>
    run('LatentUpscale', { samples, upscale_method: 'nearest-exact', width, height, crop: 'disabled', ...more });

  it('changes nothing when both sides are 0', async () => {
    const latent = countingLatent(1, 4, 2, 3);
    expect(await upscale(latent, 0, 0)).toBe(latent);
  });

  it.each([
    [128, 0, [10, 16]],
    [0, 128, [16, 24]],
    [8, 8, [8, 8]],
    [100, 64, [8, 12]],
  ])('scales to %i×%i pixels', async (width, height, want) => {
    const { samples } = await upscale(countingLatent(2, 4, 10, 15), width, height);
    expect(samples.shape).toEqual([2, 4, ...want]);
  });

  it.each(['nearest-exact', 'bilinear', 'area', 'bicubic', 'bislerp'])(
    'keeps an even latent even (%s)',
    async (upscale_method) => {
      const { samples } = await upscale(flat(4, 4, 0.5), 96, 64, { upscale_method, crop: 'center' });
      expect(samples.shape).toEqual([1, 1, 8, 12]);
      for (const value of samples.data) expect(value).toBeCloseTo(0.5, 5);
    },
  );

  it('scales every frame of a video, and keeps the rest of the latent', async () => {
    const noiseMask = tensorOf([1, 1, 1, 1], [1]);
    const latent = { ...countingLatent(1, 2, 3, 1, 1), noiseMask, batchIndex: [7] };
    const scaled = await upscale(latent, 64, 64);
    expect(scaled.samples.shape).toEqual([1, 2, 3, 8, 8]);
    expect(scaled.samples.data[64]).toBe(1);
    expect(scaled).toMatchObject({ noiseMask, batchIndex: [7] });
  });

  it('LatentUpscaleBy rounds halves to even, and keeps at least one cell', async () => {
    const by = (scale_by: number) =>
      run('LatentUpscaleBy', { samples: countingLatent(1, 1, 3, 5), upscale_method: 'bilinear', scale_by });
    expect((await by(1.5)).samples.shape).toEqual([1, 1, 4, 8]);
    expect((await by(0.01)).samples.shape).toEqual([1, 1, 1, 1]);
  });
});

describe('LatentComposite', () => {
  const composite = (to: Latent, from: Latent, x: number, y: number, feather = 0) =>
    run('LatentComposite', { samples_to: to, samples_from: from, x, y, feather });

  it('pastes at cells of 8 pixels', async () => {
    const to = flat(2, 3, 0);
    const pasted = await composite(to, plane(2, 2, [1, 2, 3, 4]), 17, 8);
    expect([...pasted.samples.data]).toEqual([0, 0, 0, 0, 0, 1]);
    expect([...to.samples.data]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('fades only the edges that lie inside the target', async () => {
    const across = await composite(flat(1, 6, 0), flat(1, 4, 1), 8, 0, 16);
    expect([...across.samples.data]).toEqual([0, 0.5, 1, 1, 0.5, 0]);
    const corner = await composite(flat(3, 3, 0), flat(3, 3, 1), 0, 8, 16);
    expect([...corner.samples.data]).toEqual([0, 0, 0, 0.5, 0.5, 0.5, 1, 1, 1]);
  });

  it('names the input whose channels do not fit', async () => {
    const pasted = composite(countingLatent(1, 4, 2, 2), countingLatent(1, 16, 2, 2), 0, 0);
    await expect(pasted).rejects.toMatchObject({ code: 'bad_input', input: 'samples_from' });
  });
});

describe('LatentCompositeMasked', () => {
  it('uses one mask for all channels, and repeats the source', async () => {
    const destination = {
      samples: tensorOf(
        [2, 2, 1, 2],
        Array.from({ length: 8 }, () => 0),
      ),
    };
    const source = { samples: tensorOf([1, 2, 1, 1], [1, 2]) };
    const inputs = { destination, source, x: 8, y: 0, resize_source: false, mask: maskOf([0.5]) };
    expect([...(await run('LatentCompositeMasked', inputs)).samples.data]).toEqual([0, 0.5, 0, 1, 0, 0.5, 0, 1]);
  });

  it('scales the source to the destination when asked to', async () => {
    const inputs = { destination: flat(2, 2, 0), source: flat(1, 1, 3), x: 0, y: 0, resize_source: true };
    expect([...(await run('LatentCompositeMasked', inputs)).samples.data]).toEqual([3, 3, 3, 3]);
  });
});

describe('LatentBlend', () => {
  it('gives the first latent the share of the factor', async () => {
    const blended = await run('LatentBlend', { samples1: flat(1, 2, 1), samples2: flat(1, 2, 0), blend_factor: 0.75 });
    expect([...blended.samples.data]).toEqual([0.75, 0.75]);
  });

  it('fits the second latent to the first', async () => {
    const samples1 = countingLatent(2, 1, 1, 1);
    const blended = await run('LatentBlend', { samples1, samples2: flat(3, 3, 2), blend_factor: 0.5 });
    expect(rounded(blended.samples.data)).toEqual([1, 1.5]);
  });
});

describe('SetLatentNoiseMask', () => {
  it('keeps the size of the mask', async () => {
    const samples = { ...countingLatent(1, 4, 1, 1), batchIndex: [3] };
    const latent = await run('SetLatentNoiseMask', { samples, mask: createMask(2, 8, 16) });
    expect(latent.noiseMask?.shape).toEqual([2, 1, 8, 16]);
    expect(latent).toMatchObject({ samples: counting(1, 4, 1, 1), batchIndex: [3] });
    expect(samples).not.toHaveProperty('noiseMask');
  });
});
