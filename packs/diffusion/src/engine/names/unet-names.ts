/** Names of a UNet's weights in files of diffusers, which many LoRAs use too. */

const INSIDE_RESIDUAL: Readonly<Record<string, string>> = {
  'in_layers.0': 'norm1',
  'in_layers.2': 'conv1',
  'emb_layers.1': 'time_emb_proj',
  'out_layers.0': 'norm2',
  'out_layers.3': 'conv2',
  skip_connection: 'conv_shortcut',
};

const OUTSIDE: Readonly<Record<string, string>> = {
  'input_blocks.0.0': 'conv_in',
  'time_embed.0': 'time_embedding.linear_1',
  'time_embed.2': 'time_embedding.linear_2',
  'label_emb.0.0': 'add_embedding.linear_1',
  'label_emb.0.2': 'add_embedding.linear_2',
  'out.0': 'conv_norm_out',
  'out.2': 'conv_out',
};

/** All families have two residual blocks on a level downwards, and one more upwards: with what joins levels, three of each. */
const BLOCKS_OF_LEVEL = 3;

/** The name in diffusers' order: `input_blocks.1.1.proj_in.weight` is `down_blocks.0.attentions.0.proj_in.weight`. */
export function diffusersUnetName(name: string): string | undefined {
  const layer = name.replace(/\.(weight|bias)$/, '');
  const end = name.slice(layer.length);
  const outside = OUTSIDE[layer];
  if (outside) return outside + end;
  const middle = /^middle_block\.([012])\.(.+)$/.exec(layer);
  if (middle) {
    const [, at = '', inside = ''] = middle;
    return at === '1'
      ? `mid_block.attentions.0.${inside}${end}`
      : residual(`mid_block.resnets.${at === '0' ? 0 : 1}`, inside, end);
  }
  const block = /^(input|output)_blocks\.(\d+)\.(\d)\.(.+)$/.exec(layer);
  if (!block) return undefined;
  const [, way = '', number = '', piece = '', inside = ''] = block;
  const at = way === 'input' ? Number(number) - 1 : Number(number);
  const level = `${way === 'input' ? 'down' : 'up'}_blocks.${Math.floor(at / BLOCKS_OF_LEVEL)}`;
  const isLast = at % BLOCKS_OF_LEVEL === BLOCKS_OF_LEVEL - 1;
  if (inside === 'op') return isLast && piece === '0' ? `${level}.downsamplers.0.conv${end}` : undefined;
  if (inside === 'conv') return isLast ? `${level}.upsamplers.0.conv${end}` : undefined;
  if (piece === '0') return residual(`${level}.resnets.${at % BLOCKS_OF_LEVEL}`, inside, end);
  if (piece !== '1') return undefined;
  return `${level}.attentions.${at % BLOCKS_OF_LEVEL}.${inside}${end}`;
}

function residual(block: string, inside: string, end: string): string | undefined {
  const name = INSIDE_RESIDUAL[inside];
  return name && `${block}.${name}${end}`;
}
