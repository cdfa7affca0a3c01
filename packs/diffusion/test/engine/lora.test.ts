/** A model under LoRA files against a checkpoint into whose weights the same was added. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTensor } from '@snug/node-kit';
import { createModelStore, loadCheckpoint, loadUnet } from '../../src/engine/index.ts';
import type { Model, Patch } from '../../src/seams.ts';
import { writeTensorFile } from './safetensors-file.ts';
import type { TestTensor } from './safetensors-file.ts';
import { randomNumbers, TINY_TEXT_WIDTH, tinyTensors } from './tiny-checkpoint.ts';

type Tensors = Map<string, TestTensor>;
const folder = mkdtempSync(join(tmpdir(), 'snug-lora-'));
const store = createModelStore({ threads: 1 });
afterAll(async () => {
  await store.free();
  rmSync(folder, { recursive: true });
});
const base = tinyTensors('sd1');
const basePath = join(folder, 'base.safetensors');
writeTensorFile(basePath, base);
const unet = new Map([...base].filter(([name]) => name.startsWith('model.diffusion_model.')));

const random = randomNumbers(5);
const matrix = (...shape: number[]): TestTensor => {
  const { data } = createTensor(shape);
  return { shape, values: data.map(() => random() - 0.5) };
};

const RANK = 3;
const ATTENTION = 'model.diffusion_model.input_blocks.1.1.transformer_blocks.0.attn1.to_q.weight';
const CONVOLUTION = 'model.diffusion_model.output_blocks.2.0.in_layers.2.weight';
const TEXT = 'cond_stage_model.transformer.text_model.encoder.layers.0.self_attn.q_proj.weight';

/** `weight + factor * up · down` in a new checkpoint. */
function merge(into: Tensors, name: string, up: TestTensor, down: TestTensor, factor: number): void {
  const { shape, values } = into.get(name)!;
  const [rows = 0] = shape;
  const columns = values.length / rows;
  const merged = Float32Array.from({ length: values.length }, (_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    let sum = 0;
    for (let r = 0; r < RANK; r++) sum += up.values[row * RANK + r]! * down.values[r * columns + column]!;
    return values[at]! + sum * factor;
  });
  into.set(name, { shape, values: merged });
}

const write = (name: string, tensors: Tensors): string => {
  const path = join(folder, `${name}.safetensors`);
  writeTensorFile(path, tensors);
  return path;
};

async function predict(model: Model): Promise<Float32Array> {
  const latent = createTensor([1, 4, 8, 8]);
  latent.data.forEach((_, at) => (latent.data[at] = Math.sin(at * 12.9898)));
  const context = createTensor([1, 77, TINY_TEXT_WIDTH]);
  context.data.forEach((_, at) => (context.data[at] = Math.cos(at * 7.13)));
  return (await (await model.unet()).predict({ latent, timesteps: Float32Array.of(400), context })).data;
}
const under = async (...patches: Patch[]): Promise<Float32Array> =>
  predict((await loadUnet(basePath, store)).withPatches(patches));

function farthest(one: Float32Array, other: Float32Array): number {
  return one.reduce((most, value, at) => Math.max(most, Math.abs(value - (other[at] ?? NaN))), 0);
}

const pairs = {
  attention: [matrix(32, RANK), matrix(RANK, 32)],
  convolution: [matrix(64, RANK, 1, 1), matrix(RANK, 128, 3, 3)],
} as const;

/** The same file as different trainers write it; alpha 6 and rank 3 count twice. */
const STYLES: Record<string, (end: 'down' | 'up') => readonly [attention: string, convolution: string]> = {
  'kohya, in the naming of diffusers': (end) => [
    `lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q.lora_${end}.weight`,
    `lora_unet_up_blocks_0_resnets_2_conv1.lora_${end}.weight`,
  ],
  'kohya, in the naming of the first releases': (end) => [
    `lora_unet_input_blocks_1_1_transformer_blocks_0_attn1_to_q.lora_${end}.weight`,
    `lora_unet_output_blocks_2_0_in_layers_2.lora_${end}.weight`,
  ],
  'diffusers with PEFT': (end) => [
    `unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q.lora_${end === 'up' ? 'B' : 'A'}.weight`,
    `unet.up_blocks.0.resnets.2.conv1.lora_${end === 'up' ? 'B' : 'A'}.weight`,
  ],
  'the first diffusers': (end) => [
    `unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.processor.to_q_lora.${end}.weight`,
    `unet.up_blocks.0.resnets.2.conv1.lora_linear_layer.${end}.weight`,
  ],
};

let plain: Float32Array;
beforeAll(async () => {
  plain = await under();
});

// the strength has to do with the numbers, not with the names: each is tried with files of two styles
it.each(Object.entries(STYLES).map(([style, names], at) => ({ style, names, strength: at % 2 ? -0.5 : 1 })))(
  '$style, at strength $strength, is as if it were merged',
  async ({ style, names, strength }) => {
    const tensors: Tensors = new Map();
    for (const [at, pair] of [pairs.attention, pairs.convolution].entries()) {
      tensors.set(names('up')[at]!, pair[0]);
      tensors.set(names('down')[at]!, pair[1]);
    }
    const hasAlpha = style.startsWith('kohya');
    if (hasAlpha)
      for (const name of names('up'))
        tensors.set(name.replace('.lora_up.weight', '.alpha'), { shape: [], values: [6] });
    const merged = new Map(unet);
    merge(merged, ATTENTION, ...pairs.attention, strength * (hasAlpha ? 2 : 1));
    merge(merged, CONVOLUTION, ...pairs.convolution, strength * (hasAlpha ? 2 : 1));
    const want = await predict(await loadUnet(write('merged', merged), store));
    expect(farthest(await under({ path: write('patch', tensors), strength }), want)).toBeLessThan(2e-4);
    expect(farthest(plain, want)).toBeGreaterThan(0.01);
  },
);

it('at strength 0 changes nothing', async () => {
  const names = STYLES['diffusers with PEFT']!;
  const tensors: Tensors = new Map([
    [names('up')[0], pairs.attention[0]],
    [names('down')[0], pairs.attention[1]],
  ]);
  expect(farthest(await under({ path: write('patch', tensors), strength: 0 }), plain)).toBe(0);
});

it('several files lie over each other, and over the text encoder', async () => {
  const names = STYLES['kohya, in the naming of diffusers']!;
  const one: Tensors = new Map([
    [names('up')[0], pairs.attention[0]],
    [names('down')[0], pairs.attention[1]],
  ]);
  const other: Tensors = new Map([
    [names('up')[1], pairs.convolution[0]],
    [names('down')[1], pairs.convolution[1]],
    ['lora_te_text_model_encoder_layers_0_self_attn_q_proj.lora_up.weight', matrix(64, RANK)],
    ['lora_te_text_model_encoder_layers_0_self_attn_q_proj.lora_down.weight', matrix(RANK, 64)],
  ]);
  const patches = [
    { path: write('one', one), strength: 0.7 },
    { path: write('other', other), strength: 0.3 },
  ];
  const merged = new Map(base);
  merge(merged, ATTENTION, ...pairs.attention, 0.7);
  merge(merged, CONVOLUTION, ...pairs.convolution, 0.3);
  const text = [...other.values()];
  merge(merged, TEXT, text[2]!, text[3]!, 0.3);
  const whole = await loadCheckpoint(write('all', merged), store);
  expect(farthest(await under(...patches), await predict(whole.model))).toBeLessThan(2e-4);

  const row = [49_406, 320, ...Array.from({ length: 75 }, () => 49_407)];
  const { clip } = await loadCheckpoint(basePath, store);
  const [patched] = await clip!.withPatches(patches).encoders();
  const [wanted] = await whole.clip!.encoders();
  const options = { skip: 0, isNormed: true };
  const [have, want] = [await patched!.encode([row], options), await wanted!.encode([row], options)];
  expect(farthest(have.hidden.data, want.hidden.data)).toBeLessThan(1e-4);
});

it.each<[string, Tensors, string]>([
  [
    'for another family',
    new Map([['lora_unet_mid_block_attentions_9_to_q.lora_up.weight', matrix(2, RANK)]]),
    'it is for another family',
  ],
  [
    'of another width',
    new Map([
      [STYLES['diffusers with PEFT']!('up')[0], matrix(320, RANK)],
      [STYLES['diffusers with PEFT']!('down')[0], matrix(RANK, 320)],
    ]),
    'has the shape 320×3, not 32×3',
  ],
  ['of another kind', new Map([['lora_unet_x.hada_w1_a', matrix(2, 2)]]), 'it is a LoHa file'],
])('a file %s is refused', async (_, tensors, reason) => {
  await expect(under({ path: write('bad', tensors), strength: 1 })).rejects.toThrow(reason);
});
