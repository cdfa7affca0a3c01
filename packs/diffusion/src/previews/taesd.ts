/** The small decoder of TAESD, where its file is. */
import type { NodeFiles } from '@snug/node-kit';
import { loadTaesd } from '../engine/index.ts';
import type { ModelStore } from '../engine/index.ts';
import type { Family, PreviewDecoder } from '../seams.ts';

const FILES: Readonly<Record<Family, string>> = {
  sd1: 'taesd_decoder.safetensors',
  sd2: 'taesd_decoder.safetensors',
  sdxl: 'taesdxl_decoder.safetensors',
  'sdxl-refiner': 'taesdxl_decoder.safetensors',
};

/** Undefined when `models/vae_approx` has no file for the family. */
export async function findTaesd(
  family: Family,
  files: NodeFiles,
  store: ModelStore,
): Promise<PreviewDecoder | undefined> {
  const path = await files.resolveModel('vae_approx', FILES[family]);
  return path === undefined ? undefined : loadTaesd(path, store);
}
