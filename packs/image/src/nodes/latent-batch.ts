import { defineNode, input, LATENT, output } from '@snug/node-kit';
import type { AnyNode, Latent, Tensor } from '@snug/node-kit';
import { concat, cycle, narrow } from '../planes/axis.ts';
import { axisPart } from '../planes/axis-part.ts';
import { alignSamples, batchSize, CELL, heightOf, indexOf, widthOf, withSamples } from '../planes/latents.ts';
import { MAX_SIDE, newTensor } from '../planes/limit.ts';
import { resizeTensor } from '../pixels/resize.ts';
import { BadInput } from './bad-input.ts';

const category = 'model/latent/batch';

/** A noise mask for each item of a batch; a single one stays single, and serves them all. */
function maskOfEach(mask: Tensor | undefined, size: number): Tensor | undefined {
  return mask && batchSize(mask) > 1 && batchSize(mask) < size ? cycle(mask, size) : mask;
}

const latentFromBatch = defineNode({
  type: 'LatentFromBatch',
  displayName: 'Get Latent From Batch',
  category,
  description: 'Takes some latents out of a batch; a negative index counts from its end.',
  inputs: {
    samples: input.of(LATENT),
    batch_index: input.int({ default: 0, min: -MAX_SIDE, max: MAX_SIDE }),
    length: input.int({ default: 1, min: 1, max: 64 }),
  },
  outputs: { LATENT: output.of(LATENT) },
  run({ samples: latent, batch_index, length: asked }) {
    const size = batchSize(latent.samples);
    const { start, length } = axisPart(size, batch_index, asked);
    const mask = maskOfEach(latent.noiseMask, size);
    return {
      LATENT: {
        ...latent,
        samples: narrow(latent.samples, 0, start, length),
        noiseMask: mask && batchSize(mask) > 1 ? narrow(mask, 0, start, length) : mask,
        batchIndex: indexOf(latent).slice(start, start + length),
      },
    };
  },
});

const repeatLatentBatch = defineNode({
  type: 'RepeatLatentBatch',
  displayName: 'Repeat Latent Batch',
  category,
  description: 'Repeats a batch of latents so many times; seed offsets go on counting.',
  inputs: { samples: input.of(LATENT), amount: input.int({ default: 1, min: 1, max: 64 }) },
  outputs: { LATENT: output.of(LATENT) },
  run({ samples: latent, amount }) {
    const { samples, batchIndex } = latent;
    const size = batchSize(samples);
    const mask = maskOfEach(latent.noiseMask, size);
    return {
      LATENT: {
        ...latent,
        samples: cycle(samples, size * amount),
        noiseMask: mask && batchSize(mask) > 1 ? cycle(mask, batchSize(mask) * amount) : mask,
        batchIndex: batchIndex && repeatedIndex(batchIndex, amount),
      },
    };
  },
});

/** Each repetition counts on from where the one before it ended. */
function repeatedIndex(index: readonly number[], amount: number): number[] {
  const [low, high] = index.reduce(
    ([low, high], one) => [Math.min(low, one), Math.max(high, one)],
    [Infinity, -Infinity],
  );
  const step = high - low + 1;
  return Array.from({ length: amount }, (_, at) => index.map((one) => one + at * step)).flat();
}

function joinLatents(latents: readonly Latent[], name: (at: number) => string): Latent {
  const [first, ...others] = latents;
  if (!first) throw new BadInput('latents', 'there is nothing to put into a batch: connect at least one latent.');
  const aligned = others.map(({ samples }, at) => alignSamples(first.samples, samples, name(at + 1)));
  return {
    ...withSamples(first, concat([first.samples, ...aligned], 0)),
    batchIndex: latents.flatMap((latent) => indexOf(latent)),
  };
}

const batchLatents = defineNode({
  type: 'BatchLatentsNode',
  form: 'schema',
  displayName: 'Batch Latents',
  category,
  description: 'Puts all latents into one batch, scaled to the size of the first.',
  inputs: { latents: input.autogrow(input.of(LATENT), { prefix: 'latent', min: 1, max: 50 }) },
  outputs: { LATENT: output.of(LATENT) },
  run({ latents }) {
    const names = Object.keys(latents);
    return { LATENT: joinLatents(Object.values(latents), (at) => `latents.${names[at]}`) };
  },
});

const latentBatch = defineNode({
  type: 'LatentBatch',
  form: 'schema',
  displayName: 'Batch Latents (DEPRECATED)',
  category,
  description: 'Puts the second batch of latents behind the first, scaled to its size.',
  deprecated: true,
  inputs: { samples1: input.of(LATENT), samples2: input.of(LATENT) },
  outputs: { LATENT: output.of(LATENT) },
  run: ({ samples1, samples2 }) => ({ LATENT: joinLatents([samples1, samples2], () => 'samples2') }),
});

const latentBatchSeedBehavior = defineNode({
  type: 'LatentBatchSeedBehavior',
  form: 'schema',
  category: 'model/latent/advanced',
  description: 'Gives all latents of a batch the same noise, or each its own.',
  inputs: {
    samples: input.of(LATENT),
    seed_behavior: input.choice(['random', 'fixed'], { default: 'fixed' }),
  },
  outputs: { LATENT: output.of(LATENT) },
  run({ samples: latent, seed_behavior }) {
    const first = latent.batchIndex?.[0] ?? 0;
    const same = Array.from({ length: batchSize(latent.samples) }, () => first);
    return { LATENT: { ...latent, batchIndex: seed_behavior === 'fixed' ? same : undefined } };
  },
});

/** One latent of a batch, on its way into another. */
interface Item {
  readonly latent: Latent;
  readonly samples: Tensor;
  readonly mask: Tensor | undefined;
  readonly index: number;
}

function itemOf(tensor: Tensor, at: number): Tensor {
  const size = tensor.data.length / batchSize(tensor);
  return { data: tensor.data.subarray(at * size, (at + 1) * size), shape: [1, ...tensor.shape.slice(1)] };
}

function splitLatents(latents: readonly Latent[]): Item[] {
  const items: Item[] = [];
  for (const latent of latents) {
    const { samples, noiseMask } = latent;
    const index = indexOf(latent, items.length);
    for (let at = 0; at < batchSize(samples); at++) {
      const mask = noiseMask && itemOf(noiseMask, at % batchSize(noiseMask));
      items.push({ latent, samples: itemOf(samples, at), mask, index: index[at] ?? items.length });
    }
  }
  return items;
}

/** The mask of an item at the size of its pixels; without one noise is added everywhere. */
function fullMask({ samples, mask }: Item): Tensor {
  const [height, width] = [heightOf(samples) * CELL, widthOf(samples) * CELL];
  if (!mask) {
    const ones = newTensor([1, 1, height, width]);
    ones.data.fill(1);
    return ones;
  }
  if (heightOf(mask) === height && widthOf(mask) === width) return mask;
  return resizeTensor(mask, width, height, 'bilinear');
}

function joinItems(items: readonly Item[]): Latent {
  return {
    ...items[0]!.latent,
    samples: concat(
      items.map((item) => item.samples),
      0,
    ),
    noiseMask: items.some((item) => item.mask) ? concat(items.map(fullMask), 0) : undefined,
    batchIndex: items.map((item) => item.index),
  };
}

const rebatchLatents = defineNode({
  type: 'RebatchLatents',
  form: 'schema',
  displayName: 'Rebatch Latents',
  category,
  description: 'Deals all latents out again into batches of a given size; another shape starts another batch.',
  takesLists: true,
  inputs: { latents: input.of(LATENT), batch_size: input.int({ default: 1, min: 1, max: 4096 }) },
  outputs: { LATENT: output.list(LATENT) },
  run({ latents, batch_size: [limit = 1] }) {
    const batches: Latent[] = [];
    let waiting: Item[] = [];
    for (const item of splitLatents(latents)) {
      const shape = waiting[0]?.samples.shape ?? item.samples.shape;
      if (waiting.length >= limit || item.samples.shape.join() !== shape.join()) {
        batches.push(joinItems(waiting));
        waiting = [];
      }
      waiting.push(item);
    }
    if (waiting.length) batches.push(joinItems(waiting));
    return { LATENT: batches };
  },
});

export const latentBatchNodes: readonly AnyNode[] = [
  latentFromBatch,
  repeatLatentBatch,
  batchLatents,
  latentBatch,
  latentBatchSeedBehavior,
  rebatchLatents,
];
