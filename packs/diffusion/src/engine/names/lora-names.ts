/** How LoRA files name the layers of the networks. */
import type { TextEncoder } from '../../seams.ts';
import type { LoraNaming } from '../weights/lora.ts';
import { diffusersUnetName } from './unet-names.ts';

const flat = (name: string): string => name.replaceAll('.', '_');

export const unetNaming: LoraNaming = {
  marks: ['lora_unet_', 'unet.', 'diffusion_model.'],
  names(layer) {
    const theirs = diffusersUnetName(layer);
    const ours = [`lora_unet_${flat(layer)}`, `diffusion_model.${layer}`, `unet.${layer}`];
    if (theirs === undefined) return ours;
    // the first diffusers kept the matrices in a processor of the attention
    const processor = theirs.replace(/\.(to_[qkv]|to_out)(\.0)?$/, '.processor.$1');
    return [`lora_unet_${flat(theirs)}`, `unet.${theirs}`, theirs, `unet.${processor}`, processor, ...ours];
  },
};

const TEXT: Readonly<Record<TextEncoder['kind'], readonly [flat: readonly string[], dotted: readonly string[]]>> = {
  'clip-l': [['lora_te_', 'lora_te1_'], ['text_encoder.']],
  'open-clip-h': [['lora_te_', 'lora_te1_'], ['text_encoder.']],
  'open-clip-g': [['lora_te2_'], ['text_encoder_2.']],
};

export function textNaming(kind: TextEncoder['kind']): LoraNaming {
  const [flatMarks, dottedMarks] = TEXT[kind];
  return {
    marks: [...flatMarks, ...dottedMarks],
    names: (layer) => [...flatMarks.map((mark) => mark + flat(layer)), ...dottedMarks.map((mark) => mark + layer)],
  };
}
