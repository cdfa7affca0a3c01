/** UniPC (Zhao et al. 2023): a multistep predictor, corrected by the look that the next step needs anyway. */
import { mix, steps } from './sampler.ts';
import type { Sampler } from './sampler.ts';

const MAX_ORDER = 3;
/** Stands for a last level of zero, whose logarithm it needs. */
const NEARLY_ZERO = 0.001;

interface Look {
  readonly denoised: Float32Array;
  /** Minus the logarithm of sigma. */
  readonly lambda: number;
}

/** B(h) of the paper's section 3.2: both agree with h when it is small. */
type Scale = (negated: number) => number;

const uniPredictorCorrector =
  (scale: Scale): Sampler =>
  async (start, walk) => {
    const sigmas = walk.sigmas.slice();
    if (sigmas.at(-1) === 0) sigmas[sigmas.length - 1] = NEARLY_ZERO;
    const count = sigmas.length - 1;
    const highest = Math.max(1, Math.min(MAX_ORDER, count - 1));
    let latent = start;
    const looks: Look[] = [];
    for (const { index, sigma, next } of steps(sigmas)) {
      if (!index) looks.unshift({ denoised: await walk.denoise(latent, sigma), lambda: -Math.log(sigma) });
      await walk.onStep(index, looks[0]!.denoised);
      const order = Math.min(highest, index + 1, count - index);
      const lambda = -Math.log(next);
      const { length, known, ratios, moments } = system(looks, lambda, order, scale);
      const base = [
        [next / sigma, latent],
        [-Math.expm1(-length), looks[0]!.denoised],
      ] as const;
      // the paper's choice for order 2, where one equation has two fair answers
      const predicted = order === 2 ? [0.5] : solve(ratios.slice(0, -1), moments.slice(0, -1));
      const factor = -scale(-length);
      const ahead = mix(...base, ...known.map((change, k) => [factor * predicted[k]!, change] as const));
      if (index === count - 1) return ahead;
      const denoised = await walk.denoise(ahead, next);
      const corrected = order === 1 ? [0.5] : solve(ratios, moments);
      const changes = [...known, mix([1, denoised], [-1, looks[0]!.denoised])];
      latent = mix(...base, ...changes.map((change, k) => [factor * corrected[k]!, change] as const));
      looks.unshift({ denoised, lambda });
      looks.length = Math.min(looks.length, MAX_ORDER);
    }
    return latent;
  };
export const uniPc = uniPredictorCorrector((negated) => negated);
export const uniPcBh2 = uniPredictorCorrector((negated) => Math.expm1(negated));

/** What weighs the changes since the newest look: nodes as shares of the step, and the moments that they have to meet. */
function system(looks: readonly Look[], lambda: number, order: number, scale: Scale) {
  const [newest, ...older] = looks as [Look, ...Look[]];
  const length = lambda - newest.lambda;
  const past = older.slice(0, order - 1);
  const ratios = [...past.map((look) => (look.lambda - newest.lambda) / length), 1];
  const known = past.map((look, k) => mix([1 / ratios[k]!, look.denoised], [-1 / ratios[k]!, newest.denoised]));
  const moments: number[] = [];
  let factorial = 1;
  let phi = Math.expm1(-length) / -length - 1;
  for (let power = 1; power <= order; power++) {
    moments.push((phi * factorial) / scale(-length));
    factorial *= power + 1;
    phi = phi / -length - 1 / factorial;
  }
  return { length, known, ratios, moments };
}

/** Weights w with sum w[k] · ratios[k]^p = moments[p] for each p, by elimination. */
function solve(ratios: readonly number[], moments: readonly number[]): number[] {
  const rows = moments.map((moment, power) => [...ratios.map((ratio) => ratio ** power), moment]);
  const size = rows.length;
  for (let column = 0; column < size; column++) {
    const pivot = rows
      .slice(column)
      .reduce((best, row) => (Math.abs(row[column]!) > Math.abs(best[column]!) ? row : best));
    rows.splice(rows.indexOf(pivot), 1);
    rows.splice(column, 0, pivot);
    for (const row of rows) {
      if (row === pivot) continue;
      const share = row[column]! / pivot[column]!;
      for (let at = column; at <= size; at++) row[at]! -= share * pivot[at]!;
    }
  }
  return rows.map((row, at) => row[size]! / row[at]!);
}
