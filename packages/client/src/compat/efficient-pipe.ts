/** Pipes with LoRAs and control nets, of nodes that every server has. */
import type { UploadedFile } from '../uploaded-file.ts';
import { BasePipe } from './base-pipe.ts';
import type { SamplerInputs } from './base-pipe.ts';
import type { PipeContext, PipeImage } from './pipe-context.ts';
import type { NodeOutput } from './workflow-types.ts';

export interface EfficientPipeContext extends PipeContext {
  /** `Baked VAE`: that of the checkpoint. */
  vae_name: string;
  /** Layers of the text model that are left out at its end: -1 for none. */
  clip_skip: number;
  /** Accepted and not used: only nodes of others know it. */
  token_normalization: 'none' | 'mean' | 'length' | 'length+mean';
  /** Accepted and not used: only nodes of others know it. */
  weight_interpretation: 'comfy' | 'A1111' | 'compel' | 'comfy++' | 'down_weight';
  loras: { name: string; weight: number; model_strength: number; clip_strength: number }[];
  control_net_blocks: { image: PipeImage; name: string; strength: number; start: number; end: number }[];
}

const BAKED_VAE = 'Baked VAE';

export class EfficientPipe extends BasePipe<EfficientPipeContext> {
  static override defaultContext: EfficientPipeContext = {
    ...BasePipe.defaultContext,
    vae_name: BAKED_VAE,
    clip_skip: -2,
    token_normalization: 'none',
    weight_interpretation: 'comfy',
    loras: [],
    control_net_blocks: [],
  };

  constructor(context?: Partial<EfficientPipeContext>) {
    super({ ...EfficientPipe.defaultContext, loras: [], control_net_blocks: [], ...context });
  }

  /** `weight` scales both strengths. */
  lora(
    name: string,
    {
      weight = 1,
      strength = 1,
      clip_strength = 1,
    }: { weight?: number; strength?: number; clip_strength?: number } = {},
  ): this {
    this.context.loras.push({ name, weight, model_strength: strength, clip_strength });
    return this;
  }

  /** `start` and `end` are shares of the steps, between 0 and 1. */
  cnet(
    name: string,
    image: PipeImage,
    { strength = 1, start = 0, end = 1 }: { strength?: number; start?: number; end?: number } = {},
  ): this {
    this.context.control_net_blocks.push({ image, name, strength, start, end });
    return this;
  }

  protected override pictures(): PipeImage[] {
    return [...super.pictures(), ...this.context.control_net_blocks.map(({ image }) => image)];
  }

  protected override build_inputs(uploads: ReadonlyMap<PipeImage, UploadedFile>): SamplerInputs {
    const { classes } = this._workflow;
    const { ckpt_name, vae_name, clip_skip, loras, control_net_blocks } = this.context;
    let [model, clip, vae] = classes.CheckpointLoaderSimple({ ckpt_name });
    if (vae_name !== BAKED_VAE) [vae] = classes.VAELoader({ vae_name });
    for (const { name, weight, model_strength, clip_strength } of loras) {
      const strengths = { strength_model: weight * model_strength, strength_clip: weight * clip_strength };
      [model, clip] = classes.LoraLoader({ model, clip, lora_name: name, ...strengths });
    }
    if (clip_skip !== -1) [clip] = classes.CLIPSetLastLayer({ clip, stop_at_clip_layer: clip_skip });
    const encode = (text: string): NodeOutput => classes.CLIPTextEncode({ text, clip })[0]!;
    let [positive, negative]: (NodeOutput | undefined)[] = [
      encode(this.context.positive),
      encode(this.context.negative),
    ];
    for (const { image, name, strength, start, end } of control_net_blocks) {
      const [control_net] = classes.ControlNetLoader({ control_net_name: name });
      const [pixels] = classes.LoadImage({ image: uploads.get(image)?.inputValue });
      const range = { strength, start_percent: start, end_percent: end };
      [positive, negative] = classes.ControlNetApplyAdvanced({
        positive,
        negative,
        control_net,
        image: pixels,
        ...range,
      });
    }
    return { model: model!, vae: vae!, positive: positive!, negative: negative! };
  }
}
