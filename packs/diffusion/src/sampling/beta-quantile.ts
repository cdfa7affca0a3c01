/** The inverse of the beta distribution's cumulative function. */

/** Coefficients of Lanczos' approximation of the gamma function, g = 7, nine terms. */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

function logGamma(value: number): number {
  if (value < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * value)) - logGamma(1 - value);
  const shifted = value - 1;
  const base = shifted + 7.5;
  const sum = LANCZOS.reduce((total, term, at) => total + (at ? term / (shifted + at) : term), 0);
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(base) - base + Math.log(sum);
}

/** The value that a share of a beta distribution lies below; `share` in [0, 1]. */
export function betaQuantile(share: number, alpha: number, beta: number): number {
  if (share <= 0) return 0;
  if (share >= 1) return 1;
  let [low, high] = [0, 1];
  // halving until neighbouring doubles: at most 1075 rounds, and no starting guess that could be bad
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return middle;
    if (betaShare(middle, alpha, beta) < share) low = middle;
    else high = middle;
  }
}

/** The share of a beta distribution below a value: the regularised incomplete beta function. */
export function betaShare(value: number, alpha: number, beta: number): number {
  if (value <= 0) return 0;
  if (value >= 1) return 1;
  // the fraction converges fast on the near side of the mean
  if (value > (alpha + 1) / (alpha + beta + 2)) return 1 - betaShare(1 - value, beta, alpha);
  const logBeta = logGamma(alpha) + logGamma(beta) - logGamma(alpha + beta);
  const front = Math.exp(alpha * Math.log(value) + beta * Math.log1p(-value) - logBeta) / alpha;
  return front / continuedFraction(value, alpha, beta);
}

/** 1 + d1/(1 + d2/(1 + ...)), evaluated from the far end (Abramowitz and Stegun 26.5.8). */
function continuedFraction(value: number, alpha: number, beta: number): number {
  let fraction = 1;
  for (let at = 60; at >= 1; at--) {
    const half = at >> 1;
    const term =
      at % 2
        ? (-(alpha + half) * (alpha + beta + half)) / ((alpha + 2 * half) * (alpha + 2 * half + 1))
        : (half * (beta - half)) / ((alpha + 2 * half - 1) * (alpha + 2 * half));
    fraction = 1 + (term * value) / fraction;
  }
  return fraction;
}
