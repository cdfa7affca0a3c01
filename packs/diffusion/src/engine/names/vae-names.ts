/** Names of a VAE's weights in files of diffusers. */

const INSIDE: readonly (readonly [ours: RegExp, theirs: string])[] = [
  [/\.mid\.block_1\./, '.mid_block.resnets.0.'],
  [/\.mid\.block_2\./, '.mid_block.resnets.1.'],
  [/\.mid\.attn_1\.norm\./, '.mid_block.attentions.0.group_norm.'],
  [/\.mid\.attn_1\.([qkv])\./, '.mid_block.attentions.0.to_$1.'],
  [/\.mid\.attn_1\.proj_out\./, '.mid_block.attentions.0.to_out.0.'],
  [/\.nin_shortcut\./, '.conv_shortcut.'],
  [/\.norm_out\./, '.conv_norm_out.'],
  [/\.block\.(\d+)\./, '.resnets.$1.'],
  [/\.downsample\./, '.downsamplers.0.'],
  [/\.upsample\./, '.upsamplers.0.'],
  [/\.down\.(\d+)\./, '.down_blocks.$1.'],
];

/** Older files name the layers of the attention otherwise. */
const OLDER: Readonly<Record<string, string>> = { to_q: 'query', to_k: 'key', to_v: 'value', 'to_out.0': 'proj_attn' };

/** @param levels of the decoder, which diffusers counts the other way round */
export function diffusersVaeName(name: string, levels: number): string {
  const upwards = name.replace(/\.up\.(\d+)\./, (_, level: string) => `.up_blocks.${levels - 1 - Number(level)}.`);
  return INSIDE.reduce((text, [ours, theirs]) => text.replace(ours, theirs), upwards);
}

export const olderVaeName = (name: string): string =>
  name.replace(/attentions\.0\.(to_[qkv]|to_out\.0)/, (_, layer: string) => `attentions.0.${OLDER[layer]}`);
