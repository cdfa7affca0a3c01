import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createTensor } from '@snug/node-kit';
import type { Tensor } from '@snug/node-kit';
import { createModelStore, EngineError, loadCheckpoint } from '../../src/engine/index.ts';
import type { Family } from '../../src/seams.ts';
import { randomNumbers, TINY_TEXT_WIDTH, writeTinyCheckpoint } from './tiny-checkpoint.ts';

const folder = mkdtempSync(join(tmpdir(), 'snug-families-'));
const store = createModelStore({ threads: 1 });
afterAll(async () => {
  await store.free();
  rmSync(folder, { recursive: true });
});

function noise(seed: number, ...shape: number[]): Tensor {
  const random = randomNumbers(seed);
  const tensor = createTensor(shape);
  return { ...tensor, data: tensor.data.map(() => (random() - 0.5) * 3) };
}

const row = (...ids: number[]): number[] => [49_406, ...ids, ...Array.from({ length: 76 - ids.length }, () => 49_407)];

const FAMILIES = {
  sd1: { context: TINY_TEXT_WIDTH, vector: undefined, encoders: ['clip-l'] },
  sd2: { context: TINY_TEXT_WIDTH, vector: undefined, encoders: ['open-clip-h'] },
  sdxl: { context: 2 * TINY_TEXT_WIDTH, vector: TINY_TEXT_WIDTH + 6 * 256, encoders: ['clip-l', 'open-clip-g'] },
  'sdxl-refiner': { context: TINY_TEXT_WIDTH, vector: TINY_TEXT_WIDTH + 5 * 256, encoders: ['open-clip-g'] },
};
const families = Object.entries(FAMILIES) as [Family, (typeof FAMILIES)[Family]][];

describe.each(families)('a tiny %s', (family, { context, vector, encoders }) => {
  const path = join(folder, `${family}.safetensors`);
  writeTinyCheckpoint(path, family, { metadata: { 'modelspec.prediction_type': 'epsilon' } });

  it('takes less than 30 MB', () => {
    expect(statSync(path).size).toBeLessThan(30e6);
  });

  it('is known by its weights', async () => {
    const { model, clip, vae } = await loadCheckpoint(path, store);
    expect([model.family, model.prediction, clip?.family]).toEqual([family, 'eps', family]);
    expect(model.latentScale).toBe(family.startsWith('sdxl') ? 0.13025 : 0.18215);
    expect(model.alphasCumprod.length).toBe(1000);
    expect((await clip?.encoders())?.map(({ kind }) => kind)).toEqual(encoders);
    expect(vae).toBeDefined();
  });

  it('predicts each sample of a batch as it would alone, at any size', async () => {
    const unet = await (await loadCheckpoint(path, store)).model.unet();
    const call = (latent: Tensor, at: number[], texts: Tensor, vectors: Tensor | undefined) =>
      unet.predict({ latent, timesteps: Float32Array.from(at), context: texts, vector: vectors });
    for (const [height, width] of [
      [8, 8],
      [8, 24],
    ] as const) {
      const latents = noise(1, 2, 4, height, width);
      const texts = noise(2, 2, 77, context);
      const vectors = vector ? noise(3, 2, vector) : undefined;
      const both = await call(latents, [999, 20.5], texts, vectors);
      expect(both.shape).toEqual([2, 4, height, width]);
      for (const [item, at] of [999, 20.5].entries()) {
        const alone = await call(itemOf(latents, item), [at], itemOf(texts, item), vectors && itemOf(vectors, item));
        expect(farthest(alone.data, itemOf(both, item).data)).toBeLessThan(1e-4);
      }
      const changed = await call(latents, [999, 21.5], texts, vectors);
      expect(farthest(itemOf(changed, 0).data, itemOf(both, 0).data)).toBeLessThan(1e-5);
      expect(farthest(itemOf(changed, 1).data, itemOf(both, 1).data)).toBeGreaterThan(1e-4);
    }
  });

  it('encodes rows of text', async () => {
    const { clip } = await loadCheckpoint(path, store);
    for (const encoder of (await clip?.encoders()) ?? []) {
      const { hidden, pooled } = await encoder.encode([row(320, 1125), row()], { skip: 0, isNormed: true });
      expect([hidden.shape, pooled.shape]).toEqual([
        [2, 77, TINY_TEXT_WIDTH],
        [2, TINY_TEXT_WIDTH],
      ]);
      const earlier = await encoder.encode([row(320, 1125)], { skip: 1, isNormed: false });
      expect(farthest(earlier.hidden.data, itemOf(hidden, 0).data)).toBeGreaterThan(0.01);
    }
  });

  it('decodes and encodes pictures', async () => {
    const { vae } = await loadCheckpoint(path, store);
    const image = await vae!.decode(noise(5, 2, 4, 4, 6));
    expect([image.batch, image.height, image.width, image.channels]).toEqual([2, 32, 48, 3]);
    expect((await vae!.encode(image)).shape).toEqual([2, 4, 4, 6]);
  });
});

const itemOf = ({ data, shape: [batch = 1, ...rest] }: Tensor, item: number): Tensor => {
  const size = data.length / batch;
  return { data: data.subarray(item * size, (item + 1) * size), shape: [1, ...rest] };
};

function farthest(one: Float32Array, other: Float32Array): number {
  expect(one.length).toBe(other.length);
  return one.reduce((most, value, at) => Math.max(most, Math.abs(value - (other[at] ?? NaN))), 0);
}

it('a model for inpainting takes nine channels', async () => {
  const path = join(folder, 'inpaint.safetensors');
  writeTinyCheckpoint(path, 'sd1', { inputChannels: 9 });
  const unet = await (await loadCheckpoint(path, store)).model.unet();
  expect([unet.inputChannels, unet.channels]).toEqual([9, 4]);
  const call = { timesteps: Float32Array.of(5), context: noise(2, 1, 77, TINY_TEXT_WIDTH) };
  expect((await unet.predict({ ...call, latent: noise(1, 1, 9, 8, 8) })).shape).toEqual([1, 4, 8, 8]);
  const narrow = unet.predict({ ...call, latent: noise(1, 1, 4, 8, 8) });
  await expect(narrow).rejects.toThrow('takes latents of 9 channels, not 4');
});

it('a number of channels that nobody knows is refused', async () => {
  const path = join(folder, 'depth.safetensors');
  writeTinyCheckpoint(path, 'sd2', { inputChannels: 5 });
  const refused = await loadCheckpoint(path, store).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(EngineError);
  expect(refused).toMatchObject({ code: 'checkpoint_refused', message: expect.stringContaining('takes 5 channels') });
});

it.each(['v_prediction', 'epsilon'] as const)('a file may say that it predicts %s', async (stated) => {
  const path = join(folder, `${stated}.safetensors`);
  writeTinyCheckpoint(path, 'sd1', { metadata: { 'modelspec.prediction_type': stated } });
  expect((await loadCheckpoint(path, store)).model.prediction).toBe(stated === 'epsilon' ? 'eps' : 'v');
});

it('of the same numbers in 32, 16 and bfloat 16 bits the same picture comes, nearly', async () => {
  const results: Float32Array[] = [];
  for (const type of ['F32', 'F16', 'BF16'] as const) {
    const path = join(folder, `${type}.safetensors`);
    writeTinyCheckpoint(path, 'sd1', { type });
    const unet = await (await loadCheckpoint(path, store)).model.unet();
    const call = { timesteps: Float32Array.of(500), context: noise(2, 1, 77, TINY_TEXT_WIDTH) };
    results.push((await unet.predict({ ...call, latent: noise(1, 1, 4, 8, 8) })).data);
  }
  const [full, half, brain] = results;
  expect(farthest(full!, half!)).toBeLessThan(0.02);
  expect(farthest(full!, brain!)).toBeLessThan(0.2);
  expect(farthest(half!, brain!)).toBeGreaterThan(0);
});
