/** The models that this process has loaded, whichever node asked for them. */
import { createModelStore, EngineError } from '../engine/index.ts';
import type { Device, ModelStore } from '../engine/index.ts';

const DEVICES: readonly Device[] = ['cpu', 'cuda', 'webgpu', 'directml', 'coreml'];

let store: ModelStore | undefined;

/**
 * The one store of this process. `SNUG_DEVICE` says where models run (default `cpu`), `SNUG_THREADS` on how many threads,
 * `SNUG_MODEL_MEMORY` how many megabytes of weights may stay loaded.
 * @throws {EngineError} for a device that there is none of
 */
export function modelStore(): ModelStore {
  store ??= createModelStore({
    device: deviceOf(process.env['SNUG_DEVICE']),
    threads: positive(process.env['SNUG_THREADS']),
    budget: megabytes(positive(process.env['SNUG_MODEL_MEMORY'])),
  });
  return store;
}

/** Drops every loaded model; they load again when they are used. */
export async function freeModels(): Promise<void> {
  await store?.free();
}

function deviceOf(name: string | undefined): Device | undefined {
  if (!name) return undefined;
  const device = DEVICES.find((one) => one === name);
  if (device) return device;
  throw new EngineError('device_unavailable', `SNUG_DEVICE is ${name}: set it to one of ${DEVICES.join(', ')}.`);
}

const positive = (text: string | undefined): number | undefined => (Number(text) > 0 ? Number(text) : undefined);
const megabytes = (count: number | undefined): number | undefined => count && count * 2 ** 20;
