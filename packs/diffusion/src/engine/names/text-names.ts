/** Names of a text encoder's weights in files that follow OpenCLIP. Graphs ask by the names of transformers. */
import type { Place } from '../weights/weights.ts';

const WHOLE: Readonly<Record<string, string>> = {
  'text_model.embeddings.token_embedding.weight': 'token_embedding.weight',
  'text_model.embeddings.position_embedding.weight': 'positional_embedding',
  'text_model.final_layer_norm.weight': 'ln_final.weight',
  'text_model.final_layer_norm.bias': 'ln_final.bias',
};

const INSIDE: Readonly<Record<string, string>> = {
  layer_norm1: 'ln_1',
  layer_norm2: 'ln_2',
  'self_attn.out_proj': 'attn.out_proj',
  'mlp.fc1': 'mlp.c_fc',
  'mlp.fc2': 'mlp.c_proj',
};

export function openClipPlace(name: string): Place | undefined {
  const whole = WHOLE[name];
  if (whole) return { name: whole };
  // a matrix there, a layer here: rows and columns change places
  if (name === 'text_projection.weight') return { name: 'text_projection', isTransposed: true };
  const layer = /^text_model\.encoder\.layers\.(\d+)\.(.+)\.(weight|bias)$/.exec(name);
  if (!layer) return undefined;
  const [, at = '', inside = '', end = ''] = layer;
  const block = `transformer.resblocks.${at}`;
  const inner = INSIDE[inside];
  if (inner) return { name: `${block}.${inner}.${end}` };
  const part = ['q_proj', 'k_proj', 'v_proj'].indexOf(inside.replace('self_attn.', ''));
  return part < 0 ? undefined : { name: `${block}.attn.in_proj_${end}`, part: [part, 3] };
}
