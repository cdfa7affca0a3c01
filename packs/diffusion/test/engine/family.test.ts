/** What a file is told to be, and what is said of files that are something else. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createTensor } from '@snug/node-kit';
import { createModelStore, loadCheckpoint, loadUnet } from '../../src/engine/index.ts';
import { diffusersUnetName } from '../../src/engine/names/unet-names.ts';
import { probePrediction } from '../../src/engine/unet/probe.ts';
import type { Unet } from '../../src/seams.ts';
import { writeTensorFile } from './safetensors-file.ts';
import type { TestTensor } from './safetensors-file.ts';
import { tinyTensors } from './tiny-checkpoint.ts';

const folder = mkdtempSync(join(tmpdir(), 'snug-family-'));
const store = createModelStore({ threads: 1 });
afterAll(async () => {
  await store.free();
  rmSync(folder, { recursive: true });
});
const write = (tensors: ReadonlyMap<string, TestTensor>, metadata?: Record<string, string>): string => {
  const path = join(folder, 'file.safetensors');
  writeTensorFile(path, tensors, metadata && { metadata });
  return path;
};
const tensor: TestTensor = { shape: [1], values: [1] };

describe('a file of another kind', () => {
  it.each([
    ['model.diffusion_model.double_blocks.0.img_attn.qkv.weight', 'it is a Flux model'],
    ['model.diffusion_model.joint_blocks.0.x_block.attn.qkv.weight', 'it is an SD 3 model'],
    ['lora_unet_x.lora_down.weight', 'it is a LoRA'],
    ['text_model.x', 'it is a text encoder'],
    ['decoder.x', 'it is a VAE'],
    ['x', 'it holds no UNet'],
  ])('with a tensor %s is refused', async (name, reason) => {
    const refused = loadCheckpoint(write(new Map([[name, tensor]])), store);
    await expect(refused).rejects.toMatchObject({
      code: 'checkpoint_refused',
      message: expect.stringContaining(reason),
    });
  });

  it('with a layer less is refused by the name of the layer', async () => {
    const tensors = tinyTensors('sd1');
    tensors.delete('model.diffusion_model.middle_block.0.emb_layers.1.weight');
    const { model } = await loadCheckpoint(write(tensors), store);
    await expect(model.unet()).rejects.toThrow('it has no tensor middle_block.0.emb_layers.1.weight');
  });

  it('with a layer of another width is refused by the name of the layer', async () => {
    const tensors = tinyTensors('sd1');
    tensors.set('model.diffusion_model.out.2.weight', { shape: [4, 16, 3, 3], values: new Float32Array(4 * 16 * 9) });
    const { model } = await loadCheckpoint(write(tensors), store);
    await expect(model.unet()).rejects.toThrow('out.2 takes 16 channels where the layer before has 32');
  });
});

it('a checkpoint may come without a text encoder and without a VAE', async () => {
  const unet = new Map([...tinyTensors('sdxl')].filter(([name]) => name.startsWith('model.diffusion_model.')));
  const { model, clip, vae } = await loadCheckpoint(write(unet), store);
  expect([model.family, clip, vae]).toEqual(['sdxl', undefined, undefined]);
});

describe("diffusers' names", () => {
  it.each([
    ['input_blocks.0.0.weight', 'conv_in.weight'],
    ['time_embed.2.bias', 'time_embedding.linear_2.bias'],
    ['label_emb.0.2.weight', 'add_embedding.linear_2.weight'],
    ['input_blocks.1.0.in_layers.0.weight', 'down_blocks.0.resnets.0.norm1.weight'],
    [
      'input_blocks.2.1.transformer_blocks.0.attn2.to_out.0.bias',
      'down_blocks.0.attentions.1.transformer_blocks.0.attn2.to_out.0.bias',
    ],
    ['input_blocks.3.0.op.weight', 'down_blocks.0.downsamplers.0.conv.weight'],
    ['input_blocks.4.0.skip_connection.weight', 'down_blocks.1.resnets.0.conv_shortcut.weight'],
    ['input_blocks.11.0.out_layers.3.bias', 'down_blocks.3.resnets.1.conv2.bias'],
    ['middle_block.0.emb_layers.1.weight', 'mid_block.resnets.0.time_emb_proj.weight'],
    ['middle_block.1.proj_in.weight', 'mid_block.attentions.0.proj_in.weight'],
    ['middle_block.2.out_layers.0.weight', 'mid_block.resnets.1.norm2.weight'],
    ['output_blocks.2.1.conv.weight', 'up_blocks.0.upsamplers.0.conv.weight'],
    ['output_blocks.5.2.conv.bias', 'up_blocks.1.upsamplers.0.conv.bias'],
    ['output_blocks.11.1.norm.weight', 'up_blocks.3.attentions.2.norm.weight'],
    ['out.0.weight', 'conv_norm_out.weight'],
    ['out.2.bias', 'conv_out.bias'],
  ])('%s is %s', (ours, theirs) => expect(diffusersUnetName(ours)).toBe(theirs));

  it('are taken for a UNet alone, and no two are the same', async () => {
    const tensors = tinyTensors('sdxl-refiner');
    const theirs = new Map<string, TestTensor>();
    const ours = [...tensors].filter(([name]) => name.startsWith('model.diffusion_model.'));
    for (const [name, value] of ours)
      theirs.set(diffusersUnetName(name.replace('model.diffusion_model.', '')) ?? '', value);
    expect(theirs.size).toBe(ours.length);
    const call = {
      latent: createTensor([1, 4, 8, 8]),
      timesteps: Float32Array.of(10),
      context: createTensor([1, 77, 64]),
      vector: createTensor([1, 64 + 5 * 256]),
    };
    const want = await (await (await loadUnet(write(tensors), store)).unet()).predict(call);
    const model = await loadUnet(write(theirs), store);
    expect(model.family).toBe('sdxl-refiner');
    expect(await (await model.unet()).predict(call)).toEqual(want);
  });
});

describe('noise or velocity', () => {
  const network = (answer: (noise: number, at: number) => number): Unet & { contextWidth: number } => ({
    family: 'sd2',
    prediction: 'eps',
    channels: 4,
    inputChannels: 4,
    contextWidth: 8,
    load: () => Promise.resolve(),
    predict: ({ latent }) => Promise.resolve({ ...latent, data: latent.data.map(answer) }),
  });

  it('is found by showing the network noise alone', async () => {
    const imagined = (at: number): number => Math.sin(at / 50);
    expect(await probePrediction(network((noise, at) => 0.95 * noise + 0.2 * imagined(at)))).toBe('eps');
    expect(await probePrediction(network((noise, at) => 0.07 * noise - imagined(at)))).toBe('v');
  });

  it('is found for an SD 2 that does not say, and only for that', async () => {
    expect((await loadCheckpoint(write(tinyTensors('sd2')), store)).model.prediction).toBe('v');
    expect((await loadCheckpoint(write(tinyTensors('sdxl')), store)).model.prediction).toBe('eps');
  });

  it.each([
    [{ 'modelspec.architecture': 'stable-diffusion-v2-768-v' }, 'v'],
    [{ 'modelspec.architecture': 'stable-diffusion-v2-512' }, 'eps'],
    [{ 'modelspec.prediction_type': 'v' }, 'v'],
    [{ 'modelspec.prediction_type': 'epsilon' }, 'eps'],
  ])('may be said: %s', async (metadata, want) => {
    expect((await loadCheckpoint(write(tinyTensors('sd2'), metadata), store)).model.prediction).toBe(want);
  });

  it('is marked in some files by a tensor, and so is a schedule that ends in noise alone', async () => {
    const tensors = tinyTensors('sdxl');
    tensors.set('v_pred', tensor);
    tensors.set('ztsnr', tensor);
    const { model } = await loadCheckpoint(write(tensors), store);
    expect(model.prediction).toBe('v');
    const plain = (await loadCheckpoint(write(tinyTensors('sdxl')), store)).model.alphasCumprod;
    expect(plain.at(-1)).toBeCloseTo(0.0046599, 6);
    expect(model.alphasCumprod.at(-1)).toBeLessThan(1e-7);
    expect(model.alphasCumprod[0]).toBeCloseTo(plain[0]!, 10);
    expect(model.alphasCumprod[500]).toBeLessThan(plain[500]!);
  });
});
