import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeNode, Interrupted } from '@snug/node-kit';
import type { DescribeContext, Mask, NodeContext, NodeFiles } from '@snug/node-kit';
import { toPlain } from '@snug/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pack } from '../../src/index.ts';
import type { Conditioning, Vae } from '../../src/seams.ts';
import { conditioningOf, fakeModel } from '../sampling/fake-model.ts';

const files: Partial<NodeFiles> = { listModels: async (kind) => [`${kind}.safetensors`] };
const describing: DescribeContext = { files: files as NodeFiles };
const nodeOf = (type: string) => {
  const node = pack.nodes.find((one) => one.type === type);
  if (!node) throw new Error(`no node ${type}`);
  return node;
};

interface Description {
  readonly input: Readonly<
    Record<string, Readonly<Record<string, readonly [unknown, Readonly<Record<string, unknown>>]>>>
  >;
  readonly output: readonly string[];
  readonly output_name: readonly string[];
  readonly category: string;
  readonly display_name: string;
}
const describeType = async (type: string): Promise<Description> =>
  toPlain(await describeNode(nodeOf(type), 'snug.diffusion', describing)) as unknown as Description;

/** Calls a node as the executor would. */
async function call<T>(
  type: string,
  inputs: Readonly<Record<string, unknown>>,
  context: Partial<NodeContext> = {},
): Promise<T> {
  const base = {
    told: async () => {},
    throwIfInterrupted: () => {},
    progress: () => {},
    log: () => {},
    previews: { method: 'none', size: 512 },
  };
  return (await nodeOf(type).run(inputs, { ...base, ...context } as NodeContext)) as T;
}

const latent = { samples: { data: new Float32Array(64), shape: [1, 4, 4, 4] } };
const sampling = {
  seed: 1n,
  steps: 3,
  cfg: 2,
  sampler_name: 'euler',
  scheduler: 'normal',
  denoise: 1,
  positive: [conditioningOf(1)],
  negative: [conditioningOf(0)],
  latent_image: latent,
};

describe('descriptions', () => {
  it('KSampler has the widgets that saved workflows count on, in their order', async () => {
    const { input, output, category } = await describeType('KSampler');
    expect(Object.keys(input['required']!)).toEqual([
      'model',
      'seed',
      'steps',
      'cfg',
      'sampler_name',
      'scheduler',
      'positive',
      'negative',
      'latent_image',
      'denoise',
    ]);
    const { seed, cfg, scheduler } = input['required']!;
    expect(seed![1]).toMatchObject({ default: 0, min: 0, max: 18446744073709551615n, control_after_generate: true });
    expect(cfg![1]).toMatchObject({ default: 8, min: 0, max: 100, step: 0.1, round: 0.01 });
    expect(scheduler![0]).toEqual([
      'simple',
      'sgm_uniform',
      'karras',
      'exponential',
      'ddim_uniform',
      'beta',
      'normal',
      'linear_quadratic',
      'kl_optimal',
    ]);
    expect([output, category]).toEqual([['LATENT'], 'model/sampling']);
  });

  it.each([
    ['CheckpointLoaderSimple', 'ckpt_name', 'checkpoints', ['MODEL', 'CLIP', 'VAE']],
    ['UNETLoader', 'unet_name', 'diffusion_models', ['MODEL']],
    ['CLIPLoader', 'clip_name', 'text_encoders', ['CLIP']],
    ['VAELoader', 'vae_name', 'vae', ['VAE']],
    ['LoraLoader', 'lora_name', 'loras', ['MODEL', 'CLIP']],
    ['UpscaleModelLoader', 'model_name', 'upscale_models', ['UPSCALE_MODEL']],
  ])('%s lists the files for %s', async (type, key, folder, outputs) => {
    const { input, output } = await describeType(type);
    expect(JSON.stringify(input['required']![key])).toContain(`${folder}.safetensors`);
    expect(output).toEqual(outputs);
  });

  it('every node has a name, a menu and a help text', async () => {
    for (const { type, description, displayName, category } of pack.nodes)
      expect([type, Boolean(displayName && category && description)]).toEqual([type, true]);
  });
});

describe('KSampler', () => {
  it('samples, keeps the rest of the latent, and counts steps', async () => {
    const steps: unknown[] = [];
    const { LATENT } = await call<{ LATENT: typeof latent & { batchIndex: number[] } }>(
      'KSampler',
      { ...sampling, model: fakeModel(), latent_image: { ...latent, batchIndex: [0] } },
      { progress: (value, max, preview) => void steps.push([value, max, preview]) },
    );
    expect(steps).toEqual([
      [1, 3, undefined],
      [2, 3, undefined],
      [3, 3, undefined],
    ]);
    expect(LATENT.batchIndex).toEqual([0]);
    expect(LATENT.samples.data).not.toEqual(latent.samples.data);
  });

  it('shows what it sees, in the size that was asked for', async () => {
    const previews: unknown[] = [];
    const asked = { method: 'latent2rgb', size: 256 } as const;
    const progress: NodeContext['progress'] = (_value, _max, preview) => void previews.push(preview);
    await call('KSampler', { ...sampling, model: fakeModel() }, { previews: asked, progress });
    expect(previews).toHaveLength(3);
    expect(previews[0]).toMatchObject({ image: { width: 4, height: 4, channels: 3 }, maxSize: 256 });
  });

  it('stops within a step', async () => {
    const model = fakeModel();
    const throwIfInterrupted = (): void => {
      if (model.calls.length) throw new Interrupted();
    };
    await expect(call('KSampler', { ...sampling, model }, { throwIfInterrupted })).rejects.toThrow(Interrupted);
    expect(model.calls).toHaveLength(1);
  });
});

describe('two samplers in a row', () => {
  it('make what one makes', async () => {
    const advanced = {
      ...sampling,
      model: fakeModel(),
      noise_seed: 1n,
      steps: 4,
      start_at_step: 0,
      end_at_step: 10_000,
    };
    const enabled = { add_noise: 'enable', return_with_leftover_noise: 'enable' };
    type Out = { LATENT: typeof latent };
    const whole = await call<Out>('KSamplerAdvanced', { ...advanced, ...enabled });
    const first = await call<Out>('KSamplerAdvanced', { ...advanced, ...enabled, end_at_step: 2 });
    const second = await call<Out>('KSamplerAdvanced', {
      ...advanced,
      add_noise: 'disable',
      return_with_leftover_noise: 'disable',
      start_at_step: 2,
      latent_image: first.LATENT,
    });
    for (const [at, value] of second.LATENT.samples.data.entries())
      expect(value).toBeCloseTo(whole.LATENT.samples.data[at]!, 4);
  });

  it('the parts put together make what KSampler makes', async () => {
    const model = fakeModel();
    const { SIGMAS } = await call<{ SIGMAS: Float32Array }>('BasicScheduler', {
      model,
      scheduler: 'normal',
      steps: 3,
      denoise: 1,
    });
    const { SAMPLER } = await call<{ SAMPLER: unknown }>('KSamplerSelect', { sampler_name: 'euler' });
    const { NOISE } = await call<{ NOISE: unknown }>('RandomNoise', { noise_seed: 1n });
    const { positive, negative } = sampling;
    const { GUIDER } = await call<{ GUIDER: unknown }>('CFGGuider', { model, positive, negative, cfg: 2 });
    const parts = { noise: NOISE, guider: GUIDER, sampler: SAMPLER, sigmas: SIGMAS, latent_image: latent };
    const { output } = await call<{ output: typeof latent }>('SamplerCustomAdvanced', parts);
    const { LATENT } = await call<{ LATENT: typeof latent }>('KSampler', { ...sampling, model });
    expect(output).toEqual(LATENT);
  });
});

describe('sigmas', () => {
  const sigmas = Float32Array.of(4, 3, 2, 1, 0);

  it('are cut where both halves meet', async () => {
    expect(await call('SplitSigmas', { sigmas, step: 1 })).toEqual({
      high_sigmas: Float32Array.of(4, 3),
      low_sigmas: Float32Array.of(3, 2, 1, 0),
    });
    expect(await call('SplitSigmasDenoise', { sigmas, denoise: 0.25 })).toEqual({
      high_sigmas: Float32Array.of(4, 3, 2, 1),
      low_sigmas: Float32Array.of(1, 0),
    });
  });

  it('turned around do not begin with zero', async () => {
    const { SIGMAS } = await call<{ SIGMAS: Float32Array }>('FlipSigmas', { sigmas });
    expect([...SIGMAS.subarray(1)]).toEqual([1, 2, 3, 4]);
    expect(SIGMAS[0]).toBeGreaterThan(0);
  });
});

describe('conditionings', () => {
  const run = async (type: string, inputs: Readonly<Record<string, unknown>>): Promise<readonly Conditioning[]> =>
    (await call<{ CONDITIONING: readonly Conditioning[] }>(type, inputs)).CONDITIONING;
  const [one, two] = [conditioningOf(1, { tokens: 2 }), conditioningOf(2, { tokens: 1 })];

  it('are listed, joined and mixed', async () => {
    expect(await run('ConditioningCombine', { conditioning_1: [one], conditioning_2: [two] })).toEqual([one, two]);
    const pair = { conditioning_to: [one], conditioning_from: [two] };
    const [joined] = await run('ConditioningConcat', pair);
    expect(joined?.context).toEqual({ data: Float32Array.of(1, 1, 1, 1, 2, 2), shape: [1, 3, 2] });
    const [mixed] = await run('ConditioningAverage', { ...pair, conditioning_to_strength: 0.25 });
    expect([...mixed!.context.data]).toEqual([1.75, 1.75, 0.25, 0.25]);
  });

  it('of different encoders cannot be joined', async () => {
    const other = { context: { data: new Float32Array(3), shape: [1, 1, 3] } };
    const inputs = { conditioning_to: [one], conditioning_from: [other] };
    await expect(run('ConditioningConcat', inputs)).rejects.toMatchObject({ input: 'conditioning_from' });
  });

  it('hold in an area of cells', async () => {
    const sides = { width: 64, height: 128, x: 8, y: 16, strength: 2 };
    const [entry] = await run('ConditioningSetArea', { conditioning: [one], ...sides });
    expect(entry).toMatchObject({ area: { unit: 'cells', width: 8, height: 16, x: 1, y: 2 }, strength: 2 });
  });
});

describe('what is missing', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'snug-diffusion-'));
    await mkdir(join(folder, 'models/checkpoints'), { recursive: true });
    await writeFile(join(folder, 'models/checkpoints/broken.safetensors'), 'not a checkpoint at all');
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('a file that is gone is named with its folder', async () => {
    const gone: Partial<NodeFiles> = { resolveModel: async () => undefined };
    await expect(
      call('CheckpointLoaderSimple', { ckpt_name: 'gone.safetensors' }, { files: gone as NodeFiles }),
    ).rejects.toThrow(/ckpt_name: .*gone\.safetensors.*models\/checkpoints/);
  });

  it('a broken file is refused with its path', async () => {
    const path = join(folder, 'models/checkpoints/broken.safetensors');
    const broken: Partial<NodeFiles> = { resolveModel: async () => path };
    await expect(
      call('CheckpointLoaderSimple', { ckpt_name: 'broken.safetensors' }, { files: broken as NodeFiles }),
    ).rejects.toMatchObject({ code: 'checkpoint_refused' });
  });

  it.each([
    ['CLIPTextEncode', { clip: null, text: 'a' }, 'clip'],
    ['CLIPSetLastLayer', { clip: null, stop_at_clip_layer: -2 }, 'clip'],
    ['VAEDecode', { vae: null, samples: latent }, 'vae'],
  ])('%s says what the checkpoint lacks', async (type, inputs, name) => {
    await expect(call(type, inputs)).rejects.toMatchObject({ code: 'bad_input', input: name });
  });

  it('text encoders of other families are refused before anything runs', () => {
    const { validate } = nodeOf('CLIPLoader');
    const context = { ...describing, types: new Map<string, string>() };
    expect(validate?.check({ type: 'flux2' }, context)).toMatch(/flux2/);
    expect(validate?.check({ type: 'stable_diffusion' }, context)).toBe(true);
  });
});

describe('inpainting', () => {
  it('greys what is masked, and grows the mask that samplers see', async () => {
    const seen: number[][] = [];
    const vae: Vae = {
      kind: 'vae',
      decode: () => Promise.reject(new Error('not asked')),
      async encode({ data, width, height }) {
        seen.push([width, height, ...data.slice(0, 6)]);
        return latent.samples;
      },
    };
    const pixels = { data: new Float32Array(16 * 8 * 3).fill(1), batch: 1, height: 8, width: 16, channels: 3 };
    const mask: Mask = {
      data: Float32Array.from({ length: 128 }, (_, at) => (at === 1 ? 1 : 0)),
      batch: 1,
      height: 8,
      width: 16,
    };
    const { LATENT } = await call<{ LATENT: { noiseMask: { data: Float32Array; shape: number[] } } }>(
      'VAEEncodeForInpaint',
      { pixels, vae, mask, grow_mask_by: 3 },
    );
    expect(seen).toEqual([[16, 8, 1, 1, 1, 0.5, 0.5, 0.5]]);
    const { data, shape } = LATENT.noiseMask;
    expect(shape).toEqual([1, 1, 8, 16]);
    expect([...data.entries()].filter(([, value]) => value).map(([at]) => at)).toEqual([0, 1, 2, 16, 17, 18]);
  });
});
