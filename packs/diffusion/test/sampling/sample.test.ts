import { describe, expect, it } from 'vitest';
import type { Latent, Tensor } from '@snug/node-kit';
import { batchNoise } from '../../src/sampling/noise.ts';
import { sample } from '../../src/sampling/sample.ts';
import type { SampleRequest } from '../../src/sampling/sample.ts';
import { SAMPLERS } from '../../src/sampling/samplers/index.ts';
import { conditioningOf, fakeModel } from './fake-model.ts';

const shape = [1, 4, 4, 4];
const filled = (value: number, sides: readonly number[] = shape): Tensor => ({
  data: new Float32Array(sides.reduce((product, side) => product * side, 1)).fill(value),
  shape: sides,
});
const latentOf = (value: number, more: Partial<Latent> = {}): Latent => ({ samples: filled(value), ...more });

function request(over: Partial<SampleRequest> = {}): SampleRequest {
  return {
    model: fakeModel(),
    positive: [conditioningOf(0)],
    negative: [],
    cfg: 1,
    latent: latentOf(0),
    noise: batchNoise(shape, 1n),
    seed: 1n,
    sigmas: Float32Array.of(2, 1, 0),
    sampler: SAMPLERS.euler,
    checkpoint: () => {},
    ...over,
  };
}

describe('a latent', () => {
  it('is scaled for the network, noised, and scaled back', async () => {
    const { samples } = await sample(request({ latent: latentOf(6), sampler: async (start) => start }));
    // scale 0.5: 3 and twice the noise, seen as 6 and four times the noise
    const noise = batchNoise(shape, 1n).data;
    for (const [at, value] of samples.data.entries()) expect(value).toBeCloseTo(6 + 4 * noise[at]!, 4);
  });

  it('at the most noise of all gets a little more, as the training had it', async () => {
    const model = fakeModel();
    const top = 14.614641;
    const { samples } = await sample(request({ model, sigmas: Float32Array.of(top, 0), sampler: async (x) => x }));
    expect(samples.data[0]).toBeCloseTo(2 * Math.sqrt(1 + top ** 2) * batchNoise(shape, 1n).data[0]!, 3);
  });

  it('with no steps to take comes back as it is, and no network is loaded', async () => {
    const unet = async (): Promise<never> => Promise.reject(new Error('loaded'));
    const latent = latentOf(6);
    const { samples } = await sample(request({ model: fakeModel({ unet }), latent, sigmas: new Float32Array(1) }));
    expect(samples).toBe(latent.samples);
  });

  it.each([
    ['three axes', { samples: filled(0, [4, 4, 4]) }],
    ['sixteen channels', { samples: filled(0, [1, 16, 4, 4]) }],
  ])('with %s is refused', async (_, latent) => {
    await expect(sample(request({ latent }))).rejects.toMatchObject({ code: 'bad_input', input: 'latent_image' });
  });

  it('without a prompt is refused', async () => {
    await expect(sample(request({ positive: [] }))).rejects.toMatchObject({ input: 'positive' });
  });
});

describe('on the way', () => {
  it('each step shows its picture, and an interrupt stops before the next call of the network', async () => {
    const model = fakeModel();
    const stop = new Error('stop');
    const steps: number[] = [];
    const running = sample(
      request({
        model,
        onStep: (index) => void steps.push(index),
        checkpoint: () => {
          if (model.calls.length === 1) throw stop;
        },
      }),
    );
    await expect(running).rejects.toBe(stop);
    expect(steps).toEqual([0]);
    expect(model.calls).toHaveLength(1);
  });

  it('the noise of samplers comes from the seed after', async () => {
    const taken: Float32Array[] = [];
    await sample(
      request({
        seed: 9n,
        sampler: async (start, walk) => {
          taken.push(walk.noise(), walk.noise());
          return start;
        },
      }),
    );
    expect(taken[0]).toEqual(batchNoise(shape, 10n).data);
    expect(taken[1]).not.toEqual(taken[0]);
  });

  it('the last picture is told apart from what is left', async () => {
    const { samples, denoised } = await sample(
      request({ positive: [conditioningOf(1)], sigmas: Float32Array.of(2, 1), noise: filled(0) }),
    );
    // from 0 at sigma 2 the network sees -2; half way there lies -1
    expect([denoised.data[0], samples.data[0]]).toEqual([-4, -2]);
  });
});

describe('a noise mask', () => {
  const halves = (): Tensor => ({ data: Float32Array.of(1, 0), shape: [1, 1, 1, 2] });

  it('keeps what is not masked, exactly', async () => {
    const mask = { data: Float32Array.from({ length: 64 }, (_, at) => (at % 8 < 4 ? 1 : 0)), shape: [1, 1, 8, 8] };
    const { samples } = await sample(
      request({ latent: latentOf(6, { noiseMask: mask }), positive: [conditioningOf(1)] }),
    );
    for (const [at, value] of samples.data.entries()) {
      if (at % 4 < 2) expect(value).not.toBe(6);
      else expect(value).toBe(6);
    }
  });

  it('shows the network what is kept under the noise of the level', async () => {
    const model = fakeModel();
    await sample(
      request({ model, latent: latentOf(6, { noiseMask: filled(0, [1, 1, 4, 4]) }), sigmas: Float32Array.of(2, 1, 0) }),
    );
    const noise = batchNoise(shape, 1n).data;
    for (const [at, sigma] of [2, 1].entries()) {
      const seen = model.calls[at]!.latent.data[0]! * Math.sqrt(sigma ** 2 + 1);
      expect(seen).toBeCloseTo(3 + sigma * noise[0]!, 4);
    }
  });

  it('is told to models made for inpainting, with the latent as the picture', async () => {
    const model = fakeModel({ inputChannels: 9 });
    await sample(request({ model, latent: latentOf(6, { noiseMask: halves() }) }));
    const { shape: sides, data } = model.calls[0]!.latent;
    expect(sides).toEqual([1, 9, 4, 4]);
    expect([...data.subarray(64, 68)]).toEqual([1, 1, 0, 0]);
    expect(data.slice(80).every((value) => value === 3)).toBe(true);
  });

  it('gives way to the mask of a conditioning', async () => {
    const model = fakeModel({ inputChannels: 9 });
    const concat = { latent: filled(8), mask: filled(0, [1, 1, 32, 32]) };
    await sample(request({ model, positive: [conditioningOf(0, { concat })] }));
    const { data } = model.calls[0]!.latent;
    expect(data.slice(64, 80).every((value) => value === 0)).toBe(true);
    expect(data.slice(80).every((value) => value === 4)).toBe(true);
  });
});
