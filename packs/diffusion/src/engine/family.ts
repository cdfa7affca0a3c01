/** Which family a checkpoint is of, from the names and shapes of its weights. */
import type { Family, Prediction } from '../seams.ts';
import { refuse } from './files/tensor-file.ts';
import type { TensorFile } from './files/tensor-file.ts';
import type { Weights } from './weights/weights.ts';

/** Names that only networks of other kinds have, and what people call those. */
const OTHERS: readonly (readonly [name: string, what: string])[] = [
  ['double_blocks.0.img_attn.qkv.weight', 'a Flux model'],
  ['joint_blocks.0.x_block.attn.qkv.weight', 'an SD 3 model'],
  ['transformer_blocks.0.attn.add_q_proj.weight', 'an SD 3, Flux or Qwen model in the naming of diffusers'],
  ['blocks.0.self_attn.q.weight', 'a Wan model'],
  ['cap_embedder.0.weight', 'a Lumina or Z-Image model'],
  ['time_embed.1.time_embed.0.weight', 'a video model'],
  ['input_blocks.1.0.time_stack.in_layers.0.weight', 'a Stable Video Diffusion model'],
  ['input_blocks.1.0.time_mixer.mix_factor', 'a Stable Video Diffusion model'],
  ['input_hint_block.0.weight', 'a ControlNet'],
];

/**
 * The family of a UNet.
 * @param file names the file in errors, and has the names as they are
 * @param unet weights by the names after `model.diffusion_model.`
 * @throws {EngineError} `checkpoint_refused` when it is none that this pack knows.
 */
export function familyOf(file: TensorFile, unet: Weights): Family {
  for (const [name, what] of OTHERS) {
    if (unet.find(name)) refuse(file.path, `it is ${what}; this pack knows SD 1.x, SD 2.x and SDXL`);
  }
  if (!unet.find('input_blocks.0.0.weight') || !unet.find('out.2.weight'))
    refuse(file.path, `it holds no UNet of SD 1.x, SD 2.x or SDXL${whatInstead(file)}`);
  const inputs = unet.find('input_blocks.0.0.weight')?.shape[1] ?? 0;
  if (inputs !== 4 && inputs !== 9)
    refuse(file.path, `its UNet takes ${inputs} channels; known are 4, and 9 of models for inpainting`);
  if (unet.find('label_emb.weight')) refuse(file.path, 'it is an upscaler for latents, which this pack does not know');
  const isLarge = unet.find('label_emb.0.0.weight') !== undefined;
  const hasFourLevels = unet.find('input_blocks.11.0.in_layers.2.weight') !== undefined;
  if (!isLarge) return unet.find('input_blocks.1.1.proj_in.weight')?.shape.length === 2 ? 'sd2' : 'sd1';
  if (!hasFourLevels) return 'sdxl';
  // the models that take a picture in place of the text have a label too, and transformers of one block
  if (!unet.find('middle_block.1.transformer_blocks.1.norm1.weight'))
    refuse(file.path, 'it is an unCLIP model, which this pack does not know');
  return 'sdxl-refiner';
}

/** What a file is that has no UNet. */
function whatInstead({ tensors }: TensorFile): string {
  const names = [...tensors.keys()];
  if (names.some((name) => /lora_(up|down|A|B)\b/.test(name)))
    return ': it is a LoRA, which is loaded over a checkpoint';
  if (names.some((name) => name.startsWith('text_model.'))) return ': it is a text encoder';
  if (names.some((name) => /^(decoder|encoder|first_stage_model)\./.test(name))) return ': it is a VAE';
  return '';
}

/** Whether the network tells noise or velocity, where the file says so: no shape does. */
export function statedPrediction({ metadata, tensors }: TensorFile): Prediction | undefined {
  if (tensors.has('v_pred')) return 'v';
  const stated = metadata.get('modelspec.prediction_type') ?? metadata.get('modelspec.predict_key');
  if (stated !== undefined) return stated.startsWith('v') ? 'v' : 'eps';
  const architecture = metadata.get('modelspec.architecture');
  if (architecture?.startsWith('stable-diffusion-v2-')) return architecture.includes('768-v') ? 'v' : 'eps';
  return undefined;
}
