/** Colours of types: the ones that everybody knows have theirs, others one that is made of their name. */

const TOKENS: ReadonlyMap<string, string> = new Map([
  ['IMAGE', 'image'],
  ['MASK', 'mask'],
  ['LATENT', 'latent'],
  ['MODEL', 'model'],
  ['CLIP', 'clip'],
  ['VAE', 'vae'],
  ['CONDITIONING', 'conditioning'],
  ['INT', 'number'],
  ['FLOAT', 'number'],
  ['STRING', 'text'],
]);
const PLAIN = new Set(['', '*', 'BOOLEAN', 'COMBO']);

/** A CSS colour for a type of links; unions have that of their first member. */
export function colourOfType(type: string): string {
  const [first = ''] = type.split(',');
  const token = TOKENS.get(first) ?? (PLAIN.has(first) || first.startsWith('COMFY_') ? 'other' : undefined);
  if (token !== undefined) return `var(--type-${token})`;
  let hash = 0;
  for (const letter of first) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 360;
  return `light-dark(oklch(0.46 0.12 ${hash}), oklch(0.8 0.1 ${hash}))`;
}
