import { describe, expect, it } from 'vitest';
import { guide } from '../../src/sampling/guide.ts';
import { noiseLevels } from '../../src/sampling/noise-levels.ts';
import { partOf } from '../../src/sampling/part.ts';
import type { Conditioning, Family, Prediction } from '../../src/seams.ts';
import { conditioningOf, fakeModel } from './fake-model.ts';
import type { FakeModel } from './fake-model.ts';

interface Look {
  readonly positive: Conditioning[];
  readonly negative?: Conditioning[];
  readonly cfg?: number;
  readonly shape?: number[];
  readonly latent?: number;
  readonly sigma?: number;
  readonly needsBoth?: boolean;
  readonly model?: FakeModel;
  readonly family?: Family;
  readonly prediction?: Prediction;
  readonly checkpoint?: () => void;
}

async function look(asked: Look) {
  const { positive, negative = [], cfg = 1, shape = [1, 4, 2, 2], latent = 0, sigma = 1 } = asked;
  const model = asked.model ?? fakeModel();
  const levels = noiseLevels(model.alphasCumprod);
  const frame = { family: asked.family ?? 'sd1', levels, shape } as const;
  const size = shape.reduce((product, side) => product * side, 1);
  const pair = await guide(
    new Float32Array(size).fill(latent),
    sigma,
    {
      unet: await model.unet(),
      prediction: asked.prediction ?? 'eps',
      levels,
      parts: [...positive.map((one) => partOf(one, true, frame)), ...negative.map((one) => partOf(one, false, frame))],
      cfg,
      shape,
      checkpoint: asked.checkpoint ?? (() => {}),
    },
    asked.needsBoth,
  );
  return { ...pair, calls: model.calls };
}

/** One value when all are the same. */
const only = (values: Float32Array): number => {
  expect(new Set(values).size).toBe(1);
  return values[0]!;
};

describe('what a prediction means', () => {
  it('eps: the noise, which is taken away as often as sigma says', async () => {
    const { guided, calls } = await look({ positive: [conditioningOf(3)], latent: 10, sigma: 2 });
    expect(only(guided)).toBe(10 - 2 * 3);
    expect(calls[0]?.latent.data[0]).toBeCloseTo(10 / Math.sqrt(5), 6);
  });

  it('v: a mixture of picture and noise', async () => {
    const { guided } = await look({ positive: [conditioningOf(3)], latent: 10, sigma: 2, prediction: 'v' });
    expect(only(guided)).toBeCloseTo(10 / 5 - (3 * 2) / Math.sqrt(5), 5);
  });

  it('the network is told the nearest time step', async () => {
    const levels = noiseLevels(fakeModel().alphasCumprod);
    const { calls } = await look({ positive: [conditioningOf(0)], sigma: levels.sigmas[321]! });
    expect([...calls[0]!.timesteps]).toEqual([321]);
  });
});

describe('guidance', () => {
  it('goes from the unguided picture past the guided one, both in one call', async () => {
    const { guided, unguided, calls } = await look({
      positive: [conditioningOf(3)],
      negative: [conditioningOf(1)],
      cfg: 7,
    });
    expect(only(unguided)).toBe(-1);
    expect(only(guided)).toBe(-1 + (-3 + 1) * 7);
    expect(calls.map(({ latent }) => latent.shape[0])).toEqual([2]);
  });

  it('1 does not look without the prompt, unless the sampler wants both', async () => {
    const asked = { positive: [conditioningOf(3)], negative: [conditioningOf(1)] };
    const alone = await look(asked);
    expect(alone.calls[0]?.latent.shape[0]).toBe(1);
    expect(only(alone.unguided)).toBe(-3);
    const both = await look({ ...asked, needsBoth: true });
    expect(only(both.unguided)).toBe(-1);
    expect(only(both.guided)).toBe(-3);
  });

  it('contexts of different lengths share a call: the shorter one is repeated', async () => {
    const { calls } = await look({
      positive: [conditioningOf(3, { tokens: 6 })],
      negative: [conditioningOf(1, { tokens: 2 })],
      cfg: 2,
    });
    expect(calls).toHaveLength(1);
    expect(calls[0]?.context.shape).toEqual([2, 6, 2]);
    expect([...calls[0]!.context.data.subarray(12)]).toEqual(Array.from({ length: 12 }, () => 1));
  });

  it('lengths with no small common multiple go one after the other', async () => {
    const { calls } = await look({
      positive: [conditioningOf(3, { tokens: 7 })],
      negative: [conditioningOf(1, { tokens: 5 })],
      cfg: 2,
    });
    expect(calls.map(({ context }) => context.shape[1])).toEqual([7, 5]);
  });

  it('large latents go sample by sample, and an interrupt is noticed between', async () => {
    const stop = new Error('stop');
    let asked = 0;
    const model = fakeModel();
    const running = look({
      positive: [conditioningOf(3)],
      shape: [3, 4, 96, 96],
      model,
      checkpoint: () => {
        if (++asked === 3) throw stop;
      },
    });
    await expect(running).rejects.toBe(stop);
    expect(model.calls.map(({ latent }) => latent.shape[0])).toEqual([1, 1]);
  });
});

describe('several conditionings', () => {
  it('are averaged by their strengths', async () => {
    const { guided } = await look({ positive: [conditioningOf(3), conditioningOf(6, { strength: 2 })] });
    expect(only(guided)).toBe(-5);
  });

  it('hold only in their part of the sampling', async () => {
    const early = conditioningOf(3, { end: 0.5 });
    const late = conditioningOf(6, { start: 0.5 });
    expect(only((await look({ positive: [early, late], sigma: 10 })).guided)).toBe(-30);
    expect(only((await look({ positive: [early, late], sigma: 0.1 })).guided)).toBeCloseTo(-0.6, 6);
  });

  it('an area in cells is all that is computed, and the rest belongs to the others', async () => {
    const area = { unit: 'cells', x: 1, y: 0, width: 1, height: 2 } as const;
    const { guided, calls } = await look({ positive: [conditioningOf(3), conditioningOf(6, { area })] });
    expect(calls.map(({ latent }) => latent.shape)).toEqual([
      [1, 4, 2, 2],
      [1, 4, 2, 1],
    ]);
    // the left edge of the area is inside the picture: it fades in from an eighth
    const right = -(3 + 6 / 8) / (1 + 1 / 8);
    for (const [at, value] of guided.entries()) expect(value).toBeCloseTo(at % 2 ? right : -3, 5);
  });

  it('an area in shares is cut to the picture', async () => {
    const area = { unit: 'share', x: 0.5, y: 0, width: 1, height: 1 } as const;
    const { calls } = await look({ positive: [conditioningOf(6, { area })], shape: [1, 4, 4, 8] });
    expect(calls[0]?.latent.shape).toEqual([1, 4, 4, 4]);
  });

  it('a mask weighs each cell', async () => {
    const tensor = { data: Float32Array.of(1, 0, 0.5, 0), shape: [1, 2, 2] };
    const mask = { tensor, strength: 1, boundsOnly: false };
    const { guided } = await look({ positive: [conditioningOf(3), conditioningOf(6, { mask })] });
    const expected = [-4.5, -3, -4, -3];
    for (const [at, value] of guided.entries()) expect(value).toBeCloseTo(expected[at % 4]!, 5);
  });

  it('of a mask, the box around it can be all that is computed', async () => {
    const data = new Float32Array(16 * 16);
    data[5 * 16 + 15] = 1;
    const mask = { tensor: { data, shape: [1, 16, 16] }, strength: 1, boundsOnly: true };
    const { calls } = await look({ positive: [conditioningOf(6, { mask })], shape: [1, 4, 16, 16] });
    expect(calls[0]?.latent.shape).toEqual([1, 4, 8, 8]);
  });

  it('where none holds, there is no picture rather than no number', async () => {
    const mask = { tensor: { data: new Float32Array(4), shape: [1, 2, 2] }, strength: 1, boundsOnly: false };
    expect(only((await look({ positive: [conditioningOf(6, { mask })] })).guided)).toBe(0);
  });
});

describe('SDXL', () => {
  const pooled = { data: Float32Array.of(7, 8), shape: [1, 2] };
  /** The first cosine of a size is its whole angle. */
  const sizes = (vector: Float32Array): number[] =>
    Array.from({ length: (vector.length - 2) / 256 }, (_, at) => vector[2 + at * 256]!);

  it('is told the pooled text and six sizes', async () => {
    const { calls } = await look({
      positive: [conditioningOf(3, { pooled, sizes: { width: 3, height: 2, crop_w: 1 } })],
      family: 'sdxl',
    });
    const { data } = calls[0]!.vector!;
    expect([...data.subarray(0, 2)]).toEqual([7, 8]);
    const expected = [2, 3, 0, 1, 2, 3].map((size) => Math.cos(size));
    for (const [at, value] of sizes(data).entries()) expect(value).toBeCloseTo(expected[at]!, 6);
  });

  it('takes sizes that nobody said from the latent; the refiner wants beauty', async () => {
    const { calls } = await look({
      positive: [conditioningOf(3, { pooled })],
      negative: [conditioningOf(1, { pooled })],
      cfg: 2,
      family: 'sdxl-refiner',
    });
    const { data } = calls[0]!.vector!;
    const half = data.length / 2;
    const expected = [16, 16, 0, 0].map((size) => Math.cos(size));
    for (const [at, score] of [6, 2.5].entries()) {
      const found = sizes(data.slice(at * half, (at + 1) * half));
      for (const [k, value] of [...expected, Math.cos(score)].entries()) expect(found[k]).toBeCloseTo(value, 5);
    }
  });

  it('refuses texts that were encoded for another family', async () => {
    await expect(look({ positive: [conditioningOf(3)], family: 'sdxl' })).rejects.toMatchObject({
      code: 'bad_input',
      input: 'positive',
    });
  });
});
