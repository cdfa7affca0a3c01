/** What pipes are made of. */
import type { Client } from './client.ts';

/** Bytes of a picture in any form; a `Buffer` is one. */
export type PipeImage = Blob | ArrayBuffer | Uint8Array;

/** The names that the reference has; a server may have more. */
export const samplers = [
  'euler',
  'euler_cfg_pp',
  'euler_ancestral',
  'euler_ancestral_cfg_pp',
  'heun',
  'heunpp2',
  'dpm_2',
  'dpm_2_ancestral',
  'lms',
  'dpm_fast',
  'dpm_adaptive',
  'dpmpp_2s_ancestral',
  'dpmpp_sde',
  'dpmpp_sde_gpu',
  'dpmpp_2m',
  'dpmpp_2m_sde',
  'dpmpp_2m_sde_gpu',
  'dpmpp_3m_sde',
  'dpmpp_3m_sde_gpu',
  'ddpm',
  'lcm',
  'ipndm',
  'ipndm_v',
  'deis',
  'res_multistep',
  'gradient_estimation',
  'er_sde',
  'seeds_2',
  'seeds_3',
  'sa_solver',
  'ddim',
  'uni_pc',
  'uni_pc_bh2',
] as const;

export const schedulers = [
  'simple',
  'sgm_uniform',
  'karras',
  'exponential',
  'ddim_uniform',
  'beta',
  'normal',
  'linear_quadratic',
  'kl_optimal',
] as const;

export interface PipeContext {
  seed: number;
  steps: number;
  cfg: number;
  sampler_name: (typeof samplers)[number] | (string & {});
  scheduler: (typeof schedulers)[number] | (string & {});
  denoise: number;
  width: number;
  height: number;
  batch_size: number;
  ckpt_name: string;
  positive: string;
  negative: string;
  input_image: PipeImage | null;
  /** White is painted anew. */
  input_mask: PipeImage | null;
  /** Pixels that the mask grows by. */
  grow_mask_by: number;
  client: Client | null;
}
