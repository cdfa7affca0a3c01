import { defineNode, input, LATENT, output } from '@snug/node-kit';
import type { AnyNode, Tensor } from '@snug/node-kit';
import { concat, cycle, narrow } from '../planes/axis.ts';
import { axisPart } from '../planes/axis-part.ts';
import {
  batchSize,
  checkKind,
  combine,
  heightOf,
  matchSamples,
  resizeSamples,
  widthOf,
  withSamples,
} from '../planes/latents.ts';
import { MAX_SIDE, newTensor } from '../planes/limit.ts';
import { BadInput } from './bad-input.ts';

const category = 'model/latent/advanced';
const { fround } = Math;

const latentAdd = defineNode({
  type: 'LatentAdd',
  form: 'schema',
  category,
  description: 'Adds the second latent, fitted to the first, to it.',
  inputs: { samples1: input.of(LATENT), samples2: input.of(LATENT) },
  outputs: { LATENT: output.of(LATENT) },
  run({ samples1, samples2 }) {
    const second = matchSamples(samples1.samples, samples2.samples, 'samples2');
    return {
      LATENT: withSamples(
        samples1,
        combine(samples1.samples, second, (one, other) => one + other),
      ),
    };
  },
});

const latentSubtract = defineNode({
  type: 'LatentSubtract',
  form: 'schema',
  category,
  description: 'Subtracts the second latent, fitted to the first, from it.',
  inputs: { samples1: input.of(LATENT), samples2: input.of(LATENT) },
  outputs: { LATENT: output.of(LATENT) },
  run({ samples1, samples2 }) {
    const second = matchSamples(samples1.samples, samples2.samples, 'samples2');
    return {
      LATENT: withSamples(
        samples1,
        combine(samples1.samples, second, (one, other) => one - other),
      ),
    };
  },
});

const latentMultiply = defineNode({
  type: 'LatentMultiply',
  form: 'schema',
  category,
  description: 'Multiplies every value of a latent by a number.',
  inputs: {
    samples: input.of(LATENT),
    multiplier: input.float({ default: 1, min: -10, max: 10, step: 0.01 }),
  },
  outputs: { LATENT: output.of(LATENT) },
  run({ samples: latent, multiplier }) {
    const factor = fround(multiplier);
    const { data, shape } = latent.samples;
    return { LATENT: withSamples(latent, { data: data.map((value) => value * factor), shape }) };
  },
});

/** The length of each vector along the channels. */
function lengths({ data, shape }: Tensor): Tensor {
  const [batch = 1, channels = 1, ...rest] = shape;
  const size = rest.reduce((product, side) => product * side, 1);
  const result = newTensor([batch, 1, ...rest]);
  const squares = new Float64Array(size);
  for (let item = 0; item < batch; item++) {
    squares.fill(0);
    for (let channel = 0; channel < channels; channel++) {
      const from = (item * channels + channel) * size;
      for (let i = 0; i < size; i++) squares[i]! += data[from + i]! ** 2;
    }
    for (let i = 0; i < size; i++) result.data[item * size + i] = Math.sqrt(squares[i]!);
  }
  return result;
}

/** The same directions with other lengths; a vector of length 0 has none and stays 0. */
function withLengths({ data, shape }: Tensor, from: Tensor, to?: Tensor): Tensor {
  const [batch = 1, channels = 1] = shape;
  const size = from.data.length / batch;
  const result = newTensor(shape);
  for (let i = 0; i < data.length; i++) {
    const at = Math.floor(i / (channels * size)) * size + (i % size);
    const length = from.data[at]!;
    const direction = length === 0 ? 0 : fround(data[i]! / length);
    result.data[i] = to ? direction * to.data[at]! : direction;
  }
  return result;
}

const latentInterpolate = defineNode({
  type: 'LatentInterpolate',
  form: 'schema',
  category,
  description: 'Mixes two latents so that lengths of vectors are kept; the ratio is the share of the first.',
  inputs: {
    samples1: input.of(LATENT),
    samples2: input.of(LATENT),
    ratio: input.float({ default: 1, min: 0, max: 1, step: 0.01 }),
  },
  outputs: { LATENT: output.of(LATENT) },
  run({ samples1, samples2, ratio }) {
    const [share, rest] = [fround(ratio), fround(1 - ratio)];
    const mix = (one: number, other: number): number => fround(one * share) + fround(other * rest);
    const first = samples1.samples;
    const second = matchSamples(first, samples2.samples, 'samples2');
    const [firstLengths, secondLengths] = [lengths(first), lengths(second)];
    const mixed = combine(withLengths(first, firstLengths), withLengths(second, secondLengths), mix);
    const result = withLengths(mixed, lengths(mixed), combine(firstLengths, secondLengths, mix));
    return { LATENT: withSamples(samples1, result) };
  },
});

/** The axis that `x`, `y` or `t` names. */
function axisOf(samples: Tensor, dim: string): number {
  const axes = samples.shape.length;
  if (!dim.endsWith('t')) return axes - (dim.endsWith('x') ? 1 : 2);
  if (axes < 5)
    throw new BadInput('dim', 'these latents have no frames, so no t: choose x or y, or connect video latents.');
  return 2;
}

const latentConcat = defineNode({
  type: 'LatentConcat',
  form: 'schema',
  category,
  description: 'Puts two latents side by side along an axis; a minus puts the second one first.',
  inputs: {
    samples1: input.of(LATENT),
    samples2: input.of(LATENT),
    dim: input.choice(['x', '-x', 'y', '-y', 't', '-t']),
  },
  outputs: { LATENT: output.of(LATENT) },
  run({ samples1, samples2, dim }) {
    const first = samples1.samples;
    const axis = axisOf(first, dim);
    let second = resizeSamples(samples2.samples, widthOf(first), heightOf(first), 'bilinear', 'center');
    // frames may differ in number where they are what is joined
    const joined = (samples: Tensor): Tensor => ({
      ...samples,
      shape: samples.shape.map((side, at) => (at === axis ? 1 : side)),
    });
    checkKind(joined(first), joined(second), 'samples2');
    if (batchSize(second) !== batchSize(first)) second = cycle(second, batchSize(first));
    const parts = dim.startsWith('-') ? [second, first] : [first, second];
    return { LATENT: withSamples(samples1, concat(parts, axis)) };
  },
});

const latentCut = defineNode({
  type: 'LatentCut',
  form: 'schema',
  category,
  description: 'Cuts a part of a latent out along an axis; a negative index counts from its end.',
  inputs: {
    samples: input.of(LATENT),
    dim: input.choice(['x', 'y', 't']),
    index: input.int({ default: 0, min: -MAX_SIDE, max: MAX_SIDE, step: 1 }),
    amount: input.int({ default: 1, min: 1, max: MAX_SIDE, step: 1 }),
  },
  outputs: { LATENT: output.of(LATENT) },
  run({ samples: latent, dim, index, amount }) {
    const { samples } = latent;
    const axis = axisOf(samples, dim);
    const part = axisPart(samples.shape[axis]!, index, amount);
    return { LATENT: withSamples(latent, narrow(samples, axis, part.start, part.length)) };
  },
});

export const latentArithmeticNodes: readonly AnyNode[] = [
  latentAdd,
  latentSubtract,
  latentMultiply,
  latentInterpolate,
  latentConcat,
  latentCut,
];
