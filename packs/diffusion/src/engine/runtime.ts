/** The one place where the runtime is imported: it is optional, and large. */
import type * as Imported from 'onnxruntime-node';
import { EngineError } from './engine-error.ts';

/** It is a CommonJS package, so that all of it is its default export. */
export type Runtime = (typeof Imported)['default'];

/** Where models run. All but `cpu` need an installation of the runtime that has them. */
export type Device = 'cpu' | 'cuda' | 'webgpu' | 'directml' | 'coreml';

/** The runtime's own names. */
const PROVIDERS: Readonly<Record<Device, string>> = {
  cpu: 'cpu',
  cuda: 'cuda',
  webgpu: 'webgpu',
  directml: 'dml',
  coreml: 'coreml',
};

/** @throws {EngineError} `inference_runtime_missing` */
export async function importRuntime(): Promise<Runtime> {
  try {
    return (await import('onnxruntime-node')).default;
  } catch (cause) {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ERR_MODULE_NOT_FOUND';
    const message = isMissing
      ? 'Diffusion models need the package onnxruntime-node, which is not installed. Run `npm install onnxruntime-node` beside ' +
        'snug and start it again; with ONNXRUNTIME_NODE_INSTALL=skip set, nothing but the package is downloaded.'
      : `The package onnxruntime-node is installed but does not start: ${String(cause)}`;
    throw new EngineError('inference_runtime_missing', message, { cause });
  }
}

/**
 * The execution provider of a device.
 * @throws {EngineError} `device_unavailable`
 */
export function providerOf(runtime: Runtime, device: Device): string {
  const provider = PROVIDERS[device];
  const known = runtime.listSupportedBackends().map(({ name }) => name);
  if (known.includes(provider)) return provider;
  const devices = Object.entries(PROVIDERS).flatMap(([name, one]) => (known.includes(one) ? [name] : []));
  throw new EngineError(
    'device_unavailable',
    `The installed onnxruntime-node cannot use ${device}. It knows ${devices.join(', ')}: choose one of them.`,
  );
}
