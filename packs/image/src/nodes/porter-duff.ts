import { createMask, defineNode, IMAGE, input, MASK, output } from '@snug/node-kit';
import type { AnyNode, Image, Mask } from '@snug/node-kit';
import { newImage } from '../pixels/limit.ts';
import { resizeImage, resizeMask } from '../pixels/resize.ts';
import { clamp } from '../pixels/rounding.ts';
import { withChannels } from '../pixels/channels.ts';

/** Results of each step are rounded to 32 bits, as the reference computes. */
const f = Math.fround;
/** What a shows where b leaves room. */
const beside = (value: number, alpha: number): number => f(f(1 - alpha) * value);
const product = (one: number, other: number): number => f(one * other);
const union = (one: number, other: number): number => f(f(one + other) - f(one * other));

interface Rule {
  /** From the alpha of source and destination. */
  alpha(a: number, b: number): number;
  /** From the colours of source and destination, premultiplied, and both alphas. */
  colour(s: number, d: number, a: number, b: number): number;
}

const RULES = {
  ADD: { alpha: (a, b) => Math.min(1, f(a + b)), colour: (s, d) => Math.min(1, f(s + d)) },
  CLEAR: { alpha: () => 0, colour: () => 0 },
  DARKEN: {
    alpha: union,
    colour: (s, d, a, b) => f(f(beside(s, b) + beside(d, a)) + Math.min(s, d)),
  },
  DST: { alpha: (_, b) => b, colour: (_, d) => d },
  DST_ATOP: { alpha: (a) => a, colour: (s, d, a, b) => f(product(a, d) + beside(s, b)) },
  DST_IN: { alpha: product, colour: (_, d, a) => product(d, a) },
  DST_OUT: { alpha: (a, b) => beside(b, a), colour: (_, d, a) => beside(d, a) },
  DST_OVER: { alpha: (a, b) => f(b + beside(a, b)), colour: (s, d, _, b) => f(d + beside(s, b)) },
  LIGHTEN: {
    alpha: union,
    colour: (s, d, a, b) => f(f(beside(s, b) + beside(d, a)) + Math.max(s, d)),
  },
  MULTIPLY: { alpha: product, colour: product },
  OVERLAY: {
    alpha: union,
    colour: (s, d, a, b) => (2 * d < b ? f(2 * product(s, d)) : f(product(a, b) - f(2 * product(f(b - s), f(a - d))))),
  },
  SCREEN: { alpha: union, colour: union },
  SRC: { alpha: (a) => a, colour: (s) => s },
  SRC_ATOP: { alpha: (_, b) => b, colour: (s, d, a, b) => f(product(b, s) + beside(d, a)) },
  SRC_IN: { alpha: product, colour: (s, _d, _a, b) => product(s, b) },
  SRC_OUT: { alpha: (a, b) => beside(a, b), colour: (s, _d, _a, b) => beside(s, b) },
  SRC_OVER: { alpha: (a, b) => f(a + beside(b, a)), colour: (s, d, a) => f(s + beside(d, a)) },
  XOR: { alpha: (a, b) => f(beside(a, b) + beside(b, a)), colour: (s, d, a, b) => f(beside(s, b) + beside(d, a)) },
} satisfies Record<string, Rule>;
type Mode = keyof typeof RULES;
const MODES = Object.keys(RULES) as Mode[];

/** Colours are divided by an alpha above this only. */
const ALMOST_CLEAR = 1e-5;

/** Composites pictures of equal size; all batches are as long as the shortest one. */
function composite(source: Image, sourceMask: Mask, destination: Image, destinationMask: Mask, rule: Rule) {
  const batch = Math.min(source.batch, sourceMask.batch, destination.batch, destinationMask.batch);
  const { height, width, channels } = destination;
  const image = newImage(batch, height, width, channels);
  const mask = createMask(batch, height, width);
  for (let pixel = 0; pixel < mask.data.length; pixel++) {
    const a = f(1 - sourceMask.data[pixel]!);
    const b = f(1 - destinationMask.data[pixel]!);
    const alpha = rule.alpha(a, b);
    mask.data[pixel] = clamp(1 - alpha, 0, 1);
    if (alpha <= ALMOST_CLEAR) continue;
    for (let at = pixel * channels; at < (pixel + 1) * channels; at++) {
      const colour = rule.colour(f(source.data[at]! * a), f(destination.data[at]! * b), a, b);
      image.data[at] = clamp(colour / alpha, 0, 1);
    }
  }
  return { IMAGE: image, MASK: mask };
}

const porterDuffImageComposite = defineNode({
  type: 'PorterDuffImageComposite',
  form: 'schema',
  displayName: 'Porter-Duff Image Composite',
  category: 'image/compositing',
  description: 'Lays one transparent image over another by a rule of Porter and Duff; masks are 1 where clear.',
  inputs: {
    source: input.of(IMAGE),
    source_alpha: input.of(MASK),
    destination: input.of(IMAGE),
    destination_alpha: input.of(MASK),
    mode: input.choice(MODES, { default: 'DST' }),
  },
  outputs: { IMAGE: output.of(IMAGE), MASK: output.of(MASK) },
  run({ source, source_alpha, destination, destination_alpha, mode }, context) {
    const { width, height } = destination;
    const checkpoint = (): void => context.throwIfInterrupted();
    const fits = (one: Image | Mask): boolean => one.width === width && one.height === height;
    const fitImage = (image: Image): Image =>
      fits(image) ? image : resizeImage(image, width, height, 'bicubic', 'center', checkpoint);
    const fitMask = (mask: Mask): Mask =>
      fits(mask) ? mask : resizeMask(mask, width, height, 'bicubic', 'center', checkpoint);
    return composite(
      withChannels(fitImage(source), destination.channels),
      fitMask(source_alpha),
      destination,
      fitMask(destination_alpha),
      RULES[mode],
    );
  },
});

export const porterDuffNodes: readonly AnyNode[] = [porterDuffImageComposite];
