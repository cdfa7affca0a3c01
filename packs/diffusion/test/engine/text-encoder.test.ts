/** The text encoder against plain loops; and its two namings against each other. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createModelStore, loadClip } from '../../src/engine/index.ts';
import type { TextEncoder } from '../../src/seams.ts';
import { writeTensorFile } from './safetensors-file.ts';
import type { TestTensor } from './safetensors-file.ts';
import { putOpenText, putText, randomTensors } from './tiny-checkpoint.ts';

type Tensors = Map<string, TestTensor>;
const folder = mkdtempSync(join(tmpdir(), 'snug-text-'));
const store = createModelStore({ threads: 1 });
afterAll(async () => {
  await store.free();
  rmSync(folder, { recursive: true });
});

async function encoderOf(name: string, tensors: Tensors): Promise<TextEncoder> {
  const path = join(folder, `${name}.safetensors`);
  writeTensorFile(path, tensors);
  const [encoder] = await (await loadClip([path], store)).encoders();
  return encoder!;
}

const WIDTH = 64;
const LENGTH = 77;

const filled = (fill: (put: (name: string, ...shape: number[]) => void, prefix: string) => void): Tensors => {
  const tensors: Tensors = new Map();
  fill(randomTensors(tensors, 21), '');
  return tensors;
};

const quickGelu = (v: number): number => v / (1 + Math.exp(-1.702 * v));

/** One row through an encoder of one head; what each layer says. */
function encodePlainly(tensors: Tensors, row: readonly number[], prefix: string): number[][][] {
  const values = (name: string): Float32Array => tensors.get(prefix + name)!.values as Float32Array;
  const linear = (x: readonly number[], name: string): number[] => {
    const [matrix, bias] = [values(`${name}.weight`), values(`${name}.bias`)];
    return Array.from(bias, (start, o) => x.reduce((sum, value, i) => sum + value * matrix[o * x.length + i]!, start));
  };
  const norm = (x: readonly number[], name: string): number[] => {
    const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
    const spread = Math.sqrt(x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length + 1e-5);
    return x.map(
      (value, at) => ((value - mean) / spread) * values(`${name}.weight`)[at]! + values(`${name}.bias`)[at]!,
    );
  };
  const plus = (x: readonly number[], y: readonly number[]): number[] => x.map((value, at) => value + y[at]!);
  const [known, places] = [values('embeddings.token_embedding.weight'), values('embeddings.position_embedding.weight')];
  let x = row.map((id, at) =>
    Array.from({ length: WIDTH }, (_, i) => known[id * WIDTH + i]! + places[at * WIDTH + i]!),
  );
  const said: number[][][] = [];
  for (let layer = 0; tensors.has(`${prefix}encoder.layers.${layer}.layer_norm1.weight`); layer++) {
    const name = `encoder.layers.${layer}`;
    const own = x.map((one) => norm(one, `${name}.layer_norm1`));
    const [q, k, v] = ['q', 'k', 'v'].map((part) =>
      own.map((one) => linear(one, `${name}.self_attn.${part}_proj`)),
    ) as [number[][], number[][], number[][]];
    const looked = q.map((query, at) => {
      const seen = k
        .slice(0, at + 1)
        .map((key) => Math.exp(key.reduce((sum, value, i) => sum + value * query[i]!, 0) / Math.sqrt(WIDTH)));
      const all = seen.reduce((sum, value) => sum + value, 0);
      return query.map((_, i) => seen.reduce((sum, value, token) => sum + (value / all) * v[token]![i]!, 0));
    });
    x = x.map((one, at) => plus(one, linear(looked[at]!, `${name}.self_attn.out_proj`)));
    x = x.map((one) =>
      plus(one, linear(linear(norm(one, `${name}.layer_norm2`), `${name}.mlp.fc1`).map(quickGelu), `${name}.mlp.fc2`)),
    );
    said.push(x);
  }
  return [...said, x.map((one) => norm(one, 'final_layer_norm'))];
}

const row = [49_406, 320, 1125, 539, ...Array.from({ length: LENGTH - 4 }, () => 49_407)];

function expectNear(data: Float32Array, want: readonly number[]): void {
  expect(data.length).toBe(want.length);
  for (const [at, value] of want.entries()) expect(Math.abs(data[at]! - value)).toBeLessThan(2e-4);
}

it('CLIP-L says what the loops say, after each layer', async () => {
  const tensors = filled((put) => putText(put, 'text_model.'));
  const encoder = await encoderOf('l', tensors);
  expect(encoder).toMatchObject({ kind: 'clip-l', width: WIDTH, layers: 2 });
  const [first, second, normed] = encodePlainly(tensors, row, 'text_model.');
  const last = await encoder.encode([row], { skip: 0, isNormed: true });
  expectNear(last.hidden.data, normed!.flat());
  // there is no projection, and the text ends at its fifth token
  expectNear(last.pooled.data, normed![4]!);
  expectNear((await encoder.encode([row], { skip: 0, isNormed: false })).hidden.data, second!.flat());
  expectNear((await encoder.encode([row], { skip: 1, isNormed: false })).hidden.data, first!.flat());
});

it('a vector takes the place of a token', async () => {
  const tensors = filled((put) => putText(put, 'text_model.'));
  const encoder = await encoderOf('vector', tensors);
  const table = tensors.get('text_model.embeddings.token_embedding.weight')!.values as Float32Array;
  const options = { skip: 0, isNormed: true } as const;
  const withVector = row.map((id, at) => (at === 2 ? table.slice(id * WIDTH, (id + 1) * WIDTH) : id));
  const [byId, byVector] = [await encoder.encode([row], options), await encoder.encode([withVector], options)];
  expectNear(byVector.hidden.data, [...byId.hidden.data]);
  const other = await encoder.encode([row.map((id, at) => (at === 2 ? new Float32Array(WIDTH) : id))], options);
  expect(Math.abs(other.pooled.data[0]! - byId.pooled.data[0]!)).toBeGreaterThan(1e-4);
  const wide = encoder.encode([row.map((id, at) => (at === 2 ? new Float32Array(768) : id))], options);
  await expect(wide).rejects.toThrow('takes vectors of 64 numbers, not 768');
  await expect(encoder.encode([[1, 2]], options)).rejects.toThrow('rows of 77 tokens, not 2');
});

it('OpenCLIP in its own naming is the same as in the naming of transformers', async () => {
  const open = filled(putOpenText);
  const named: Tensors = new Map();
  const rename = (from: string, to: string, shape?: number[], values?: Float32Array): void => {
    const tensor = open.get(from)!;
    named.set(to, { shape: shape ?? tensor.shape, values: values ?? tensor.values });
  };
  rename('token_embedding.weight', 'text_model.embeddings.token_embedding.weight');
  rename('positional_embedding', 'text_model.embeddings.position_embedding.weight');
  const projection = open.get('text_projection')!.values as Float32Array;
  const turned = projection.map((_, at) => projection[(at % WIDTH) * WIDTH + Math.floor(at / WIDTH)]!);
  rename('text_projection', 'text_projection.weight', [WIDTH, WIDTH], turned);
  for (const end of ['weight', 'bias']) {
    rename(`ln_final.${end}`, `text_model.final_layer_norm.${end}`);
    for (const layer of [0, 1]) {
      const [theirs, ours] = [`transformer.resblocks.${layer}`, `text_model.encoder.layers.${layer}`];
      rename(`${theirs}.ln_1.${end}`, `${ours}.layer_norm1.${end}`);
      rename(`${theirs}.ln_2.${end}`, `${ours}.layer_norm2.${end}`);
      rename(`${theirs}.mlp.c_fc.${end}`, `${ours}.mlp.fc1.${end}`);
      rename(`${theirs}.mlp.c_proj.${end}`, `${ours}.mlp.fc2.${end}`);
      rename(`${theirs}.attn.out_proj.${end}`, `${ours}.self_attn.out_proj.${end}`);
      const joined = open.get(`${theirs}.attn.in_proj_${end}`)!.values as Float32Array;
      for (const [at, part] of ['q', 'k', 'v'].entries()) {
        const size = joined.length / 3;
        const shape = end === 'weight' ? [WIDTH, WIDTH] : [WIDTH];
        rename(
          `${theirs}.ln_1.${end}`,
          `${ours}.self_attn.${part}_proj.${end}`,
          shape,
          joined.slice(at * size, (at + 1) * size),
        );
      }
    }
  }
  const padded = row.map((id, at) => (at > 4 ? 0 : id));
  const options = { skip: 0, isNormed: true } as const;
  const theirs = await (await encoderOf('open', open)).encode([padded], options);
  const ours = await (await encoderOf('named', named)).encode([padded], options);
  expectNear(theirs.hidden.data, [...ours.hidden.data]);
  expectNear(theirs.pooled.data, [...ours.pooled.data]);
  expect(theirs.pooled.data).not.toEqual(theirs.hidden.data.slice(4 * WIDTH, 5 * WIDTH));
});

it('a file without a text encoder is refused', async () => {
  const path = join(folder, 'none.safetensors');
  writeTensorFile(path, new Map([['a', { shape: [1], values: [1] }]]));
  await expect(loadClip([path], store)).rejects.toThrow('holds no text encoder');
});
