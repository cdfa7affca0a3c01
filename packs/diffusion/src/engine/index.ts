/** Models from plain checkpoint files. Nodes import from here; nothing else of the engine is theirs. */
export { loadCheckpoint, loadClip, loadUnet, loadVae } from './load.ts';
export type { LoadedCheckpoint } from './load.ts';
export { loadTaesd } from './vae/taesd.ts';
export { loadUpscaler } from './upscale/upscaler.ts';
export { openTensorFile, readTensors } from './files/tensor-file.ts';
export type { TensorFile } from './files/tensor-file.ts';
export { createModelStore } from './store.ts';
export type { ModelStore, ModelStoreOptions } from './store.ts';
export { EngineError } from './engine-error.ts';
export type { EngineErrorCode } from './engine-error.ts';
export type { Device } from './runtime.ts';
