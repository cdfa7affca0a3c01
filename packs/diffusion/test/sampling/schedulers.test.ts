import { describe, expect, it } from 'vitest';
import { alphasCumprod } from '../../src/engine/noise-schedule.ts';
import { betaQuantile, betaShare } from '../../src/sampling/beta-quantile.ts';
import { noiseLevels } from '../../src/sampling/noise-levels.ts';
import { karras, schedule, SCHEDULERS, variancePreserving } from '../../src/sampling/schedulers.ts';
import { planSteps } from '../../src/sampling/step-plan.ts';
import { turboSigmas } from '../../src/sampling/turbo.ts';

const levels = noiseLevels(alphasCumprod());
const digits = (values: Iterable<number>, count = 4): number[] =>
  Array.from(values, (one) => Number(one.toFixed(count)));

describe('noise levels', () => {
  it('are those that Stable Diffusion was trained on', () => {
    expect(digits([levels.min, levels.max])).toEqual([0.0292, 14.6146]);
    expect(levels.sigmas).toHaveLength(1000);
  });

  it('a level between two time steps lies between theirs, and finds the nearer one', () => {
    const between = levels.sigmaAt(500.25);
    expect(between).toBeGreaterThan(levels.sigmas[500]!);
    expect(between).toBeLessThan(levels.sigmas[501]!);
    expect(levels.timestepAt(between)).toBe(500);
    expect(levels.timestepAt(levels.sigmaAt(500.75))).toBe(501);
    expect([levels.timestepAt(0.0001), levels.timestepAt(100)]).toEqual([0, 999]);
  });

  it('shares of the sampling run from above all levels to none', () => {
    expect(levels.sigmaAtShare(0)).toBe(Infinity);
    expect(levels.sigmaAtShare(0.5)).toBeCloseTo(levels.sigmaAt(499.5), 6);
    expect(levels.sigmaAtShare(1)).toBe(0);
  });
});

// 4 steps; each of these rows made a picture within 1 of 255 of the reference's at every pixel (docs/diffusion.md)
const ROWS: Record<string, number[]> = {
  normal: [14.6146, 2.9183, 0.9324, 0.0292, 0],
  karras: [14.6146, 3.1686, 0.4469, 0.0292, 0],
  exponential: [14.6146, 1.84, 0.2317, 0.0292, 0],
  sgm_uniform: [14.6146, 4.0861, 1.6156, 0.6951, 0],
  simple: [14.6146, 4.0817, 1.6129, 0.6932, 0],
  ddim_uniform: [4.1167, 1.6237, 0.6984, 0.0413, 0],
  beta: [14.6146, 5.6866, 1.6183, 0.5154, 0],
  linear_quadratic: [14.6146, 14.432, 14.2493, 10.5956, 0],
  kl_optimal: [14.6146, 1.5971, 0.5729, 0.0292, 0],
};

describe('schedulers', () => {
  it('every one has a row', () => expect(Object.keys(ROWS).sort()).toEqual([...SCHEDULERS].sort()));

  it.each(SCHEDULERS)('%s', (name) => {
    expect(digits(schedule(name, levels, 4))).toEqual(ROWS[name]);
  });

  it.each(SCHEDULERS)('%s falls at every step, for any number of them', (name) => {
    for (const steps of [1, 2, 3, 10, 50]) {
      const sigmas = schedule(name, levels, steps);
      expect(sigmas.at(-1)).toBe(0);
      for (let at = 1; at < sigmas.length; at++) expect(sigmas[at]!).toBeLessThan(sigmas[at - 1]!);
    }
  });

  it('karras by hand: the middle of two roots', () => {
    expect(karras(3, 1, 128)[1]).toBeCloseTo(1.5 ** 7, 4);
  });

  it('a variance preserving process by hand', () => {
    expect(variancePreserving(2, 2, 1, 0)[0]).toBeCloseTo(Math.sqrt(Math.exp(2) - 1), 5);
  });

  it('turbo models step by hundreds, from the top or from a share', () => {
    const at = (...times: number[]): number[] => digits([...times.map((time) => levels.sigmas[time]!), 0]);
    expect(digits(turboSigmas(levels, 2, 1))).toEqual(at(999, 899));
    expect(digits(turboSigmas(levels, 2, 0.5))).toEqual(at(499, 399));
  });

  // scipy.stats.beta.ppf
  it.each([
    [0.75, 0.6, 0.6, 0.8243196213473],
    [0.5, 0.6, 0.6, 0.5],
    [0.25, 2, 1, 0.5],
  ])('the quantile %d of beta(%d, %d)', (share, alpha, beta, expected) => {
    expect(betaQuantile(share, alpha, beta)).toBeCloseTo(expected, 10);
    expect(betaShare(expected, alpha, beta)).toBeCloseTo(share, 10);
  });
});

describe('plans', () => {
  const plan = { steps: 4, scheduler: 'normal' } as const;

  it('a share of the way has as many steps, further down', () => {
    const whole = schedule('normal', levels, 8);
    expect(planSteps({ ...plan, denoise: 0.5 }, levels)).toEqual(whole.slice(-5));
    expect(planSteps({ ...plan, denoise: 0 }, levels)).toHaveLength(0);
  });

  it('a part of the steps ends noisy, unless the noise is to be cleared', () => {
    const whole = schedule('normal', levels, 4);
    expect(planSteps({ ...plan, start: 1, end: 3 }, levels)).toEqual(whole.slice(1, 4));
    expect(planSteps({ ...plan, end: 3, clearsNoise: true }, levels).at(-1)).toBe(0);
    expect(planSteps({ ...plan, start: 4 }, levels)).toHaveLength(0);
  });

  it('samplers that dislike a short last step get one level less near zero', () => {
    const longer = schedule('normal', levels, 5);
    expect(planSteps({ ...plan, sampler: 'dpm_2' }, levels)).toEqual(Float32Array.of(...longer.slice(0, 4), 0));
  });
});
