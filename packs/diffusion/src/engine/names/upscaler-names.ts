/** Names of an ESRGAN's weights: the first release numbered its layers, later ones named them, twice. */
import type { TensorFile } from '../files/tensor-file.ts';
import { weightsOf } from '../weights/weights.ts';
import type { Weights } from '../weights/weights.ts';

const SECOND: readonly (readonly [ours: RegExp, theirs: string])[] = [
  [/^body\.(\d+)\.rdb/, 'RRDB_trunk.$1.RDB'],
  [/^conv_body\b/, 'trunk_conv'],
  [/^conv_up(\d)\b/, 'upconv$1'],
  [/^conv_hr\b/, 'HRconv'],
];

const inSecond = (name: string): string => SECOND.reduce((text, [ours, theirs]) => text.replace(ours, theirs), name);

/** Layers without weights are counted there too: each doubling is three layers, then come two convolutions with one between. */
function inFirst(file: TensorFile): (name: string) => string {
  const numbers = [...file.tensors.keys()]
    .flatMap((name) => /^model\.(\d+)\.weight$/.exec(name)?.[1] ?? [])
    .map(Number);
  const last = Math.max(...numbers);
  const trunk = [...file.tensors.keys()].flatMap((name) => /^model\.1\.sub\.(\d+)\.weight$/.exec(name)?.[1] ?? []);
  const layers: Record<string, string> = {
    conv_first: 'model.0',
    conv_body: `model.1.sub.${trunk[0] ?? 0}`,
    conv_hr: `model.${last - 2}`,
    conv_last: `model.${last}`,
  };
  for (const [at, number] of numbers
    .filter((number) => number > 0 && number < last - 2)
    .sort((a, b) => a - b)
    .entries())
    layers[`conv_up${at + 1}`] = `model.${number}`;
  return (name) => {
    const block = /^body\.(\d+)\.rdb(\d)\.conv(\d)\.(.+)$/.exec(name);
    if (block) return `model.1.sub.${block[1]}.RDB${block[2]}.conv${block[3]}.0.${block[4]}`;
    const [layer = '', end = ''] = name.split('.');
    return `${layers[layer] ?? layer}.${end}`;
  };
}

export function upscalerWeights(file: TensorFile): Weights | undefined {
  const styles = [(name: string) => name, inSecond, inFirst(file), (name: string) => `params_ema.${name}`];
  return styles
    .map((rename) => weightsOf(file, (name) => ({ name: rename(name) })))
    .find((weights) => weights.find('body.0.rdb1.conv1.weight') && weights.find('conv_last.weight'));
}
