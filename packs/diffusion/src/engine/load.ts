/** Models from files. Opening one reads its header only; networks load when they are first used. */
import type { Clip, Family, Model, Patch, Prediction, TextEncoder, Unet, Vae } from '../seams.ts';
import { textGraph } from './clip/graph.ts';
import { textEncoder } from './clip/text-encoder.ts';
import { familyOf, statedPrediction } from './family.ts';
import { openTensorFile, refuse } from './files/tensor-file.ts';
import type { TensorFile } from './files/tensor-file.ts';
import { textNaming, unetNaming } from './names/lora-names.ts';
import { encodersIn, labelOf, unetWeights, vaeWeights } from './names/places.ts';
import type { FoundEncoder } from './names/places.ts';
import { alphasCumprod, zeroTerminal } from './noise-schedule.ts';
import { networkOf } from './store.ts';
import type { ModelStore } from './store.ts';
import { unetGraph } from './unet/graph.ts';
import { probePrediction } from './unet/probe.ts';
import { createUnet } from './unet/unet.ts';
import { decoderGraph, encoderGraph } from './vae/graph.ts';
import { createVae } from './vae/vae.ts';
import { openLora, withLoras } from './weights/lora.ts';
import type { AppliedLora } from './weights/lora.ts';

/** What one file holds. A checkpoint may come without its text encoder or its VAE. */
export interface LoadedCheckpoint {
  readonly model: Model;
  readonly clip: Clip | undefined;
  readonly vae: Vae | undefined;
}

/** The encoders that a checkpoint has, in their order. */
const KINDS: Readonly<Record<Family, readonly TextEncoder['kind'][]>> = {
  sd1: ['clip-l'],
  sd2: ['open-clip-h'],
  sdxl: ['clip-l', 'open-clip-g'],
  'sdxl-refiner': ['open-clip-g'],
};

/**
 * A whole checkpoint: SD 1.x, SD 2.x, SDXL or its refiner.
 * @param path absolute
 * @throws {EngineError}
 */
export async function loadCheckpoint(path: string, store: ModelStore): Promise<LoadedCheckpoint> {
  const file = await openTensorFile(path);
  const model = await modelIn(file, store);
  const kinds = KINDS[model.family];
  const found = encodersIn(file).flatMap(({ weights }, at) => {
    const kind = kinds[at];
    return kind ? [{ kind, weights }] : [];
  });
  const clip = found.length === kinds.length ? clipOf(model.family, found, store) : undefined;
  return { model, clip, vae: vaeIn(file, store) };
}

/**
 * A UNet alone, or the one of a checkpoint.
 * @throws {EngineError}
 */
export async function loadUnet(path: string, store: ModelStore): Promise<Model> {
  return modelIn(await openTensorFile(path), store);
}

/**
 * Text encoders: one file, or two for SDXL in any order.
 * @throws {EngineError}
 */
export async function loadClip(paths: readonly string[], store: ModelStore): Promise<Clip> {
  const found: FoundEncoder[] = [];
  for (const path of paths) {
    const file = await openTensorFile(path);
    const encoders = encodersIn(file);
    if (!encoders.length) refuse(path, 'it holds no text encoder of SD 1.x, SD 2.x or SDXL');
    found.push(...encoders);
  }
  found.sort((one, other) => (one.kind < other.kind ? -1 : 1));
  const kinds = found.map(({ kind }) => kind).join();
  const family = (Object.keys(KINDS) as Family[]).find((name) => KINDS[name].join() === kinds);
  return clipOf(family ?? refuse(paths.join(' and '), `no family has the text encoders ${kinds}`), found, store);
}

/**
 * A VAE alone, or the one of a checkpoint.
 * @throws {EngineError}
 */
export async function loadVae(path: string, store: ModelStore): Promise<Vae> {
  return vaeIn(await openTensorFile(path), store) ?? refuse(path, 'it holds no VAE of SD 1.x, SD 2.x or SDXL');
}

/** Bytes of a file from which on its network loads in halves; below, another thread costs more than it gains. */
const LONG_TO_LOAD = 2 ** 28;

/** Opens the files that lie over a model, and leaves out those of no strength. */
async function openPatches(patches: readonly Patch[]): Promise<AppliedLora[]> {
  const applied: AppliedLora[] = [];
  for (const { path, strength } of patches) if (strength) applied.push({ lora: await openLora(path), strength });
  return applied;
}

/** Runs once, and again after it failed. */
function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () =>
    (result ??= work().catch((error: unknown) => {
      result = undefined;
      throw error;
    }));
}

async function modelIn(file: TensorFile, store: ModelStore): Promise<Model> {
  const family = familyOf(file, unetWeights(file));
  const products = file.tensors.has('ztsnr') ? zeroTerminal(alphasCumprod()) : alphasCumprod();
  const modelWith = (prediction: Prediction, patches: readonly Patch[]): Model => ({
    kind: 'model',
    family,
    prediction,
    alphasCumprod: products,
    latentScale: family === 'sdxl' || family === 'sdxl-refiner' ? 0.13025 : 0.18215,
    patches,
    unet: once(() => openUnet(file, { family, prediction }, patches, store)),
    withPatches: (others) => modelWith(prediction, others),
  });
  const stated = statedPrediction(file);
  if (stated || family !== 'sd2') return modelWith(stated ?? 'eps', []);
  // SD 2 comes in both kinds and mostly does not say which: only the network itself can tell
  return modelWith(await probePrediction(await openUnet(file, { family, prediction: 'eps' }, [], store)), []);
}

async function openUnet(
  file: TensorFile,
  kind: { family: Family; prediction: Prediction },
  patches: readonly Patch[],
  store: ModelStore,
): Promise<Unet & { readonly contextWidth: number }> {
  const weights = withLoras(unetWeights(file), await openPatches(patches), unetNaming);
  const isOnCpu = store.device === 'cpu';
  const options = { tradesMemory: isOnCpu, isHalved: isOnCpu && file.size > LONG_TO_LOAD };
  const { parts, widths } = unetGraph(weights, kind.family, options);
  weights.refuseStrangers();
  return createUnet(kind, widths, networkOf(labelOf('UNet', file), ...parts), store);
}

function clipOf(family: Family, found: readonly FoundEncoder[], store: ModelStore): Clip {
  const clipWith = (lastLayer: number | undefined, patches: readonly Patch[], encoders: Clip['encoders']): Clip => ({
    kind: 'clip',
    family,
    lastLayer,
    patches,
    encoders,
    withLastLayer: (layer) => clipWith(layer, patches, encoders),
    withPatches: (others) => clipWith(lastLayer, others, opened(others)),
  });
  const opened = (patches: readonly Patch[]): Clip['encoders'] => once(() => openEncoders(found, patches, store));
  return clipWith(undefined, [], opened([]));
}

async function openEncoders(
  found: readonly FoundEncoder[],
  patches: readonly Patch[],
  store: ModelStore,
): Promise<TextEncoder[]> {
  const applied = await openPatches(patches);
  return found.map(({ kind, weights }) => {
    const patched = withLoras(weights, applied, textNaming(kind));
    const graph = textGraph(patched, kind === 'clip-l' ? 'quick-gelu' : 'gelu');
    patched.refuseStrangers();
    return textEncoder(kind, graph.shape, networkOf(`the text encoder of ${weights.path}`, graph), store);
  });
}

function vaeIn(file: TensorFile, store: ModelStore): Vae | undefined {
  const weights = vaeWeights(file);
  if (!weights) return undefined;
  const channels = weights.find('decoder.conv_in.weight')?.shape[1];
  if (channels !== 4) refuse(file.path, `its VAE has latents of ${channels ?? 0} channels, SD and SDXL have 4`);
  const decoder = networkOf(labelOf('VAE decoder', file), decoderGraph(weights));
  const hasEncoder = weights.find('encoder.conv_in.weight') !== undefined;
  const encoder = hasEncoder ? networkOf(labelOf('VAE encoder', file), encoderGraph(weights)) : undefined;
  return createVae({ encoder, decoder }, store);
}
