/**
 * A checkpoint of random numbers through every sampler and every scheduler. What is stored was computed by the code that
 * made the 39 pictures of the reference (docs/diffusion.md): it is right because those are, not because it is ours.
 * After a change that the pictures have approved: SNUG_RECORD=1 npx vitest run packs/diffusion/test/sampling/tiny-model.test.ts
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createModelStore, loadCheckpoint } from '../../src/engine/index.ts';
import { noiseLevels } from '../../src/sampling/noise-levels.ts';
import { batchNoise } from '../../src/sampling/noise.ts';
import { sample } from '../../src/sampling/sample.ts';
import { SAMPLER_NAMES, SAMPLERS } from '../../src/sampling/samplers/index.ts';
import type { SamplerName } from '../../src/sampling/samplers/index.ts';
import { SCHEDULERS } from '../../src/sampling/schedulers.ts';
import type { Scheduler } from '../../src/sampling/schedulers.ts';
import { planSteps } from '../../src/sampling/step-plan.ts';
import type { Conditioning, Model } from '../../src/seams.ts';
import { encodePrompt } from '../../src/text/encode.ts';
import { writeTinyCheckpoint } from '../engine/tiny-checkpoint.ts';

const STORED = new URL('tiny-latents.json', import.meta.url);
const isRecording = process.env['SNUG_RECORD'] === '1';
/** Every so many numbers of a latent are stored. */
const STRIDE = 8;
const SHAPE = [1, 4, 8, 8];

type Case = readonly [sampler: SamplerName, scheduler: Scheduler];
const cases: Case[] = [
  ...SAMPLER_NAMES.map((sampler): Case => [sampler, 'normal']),
  ...SCHEDULERS.filter((name) => name !== 'normal').map((scheduler): Case => ['euler', scheduler]),
];

const folder = mkdtempSync(join(tmpdir(), 'snug-tiny-model-'));
const store = createModelStore({ threads: 1 });
const stored = (existsSync(STORED) ? JSON.parse(readFileSync(STORED, 'utf8')) : {}) as Record<string, number[]>;
const found: Record<string, number[]> = {};
let model: Model;
let positive: Conditioning;
let negative: Conditioning;

beforeAll(async () => {
  const path = join(folder, 'tiny.safetensors');
  writeTinyCheckpoint(path, 'sd1');
  const checkpoint = await loadCheckpoint(path, store);
  const { clip } = checkpoint;
  if (!clip) throw new Error('the tiny checkpoint has no text encoder');
  model = checkpoint.model;
  const none = async (): Promise<undefined> => undefined;
  positive = await encodePrompt(clip, 'a photo of a (cat:1.3)', none);
  negative = await encodePrompt(clip, '', none);
});

afterAll(async () => {
  await store.free();
  rmSync(folder, { recursive: true });
  if (isRecording) {
    const lines = Object.entries(found).map(([name, values]) => `  "${name}": [${values.join(', ')}]`);
    writeFileSync(STORED, `{\n${lines.join(',\n')}\n}\n`);
  }
});

describe('a tiny checkpoint', () => {
  it('is stored for every sampler and scheduler', () => {
    const known = Object.keys(isRecording ? {} : stored);
    expect(known.sort()).toEqual(isRecording ? [] : cases.map((one) => one.join('-')).sort());
  });

  it.each(cases)('%s, %s', async (sampler, scheduler) => {
    const { samples } = await sample({
      model,
      positive: [positive],
      negative: [negative],
      cfg: 7,
      latent: { samples: { data: new Float32Array(256), shape: SHAPE } },
      noise: batchNoise(SHAPE, 42n),
      seed: 42n,
      sigmas: planSteps({ steps: 4, scheduler, sampler }, noiseLevels(model.alphasCumprod)),
      sampler: SAMPLERS[sampler],
      checkpoint: () => {},
    });
    const values = Array.from(samples.data.filter((_, at) => at % STRIDE === 0));
    const name = `${sampler}-${scheduler}`;
    found[name] = values.map((value) => Number(value.toPrecision(5)));
    expect(values.every(Number.isFinite)).toBe(true);
    if (isRecording) return;
    const largest = Math.max(...values.map(Math.abs));
    // processors differ in their last digits, and guidance multiplies that
    for (const [at, value] of values.entries())
      expect(Math.abs(value - stored[name]![at]!)).toBeLessThan(2e-3 * largest);
  });
});
