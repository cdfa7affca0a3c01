import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createTensor } from '@snug/node-kit';
import { createModelStore, loadCheckpoint, openTensorFile } from '../../src/engine/index.ts';
import { decoderGraph, encoderGraph } from '../../src/engine/vae/graph.ts';
import { networkOf } from '../../src/engine/store.ts';
import type { ModelStore, Network } from '../../src/engine/store.ts';
import { weightsOf } from '../../src/engine/weights/weights.ts';
import { writeTensorFile } from './safetensors-file.ts';
import type { TestTensor } from './safetensors-file.ts';
import { putVae, randomTensors, writeTinyCheckpoint } from './tiny-checkpoint.ts';

const folder = mkdtempSync(join(tmpdir(), 'snug-store-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'vae.safetensors');
const tensors = new Map<string, TestTensor>();
putVae(randomTensors(tensors, 1), '');
writeTensorFile(path, tensors);

async function networks(): Promise<[decoder: Network, encoder: Network]> {
  const weights = weightsOf(await openTensorFile(path));
  return [networkOf('the decoder', decoderGraph(weights)), networkOf('the encoder', encoderGraph(weights))];
}

/** Works with a network, and tells its session. */
const touch = (store: ModelStore, network: Network, workspace?: number) =>
  store.use(network, (session) => Promise.resolve(session), workspace);

describe('a store', () => {
  it('loads a network once, and says what it takes', async () => {
    const store = createModelStore({ threads: 1 });
    const [decoder] = await networks();
    const [again] = await networks();
    const [first, second] = await Promise.all([touch(store, decoder), touch(store, again)]);
    expect(second).toBe(first);
    expect(store.used).toBe(decoder.weightBytes);
    expect(store.used).toBeGreaterThan(1e5);
    await store.free();
    expect(store.used).toBe(0);
    expect(await touch(store, decoder)).not.toBe(first);
    await store.free();
  });

  it('drops what was not used for longest when the budget is full', async () => {
    const [decoder, encoder] = await networks();
    const budget = Math.max(decoder.weightBytes, encoder.weightBytes);
    const store = createModelStore({ threads: 1, budget });
    const first = await touch(store, decoder);
    await touch(store, encoder);
    expect(store.used).toBe(encoder.weightBytes);
    expect(await touch(store, decoder)).not.toBe(first);
    await store.free();
  });

  it('never drops what is in use, and drops it later when everything was freed meanwhile', async () => {
    const [decoder, encoder] = await networks();
    const store = createModelStore({ threads: 1, budget: decoder.weightBytes });
    const latent = createTensor([1, 4, 2, 2]);
    const pixels = await store.use(decoder, async (session) => {
      await expect(touch(store, encoder)).rejects.toMatchObject({ code: 'not_enough_memory' });
      await store.free();
      expect(store.used).toBe(0);
      return session.run({ latent }, ['pixels']);
    });
    expect(pixels[0]?.shape).toEqual([1, 16, 16, 3]);
    await touch(store, encoder);
    await store.free();
  });

  it('tells what does not fit before it loads, with the amounts and what to do', async () => {
    const [decoder] = await networks();
    const budget = createModelStore({ threads: 1, budget: 1000 });
    await expect(touch(budget, decoder)).rejects.toThrow(
      /^the decoder needs 0\.0 GB .* of the budget. Raise the budget/,
    );
    const machine = createModelStore({ threads: 1, available: () => 0 });
    await expect(touch(machine, decoder)).rejects.toThrow(/and 0\.0 GB are left\. Close other programs/);
  });

  it('makes room for what a call takes', async () => {
    const [decoder, encoder] = await networks();
    let hasOther = true;
    const store = createModelStore({
      threads: 1,
      available: () => (hasOther && store.used > decoder.weightBytes ? 1e9 : 4e9),
    });
    hasOther = false;
    await touch(store, encoder);
    await touch(store, decoder);
    hasOther = true;
    await touch(store, decoder, 2e9);
    expect(store.used).toBe(decoder.weightBytes);
    await expect(touch(store, decoder, 5e9)).rejects.toMatchObject({ code: 'not_enough_memory' });
    await store.free();
  });

  it('counts what is on its way into memory, and waits for it before it says that there is not enough', async () => {
    const [decoder, encoder] = await networks();
    const most = 300 * 2 ** 20 + Math.max(decoder.weightBytes, encoder.weightBytes);
    const store = createModelStore({
      threads: 1,
      // as a system counts: what is not there yet takes nothing
      available: () => most,
    });
    const usedThen: number[] = [];
    const touching = [decoder, encoder].map((network) =>
      store.use(network, async () => {
        usedThen.push(store.used);
      }),
    );
    await Promise.all(touching);
    // either may be the first, and the other one begins to load when it is there
    const both = decoder.weightBytes + encoder.weightBytes;
    expect([
      [decoder.weightBytes, both],
      [encoder.weightBytes, both],
    ]).toContainEqual(usedThen);
    await store.free();
  });

  it('loads ahead, but makes way for what is used', async () => {
    const [decoder, encoder] = await networks();
    const budget = Math.max(decoder.weightBytes, encoder.weightBytes);
    const store = createModelStore({ threads: 1, budget });
    // it finds no room when the other one is first
    const ahead = store.prepare(decoder).catch(() => undefined);
    await Promise.all([ahead, touch(store, encoder)]);
    await touch(store, encoder);
    expect(store.used).toBe(encoder.weightBytes);
    await store.prepare(decoder);
    expect(store.used).toBe(decoder.weightBytes);
    const first = await touch(store, decoder);
    expect(await touch(store, decoder)).toBe(first);
    await store.free();
    const tooSmall = createModelStore({ threads: 1, budget: 1000 });
    await expect(tooSmall.prepare(decoder)).rejects.toMatchObject({ code: 'not_enough_memory' });
    await expect(touch(tooSmall, decoder)).rejects.toMatchObject({ code: 'not_enough_memory' });
  });

  it('refuses a file that has changed', async () => {
    const store = createModelStore({ threads: 1 });
    const changing = join(folder, 'changing.safetensors');
    copyFileSync(path, changing);
    const network = networkOf('it', decoderGraph(weightsOf(await openTensorFile(changing))));
    writeTensorFile(changing, new Map([['a', { shape: [1], values: [1] }]]));
    await expect(touch(store, network)).rejects.toThrow('it has changed since it was loaded');
    rmSync(changing);
    await expect(touch(store, network)).rejects.toThrow('it is gone');
    expect(store.used).toBe(0);
  });

  it('says which devices there are instead of one that the runtime has not', async () => {
    const store = createModelStore({ device: process.platform === 'win32' ? 'coreml' : 'directml' });
    const [decoder] = await networks();
    await expect(touch(store, decoder)).rejects.toMatchObject({
      code: 'device_unavailable',
      message: expect.stringMatching(/It knows cpu/),
    });
  });
});

it('a freed model works again', async () => {
  const store = createModelStore({ threads: 1 });
  const checkpoint = join(folder, 'sd1.safetensors');
  writeTinyCheckpoint(checkpoint, 'sd1');
  const { model } = await loadCheckpoint(checkpoint, store);
  const unet = await model.unet();
  const call = {
    latent: createTensor([1, 4, 8, 8]),
    timesteps: Float32Array.of(3),
    context: createTensor([1, 77, 64]),
  };
  const before = await unet.predict(call);
  await store.free();
  expect(await unet.predict(call)).toEqual(before);
  await store.free();
});
