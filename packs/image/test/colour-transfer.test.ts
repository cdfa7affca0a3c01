import { describe, expect, it } from 'vitest';
import { colourTransferNodes } from '../src/nodes/colour-transfer.ts';
import { matchingSteps } from '../src/pixels/colour-transfer.ts';
import { fromLab, toLab } from '../src/pixels/lab.ts';
import { statisticsOf } from '../src/pixels/statistics.ts';
import { multiply, power } from '../src/pixels/symmetric.ts';
import { imageOf, randomImage, rounded, run } from './pixel-cards.ts';

/** Colours that stay away from the ends, so that nothing is clipped. */
function muted(seed: number, batch: number, low: number, high: number): ReturnType<typeof randomImage> {
  const image = randomImage(seed, batch, 12, 12);
  return { ...image, data: image.data.map((value) => low + value * (high - low)) };
}

const target = muted(1, 2, 0.4, 0.5);
const reference = muted(2, 1, 0.3, 0.7);
const transfer = (inputs: object): ReturnType<typeof run> =>
  run(colourTransferNodes, 'ColorTransfer', {
    image_target: target,
    image_ref: reference,
    source_stats: { source_stats: 'per_frame' },
    strength: 1,
    ...inputs,
  });

describe('ColorTransfer', () => {
  const wanted = statisticsOf(toLab(reference.data, 3));
  const first = ({ data }: { data: Float32Array }): Float32Array => data.slice(0, data.length / 2);

  it('reinhard_lab gives means and deviations of the reference', async () => {
    const got = statisticsOf(toLab(first((await transfer({ method: 'reinhard_lab' })).image), 3));
    expect(rounded(got.mean, 1)).toEqual(rounded(wanted.mean, 1));
    for (const at of [0, 4, 8]) expect((got.covariance[at] ?? NaN) / (wanted.covariance[at] ?? NaN)).toBeCloseTo(1, 1);
  });

  it('mkl_lab gives the whole covariance', async () => {
    const got = statisticsOf(toLab(first((await transfer({ method: 'mkl_lab' })).image), 3));
    expect(rounded(got.mean, 1)).toEqual(rounded(wanted.mean, 1));
    for (let at = 0; at < 9; at++) {
      const scale = Math.sqrt((wanted.covariance[0] ?? NaN) * (wanted.covariance[8] ?? NaN));
      expect(Math.abs((got.covariance[at] ?? NaN) - (wanted.covariance[at] ?? NaN)) / scale).toBeLessThan(0.05);
    }
  });

  it('histogram gives the distribution of the reference', async () => {
    const got = first((await transfer({ method: 'histogram' })).image).toSorted();
    const sorted = reference.data.toSorted();
    const worst = Math.max(...got.map((value, at) => Math.abs(value - (sorted.at(at) ?? NaN))));
    expect(worst).toBeLessThan(0.05);
  });

  it('strength mixes with the target; 0 returns it', async () => {
    expect((await transfer({ method: 'reinhard_lab', strength: 0 })).image).toBe(target);
    const whole = (await transfer({ method: 'reinhard_lab' })).image.data.at(0) ?? NaN;
    const half = (await transfer({ method: 'reinhard_lab', strength: 0.5 })).image.data.at(0) ?? NaN;
    expect(half).toBeCloseTo(((target.data.at(0) ?? NaN) + whole) / 2, 4);
  });

  it('the source of the statistics is one frame, all, or each its own', async () => {
    const dark = { ...target, data: target.data.map((value, at) => (at < target.data.length / 2 ? value / 2 : value)) };
    const meanOfSecond = async (source_stats: object): Promise<number> => {
      const { data } = (await transfer({ method: 'reinhard_lab', image_target: dark, source_stats })).image;
      return data.slice(data.length / 2).reduce((sum, value) => sum + value, 0) / (data.length / 2);
    };
    const own = await meanOfSecond({ source_stats: 'per_frame' });
    const all = await meanOfSecond({ source_stats: 'uniform' });
    const byFirst = await meanOfSecond({ source_stats: 'target_frame', target_index: 0 });
    const bySecond = await meanOfSecond({ source_stats: 'target_frame', target_index: 99 });
    expect(bySecond).toBeCloseTo(own, 4);
    expect(all).toBeGreaterThan(own + 0.05);
    expect(byFirst).toBeGreaterThan(all);
  });

  it('a flat target does not divide by nothing, and alpha stays', async () => {
    const flat = imageOf([1, 1, 2, 4], [0.5, 0.5, 0.5, 0.25, 0.5, 0.5, 0.5, 0.75]);
    for (const method of ['reinhard_lab', 'mkl_lab', 'histogram']) {
      const { data } = (await transfer({ method, image_target: flat })).image;
      expect(data.every((value) => value >= 0 && value <= 1)).toBe(true);
      expect([data.at(3), data.at(7)]).toEqual([0.25, 0.75]);
    }
  });
});

it('Lab has the known values of white, black and red, and comes back', () => {
  const colours = Float32Array.of(1, 1, 1, 0, 0, 0, 1, 0, 0, 0.2, 0.5, 0.8);
  const lab = toLab(colours, 3);
  expect(rounded(lab.slice(0, 9), 1)).toEqual([100, 0, 0, 0, 0, 0, 53.2, 80.1, 67.2]);
  fromLab(lab);
  expect(rounded(lab, 3)).toEqual(rounded(colours, 3));
});

it('the square root of a matrix times itself is the matrix', () => {
  const matrix = [4, 1, 0.5, 1, 3, -0.25, 0.5, -0.25, 2];
  const root = power(matrix, 0.5);
  expect(rounded(multiply(root, root), 6)).toEqual(matrix);
  expect(rounded(multiply(power(matrix, -0.5), root), 6)).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1]);
});

it('equal histograms map each used step to itself', () => {
  const counts = Array.from({ length: 256 }, () => 3);
  expect(rounded(matchingSteps(counts, counts))).toEqual(rounded(counts.map((_, step) => step / 255)));
});

it('ImageHistogram counts all pixels of a batch', async () => {
  const image = imageOf([2, 1, 1, 3], [0, 0.5, 1, 1, 0.5, 1]);
  const [rgb, luminance, red, green, blue] = (await run(colourTransferNodes, 'ImageHistogram', { image }))
    .outputs as number[][];
  const used = (counts: number[] = []): [number, number][] =>
    counts.flatMap((count, step): [number, number][] => (count ? [[step, count]] : []));
  expect(red).toHaveLength(256);
  expect(used(red)).toEqual([
    [0, 1],
    [255, 1],
  ]);
  expect(used(green)).toEqual([[128, 2]]);
  expect(used(blue)).toEqual([[255, 2]]);
  expect(used(rgb)).toEqual([
    [0, 1],
    [128, 2],
    [255, 3],
  ]);
  expect(used(luminance).reduce((sum, [, count]) => sum + count, 0)).toBe(2);
});
