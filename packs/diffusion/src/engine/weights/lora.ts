/** LoRA files: small matrices whose products are added to the weights of a model. */
import { openTensorFile, readTensors, refuse } from '../files/tensor-file.ts';
import type { TensorFile } from '../files/tensor-file.ts';
import { weightIn } from './weights.ts';
import type { Delta, Weights } from './weights.ts';

export interface Lora {
  readonly file: TensorFile;
  /** What the writer scaled by, times the rank, by the name of its tensor. */
  readonly alphas: ReadonlyMap<string, number>;
}

/** How files name the layers of a network: `names` gives all names of one, and `marks` how those of any begin. */
export interface LoraNaming {
  readonly marks: readonly string[];
  readonly names: (layer: string) => readonly string[];
}

/** Endings of the two matrices, as the different trainers write them. */
const PAIRS: readonly (readonly [down: string, up: string])[] = [
  ['.lora_down.weight', '.lora_up.weight'],
  ['.lora_A.weight', '.lora_B.weight'],
  ['.lora.down.weight', '.lora.up.weight'],
  ['.lora_linear_layer.down.weight', '.lora_linear_layer.up.weight'],
  ['_lora.down.weight', '_lora.up.weight'],
];

/** Kinds of files that hold something else than two matrices. */
const OTHERS: readonly (readonly [part: RegExp, what: string])[] = [
  [/\.hada_w1_a$/, 'LoHa'],
  [/\.lokr_w1(_a)?$/, 'LoKr'],
  [/\.oft_blocks$/, 'OFT'],
  [/\.dora_scale$|\.lora_magnitude_vector/, 'DoRA'],
];

/** @throws {EngineError} `checkpoint_refused` */
export async function openLora(path: string): Promise<Lora> {
  const file = await openTensorFile(path);
  const names = [...file.tensors.keys()];
  for (const [part, what] of OTHERS) {
    if (names.some((name) => part.test(name))) refuse(path, `it is a ${what} file, this pack knows plain LoRA`);
  }
  const scales = names.filter((name) => name.endsWith('.alpha'));
  const values = await readTensors(file, scales);
  return { file, alphas: new Map(scales.map((name, at) => [name, values[at]?.data[0] ?? 0])) };
}

export interface AppliedLora {
  readonly lora: Lora;
  readonly strength: number;
}

export interface PatchedWeights extends Weights {
  /** @throws {EngineError} `checkpoint_refused` when a file has layers of the network's kind, and none fitted. */
  refuseStrangers(): void;
}

/** Weights with files laid over them. */
export function withLoras(
  weights: Weights,
  applied: readonly AppliedLora[],
  { marks, names }: LoraNaming,
): PatchedWeights {
  const used = new Set<Lora>();
  return {
    ...weights,
    deltas(name) {
      const [, layer = name, end = ''] = /^(.*)\.(weight|bias)$/.exec(name) ?? [];
      return applied.flatMap(({ lora, strength }) => {
        const found = names(layer).flatMap((base) => deltaOf(lora, base, end) ?? []);
        if (found.length) used.add(lora);
        return found.slice(0, 1).map((delta) => ({ ...delta, factor: delta.factor * strength }));
      });
    },
    refuseStrangers() {
      for (const { lora } of applied) {
        const isMeant = [...lora.file.tensors.keys()].some((name) => marks.some((mark) => name.startsWith(mark)));
        if (isMeant && !used.has(lora))
          refuse(lora.file.path, `none of its layers is in ${weights.path}: it is for another family`);
      }
    },
  };
}

function deltaOf({ file, alphas }: Lora, base: string, end: string): Delta | undefined {
  const difference = weightIn(file, { name: `${base}.${end === 'bias' ? 'diff_b' : 'diff'}` });
  if (difference) return { kind: 'full', difference, factor: 1 };
  if (end !== 'weight') return undefined;
  for (const [down, up] of PAIRS) {
    const pair = { down: weightIn(file, { name: base + down }), up: weightIn(file, { name: base + up }) };
    if (!pair.down || !pair.up) continue;
    const rank = pair.down.shape[0] ?? 0;
    const alpha = alphas.get(`${base}.alpha`) ?? rank;
    const mid = weightIn(file, { name: `${base}.lora_mid.weight` });
    return { kind: 'low-rank', down: pair.down, up: pair.up, mid, factor: alpha / rank };
  }
  return undefined;
}
