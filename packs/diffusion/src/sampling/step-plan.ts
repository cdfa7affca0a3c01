/** Which levels a sampler node walks through. */
import type { NoiseLevels } from './noise-levels.ts';
import { SKIPS_LAST_SIGMA } from './samplers/index.ts';
import type { SamplerName } from './samplers/index.ts';
import { schedule } from './schedulers.ts';
import type { Scheduler } from './schedulers.ts';

export interface StepPlan {
  readonly steps: number;
  readonly scheduler: Scheduler;
  /** Share of the way that is walked: less than 1 begins further down, with as many steps. Default 1. */
  readonly denoise?: number | undefined;
  /** Some samplers want their levels a little different. */
  readonly sampler?: SamplerName | undefined;
  /** The part of the walk to take, by steps; default the whole. */
  readonly start?: number | undefined;
  readonly end?: number | undefined;
  /** A walk that ends early ends without noise all the same. Default false. */
  readonly clearsNoise?: boolean | undefined;
}

/** The levels, from the most noise; fewer than two when nothing is to be done. */
export function planSteps(plan: StepPlan, levels: NoiseLevels): Float32Array {
  const { steps, denoise = 1, start = 0, end = Infinity, clearsNoise = false } = plan;
  let sigmas = denoisePart(steps, denoise, (count) => wholeWalk(plan, count, levels));
  if (end < sigmas.length - 1) {
    sigmas = sigmas.slice(0, end + 1);
    if (clearsNoise) sigmas[sigmas.length - 1] = 0;
  }
  return start < sigmas.length - 1 ? sigmas.slice(start) : new Float32Array();
}

/** The last `steps` steps of a walk that is as much longer as the share says. */
export function denoisePart(steps: number, share: number, walk: (steps: number) => Float32Array): Float32Array {
  if (share <= 0) return new Float32Array();
  if (share > 0.9999) return walk(steps);
  return walk(Math.floor(steps / share)).slice(-(steps + 1));
}

function wholeWalk({ sampler, scheduler }: StepPlan, steps: number, levels: NoiseLevels): Float32Array {
  if (!sampler || !SKIPS_LAST_SIGMA.has(sampler)) return schedule(scheduler, levels, steps);
  const sigmas = schedule(scheduler, levels, steps + 1);
  return Float32Array.from([...sigmas.slice(0, -2), sigmas.at(-1)!]);
}
