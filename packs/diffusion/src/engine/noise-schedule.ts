/** How much of a picture is left at each moment of the training. */

const STEPS = 1000;
const FIRST = 0.00085;
const LAST = 0.012;

/** Cumulative products of alpha; the families share one schedule, linear in the square roots of beta. */
export function alphasCumprod(): Float64Array {
  const products = new Float64Array(STEPS);
  let product = 1;
  for (let at = 0; at < STEPS; at++) {
    const root = Math.sqrt(FIRST) + ((Math.sqrt(LAST) - Math.sqrt(FIRST)) * at) / (STEPS - 1);
    product *= 1 - root * root;
    products[at] = product;
  }
  return products;
}

/** Not zero, as sampling divides by it: the least that half precision can tell from nothing. */
const NEARLY_NOTHING = 2 ** -24;

/**
 * The schedule stretched so that nothing of the picture is left at the end (Lin et al. 2023, "Common diffusion noise schedules
 * and sample steps are flawed"); models that were trained with it say so.
 */
export function zeroTerminal(products: Float64Array): Float64Array {
  const first = Math.sqrt(products[0] ?? 1);
  const last = Math.sqrt(products.at(-1) ?? 0);
  const stretched = products.map((product) => (((Math.sqrt(product) - last) * first) / (first - last)) ** 2);
  stretched[stretched.length - 1] = NEARLY_NOTHING;
  return stretched;
}
