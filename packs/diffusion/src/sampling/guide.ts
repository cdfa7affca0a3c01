/** From a network that predicts noise to the picture that a prompt sees in a latent. */
import { createTensor } from '@snug/node-kit';
import type { Prediction, Unet } from '../seams.ts';
import type { NoiseLevels } from './noise-levels.ts';
import { cutSample } from './part.ts';
import type { Part } from './part.ts';
import type { DenoisedPair } from './samplers/sampler.ts';

/** Cells of all samples in one call, two samples of 512 by 512 pixels: more would need memory and gain nothing. */
const CELLS_IN_CALL = 2 * 64 * 64;
/** Contexts of different lengths share a call when the shorter one is repeated no more often than this. */
const MOST_REPEATS = 4;
/** Keeps a cell that no conditioning covers from being divided by zero. */
const TINY = 1e-37;

export interface Guidance {
  readonly unet: Unet;
  readonly prediction: Prediction;
  readonly levels: NoiseLevels;
  readonly parts: readonly Part[];
  /** How far to go from the unguided picture past the guided one; 1 is the guided one itself. */
  readonly cfg: number;
  /** `[batch, channels, height, width]`. */
  readonly shape: readonly number[];
  /** Asked before each call of the network; throws when the prompt was interrupted. */
  readonly checkpoint: () => void;
}

/** One sample of one conditioning on its way through the network. */
interface Job {
  readonly part: Part;
  readonly sample: number;
}

/** Denoises with classifier-free guidance (Ho and Salimans 2022). `needsBoth` also looks without the prompt when cfg is 1. */
export async function guide(
  latent: Float32Array,
  sigma: number,
  guidance: Guidance,
  needsBoth = false,
): Promise<DenoisedPair> {
  const { cfg, parts } = guidance;
  const isOneSided = (cfg === 1 && !needsBoth) || parts.every((part) => part.isPositive);
  const active = parts.filter(
    ({ isPositive, from, to }) => (isPositive || !isOneSided) && sigma <= from && sigma >= to,
  );
  const predicted = await predictAll(latent, sigma, active, guidance);
  const guided = average(
    active.filter((part) => part.isPositive),
    predicted,
    guidance.shape,
  );
  if (isOneSided) return { guided, unguided: guided };
  const unguided = average(
    active.filter((part) => !part.isPositive),
    predicted,
    guidance.shape,
  );
  const mixed = guided.map((value, at) => unguided[at]! + (value - unguided[at]!) * cfg);
  return { guided: mixed, unguided };
}

/** What each part's box looks like without noise, sample after sample. */
async function predictAll(
  latent: Float32Array,
  sigma: number,
  parts: readonly Part[],
  guidance: Guidance,
): Promise<Map<Part, Float32Array[]>> {
  const [batch = 1] = guidance.shape;
  const found = new Map<Part, Float32Array[]>(parts.map((part) => [part, []]));
  for (const group of groupParts(parts)) {
    const jobs = group.flatMap((part) => Array.from({ length: batch }, (_, sample): Job => ({ part, sample })));
    const { width, height } = group[0]!.box;
    const atOnce = Math.max(1, Math.floor(CELLS_IN_CALL / (width * height)));
    for (let from = 0; from < jobs.length; from += atOnce) {
      guidance.checkpoint();
      const taken = jobs.slice(from, from + atOnce);
      const results = await predictJobs(latent, sigma, taken, guidance);
      for (const [at, { part, sample }] of taken.entries()) found.get(part)![sample] = results[at]!;
    }
  }
  return found;
}

/** Parts that fit into one call: equally large boxes, contexts that can be repeated to one length. */
function groupParts(parts: readonly Part[]): Part[][] {
  const groups: Part[][] = [];
  for (const part of parts) {
    const group = groups.find((other) => areAlike(other, part));
    if (group) group.push(part);
    else groups.push([part]);
  }
  return groups;
}

function areAlike(group: readonly Part[], part: Part): boolean {
  const first = group[0]!;
  const fits =
    first.box.width === part.box.width &&
    first.box.height === part.box.height &&
    first.context.shape[2] === part.context.shape[2];
  const lengths = [...group, part].map(tokensOf);
  return fits && commonLength(lengths) <= MOST_REPEATS * Math.min(...lengths);
}

const tokensOf = ({ context }: Part): number => context.shape[1] ?? 0;

/** Repeating a context changes no attention: every token weighs the same share as before. */
function commonLength(lengths: readonly number[]): number {
  const divisor = (one: number, other: number): number => (other ? divisor(other, one % other) : one);
  return lengths.reduce((all, length) => (all * length) / divisor(all, length));
}

async function predictJobs(
  latent: Float32Array,
  sigma: number,
  jobs: readonly Job[],
  { unet, prediction, levels, shape }: Guidance,
): Promise<Float32Array[]> {
  const { width, height } = jobs[0]!.part.box;
  const size = width * height;
  const tokens = commonLength(jobs.map(({ part }) => tokensOf(part)));
  const contextWidth = jobs[0]!.part.context.shape[2] ?? 0;
  const input = createTensor([jobs.length, unet.inputChannels, height, width]);
  const context = createTensor([jobs.length, tokens, contextWidth]);
  const noisy = jobs.map(({ part, sample }) => cutSample({ data: latent, shape }, sample, part.box));
  const scale = 1 / Math.sqrt(sigma ** 2 + 1);
  for (const [at, { part, sample }] of jobs.entries()) {
    const own = at * unet.inputChannels * size;
    input.data.set(
      noisy[at]!.map((value) => value * scale),
      own,
    );
    if (part.joined) input.data.set(cutSample(part.joined, sample, part.box), own + noisy[at]!.length);
    const rows = part.context.data;
    for (let from = 0; from < tokens * contextWidth; from += rows.length) {
      context.data.set(rows, at * tokens * contextWidth + from);
    }
  }
  const timesteps = new Float32Array(jobs.length).fill(levels.timestepAt(sigma));
  const vector = vectorOf(jobs);
  const { data } = await unet.predict({ latent: input, timesteps, context, vector });

  const told = unet.channels * size;
  // as variance exploding: eps says the noise itself, v (Salimans and Ho 2022) a mixture of picture and noise
  const [keep, take] = prediction === 'eps' ? [1, sigma] : [scale ** 2, sigma * scale];
  return jobs.map((_, at) => noisy[at]!.map((value, i) => keep * value - take * data[at * told + i]!));
}

function vectorOf(jobs: readonly Job[]): { data: Float32Array; shape: number[] } | undefined {
  const width = jobs[0]!.part.vector?.length;
  if (width === undefined) return undefined;
  const vector = createTensor([jobs.length, width]);
  for (const [at, { part }] of jobs.entries()) if (part.vector) vector.data.set(part.vector, at * width);
  return { data: vector.data, shape: [jobs.length, width] };
}

/** The parts' pictures, each as heavy as its weights say at each cell. */
function average(
  parts: readonly Part[],
  predicted: ReadonlyMap<Part, readonly Float32Array[]>,
  shape: readonly number[],
): Float32Array {
  const [batch = 1, channels = 1, height = 0, width = 0] = shape;
  const sum = new Float32Array(batch * channels * height * width);
  const total = new Float32Array(batch * height * width).fill(TINY);
  for (const part of parts) {
    for (let sample = 0; sample < batch; sample++) {
      const picture = predicted.get(part)?.[sample];
      if (!picture) continue;
      const { box } = part;
      const area = box.width * box.height;
      for (let cell = 0; cell < area; cell++) {
        const weight = typeof part.weights === 'number' ? part.weights : part.weights[sample]![cell]!;
        const place = (box.y + Math.floor(cell / box.width)) * width + box.x + (cell % box.width);
        total[sample * height * width + place]! += weight;
        for (let channel = 0; channel < channels; channel++) {
          const target = (sample * channels + channel) * height * width + place;
          sum[target]! += weight * picture[channel * area + cell]!;
        }
      }
    }
  }
  return sum.map((value, at) => {
    const sample = Math.floor(at / (channels * height * width));
    return value / total[sample * height * width + (at % (height * width))]!;
  });
}
