import { describeNode } from '@snug/node-kit';
import type { DescribeContext, Latent } from '@snug/node-kit';
import { describe, expect, it } from 'vitest';
import { latentArithmeticNodes } from '../src/nodes/latent-arithmetic.ts';
import { call, countingLatent, tensorOf } from './node-call.ts';
import { rounded } from './pixel-cards.ts';

const run = async (type: string, inputs: Record<string, unknown>): Promise<Latent> =>
  (await call<{ LATENT: Latent }>(latentArithmeticNodes, type, inputs)).LATENT;
const latent = (shape: number[], ...values: number[]): Latent => ({ samples: tensorOf(shape, values) });

describe('sums', () => {
  const samples1 = { ...latent([2, 1, 1, 2], 1, 2, 3, 4), batchIndex: [5, 6] };
  const samples2 = latent([1, 1, 1, 2], 10, 20);

  it('LatentAdd repeats the second latent over the batch', async () => {
    const sum = await run('LatentAdd', { samples1, samples2 });
    expect([...sum.samples.data]).toEqual([11, 22, 13, 24]);
    expect(sum.batchIndex).toEqual([5, 6]);
  });

  it('LatentSubtract takes the second from the first', async () => {
    expect([...(await run('LatentSubtract', { samples1, samples2 })).samples.data]).toEqual([-9, -18, -7, -16]);
  });

  it('LatentMultiply rounds to 32 bits', async () => {
    const { samples } = await run('LatentMultiply', { samples: samples1, multiplier: 0.1 });
    expect(samples.data[2]).toBe(Math.fround(3 * Math.fround(0.1)));
  });

  it('names the latent whose channels do not fit', async () => {
    const sum = run('LatentAdd', { samples1, samples2: countingLatent(1, 2, 1, 2) });
    await expect(sum).rejects.toMatchObject({ code: 'bad_input', input: 'samples2' });
  });
});

describe('LatentInterpolate', () => {
  const interpolate = async (samples1: Latent, samples2: Latent, ratio: number) =>
    rounded((await run('LatentInterpolate', { samples1, samples2, ratio })).samples.data);

  it('mixes directions and lengths apart', async () => {
    const right = latent([1, 2, 1, 1], 4, 0);
    const down = latent([1, 2, 1, 1], 0, 2);
    expect(await interpolate(right, down, 0.5)).toEqual(rounded([3 * Math.SQRT1_2, 3 * Math.SQRT1_2]));
    expect(await interpolate(right, down, 1)).toEqual([4, 0]);
    expect(await interpolate(right, down, 0)).toEqual([0, 2]);
  });

  it('takes vectors along the channels, cell by cell and item by item', async () => {
    const first = latent([2, 2, 1, 2], 3, 0, 4, 1, 0, 6, 2, 8);
    expect(await interpolate(first, first, 0.3)).toEqual([3, 0, 4, 1, 0, 6, 2, 8]);
  });

  it('gives 0 where there is no direction', async () => {
    const zero = latent([1, 2, 1, 1], 0, 0);
    expect(await interpolate(zero, zero, 0.5)).toEqual([0, 0]);
  });
});

describe('LatentConcat', () => {
  const concat = async (samples1: Latent, samples2: Latent, dim: string) =>
    (await run('LatentConcat', { samples1, samples2, dim })).samples;
  const [one, other] = [latent([1, 1, 1, 2], 1, 2), latent([1, 1, 1, 2], 3, 4)];

  it.each([
    ['x', [1, 1, 1, 4], [1, 2, 3, 4]],
    ['-x', [1, 1, 1, 4], [3, 4, 1, 2]],
    ['y', [1, 1, 2, 2], [1, 2, 3, 4]],
    ['-y', [1, 1, 2, 2], [3, 4, 1, 2]],
  ])('joins along %s', async (dim, shape, values) => {
    const { data, shape: got } = await concat(one, other, dim);
    expect(got).toEqual(shape);
    expect([...data]).toEqual(values);
  });

  it('joins videos of different lengths along t, and nothing else', async () => {
    const [long, short] = [countingLatent(1, 1, 2, 1, 1), latent([1, 1, 1, 1, 1], 9)];
    expect([...(await concat(long, short, '-t')).data]).toEqual([9, 0, 1]);
    await expect(concat(long, short, 'x')).rejects.toMatchObject({ input: 'samples2' });
    await expect(concat(one, other, 't')).rejects.toMatchObject({ input: 'dim' });
  });

  it('repeats the second latent to the batch of the first', async () => {
    expect([...(await concat(countingLatent(2, 1, 1, 1), latent([1, 1, 1, 1], 9), 'x')).data]).toEqual([0, 9, 1, 9]);
  });
});

describe('LatentCut', () => {
  it.each([
    ['x', 1, 1, [1, 4]],
    ['x', -1, 5, [2, 5]],
    ['y', 9, 1, [3, 4, 5]],
    ['y', -9, 1, [0, 1, 2]],
  ])('along %s from %i, %i cells', async (dim, index, amount, want) => {
    const { samples } = await run('LatentCut', { samples: countingLatent(1, 1, 2, 3), dim, index, amount });
    expect([...samples.data]).toEqual(want);
  });
});

it('is described without a display name, as the reference is', async () => {
  for (const node of latentArithmeticNodes) {
    const description = await describeNode(node, 'nodes', {} as DescribeContext);
    expect(description.get('display_name')).toBe(null);
    expect(description.get('category')).toBe('model/latent/advanced');
  }
});
