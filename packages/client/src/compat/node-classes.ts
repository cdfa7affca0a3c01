/** Types of the functions that add nodes. For inputs and outputs as your server has them, see docs/codegen.md. */
import type { NodeOptions } from './workflow.ts';
import type { Loose } from './loose.ts';
import type { NodeOutput } from './workflow-types.ts';

/** Values by input; an output of another node is a link to it. */
export type NodeClassInputs = Record<string, Loose>;

export type ComfyUINodeClass<INP extends NodeClassInputs = NodeClassInputs> = (
  inputs?: INP,
  options?: NodeOptions,
) => NodeOutput[];

/** Classes of every server that has models. */
type BuiltinName =
  | 'CheckpointLoaderSimple'
  | 'CLIPLoader'
  | 'CLIPSetLastLayer'
  | 'CLIPTextEncode'
  | 'ConditioningCombine'
  | 'ConditioningConcat'
  | 'ControlNetApply'
  | 'ControlNetApplyAdvanced'
  | 'ControlNetLoader'
  | 'DualCLIPLoader'
  | 'EmptyImage'
  | 'EmptyLatentImage'
  | 'ImageBatch'
  | 'ImageBlend'
  | 'ImageCrop'
  | 'ImageInvert'
  | 'ImageScale'
  | 'ImageScaleBy'
  | 'ImageUpscaleWithModel'
  | 'ImageToMask'
  | 'InvertMask'
  | 'KSampler'
  | 'KSamplerAdvanced'
  | 'LatentUpscale'
  | 'LatentUpscaleBy'
  | 'LoadImage'
  | 'LoadImageMask'
  | 'LoraLoader'
  | 'LoraLoaderModelOnly'
  | 'MaskToImage'
  | 'PreviewImage'
  | 'SaveImage'
  | 'SaveImageWebsocket'
  | 'SetLatentNoiseMask'
  | 'UNETLoader'
  | 'UpscaleModelLoader'
  | 'VAEDecode'
  | 'VAEDecodeTiled'
  | 'VAEEncode'
  | 'VAEEncodeForInpaint'
  | 'VAELoader';

export type BuiltinNodeClasses = { [Name in BuiltinName]: ComfyUINodeClass };
