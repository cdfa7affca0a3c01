/** The samplers by the names that workflows hold, in the order of a menu. */
import { euler, eulerAncestral, eulerAncestralCfgPlusPlus, eulerCfgPlusPlus, lcm } from './euler.ts';
import { dpmpp2m, resMultistep } from './exponential.ts';
import { deis, ipndm, lms } from './multistep.ts';
import type { Sampler } from './sampler.ts';
import { dpm2, dpm2Ancestral, dpmpp2sAncestral, heun, heunPlusPlus } from './single-step.ts';
import { uniPc, uniPcBh2 } from './uni-pc.ts';

export const SAMPLERS = {
  euler,
  euler_cfg_pp: eulerCfgPlusPlus,
  euler_ancestral: eulerAncestral,
  euler_ancestral_cfg_pp: eulerAncestralCfgPlusPlus,
  heun,
  heunpp2: heunPlusPlus,
  dpm_2: dpm2,
  dpm_2_ancestral: dpm2Ancestral,
  lms,
  dpmpp_2s_ancestral: dpmpp2sAncestral,
  dpmpp_2m: dpmpp2m,
  ddpm: eulerAncestral,
  lcm,
  ipndm,
  deis,
  res_multistep: resMultistep,
  ddim: euler,
  uni_pc: uniPc,
  uni_pc_bh2: uniPcBh2,
} as const satisfies Record<string, Sampler>;

export type SamplerName = keyof typeof SAMPLERS;
export const SAMPLER_NAMES = Object.keys(SAMPLERS) as SamplerName[];

/** They do badly with a last short step before zero: it is left out of the row of levels, which is made one step longer. */
export const SKIPS_LAST_SIGMA: ReadonlySet<SamplerName> = new Set(['dpm_2', 'dpm_2_ancestral', 'uni_pc', 'uni_pc_bh2']);
