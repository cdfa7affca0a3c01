// Written by `snug codegen`. Do not edit: run it again when the nodes of the server change.
/* eslint-disable */
import type { Int64, Link, ListLink, Literal, NodeTable, Several, UploadedFile } from '@snug/client';

/** The nodes by class, with what goes in and what comes out. */
export interface Nodes {
  /** BatchImagesNode (image) */
  BatchImagesNode: {
    inputs: {
      /** 2 to 50 values. */
      images: Several<Link<'IMAGE'>, `image${number}`>;
    };
    outputs: {
      IMAGE: Link<'IMAGE'>;
      0: Link<'IMAGE'>;
    };
  };
  /** CLIPTextEncode (conditioning) */
  CLIPTextEncode: {
    inputs: {
      text: string | Link<'STRING'>;
      clip: Link<'CLIP'>;
    };
    outputs: {
      CONDITIONING: Link<'CONDITIONING'>;
      0: Link<'CONDITIONING'>;
    };
  };
  /** Load Checkpoint (loaders) */
  CheckpointLoaderSimple: {
    inputs: {
      /** The model to load. */
      ckpt_name: 'sd15.safetensors' | 'sdxl.safetensors' | Link<'COMBO'>;
    };
    outputs: {
      /** Removes noise. */
      MODEL: Link<'MODEL'>;
      /** Reads texts. */
      CLIP: Link<'CLIP'>;
      /** Turns latents into pictures. */
      VAE: Link<'VAE'>;
      0: Link<'MODEL'>;
      1: Link<'CLIP'>;
      2: Link<'VAE'>;
    };
  };
  /** ComfySwitchNode (logic) */
  ComfySwitchNode: {
    inputs: {
      switch: boolean | Link<'BOOLEAN'>;
      on_true: Link<never> | Literal;
      on_false?: Link<never> | Literal | undefined;
    };
    outputs: {
      output: Link<string>;
      0: Link<string>;
    };
  };
  /** CurveEditor (utils) */
  CurveEditor: {
    inputs: {
      curve: Literal;
    };
    outputs: {
      CURVE: Link<'CURVE'>;
      0: Link<'CURVE'>;
    };
  };
  /** EmptyLatentImage (latent) */
  EmptyLatentImage: {
    inputs: {
      /** Default 512. 16 to 16384. */
      width: number | Link<'INT'>;
      /** Default 512. 16 to 16384. */
      height: number | Link<'INT'>;
      /** Default 1. 1 to 4096. */
      batch_size: number | Link<'INT'>;
    };
    outputs: {
      LATENT: Link<'LATENT'>;
      0: Link<'LATENT'>;
    };
  };
  /** GetImageSize (image) */
  GetImageSize: {
    inputs: {
      source: Link<'IMAGE'> | Link<'MASK'>;
    };
    outputs: {
      width: Link<'INT'>;
      height: Link<'INT'>;
      0: Link<'INT'>;
      1: Link<'INT'>;
    };
  };
  /** ImageBlend (image) */
  ImageBlend: {
    inputs: {
      image1: Link<'IMAGE'>;
      image2: Link<'IMAGE'>;
      mask?: Link<'MASK'> | undefined;
      /** Default 0.5. 0 to 1. */
      factor?: number | Link<'FLOAT'> | undefined;
    };
    outputs: {
      IMAGE: Link<'IMAGE'>;
      0: Link<'IMAGE'>;
    };
  };
  /** InvertMask (mask) */
  InvertMask: {
    inputs: {
      mask: Link<'MASK'>;
    };
    outputs: {
      MASK: Link<'MASK'>;
      0: Link<'MASK'>;
    };
  };
  /** KSampler (sampling) */
  KSampler: {
    inputs: {
      model: Link<'MODEL'>;
      /**
       * Decides the noise.
       * Default 0. 0 to 18446744073709551615.
       */
      seed: Int64 | Link<'INT'>;
      /** Default 20. 1 to 10000. */
      steps: number | Link<'INT'>;
      /** Default 8. 0 to 100. */
      cfg: number | Link<'FLOAT'>;
      sampler_name:
        | 'euler'
        | 'euler_ancestral'
        | 'heun'
        | 'dpm_2'
        | 'lms'
        | 'dpmpp_2m'
        | 'ddim'
        | 'uni_pc'
        | Link<'COMBO'>;
      scheduler: 'normal' | 'karras' | 'simple' | Link<'COMBO'>;
      positive: Link<'CONDITIONING'>;
      negative: Link<'CONDITIONING'>;
      latent_image: Link<'LATENT'>;
      /** Default 1. 0 to 1. */
      denoise: number | Link<'FLOAT'>;
    };
    outputs: {
      LATENT: Link<'LATENT'>;
      0: Link<'LATENT'>;
    };
  };
  /** LoadImage (image) */
  LoadImage: {
    inputs: {
      image: (string & {}) | 'cat.png' | 'dog.png' | UploadedFile | Link<'COMBO'>;
    };
    outputs: {
      IMAGE: Link<'IMAGE'>;
      MASK: Link<'MASK'>;
      0: Link<'IMAGE'>;
      1: Link<'MASK'>;
    };
  };
  /** LoraLoader (loaders) */
  LoraLoader: {
    inputs: {
      model: Link<'MODEL'>;
      clip: Link<'CLIP'>;
      lora_name:
        | (string & {})
        | 'style-000.safetensors'
        | 'style-001.safetensors'
        | 'style-002.safetensors'
        | 'style-003.safetensors'
        | 'style-004.safetensors'
        | 'style-005.safetensors'
        | 'style-006.safetensors'
        | 'style-007.safetensors'
        | 'style-008.safetensors'
        | 'style-009.safetensors'
        | 'style-010.safetensors'
        | 'style-011.safetensors'
        | 'style-012.safetensors'
        | 'style-013.safetensors'
        | 'style-014.safetensors'
        | 'style-015.safetensors'
        | 'style-016.safetensors'
        | 'style-017.safetensors'
        | 'style-018.safetensors'
        | 'style-019.safetensors'
        | 'style-020.safetensors'
        | 'style-021.safetensors'
        | 'style-022.safetensors'
        | 'style-023.safetensors'
        | 'style-024.safetensors'
        | 'style-025.safetensors'
        | 'style-026.safetensors'
        | 'style-027.safetensors'
        | 'style-028.safetensors'
        | 'style-029.safetensors'
        | 'style-030.safetensors'
        | 'style-031.safetensors'
        | 'style-032.safetensors'
        | 'style-033.safetensors'
        | 'style-034.safetensors'
        | 'style-035.safetensors'
        | 'style-036.safetensors'
        | 'style-037.safetensors'
        | 'style-038.safetensors'
        | 'style-039.safetensors'
        | 'style-040.safetensors'
        | 'style-041.safetensors'
        | 'style-042.safetensors'
        | 'style-043.safetensors'
        | 'style-044.safetensors'
        | 'style-045.safetensors'
        | 'style-046.safetensors'
        | 'style-047.safetensors'
        | 'style-048.safetensors'
        | 'style-049.safetensors'
        | 'style-050.safetensors'
        | 'style-051.safetensors'
        | 'style-052.safetensors'
        | 'style-053.safetensors'
        | 'style-054.safetensors'
        | 'style-055.safetensors'
        | 'style-056.safetensors'
        | 'style-057.safetensors'
        | 'style-058.safetensors'
        | 'style-059.safetensors'
        | 'style-060.safetensors'
        | 'style-061.safetensors'
        | 'style-062.safetensors'
        | 'style-063.safetensors'
        | 'style-064.safetensors'
        | 'style-065.safetensors'
        | 'style-066.safetensors'
        | 'style-067.safetensors'
        | 'style-068.safetensors'
        | 'style-069.safetensors'
        | 'style-070.safetensors'
        | 'style-071.safetensors'
        | 'style-072.safetensors'
        | 'style-073.safetensors'
        | 'style-074.safetensors'
        | 'style-075.safetensors'
        | 'style-076.safetensors'
        | 'style-077.safetensors'
        | 'style-078.safetensors'
        | 'style-079.safetensors'
        | 'style-080.safetensors'
        | 'style-081.safetensors'
        | 'style-082.safetensors'
        | 'style-083.safetensors'
        | 'style-084.safetensors'
        | 'style-085.safetensors'
        | 'style-086.safetensors'
        | 'style-087.safetensors'
        | 'style-088.safetensors'
        | 'style-089.safetensors'
        | 'style-090.safetensors'
        | 'style-091.safetensors'
        | 'style-092.safetensors'
        | 'style-093.safetensors'
        | 'style-094.safetensors'
        | 'style-095.safetensors'
        | 'style-096.safetensors'
        | 'style-097.safetensors'
        | 'style-098.safetensors'
        | 'style-099.safetensors'
        | 'style-100.safetensors'
        | 'style-101.safetensors'
        | 'style-102.safetensors'
        | 'style-103.safetensors'
        | 'style-104.safetensors'
        | 'style-105.safetensors'
        | 'style-106.safetensors'
        | 'style-107.safetensors'
        | 'style-108.safetensors'
        | 'style-109.safetensors'
        | 'style-110.safetensors'
        | 'style-111.safetensors'
        | 'style-112.safetensors'
        | 'style-113.safetensors'
        | 'style-114.safetensors'
        | 'style-115.safetensors'
        | 'style-116.safetensors'
        | 'style-117.safetensors'
        | 'style-118.safetensors'
        | 'style-119.safetensors'
        | 'style-120.safetensors'
        | 'style-121.safetensors'
        | 'style-122.safetensors'
        | 'style-123.safetensors'
        | 'style-124.safetensors'
        | 'style-125.safetensors'
        | 'style-126.safetensors'
        | 'style-127.safetensors'
        | 'style-128.safetensors'
        | 'style-129.safetensors'
        | 'style-130.safetensors'
        | 'style-131.safetensors'
        | 'style-132.safetensors'
        | 'style-133.safetensors'
        | 'style-134.safetensors'
        | 'style-135.safetensors'
        | 'style-136.safetensors'
        | 'style-137.safetensors'
        | 'style-138.safetensors'
        | 'style-139.safetensors'
        | 'style-140.safetensors'
        | 'style-141.safetensors'
        | 'style-142.safetensors'
        | 'style-143.safetensors'
        | 'style-144.safetensors'
        | 'style-145.safetensors'
        | 'style-146.safetensors'
        | 'style-147.safetensors'
        | 'style-148.safetensors'
        | 'style-149.safetensors'
        | 'style-150.safetensors'
        | 'style-151.safetensors'
        | 'style-152.safetensors'
        | 'style-153.safetensors'
        | 'style-154.safetensors'
        | 'style-155.safetensors'
        | 'style-156.safetensors'
        | 'style-157.safetensors'
        | 'style-158.safetensors'
        | 'style-159.safetensors'
        | 'style-160.safetensors'
        | 'style-161.safetensors'
        | 'style-162.safetensors'
        | 'style-163.safetensors'
        | 'style-164.safetensors'
        | 'style-165.safetensors'
        | 'style-166.safetensors'
        | 'style-167.safetensors'
        | 'style-168.safetensors'
        | 'style-169.safetensors'
        | 'style-170.safetensors'
        | 'style-171.safetensors'
        | 'style-172.safetensors'
        | 'style-173.safetensors'
        | 'style-174.safetensors'
        | 'style-175.safetensors'
        | 'style-176.safetensors'
        | 'style-177.safetensors'
        | 'style-178.safetensors'
        | 'style-179.safetensors'
        | 'style-180.safetensors'
        | 'style-181.safetensors'
        | 'style-182.safetensors'
        | 'style-183.safetensors'
        | 'style-184.safetensors'
        | 'style-185.safetensors'
        | 'style-186.safetensors'
        | 'style-187.safetensors'
        | 'style-188.safetensors'
        | 'style-189.safetensors'
        | 'style-190.safetensors'
        | 'style-191.safetensors'
        | 'style-192.safetensors'
        | 'style-193.safetensors'
        | 'style-194.safetensors'
        | 'style-195.safetensors'
        | 'style-196.safetensors'
        | 'style-197.safetensors'
        | 'style-198.safetensors'
        | 'style-199.safetensors'
        | Link<'COMBO'>;
      /** Default 1. -100 to 100. */
      strength_model: number | Link<'FLOAT'>;
      /** Default 1. -100 to 100. */
      strength_clip: number | Link<'FLOAT'>;
    };
    outputs: {
      MODEL: Link<'MODEL'>;
      CLIP: Link<'CLIP'>;
      0: Link<'MODEL'>;
      1: Link<'CLIP'>;
    };
  };
  /** PickColors (utils) */
  PickColors: {
    inputs: {
      names: ReadonlyArray<'red' | 'green' | 'blue'> | Link<'COMBO'>;
      /** Default "#ffffff". */
      tint: Literal | Link<'COLOR'>;
    };
    outputs: {
      name: Link<'STRING'>;
      'any thing': Link<string>;
      0: Link<'STRING'>;
      1: Link<'STRING'>;
      2: Link<string>;
    };
  };
  /**
   * Power Loader (any) (loaders)
   *
   * Experimental: it may change.
   *
   * @deprecated
   */
  'Power Loader (any)': {
    inputs: {
      "it's"?: string | Link<'STRING'> | undefined;
      remote?: string | Link<'COMBO'> | undefined;
    };
    outputs: {
      choice: Link<'COMBO'>;
      0: Link<'COMBO'>;
    };
  };
  /** PreviewAny (utils) */
  PreviewAny: {
    inputs: {
      source: Link<never> | Literal;
    };
    outputs: {};
  };
  /** PreviewImage (image) */
  PreviewImage: {
    inputs: {
      images: Link<'IMAGE'>;
    };
    outputs: {};
  };
  /** ResizeImageMaskNode (image) */
  ResizeImageMaskNode: {
    inputs: {
      input: Link<'IMAGE'> | Link<'MASK'>;
      /** Default 1. */
      scale: number | Link<'FLOAT'>;
    };
    outputs: {
      resized: Link<'IMAGE' | 'MASK'>;
      0: Link<'IMAGE' | 'MASK'>;
    };
  };
  /** SaveImage (image) */
  SaveImage: {
    inputs: {
      images: Link<'IMAGE'>;
      /** Default "ComfyUI". */
      filename_prefix: string | Link<'STRING'>;
    };
    outputs: {};
  };
  /** SaveImageAdvanced (image) */
  SaveImageAdvanced: {
    inputs: {
      images: Link<'IMAGE'>;
      format:
        | {
            format: 'png';
            bit_depth: '8-bit' | '16-bit' | Link<'COMBO'>;
          }
        | 'gif'
        | {
            format: 'stack';
            /** 1 to 4 values. */
            layers: Several<Link<'MASK'>, `layer${number}`>;
            /** Default true. */
            loop?: boolean | Link<'BOOLEAN'> | undefined;
          };
    };
    outputs: {};
  };
  /** SplitTiles (image/tiles) */
  SplitTiles: {
    inputs: {
      image: Link<'IMAGE'>;
      order: 'rows' | 'columns' | Link<'COMBO'>;
    };
    outputs: {
      /** One picture each. */
      IMAGE: ListLink<'IMAGE'>;
      0: ListLink<'IMAGE'>;
    };
  };
  /** StringFormat (text) */
  StringFormat: {
    inputs: {
      /** 0 to 3 values. */
      values: Several<Link<never> | Literal, 'a' | 'b' | 'c'>;
      /** Default "{a}". */
      f_string: string | Link<'STRING'>;
    };
    outputs: {
      STRING: Link<'STRING'>;
      0: Link<'STRING'>;
    };
  };
  /** VAEDecode (latent) */
  VAEDecode: {
    inputs: {
      samples: Link<'LATENT'>;
      vae: Link<'VAE'>;
    };
    outputs: {
      IMAGE: Link<'IMAGE'>;
      0: Link<'IMAGE'>;
    };
  };
}

/** Give it to `createWorkflow`: it knows the outputs by name. */
export const nodes: NodeTable<Nodes> = {
  BatchImagesNode: { outputs: ['IMAGE'], members: { images: { prefix: 'image' } } },
  CLIPTextEncode: { outputs: ['CONDITIONING'] },
  CheckpointLoaderSimple: { outputs: ['MODEL', 'CLIP', 'VAE'] },
  ComfySwitchNode: { outputs: ['output'] },
  CurveEditor: { outputs: ['CURVE'] },
  EmptyLatentImage: { outputs: ['LATENT'] },
  GetImageSize: { outputs: ['width', 'height'] },
  ImageBlend: { outputs: ['IMAGE'] },
  InvertMask: { outputs: ['MASK'] },
  KSampler: { outputs: ['LATENT'] },
  LoadImage: { outputs: ['IMAGE', 'MASK'] },
  LoraLoader: { outputs: ['MODEL', 'CLIP'] },
  PickColors: { outputs: ['name', 'name', 'any thing'] },
  'Power Loader (any)': { outputs: ['choice'] },
  PreviewAny: { outputs: [] },
  PreviewImage: { outputs: [] },
  ResizeImageMaskNode: { outputs: ['resized'] },
  SaveImage: { outputs: [] },
  SaveImageAdvanced: { outputs: [], members: { format: {}, 'format.layers': { prefix: 'layer' } } },
  SplitTiles: { outputs: ['IMAGE'] },
  StringFormat: { outputs: ['STRING'], members: { values: { names: ['a', 'b', 'c'] } } },
  VAEDecode: { outputs: ['IMAGE'] },
};
