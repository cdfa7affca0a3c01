/** The stock kinds of models: their folders below `models`, and what counts as a file of that kind. */

const WEIGHTS = ['.ckpt', '.pt', '.pt2', '.bin', '.pth', '.safetensors', '.pkl', '.sft'] as const;

/** Kind to the folders it has below `models`; where there are two, one is the older name. */
export const STOCK_MODEL_FOLDERS: ReadonlyMap<string, readonly string[]> = new Map([
  ['checkpoints', ['checkpoints']],
  ['configs', ['configs']],
  ['loras', ['loras']],
  ['vae', ['vae']],
  ['text_encoders', ['text_encoders', 'clip']],
  ['diffusion_models', ['unet', 'diffusion_models']],
  ['clip_vision', ['clip_vision']],
  ['style_models', ['style_models']],
  ['embeddings', ['embeddings']],
  ['diffusers', ['diffusers']],
  ['vae_approx', ['vae_approx']],
  ['controlnet', ['controlnet', 't2i_adapter']],
  ['gligen', ['gligen']],
  ['upscale_models', ['upscale_models']],
  ['latent_upscale_models', ['latent_upscale_models']],
  ['hypernetworks', ['hypernetworks']],
  ['photomaker', ['photomaker']],
  ['classifiers', ['classifiers']],
  ['model_patches', ['model_patches']],
  ['audio_encoders', ['audio_encoders']],
]);

const ALIASES: ReadonlyMap<string, string> = new Map([
  ['clip', 'text_encoders'],
  ['unet', 'diffusion_models'],
  ['t2i_adapter', 'controlnet'],
]);

/** The kind that an older name stands for; other names as they are. */
export function modelKind(name: string): string {
  return ALIASES.get(name) ?? name;
}

/** What files of a kind end with, lower case with the dot; empty when every file counts. */
export function modelExtensions(kind: string): readonly string[] {
  switch (kind) {
    case 'configs':
      return ['.yaml'];
    case 'classifiers':
    case 'custom_nodes':
      return [];
    default:
      return WEIGHTS;
  }
}

/** Kinds whose models are folders with a `model_index.json`. */
export function modelsAreFolders(kind: string): boolean {
  return kind === 'diffusers';
}
