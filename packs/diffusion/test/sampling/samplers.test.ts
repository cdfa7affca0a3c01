import { describe, expect, it } from 'vitest';
import { torchNormals } from '@snug/node-kit';
import { SAMPLER_NAMES, SAMPLERS } from '../../src/sampling/samplers/index.ts';
import type { SamplerName } from '../../src/sampling/samplers/index.ts';
import type { Walk } from '../../src/sampling/samplers/sampler.ts';
import { exponential } from '../../src/sampling/schedulers.ts';

/** Pictures that are normally distributed: what is under the noise, and the whole way there, are known exactly. */
const MEAN = 0.7;
const DEVIATION = 0.5;
const denoised = (latent: Float32Array, sigma: number): Float32Array =>
  latent.map((value) => (DEVIATION ** 2 * value + sigma ** 2 * MEAN) / (DEVIATION ** 2 + sigma ** 2));
const exactly = (start: number, first: number, last: number): number =>
  MEAN + (start - MEAN) * Math.sqrt((DEVIATION ** 2 + last ** 2) / (DEVIATION ** 2 + first ** 2));

function walkOf(sigmas: Float32Array, over: Partial<Walk> = {}): Walk {
  return {
    sigmas,
    denoise: async (latent, sigma) => denoised(latent, sigma),
    denoiseBoth: async (latent, sigma) => ({ guided: denoised(latent, sigma), unguided: denoised(latent, sigma) }),
    noise: () => {
      throw new Error('this sampler wants no noise');
    },
    onStep: () => {},
    ...over,
  };
}

const FIRST = 3;
const LAST = 0.4;
/** Even in the logarithm, and not down to zero. */
const even = (steps: number): Float32Array => exponential(steps + 1, LAST, FIRST).slice(0, -1);

async function errorOf(name: SamplerName, steps: number): Promise<number> {
  const end = await SAMPLERS[name](Float32Array.of(4), walkOf(even(steps)));
  return Math.abs(end[0]! - exactly(4, FIRST, LAST));
}

/** How the error falls when the number of steps doubles: by 2 to this power. */
const ORDERS: Partial<Record<SamplerName, number>> = {
  euler: 1,
  ddim: 1,
  euler_cfg_pp: 1,
  heun: 2,
  heunpp2: 1,
  dpm_2: 2,
  dpmpp_2m: 2,
  res_multistep: 2,
  lms: 2,
  ipndm: 2,
  deis: 2,
  uni_pc: 2,
  uni_pc_bh2: 2,
};

describe('without noise on the way', () => {
  it.each(Object.entries(ORDERS) as [SamplerName, number][])('%s is of order %d at least', async (name, order) => {
    const [few, many] = [await errorOf(name, 24), await errorOf(name, 48)];
    expect(Math.log2(few / many)).toBeGreaterThan(order - 0.2);
    expect(few).toBeLessThan(0.1);
  });
});

const STOCHASTIC: SamplerName[] = [
  'euler_ancestral',
  'euler_ancestral_cfg_pp',
  'dpm_2_ancestral',
  'dpmpp_2s_ancestral',
  'ddpm',
];

describe('with noise on the way', () => {
  it.each(STOCHASTIC)('%s ends where the noisy pictures are', async (name) => {
    const count = 8192;
    const source = torchNormals(3n);
    const spread = Math.sqrt(DEVIATION ** 2 + FIRST ** 2);
    const start = source.take(count).map((value) => MEAN + spread * value);
    const end = await SAMPLERS[name](start, walkOf(even(64), { noise: () => source.take(count) }));
    const mean = end.reduce((sum, value) => sum + value, 0) / count;
    const variance = end.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count;
    expect(mean).toBeCloseTo(MEAN, 1);
    expect(variance / (DEVIATION ** 2 + LAST ** 2)).toBeGreaterThan(0.94);
    expect(variance / (DEVIATION ** 2 + LAST ** 2)).toBeLessThan(1.06);
  });

  it('lcm noises the picture itself', async () => {
    const source = torchNormals(3n);
    const [noise] = [torchNormals(3n).take(1)];
    const end = await SAMPLERS.lcm(Float32Array.of(4), walkOf(Float32Array.of(2, 1), { noise: () => source.take(1) }));
    expect(end[0]).toBeCloseTo(denoised(Float32Array.of(4), 2)[0]! + noise![0]!, 6);
  });

  it('the posterior of DDPM is the step of euler_ancestral', async () => {
    const [sigma, next] = [2, 1];
    const [start, up] = [Float32Array.of(4), Math.sqrt((next ** 2 * (sigma ** 2 - next ** 2)) / sigma ** 2)];
    const end = await SAMPLERS.ddpm(start, walkOf(Float32Array.of(sigma, next), { noise: () => Float32Array.of(1) }));
    const seen = denoised(start, sigma)[0]!;
    expect(end[0]).toBeCloseTo((next ** 2 / sigma ** 2) * 4 + (1 - next ** 2 / sigma ** 2) * seen + up, 6);
  });
});

describe('every sampler', () => {
  const noise = (): Float32Array => Float32Array.of(0);

  it.each(SAMPLER_NAMES)('%s lands on the picture when its last level is zero', async (name) => {
    const seen: Float32Array[] = [];
    const walk = walkOf(Float32Array.of(2, 1, 0), {
      noise,
      onStep: (_, denoisedHere) => void seen.push(denoisedHere),
    });
    const end = await SAMPLERS[name](Float32Array.of(4), walk);
    expect(seen).toHaveLength(2);
    // uni_pc stops a little above zero, lms extrapolates over the last step
    if (name !== 'lms') expect(end[0]).toBeCloseTo(seen[1]![0]!, 2);
  });

  it.each(SAMPLER_NAMES)('%s takes a single step', async (name) => {
    const end = await SAMPLERS[name](Float32Array.of(4), walkOf(Float32Array.of(2, 0), { noise }));
    expect(end[0]).toBeCloseTo(denoised(Float32Array.of(4), 2)[0]!, 2);
  });

  it.each(SAMPLER_NAMES)('%s writes into nothing that it was given', async (name) => {
    const start = Float32Array.of(4);
    const sigmas = Float32Array.of(2, 1, 0.5, 0);
    await SAMPLERS[name](start, walkOf(sigmas, { noise }));
    expect([...start, ...sigmas]).toEqual([4, 2, 1, 0.5, 0]);
  });

  it.each(SAMPLER_NAMES)('%s stops where the walk does', async (name) => {
    const stop = new Error('interrupted');
    let looks = 0;
    const look = async (latent: Float32Array, sigma: number): Promise<Float32Array> => {
      if (++looks === 2) throw stop;
      return denoised(latent, sigma);
    };
    const walk = walkOf(Float32Array.of(3, 2, 1, 0), {
      noise,
      denoise: look,
      denoiseBoth: async (latent, sigma) => {
        const guided = await look(latent, sigma);
        return { guided, unguided: guided };
      },
    });
    await expect(SAMPLERS[name](Float32Array.of(4), walk)).rejects.toBe(stop);
    expect(looks).toBe(2);
  });
});

describe('by hand', () => {
  /** The picture is 1 wherever one looks. */
  const flat = (sigmas: number[]): Walk =>
    walkOf(Float32Array.from(sigmas), { denoise: async () => Float32Array.of(1), noise: () => Float32Array.of(0.5) });

  it('euler goes straight towards the picture', async () => {
    expect(await SAMPLERS.euler(Float32Array.of(5), flat([2, 1]))).toEqual(Float32Array.of(3));
  });

  it('euler_ancestral goes further and comes back with noise', async () => {
    // of variance 1, 3/4 is fresh: down to sqrt(1/4), up by sqrt(3/4)
    const end = await SAMPLERS.euler_ancestral(Float32Array.of(5), flat([2, 1]));
    expect(end[0]).toBeCloseTo(1 + 2 * 0.5 + Math.sqrt(0.75) * 0.5, 6);
  });

  it('dpmpp_2m continues the line through two pictures to the middle of the step', async () => {
    const pictures = [1, 2];
    const walk = { ...flat([4, 2, 1]), denoise: async () => Float32Array.of(pictures.shift()!) };
    // first step half way to 1: 5/2 + 1/2; then half way to 2 + (2 - 1)/2
    expect((await SAMPLERS.dpmpp_2m(Float32Array.of(5), walk))[0]).toBeCloseTo(3 / 2 + 2.5 / 2, 6);
  });

  it('ipndm weighs its last slope against the one before', async () => {
    const slopes = [1, 2];
    const sigmas = [4, 3, 2];
    const walk = {
      ...flat(sigmas),
      denoise: async (latent: Float32Array, sigma: number) => Float32Array.of(latent[0]! - sigma * slopes.shift()!),
    };
    expect((await SAMPLERS.ipndm(Float32Array.of(5), walk))[0]).toBeCloseTo(5 - 1 - (3 * 2 - 1) / 2, 5);
  });

  it('euler_cfg_pp takes the noise from the unguided picture', async () => {
    const walk = {
      ...flat([2, 1]),
      denoiseBoth: async () => ({ guided: Float32Array.of(1), unguided: Float32Array.of(3) }),
    };
    expect((await SAMPLERS.euler_cfg_pp(Float32Array.of(5), walk))[0]).toBe(1 + (5 - 3) / 2);
  });
});
